"""What the law fixes: terms, purposes, perimeters, and which purpose of an order carries which look."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from beffroi.people.orders import rules

pytestmark = pytest.mark.unit
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(DAYS)
def test_an_order_lasts_five_years_and_not_a_day_more(first: date) -> None:
    last = rules.years_after(first, 5) - timedelta(days=1)
    assert rules.bad_term(first, last) == ""
    assert "five years" in rules.bad_term(first, last + timedelta(days=1))
    assert rules.bad_term(first, first - timedelta(days=1))


@given(DAYS, st.integers(0, 2000), st.integers(-10, 2500), st.none() | st.integers(-5, 2100))
def test_it_stands_from_its_first_day_to_its_last_unless_withdrawn(
    first: date, length: int, at: int, withdrawn: int | None
) -> None:
    day, last = first + timedelta(days=at), first + timedelta(days=length)
    gone = first + timedelta(days=withdrawn) if withdrawn is not None else None
    expected = 0 <= at <= length and (withdrawn is None or at < withdrawn)
    assert rules.stands(first, last, gone, day) is expected


@pytest.mark.parametrize("purposes", [[], ["curiosity"], ["rescue", "publicity"]])
def test_a_purpose_that_the_law_does_not_name_is_refused(purposes: list[str]) -> None:
    assert rules.bad_purposes(purposes)


def test_every_purpose_of_the_law_is_taken_and_there_are_eleven() -> None:
    assert len(rules.PURPOSES) == 11 and rules.bad_purposes(rules.PURPOSES) == ""


def test_the_purposes_of_the_order_bound_what_is_looked_for() -> None:
    assert rules.carries(["traffic_flow"], "traffic") and not rules.carries(["traffic_flow"], "prevention")
    assert rules.carries(["dumping"], "incident") and rules.carries(["dumping"], "upkeep")
    assert not rules.carries(rules.PURPOSES, "curiosity")


ANGLES = st.lists(st.integers(0, 359), min_size=3, max_size=12, unique=True)


@given(ANGLES, st.floats(-1.5, 1.5), st.floats(-1.5, 1.5))
def test_what_lies_within_a_perimeter_is_what_geometry_says(
    angles: list[int], lat: float, lon: float
) -> None:
    import math

    ring = [(math.sin(math.radians(a)), math.cos(math.radians(a))) for a in sorted(angles)]
    polygon, place = Polygon([(x, y) for y, x in ring]), Point(lon, lat)
    if polygon.is_valid and polygon.exterior.distance(place) > 1e-9:
        assert rules.within(ring, lat, lon) is polygon.contains(place)


def test_the_smallest_warning_that_holds_is_told() -> None:
    day = date(2026, 11, 26)
    told = {days: rules.warned(day + timedelta(days=days), day) for days in (181, 180, 91, 90, 8, 7, 0, -1)}
    assert told == {181: None, 180: 180, 91: 180, 90: 90, 8: 30, 7: 7, 0: 7, -1: None}


@pytest.mark.parametrize("ring", [[(47.0, -2.0), (47.1, -2.0)], [(91.0, 0.0), (0.0, 0.0), (1.0, 1.0)]])
def test_corners_that_bound_nothing_are_refused(ring: list[tuple[float, float]]) -> None:
    assert rules.bad_ring(ring)
