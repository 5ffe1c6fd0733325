"""The nearest street is exact where streets are thin on the ground, inside the town and around it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.territory.towns import PLANE, network

from beffroi.territory.methods.assemble import street_graph

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("streets", [1, 8, 40, 200])
@pytest.mark.parametrize("length", [15.0, 90.0, 700.0])
def test_beside_brute_force(streets: int, length: float) -> None:
    rng = np.random.default_rng(streets)
    a = rng.uniform(-900, 900, (streets, 2))
    b = a + rng.uniform(-length, length, (streets, 2))
    points = [tuple(p) for p in np.concatenate([a, b]).tolist()]
    graph = street_graph(network(points, [(k, streets + k, 10.0, 10.0) for k in range(streets)]))
    places = rng.uniform(-1600, 1600, (150, 2))
    lat, lon = PLANE.to_lat_lon(places[:, 0], places[:, 1])
    found = graph.snap_all(list(zip(lat.tolist(), lon.tolist(), strict=True)))
    d = b - a
    t = np.clip(((places[:, None] - a) * d).sum(axis=2) / (d * d).sum(axis=1), 0, 1)
    wanted = np.hypot(*np.moveaxis(a + t[..., None] * d - places[:, None], 2, 0)).min(axis=1)
    for snapped, metres in zip(found, wanted.tolist(), strict=True):
        assert snapped is not None
        # The graph measures on a plane at its own middle: 0.1 % apart at most here.
        assert snapped.distance_m == pytest.approx(metres, rel=1e-3, abs=0.5)


def test_of_two_streets_as_near_the_first_is_taken_and_far_away_none() -> None:
    graph = street_graph(network([(-50, -10), (50, -10), (-50, 10), (50, 10)], [(2, 3, 1, 1), (0, 1, 1, 1)]))
    lat, lon = (float(v) for v in PLANE.to_lat_lon(20.0, 0.0))
    found = graph.snap(lat, lon)
    assert found is not None
    assert found.piece in (0, 1)
    assert found.distance_m == pytest.approx(10, abs=0.05)
    assert found.fraction == pytest.approx(0.7, abs=1e-3)
    far = [PLANE.to_lat_lon(x, y) for x, y in ((5200.0, 0.0), (0.0, -5200.0), (4000.0, 4000.0))]
    assert graph.snap_all([(float(a), float(b)) for a, b in far]) == [None, None, None]
    near = [(4900.0, 0.0), (0.0, 4900.0), (3400.0, 3400.0)]
    for x, y in near:
        lat, lon = (float(v) for v in PLANE.to_lat_lon(x, y))
        snapped = graph.snap(lat, lon)
        assert snapped is not None
        beyond = math.hypot(max(abs(x) - 50, 0), max(abs(y) - 10, 0))
        assert snapped.distance_m == pytest.approx(beyond, rel=1e-3)


def test_fractions_run_along_the_street() -> None:
    graph = street_graph(network([(0, 0), (400, 0)], [(0, 1, 40, 40)]))
    for share in (0.0, 0.25, 0.9, 1.0):
        lat, lon = (float(v) for v in PLANE.to_lat_lon(400 * share, 30.0))
        found = graph.snap(lat, lon)
        assert found is not None
        assert (found.fraction, found.distance_m) == (
            pytest.approx(share, abs=1e-6),
            pytest.approx(30, abs=0.05),
        )
