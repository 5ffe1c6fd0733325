"""Units on the real streets of a small Breton commune."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.during.dispatch.places import NOW, Street
from tests.real_data import need

from beffroi.during.dispatch import actions
from beffroi.foundation.clock import FixedClock
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory import actions as territory
from beffroi.territory import queries as territory_queries
from beffroi.territory.town_import import import_town

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def saint_jean(now: FixedClock) -> Street:
    """Saint-Jean-la-Poterie as OpenStreetMap has it."""
    file = need("osm/saint-jean-la-poterie.osm.gz")
    made = import_town(file=file, name="Saint-Jean-la-Poterie", exercise=True, at=NOW - timedelta(days=1))
    return Street(made.territory.key, exercise=True)


def corners(town: Street, count: int) -> list[Position]:
    """Junctions of the town, spread over it."""
    streets = territory_queries.streets(town.key).arrays
    step = len(streets.node_lat) // count
    picked = range(0, step * count, step)
    return [Position(float(streets.node_lat[k]), float(streets.node_lon[k])) for k in picked]


def test_the_order_is_that_of_the_roads_and_the_way_leads_there(saint_jean: Street) -> None:
    target, *starts = corners(saint_jean, 7)
    for number, start in enumerate(starts, 1):
        saint_jean.unit(f"P{number}", None)
        territory.move_unit(territory=saint_jean.key, unit=f"P{number}", position=start, at=NOW)
    incident = saint_jean.incident(None, lat=target.lat, lon=target.lon)
    view = actions.rank(incident_id=incident)
    assert len(view.rows) + len(view.left_out) == 6 and len(view.rows) >= 4
    streets = territory_queries.streets(saint_jean.key)
    for row in view.rows:
        start = starts[int(row.unit[1:]) - 1]
        alone = streets.route(start, target)
        assert alone is not None and row.road_s == pytest.approx(alone.seconds, abs=0.2)
        assert row.road_s >= distance_m(start, target) / (130 / 3.6)
    roads = [row.road_s for row in view.rows]
    assert roads == sorted(roads)
    assert all(a.chance >= b.chance for a, b in zip(view.rows, view.rows[1:], strict=False))  # type: ignore[operator]
    end = Position(*view.route[-1])
    assert distance_m(end, target) < 60 and len(view.route) >= 2
    assert {each.reason.code for each in view.left_out} <= {"dispatch.out_of_reach"}


def test_the_one_sent_is_marked_exercise_to_the_journal(saint_jean: Street) -> None:
    target, start = corners(saint_jean, 2)
    saint_jean.unit("P1", None)
    territory.move_unit(territory=saint_jean.key, unit="P1", position=start, at=NOW)
    incident = saint_jean.incident(None, lat=target.lat, lon=target.lon)
    actions.rank(incident_id=incident)
    mission = actions.send(incident_id=incident, unit="P1", member=saint_jean.made[0])
    assert mission.exercise
    assert all(body["exercise"] for _, body in saint_jean.facts()) and len(saint_jean.facts()) == 2
