"""The next turn of a way, from its points alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.territory.towns import PLANE

from beffroi.desks.field.turns import bends, length_m

pytestmark = pytest.mark.unit


def way(*metres: tuple[float, float]) -> list[tuple[float, float]]:
    """Points (latitude, longitude) from metres to the east and to the north."""
    found = []
    for x, y in metres:
        lat, lon = PLANE.to_lat_lon(x, y)
        found.append((float(lat), float(lon)))
    return found


def test_a_right_turn_then_a_left_one_each_at_its_distance() -> None:
    found = bends(way((0, 0), (0, 200), (100, 200), (100, 400)))
    assert [(each.side, round(each.metres)) for each in found] == [("right", 200), ("left", 300)]


def test_a_street_that_bends_gently_has_no_turn() -> None:
    assert bends(way((0, 0), (0, 100), (10, 200), (35, 300), (80, 390))) == []


def test_a_corner_rounded_by_many_points_is_one_turn() -> None:
    corner = [(0, 0), (0, 100), (1, 104), (3, 108), (7, 111), (12, 112), (120, 112)]
    (turn,) = bends(way(*corner))
    assert turn.side == "right" and 95 < turn.metres < 115


def test_a_u_turn_is_said_as_such() -> None:
    assert [each.side for each in bends(way((0, 0), (0, 100), (2, 0)))] == ["back"]


def test_what_is_being_turned_already_is_not_announced() -> None:
    assert bends(way((0, 0), (0, 5), (100, 5))) == []
    assert bends(way((0, 0), (0, 100))) == [] and bends([]) == []


points = st.lists(st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)), min_size=2, max_size=12)


@given(points)
def test_every_turn_lies_on_the_way_in_order(metres: list[tuple[float, float]]) -> None:
    line = way(*metres)
    along = [each.metres for each in bends(line)]
    assert along == sorted(along)
    assert all(0 < each <= length_m(line) + 1 for each in along)
