"""On any town the story finds its places, always the same, and says so where it cannot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.foundation.geography import LocalPlane, Position, distance_m
from beffroi.rehearsal.methods import places, rounds, town
from beffroi.rehearsal.methods.furniture import middle
from beffroi.rehearsal.methods.places import Ground, Sensor, Spot, TooSmall
from beffroi.territory.methods.paths import Route

pytestmark = pytest.mark.unit

PLANE = LocalPlane(47.6, -2.1)


def _at(x: float, y: float) -> Position:
    lat, lon = PLANE.to_lat_lon(x, y)
    return Position(float(lat), float(lon))


def _invented() -> Ground:
    drawn = town.generate()
    junctions = [_at(*point) for point in drawn.points[:60]]
    spots = [Spot(each.tags.get("name", ""), _at(*middle(each)), 100.0) for each in drawn.buildings]
    cameras = [
        Sensor(each.tags["ref"], "camera", each.tags["name"], _at(*each.at), known=True)
        for each in drawn.things
        if "ref" in each.tags
    ]
    gendarmes = middle(drawn.named(name="Brigade de gendarmerie"))
    return Ground(
        np.array([each.lat for each in junctions]),
        np.array([each.lon for each in junctions]),
        spots,
        cameras,
        [Spot("Brigade de gendarmerie", _at(*gendarmes), 0.0)],
    )


def test_the_invented_town_is_cast_as_meant() -> None:
    cast = places.choose(_invented())
    assert cast == places.choose(_invented())
    assert cast.target.name == "Médiathèque"
    assert cast.windy.name in ("École Jacques-Prévert", "Collège des Trois-Rivières")
    assert cast.camera.known
    assert cast.camera.name == "Abords : Médiathèque"
    assert distance_m(cast.camera.place, cast.target.place) < 75
    assert cast.mute_camera != cast.camera
    assert 40 < distance_m(cast.van, cast.target.place) < 300
    keys = [each.key for each in cast.sensors]
    assert len(set(keys)) == len(keys)
    assert distance_m(cast.patrols[2].place, _invented().police[0].place) < 1


coordinates = st.floats(-1500, 1500)
grounds = st.tuples(
    st.lists(st.tuples(coordinates, coordinates), min_size=12, max_size=40, unique=True),
    st.lists(
        st.tuples(coordinates, coordinates, st.sampled_from(["", "École", "Mairie", "L’Étoile"])),
        min_size=10,
        max_size=30,
    ),
)


@settings(max_examples=60, deadline=None)
@given(grounds)
def test_any_town_large_enough_gives_a_whole_cast(drawn) -> None:
    points, spots = drawn
    junctions = [_at(x, y) for x, y in points]
    cast = places.choose(
        Ground(
            np.array([each.lat for each in junctions]),
            np.array([each.lon for each in junctions]),
            [Spot(name, _at(x, y), 80.0) for x, y, name in spots],
        )
    )
    keys = [each.key for each in cast.sensors]
    assert len(set(keys)) == len(keys) >= 3
    assert cast.camera in cast.cameras
    assert cast.mute_camera in cast.cameras
    assert cast.camera.direction_deg is not None
    assert 0 <= cast.camera.direction_deg <= 360
    assert len({each.key for each in cast.patrols}) == 3


def test_too_small_a_map_is_said_to_be_so() -> None:
    with pytest.raises(TooSmall, match="3 junctions and 1 buildings"):
        places.choose(Ground(np.zeros(3), np.zeros(3), [Spot("Mairie", _at(0, 0), 10.0)]))


@settings(max_examples=60)
@given(st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=12), st.floats(0.1, 900))
def test_a_patrol_goes_from_start_to_end_and_never_jumps(points, seconds: float) -> None:
    way = Route([(p.lat, p.lon) for p in (_at(x, y) for x, y in points)], seconds, 1.0)
    length = sum(
        distance_m(Position(*a), Position(*b)) for a, b in zip(way.points, way.points[1:], strict=False)
    )
    start, end = rounds.at(way, -1), rounds.at(way, seconds * 2)
    assert distance_m(start.place, Position(*way.points[0])) < 0.01 or length == 0
    assert end.arrived
    assert distance_m(end.place, Position(*way.points[-1])) < 0.01
    before = start.place
    for step in range(1, 21):
        now = rounds.at(way, seconds * step / 20)
        assert distance_m(before, now.place) <= length / 20 * 1.001 + 0.01
        assert 0 <= now.heading_deg <= 360
        before = now.place
