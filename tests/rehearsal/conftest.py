"""A data directory for one test, and a clock that tests drive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from beffroi.foundation import clock, settings


@pytest.fixture
def settings_in(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Put the data directory elsewhere, for this test only."""

    def move(folder: Path) -> None:
        monkeypatch.setenv("BEFFROI_DATA_DIR", str(folder))
        settings.current.cache_clear()

    yield move
    monkeypatch.undo()
    settings.current.cache_clear()


@pytest.fixture
def driven_clock() -> Iterator[clock.FixedClock]:
    """The time of this test, which moves when told to."""
    with clock.use(clock.FixedClock(clock.now())) as driven:
        assert isinstance(driven, clock.FixedClock)
        yield driven
