"""The roads to watch: they close every way out, the fewest do, a patrol that can be first is used."""

from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from tests.during.dispatch.places import NOW, Street, place
from tests.real_data import need
from tests.territory.towns import PLANE, osm

from beffroi.during.dispatch import actions, exiting, queries
from beffroi.during.dispatch.methods.exits import THROUGH, Exit, Span, exits
from beffroi.during.dispatch.methods.inside import inside
from beffroi.foundation.clock import FixedClock
from beffroi.foundation.geography import Position
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.town import town as read_town
from beffroi.territory.models import Device, Territory
from beffroi.territory.town_import import import_town

PACE = 50 / 3.6 * 0.8  # what the import makes of 50 km/h
PARK = (0.0, 0.0)


def island(target: Path) -> Path:
    """A square of small streets, left by a bridge to the east, which three main roads continue, and by one
    road to the west. A dead end and a path of gardens lead nowhere."""
    nodes = {
        1: (-100.0, -100.0), 2: (100.0, -100.0), 3: (100.0, 100.0), 4: (-100.0, 100.0),
        5: (400.0, 0.0), 6: (700.0, 0.0), 7: (1700.0, 500.0), 8: (1700.0, 0.0), 9: (1700.0, -500.0),
        10: (-1200.0, 0.0), 11: (0.0, 300.0), 12: (100.0, 0.0), 13: (-100.0, 0.0),
    }  # fmt: skip
    small = {"highway": "residential", "name": "Rue du Centre"}
    ways: dict[int, tuple[list[int], dict[str, str]]] = {
        1: ([1, 2, 12, 3, 4, 13, 1], small),
        2: ([12, 5], {"highway": "secondary", "name": "Rue du Pont"}),
        3: ([5, 6], {"highway": "secondary", "name": "Pont Neuf"}),
        4: ([6, 7], {"highway": "secondary", "name": "Route du Nord"}),
        5: ([6, 8], {"highway": "secondary", "name": "Route de l'Est"}),
        6: ([6, 9], {"highway": "secondary", "name": "Route du Sud"}),
        7: ([13, 10], {"highway": "tertiary", "name": "Route de l'Ouest"}),
        8: ([4, 11], {"highway": "residential", "name": "Impasse"}),
    }
    return osm(target, nodes, ways)


@pytest.fixture(scope="module")
def square(tmp_path_factory: pytest.TempPathFactory) -> StreetGraph:
    return read_town(island(tmp_path_factory.mktemp("island") / "a.osm")).graph


def names(graph: StreetGraph, found: list[Exit]) -> list[str]:
    return [graph.meta.names[int(graph.arrays.piece_name[each.piece])] for each in found]


@pytest.mark.unit
def test_two_roads_close_four_ways_out(square: StreetGraph) -> None:
    found, ways = exits(square, place(90, 100), [], Span(20, 1000), 9)
    assert ways == 4 and [each.ways for each in found] == [3, 1]
    assert names(square, found)[0] in ("Rue du Pont", "Pont Neuf")
    assert names(square, found)[1] == "Route de l'Ouest"
    assert sum(each.weight for each in found) == pytest.approx(1)
    for each in found:
        assert each.path[0][:2] == pytest.approx((place(90, 100).lat, place(90, 100).lon), abs=1e-4)
        assert each.path[-1] == pytest.approx((each.lat, each.lon, each.in_s))
        assert [step[2] for step in each.path] == sorted(step[2] for step in each.path)


@pytest.mark.unit
def test_times_are_those_of_the_road(square: StreetGraph) -> None:
    found, _ = exits(square, place(90, 0), [], Span(1, 1000), 9)
    east = next(each for each in found if each.ways == 3)
    seconds = square.seconds_to(Position(east.lat, east.lon), [place(101, 0)], 900)[0]
    assert east.in_s == pytest.approx(seconds, abs=12)


@pytest.mark.unit
def test_the_road_that_a_patrol_can_hold_first_is_the_one_watched(square: StreetGraph) -> None:
    """Two streets in a row close the east; the patrol stands at the far end of the second."""
    near, _ = exits(square, place(0, 100), [(place(120, 0), 5.0)], Span(22, 1000), 9)
    far, _ = exits(square, place(0, 100), [(place(700, 0), 20.0)], Span(22, 1000), 9)
    assert names(square, near)[0] == "Rue du Pont"
    assert names(square, far)[0] == "Pont Neuf"


@pytest.mark.unit
def test_once_past_the_bridge_each_road_beyond_it_is_watched(square: StreetGraph) -> None:
    found, ways = exits(square, place(0, 100), [], Span(80, 1000), 9)
    assert ways == 4
    assert {"Route du Nord", "Route de l'Est", "Route du Sud"} <= set(names(square, found))


@pytest.mark.unit
def test_where_nothing_leads_out_there_is_nothing_to_watch(square: StreetGraph) -> None:
    assert exits(square, place(90_000), [], Span(10, 900), 4) == ([], 0)
    only, ways = exits(square, place(90, 100), [], Span(10, 15), 4)
    assert ways >= len(only)


def reached(graph: StreetGraph, start: Position, closed: set[int], far_s: float) -> list[int]:
    """Ways out that can still be driven to (another Dijkstra, by hand): by the rule as documented."""
    a = graph.arrays
    snapped = graph.snap(start.lat, start.lon)
    assert snapped is not None
    seconds = np.minimum(np.asarray(a.arc_s)[0::2], np.asarray(a.arc_s)[1::2])
    near: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
    worth = [graph.meta.classes[int(k)] in THROUGH for k in a.piece_class]
    through, degree = set(), defaultdict(int)
    for k in range(graph.pieces):
        u, v = int(a.piece_from[k]), int(a.piece_to[k])
        near[u].append((v, float(seconds[k]), k))
        near[v].append((u, float(seconds[k]), k))
        degree[u] += 1
        degree[v] += 1
        if worth[k]:
            through |= {u, v}
    own = snapped.piece
    queue = [] if own in closed else [
        (snapped.fraction * seconds[own], int(a.piece_from[own])),
        ((1 - snapped.fraction) * seconds[own], int(a.piece_to[own])),
    ]  # fmt: skip
    done: dict[int, float] = {}
    while queue:
        at, node = heapq.heappop(queue)
        if node in done or at > far_s + 60:
            continue
        done[node] = at
        for other, cost, k in near[node]:
            if k not in closed:
                heapq.heappush(queue, (at + cost, other))
    return [n for n, at in done.items() if n in through and (at >= far_s or degree[n] == 1)]


@pytest.mark.unit
@pytest.mark.parametrize("town", ["redon.osm.gz", "geneva.osm.pbf"])
def test_on_real_streets_nobody_drives_out_past_them(town: str) -> None:
    graph = read_town(need(f"osm/{town}")).graph
    a, rng = graph.arrays, np.random.default_rng(11)
    closed_by_few = 0
    for node in rng.choice(graph.nodes, 4, replace=False).tolist():
        start = Position(float(a.node_lat[node]), float(a.node_lon[node]))
        free = [
            (Position(float(a.node_lat[k]), float(a.node_lon[k])), 20.0)
            for k in rng.choice(graph.nodes, 4).tolist()
        ]
        whole, ways = exits(graph, start, free, Span(70, 280), 10_000)
        if not ways:
            continue
        assert reached(graph, start, set(), 280)
        assert reached(graph, start, {each.piece for each in whole}, 280) == []
        assert sum(each.ways for each in whole) == ways
        for one in whole[:3]:  # the fewest: none of them may be left open
            rest = {each.piece for each in whole} - {one.piece}
            assert reached(graph, start, rest, 280)
        closed_by_few += len(whole) < ways
    assert closed_by_few, "no cut ever closed more ways out than it has roads"


@pytest.mark.unit
def test_points_in_a_ring() -> None:
    ring = [[0, 0], [10, 0], [10, 10], [5, 4], [0, 10], [0, 0]]
    x, y = np.array([1.0, 5.0, 5.0, 11.0, 9.5]), np.array([1.0, 3.0, 6.0, 5.0, 9.0])
    assert inside(x, y, ring).tolist() == [True, True, False, False, True]


@pytest.fixture
def isle(db: None, now: FixedClock, tmp_path: Path) -> Street:
    made = import_town(file=island(tmp_path / "b.osm"), name="Île", at=NOW - timedelta(days=1))
    return Street(made.territory.key)


def late(isle: Street) -> UUID:
    """A theft of a vehicle, of which nobody expects that it lasts until a patrol is there."""
    where = PLANE.to_lat_lon(90.0, 100.0)
    return isle.incident(
        None, lat=float(where[0]), lon=float(where[1]), act="vehicle_crime", entered_s=60,
        last_sign_at=NOW - timedelta(seconds=20),
    )  # fmt: skip


@pytest.mark.room
@pytest.mark.django_db
def test_they_are_shown_with_who_can_be_first_and_which_cameras_see_the_way(isle: Street) -> None:
    camera = {"kind": "camera", "origin": "test", "valid_from": NOW - timedelta(days=1)}
    row = Territory.objects.get(key=isle.key)
    for key, x, y, direction in (
        ("C-1", 1000.0, 12.0, 180.0),  # sees the road to the east
        ("C-2", 1000.0, 12.0, 0.0),  # turns its back on it
        ("C-3", 1050.0, 5.0, None),  # stands beside it
        ("C-4", 1500.0, -800.0, 0.0),
    ):
        at = place(x, y)
        Device.objects.create(
            territory=row, key=key, name=key, lat=at.lat, lon=at.lon, direction_deg=direction,
            field_deg=60.0 if direction is not None else None, reach_m=60.0, **camera,
        )  # fmt: skip
    isle.unit("P1", 1600)
    incident = late(isle)
    view = actions.rank(incident_id=incident)
    assert view.best is not None and view.best.chance is not None and view.best.chance < exiting.LOW
    found = queries.exits(incident)
    assert found is not None and found.ways == 4 and found.at == NOW
    east = next(each for each in found.exits if each.name == "Route de l'Est")
    assert east.ways == 1 and east.unit == "P1" and east.unit_s is not None
    assert [reason.code for reason in east.reasons] == ["exit.ways", "exit.held"]
    assert east.reasons[1].params["seconds"] == round(east.in_s - east.unit_s)
    assert [(each.device, each.sure) for each in east.cameras] == [("C-1", True), ("C-3", False)]
    assert 0 < east.cameras[0].in_s < east.cameras[1].in_s < east.in_s


@pytest.mark.room
@pytest.mark.django_db
def test_not_while_the_chance_is_good_nor_once_they_can_be_anywhere(isle: Street, now: FixedClock) -> None:
    isle.unit("P1", 80, heard_s=1)
    where = place(90, 100)
    incident = isle.incident(None, lat=where.lat, lon=where.lon, entered_s=20, last_sign_at=NOW)
    assert actions.rank(incident_id=incident).best.chance > exiting.NOT_LOW  # type: ignore[union-attr,operator]
    assert queries.exits(incident) is None
    now.advance(500)
    actions.rank_open()
    assert queries.exits(incident) is not None
    now.advance(exiting.LOST_S)
    actions.rank_open()
    assert queries.exits(incident) is None


@pytest.mark.room
@pytest.mark.django_db
def test_what_was_worked_out_stands_for_a_while(isle: Street, now: FixedClock) -> None:
    isle.unit("P1", 1600)
    incident = late(isle)
    actions.rank(incident_id=incident)
    now.advance(4)
    actions.rank_open()
    assert queries.exits(incident).at == NOW  # type: ignore[union-attr]
    now.advance(exiting.KEPT_S)
    actions.rank_open()
    assert queries.exits(incident).at > NOW  # type: ignore[union-attr]
