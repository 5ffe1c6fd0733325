"""The time of the house: one clock, which tests and replays may replace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time: an aware UTC instant, and seconds that never go back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clock."""

    def __init__(self) -> None:
        self._began, self._counted = datetime.now(UTC), time.monotonic()

    def undisturbed(self) -> datetime:
        """The instant that it would tell had nobody set it since this clock was made."""
        return self._began + timedelta(seconds=time.monotonic() - self._counted)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class FixedClock:
    """A clock that moves only when told to, for tests and replays."""

    instant: datetime
    _elapsed: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        if self.instant.tzinfo is None:
            raise ValueError("a clock needs an aware instant")

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds` (s, not negative)."""
        if seconds < 0:
            raise ValueError("a clock does not go back")
        self.instant += timedelta(seconds=seconds)
        self._elapsed += seconds


_current: ContextVar[Clock | None] = ContextVar("beffroi_clock", default=None)
_system = SystemClock()


def current() -> Clock:
    """The clock in force: the machine's, unless `use` put another in its place."""
    return _current.get() or _system


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return current().now()


def undisturbed() -> datetime:
    """The present instant by a clock that nobody set since this process began.

    Where it differs from `now` somebody set the machine's clock, and either may be the true one.
    """
    clock = current()
    return clock.undisturbed() if isinstance(clock, SystemClock) else clock.now()


@contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    """Put `clock` in force within the block (this thread or task only)."""
    token = _current.set(clock)
    try:
        yield clock
    finally:
        _current.reset(token)
