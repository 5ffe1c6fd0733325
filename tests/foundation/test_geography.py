"""Distances against the geodesic of another library, and planes that come back to where they began."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from beffroi.foundation.geography import LocalPlane, Position, distance_m, geodesic_m, metres_per_degree

pytestmark = pytest.mark.unit

GEOD = Geod(ellps="WGS84")
latitudes = st.floats(-60, 60)
longitudes = st.floats(-179, 179)
bearings = st.floats(0, 360)
within_a_commune = st.floats(1, 50_000)


@given(latitudes, longitudes, bearings, within_a_commune)
def test_distance_is_within_a_thousandth_of_the_geodesic(
    lat: float, lon: float, bearing: float, metres: float
) -> None:
    there_lon, there_lat, _ = GEOD.fwd(lon, lat, bearing, metres)
    if abs(there_lon - lon) > 180:
        return  # over the date line: not a territory of one plane
    a, b = Position(lat, lon), Position(there_lat, there_lon)
    assert distance_m(a, b) == pytest.approx(metres, rel=1e-3)
    assert geodesic_m(a, b) == pytest.approx(metres, rel=1e-6, abs=1e-3)
    assert distance_m(a, b) == distance_m(b, a)


@given(st.floats(-85, 85))
def test_metres_in_a_degree(lat: float) -> None:
    per_lat, per_lon = metres_per_degree(lat)
    _, _, north = GEOD.inv(0, lat - 0.005, 0, lat + 0.005)
    _, _, east = GEOD.inv(0, lat, 0.01, lat)
    assert per_lat == pytest.approx(north * 100, rel=1e-6)
    assert per_lon == pytest.approx(east * 100, rel=1e-5)


@given(
    latitudes,
    longitudes,
    st.lists(st.tuples(st.floats(-25_000, 25_000), st.floats(-25_000, 25_000)), min_size=1),
)
def test_a_plane_comes_back(lat: float, lon: float, points: list[tuple[float, float]]) -> None:
    x, y = np.array(points).T
    plane = LocalPlane(lat, lon)
    back_x, back_y = plane.to_xy(*plane.to_lat_lon(x, y))
    np.testing.assert_allclose(back_x, x, atol=1e-6)
    np.testing.assert_allclose(back_y, y, atol=1e-6)


def test_a_plane_looks_north_and_east() -> None:
    x, y = LocalPlane(47.65, -2.11).to_xy(47.66, -2.10)
    assert x > 700
    assert y > 1100


@pytest.mark.parametrize(
    ("lat", "lon", "radius"),
    [
        (91, 0, 0),
        (0, 181, 0),
        (math.nan, 0, 0),
        (0, math.inf, 0),
        (0, 0, -1),
        (0, 0, math.inf),
        (0, 0, math.nan),
    ],
)
def test_what_is_no_position_is_refused(lat: float, lon: float, radius: float) -> None:
    with pytest.raises(ValueError, match=r"degrees|radius"):
        Position(lat, lon, radius)
