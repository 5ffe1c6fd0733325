"""The clock can be replaced, moves only forward, and is replaced for its block alone."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from beffroi.foundation import clock

pytestmark = pytest.mark.unit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_machine_tells_the_time_in_utc() -> None:
    before = datetime.now(UTC)
    told = clock.now()
    assert told.tzinfo is UTC
    assert before <= told <= datetime.now(UTC)


def test_a_fixed_clock_moves_only_when_told_to() -> None:
    with clock.use(clock.FixedClock(NOON)) as fixed:
        assert clock.now() == clock.now() == NOON
        assert isinstance(fixed, clock.FixedClock)
        fixed.advance(90.5)
        assert clock.now() == NOON + timedelta(seconds=90.5)
        assert clock.current().monotonic() == 90.5
    assert clock.now() != NOON


def test_a_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        clock.FixedClock(NOON).advance(-1)


def test_a_clock_needs_an_aware_instant() -> None:
    with pytest.raises(ValueError, match="aware"):
        clock.FixedClock(datetime(2026, 3, 1))  # noqa: DTZ001 - the fault under test


def test_another_thread_keeps_its_own_clock() -> None:
    told: list[datetime] = []
    with clock.use(clock.FixedClock(NOON)):
        other = threading.Thread(target=lambda: told.append(clock.now()))
        other.start()
        other.join()
    assert told[0] != NOON


def test_the_clock_comes_back_after_an_error() -> None:
    with pytest.raises(RuntimeError), clock.use(clock.FixedClock(NOON)):
        raise RuntimeError
    assert isinstance(clock.current(), clock.SystemClock)
