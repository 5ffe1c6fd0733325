"""Whether the free units cover the town: with nobody busy, with one busy, on a town of one long street."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.during.dispatch.places import NOW, Street, street

from beffroi.during.dispatch import actions
from beffroi.during.dispatch.covering import cover
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def town(db: None, now: clock.FixedClock, tmp_path: Path) -> Street:
    """Eighty houses along eight kilometres."""
    return street(tmp_path, houses=True)


def test_while_nobody_is_busy_nobody_is_asked_to_move(town: Street) -> None:
    town.unit("P1", 500.0)
    town.unit("P2", 6000.0)
    found = cover(town.key, NOW)
    assert found is not None and found.buildings == 80
    assert (found.free, found.busy, found.moves) == (2, 0, [])
    assert found.share == found.all_free > 0.5


def test_the_one_who_is_left_is_asked_to_the_middle(town: Street) -> None:
    town.unit("P1", 500.0)
    town.unit("P2", 7500.0)
    incident = town.incident(600.0)
    actions.rank(incident_id=incident, at=NOW)
    actions.send(incident_id=incident, unit="P1", member=uuid7(), at=NOW)
    found = cover(town.key, NOW + timedelta(seconds=1))
    assert found is not None and (found.free, found.busy) == (1, 1)
    assert found.share < found.all_free
    [move] = found.moves
    assert move.unit == "P2" and move.share > found.share + 0.03
    assert 0 < move.seconds <= 600


def test_gendarmes_count_and_are_not_told_where_to_go(town: Street) -> None:
    town.unit("P1", 500.0)
    town.unit("G1", 7500.0, kind="gendarmerie")
    incident = town.incident(600.0)
    actions.rank(incident_id=incident, at=NOW)
    actions.send(incident_id=incident, unit="P1", member=uuid7(), at=NOW)
    found = cover(town.key, NOW)
    assert found is not None and found.share > 0.3 and found.moves == []


def test_a_town_without_units_or_map_says_nothing(town: Street) -> None:
    assert cover(town.key, NOW) is None
    town.unit("P1", None)
    assert cover(town.key, NOW) is None
