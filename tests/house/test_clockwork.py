"""A clock that is set is told of once, and what was due stays due after as long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from beffroi.during.intake.models import Ear, Source
from beffroi.during.oncall.models import DeskOpen
from beffroi.during.oncall.queries import desk_is_open
from beffroi.foundation import clock
from beffroi.house.clockwork import ClockWatch
from beffroi.journal import queries

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _stepped() -> list[int]:
    entries = queries.follow(0, facts=["journal.clock_stepped"])
    return [each.body["seconds"] for each in entries if each.body]


@pytest.mark.parametrize("by", [-HOUR, DAY])
def test_a_step_is_told_once_and_nobody_left(by: timedelta) -> None:
    told = clock.FixedClock(NOON)
    with clock.use(told):
        watch = ClockWatch()
        DeskOpen.objects.create(territory_key="bourg", seen_at=NOON - timedelta(seconds=5))
        DeskOpen.objects.create(territory_key="village", seen_at=NOON - timedelta(hours=3))
        Ear.objects.create(pk="gate", since=NOON - HOUR, alive_at=NOON - timedelta(seconds=2))
        assert watch() is None
        told.advance(1)
        told.instant += by
        assert watch() == by
        assert watch() is None
        now = clock.now()
        assert desk_is_open("bourg", now) and not desk_is_open("village", now)
        ear = Ear.objects.get(pk="gate")
        assert ear.alive_at == ear.since == now
        assert queries.clock_stepped(now - HOUR) == (now, by)
    assert _stepped() == [by.total_seconds()]


def test_a_clock_led_slowly_and_a_process_held_up_are_no_step() -> None:
    told = clock.FixedClock(NOON)
    with clock.use(told):
        watch = ClockWatch()
        told.advance(600)  # the machine was held up: both counts went on
        told.instant += timedelta(seconds=5)
        assert watch() is None
    assert _stepped() == []


def test_a_clock_set_back_while_nothing_ran_is_found_at_the_next_start() -> None:
    told = clock.FixedClock(NOON)
    with clock.use(told):
        first = ClockWatch()
        told.instant += DAY
        assert first() == DAY
        told.instant -= DAY
        assert ClockWatch()() == -DAY
        assert ClockWatch()() is None, "told once"
    assert _stepped() == [DAY.total_seconds(), -DAY.total_seconds()]


def test_a_source_that_was_silent_is_heard_in_the_hour_that_comes_again() -> None:
    from beffroi.during.intake import actions

    told = clock.FixedClock(NOON)
    with clock.use(told):
        actions.declare_source(territory="bourg", key="probe", connector="http")
        Source.objects.update(last_seen_at=NOON, silent_since=NOON)
        watch = ClockWatch()
        told.instant -= HOUR
        watch()
        row = Source.objects.get(key="probe")
        assert row.silent_since == row.last_seen_at == NOON - HOUR
