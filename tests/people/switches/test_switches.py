"""Legal switches: off by default, on where and while a decision says so; and the ground of doors."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.people.conftest import OWN, Town

from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.people.grounds import Question
from beffroi.people.switches import actions, errors, models, queries
from beffroi.people.switches.ground_port import SWITCHES

pytestmark = [pytest.mark.room, pytest.mark.django_db]
DAY = date(2026, 11, 26)
TEXT = actions.DecisionText(
    capability="following",
    basis="CPP 230-20",
    authority="Procureure de la République",
    number="2026-41",
    starts_on=DAY,
    ends_on=DAY + timedelta(days=30),
)


def on(place: Position | None = None, day: date = DAY, capability: str = "following") -> bool:
    return queries.on(capability, OWN, place=place, day=day) is not None


def test_it_is_off_by_default_on_for_its_days_and_off_again(town: Town) -> None:
    assert not on()
    actions.turn_on(territory=OWN, text=TEXT)
    assert on() and on(day=TEXT.ends_on)
    assert not on(day=DAY - timedelta(days=1)) and not on(day=TEXT.ends_on + timedelta(days=1))
    assert not on(capability="plates") and queries.on("following", "elsewhere", day=DAY) is None
    with pytest.raises(KeyError):
        queries.on("telepathy", OWN)


def test_it_is_turned_off_before_its_day_and_both_are_written(town: Town) -> None:
    actions.turn_on(territory=OWN, text=TEXT)
    actions.turn_off(
        territory=OWN, capability="following", number="2026-41", from_day=DAY + timedelta(days=1)
    )
    assert on() and not on(day=DAY + timedelta(days=1))
    facts = [each.fact for each in journal.follow(0, limit=100) if each.fact.startswith("switch.")]
    assert facts == ["switch.turned_on", "switch.turned_off"]
    with pytest.raises(errors.UnknownSwitch):
        actions.turn_off(territory="elsewhere", capability="following", number="2026-41")


def test_one_that_names_places_holds_there_only(town: Town) -> None:
    corners = ((47.0, -2.1), (47.0, -2.0), (47.1, -2.0), (47.1, -2.1))
    actions.turn_on(territory=OWN, text=replace(TEXT, perimeter=corners))
    assert on(Position(47.05, -2.05)) and not on(Position(48.0, -2.05)) and not on(None)


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"capability": "telepathy"}, "capability"),
        ({"basis": ""}, "basis"),
        ({"authority": "x" * 161}, "authority"),
        ({"number": " "}, "number"),
        ({"ends_on": DAY - timedelta(days=1)}, "ends_on"),
        ({"ends_on": DAY + timedelta(days=366)}, "ends_on"),
        ({"perimeter": ((47.0, -2.0),)}, "perimeter"),
    ],
)
def test_a_decision_that_cannot_be_is_refused_with_its_place(
    town: Town, changed: dict[str, Any], where: str
) -> None:
    with pytest.raises(errors.BadSwitch) as wrong:
        actions.turn_on(territory=OWN, text=replace(TEXT, **changed))
    assert wrong.value.fields["where"] == where and not models.Switch.objects.exists()


def test_one_decision_is_kept_once(town: Town) -> None:
    actions.turn_on(territory=OWN, text=TEXT)
    with pytest.raises(errors.BadSwitch):
        actions.turn_on(territory=OWN, text=TEXT)


def test_the_ground_stands_only_for_the_capability_that_is_on_there_and_then(town: Town) -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def stands(key: str, territory: str | None = OWN, at: datetime = noon) -> bool:
        question = Question(uuid4(), "sighting.search", territory, "case:1", at)
        return SWITCHES.confirm(key, question).stands

    assert not stands("following")
    actions.turn_on(territory=OWN, text=TEXT)
    assert stands("following")
    assert not stands("plates") and not stands("telepathy")
    assert not stands("following", "elsewhere") and not stands("following", None)
    assert not stands("following", at=noon + timedelta(days=31))
