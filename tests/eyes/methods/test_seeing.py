"""Which cameras see a place: by their view, the most pixels first; and who stands around."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes.methods.seeing import Standing, around, bearing_deg, compass, holds, seeing
from beffroi.foundation.geography import LocalPlane, Position

pytestmark = pytest.mark.unit
PLANE = LocalPlane(47.65, -2.08)


def place(x: float, y: float) -> Position:
    lat, lon = PLANE.to_lat_lon(x, y)
    return Position(float(lat), float(lon))


def camera(
    key: str,
    x: float,
    y: float,
    direction: float,
    *,
    reach: float = 60.0,
    field: float = 90.0,
    form: str = "",
) -> Standing:
    """A camera whose view is a triangle of its field and reach: no building around."""
    ring = [(x, y)]
    for turned in (-field / 2, -field / 4, 0.0, field / 4, field / 2):
        at = math.radians(direction + turned)
        ring.append((x + reach * math.sin(at), y + reach * math.cos(at)))
    corners = [place(*each) for each in [*ring, ring[0]]]
    return Standing(key, place(x, y), direction, field, form, [[each.lon, each.lat] for each in corners])


def test_the_camera_that_sees_it_best_comes_first_and_says_why() -> None:
    near = camera("near", 0, -20, 0)
    far = camera("far", 50, 0, 270)
    away = camera("away", 0, -20, 180)
    found = seeing([far, away, near], place(0, 0))
    assert [(each.key, each.way) for each in found] == [("near", "n"), ("far", "w")]
    assert found[0].metres == pytest.approx(20, abs=0.1)
    assert found[0].pixels_per_m == pytest.approx(1920 / 40, rel=0.01)


def test_a_narrow_view_from_afar_may_beat_a_wide_one_from_near() -> None:
    wide = camera("wide", 0, -20, 0, field=120)
    narrow = camera("narrow", 50, 0, 270, field=20)
    assert [each.key for each in seeing([wide, narrow], place(0, 0))] == ["narrow", "wide"]


def test_a_camera_without_a_view_sees_nothing_and_stands_around() -> None:
    blind = Standing("blind", place(0, 10), None, None, "", ())
    assert seeing([blind], place(0, 0)) == []
    (beside,) = around([blind], place(0, 0), 3)
    assert (beside.key, beside.way, beside.sees) == ("blind", "n", False)


def test_those_around_are_on_different_ways_out_first() -> None:
    cameras = [camera(f"n{n}", 0, 100 + n, 0) for n in range(3)] + [camera("s", 0, -300, 180)]
    assert [each.key for each in around(cameras, place(0, 0), 3)] == ["n0", "s", "n1"]
    assert around([camera("gone", 0, 900, 0)], place(0, 0), 3) == []


@given(st.floats(0, 359.9), st.floats(5, 400))
def test_bearings_are_clockwise_from_north(degrees: float, metres: float) -> None:
    at = math.radians(degrees)
    found = bearing_deg(place(0, 0), place(metres * math.sin(at), metres * math.cos(at)))
    assert min(abs(found - degrees), 360 - abs(found - degrees)) < 0.5


def test_the_compass_has_eight_ways() -> None:
    assert [compass(each) for each in (0, 44, 90, 135, 180, 225, 270, 315, 350)] == [
        "n", "ne", "e", "se", "s", "sw", "w", "nw", "n",
    ]  # fmt: skip


def test_a_ring_holds_its_middle_and_nothing_outside() -> None:
    ring = camera("c", 0, 0, 0).ring
    assert holds(ring, place(0, 30))
    assert not holds(ring, place(0, -5)) and not holds(ring, place(0, 70)) and not holds((), place(0, 0))
