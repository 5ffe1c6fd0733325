"""Where they can be by now: exact on streets drawn by hand, whole on a real town."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.during.dispatch.places import NOW, Street, place
from tests.real_data import need
from tests.territory.towns import cross

from beffroi.during.dispatch import actions, queries
from beffroi.during.dispatch.methods.reach import ON_FOOT, bands
from beffroi.foundation.clock import FixedClock
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.paths import Points
from beffroi.territory.methods.town import town as read_town
from beffroi.territory.models import Device, Territory


def length(lines: list[Points]) -> float:
    return sum(distance_m(Position(*a), Position(*b)) for line in lines for a, b in pairwise(line))


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> StreetGraph:
    """Four arms of 200 m."""
    return read_town(cross(tmp_path_factory.mktemp("cross") / "a.osm")).graph


@pytest.mark.unit
def test_from_a_crossroads_four_ways_at_once(crossing: StreetGraph) -> None:
    near, far, farther = bands(crossing, place(0), [50, 120, 900])
    assert [round(length(each)) for each in (near, far, farther)] == [200, 280, 320]


@pytest.mark.unit
def test_from_the_middle_of_an_arm(crossing: StreetGraph) -> None:
    """100 m west of the crossing: both ways at first, then three arms more."""
    near, far = bands(crossing, place(-100), [60, 150])
    assert round(length(near)) == 120
    assert round(length(far)) == 40 + 40 + 3 * 50


@pytest.mark.unit
@settings(max_examples=40, deadline=None)
@given(x=st.floats(-190, 190), radii=st.lists(st.floats(1, 500), min_size=1, max_size=4))
def test_bands_add_up_and_nothing_is_counted_twice(
    crossing: StreetGraph, x: float, radii: list[float]
) -> None:
    growing = sorted(radii)
    whole = length(bands(crossing, place(x), [growing[-1]])[0])
    parts = sum(length(each) for each in bands(crossing, place(x), growing))
    assert parts == pytest.approx(whole, abs=8 * len(growing))
    assert whole <= 800 + 1


@pytest.mark.unit
def test_no_street_near_is_nowhere(crossing: StreetGraph) -> None:
    assert bands(crossing, place(90_000), [50, 100]) == [[], []]
    assert bands(crossing, place(0), []) == []


@pytest.mark.unit
def test_a_real_town_agrees_with_road_distances_asked_one_by_one() -> None:
    graph = read_town(need("osm/saint-jean-la-poterie.osm.gz")).graph
    a = graph.arrays
    middle = int(np.argmax(np.diff(np.asarray(a.walk_first))))
    start = Position(float(a.node_lat[middle]), float(a.node_lon[middle]))
    inner, outer = bands(graph, start, [200, 350])
    assert length(inner) > 200 and length(outer) > 150
    for lines, low, high in ((inner, 0, 200), (outer, 200, 350)):
        middles = [Position(*line[len(line) // 2]) for line in lines if len(line) > 2][:40]
        away = graph.metres_from(start, middles, 400)
        assert middles and np.all(away >= low - 6) and np.all(away <= high + 6)


@pytest.mark.room
@pytest.mark.django_db
def test_it_is_kept_with_the_order_and_grows_until_they_can_be_anywhere(
    town: Street, now: FixedClock
) -> None:
    camera = {"kind": "camera", "origin": "test", "valid_from": NOW - timedelta(days=1)}
    row = Territory.objects.get(key=town.key)
    for key, x in (("C-1", 4030.0), ("C-2", 4150.0), ("C-3", 3700.0), ("C-4", 6000.0)):
        at = place(x)
        Device.objects.create(territory=row, key=key, name=key, lat=at.lat, lon=at.lon, **camera)
    town.unit("P1", 1000)
    incident = town.incident(4000)
    actions.rank(incident_id=incident)
    first = queries.reach(incident)
    assert first is not None and first.since == NOW - timedelta(seconds=25) and first.at == NOW
    radii = [ON_FOOT * seconds for seconds in (25, 85, 145)]
    assert [length(lines) for lines in first.bands] == pytest.approx(
        [2 * radii[0], 2 * (radii[1] - radii[0]), 2 * (radii[2] - radii[1])], abs=3
    )
    watched = {each.device: each.in_s for each in first.cameras}
    assert list(watched) == ["C-1", "C-2", "C-3"]
    assert watched["C-1"] == 0 and watched["C-2"] == pytest.approx(150 / ON_FOOT - 25, abs=0.5)
    now.advance(60)
    actions.rank_open()
    later = queries.reach(incident)
    assert later is not None and length(later.bands[0]) == pytest.approx(2 * radii[1], abs=3)
    assert [each.device for each in later.cameras] == ["C-2", "C-3"]
    now.advance(300)
    actions.rank_open()
    assert queries.reach(incident) is None


@pytest.mark.room
@pytest.mark.django_db
def test_where_there_is_no_race_there_is_no_reach(town: Street, tmp_path: Path) -> None:
    town.unit("P1", 1000)
    for incident in (town.incident(4000, life=True, act="assault"), town.incident(None)):
        actions.rank(incident_id=incident)
        assert queries.reach(incident) is None
