"""Which cameras see the way to a road to watch, and when they could be in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from beffroi.during.dispatch.methods.inside import inside
from beffroi.during.dispatch.shown import Seeing
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory.shown import DeviceView

#: (latitude, longitude, seconds) along a way.
Path = Sequence[tuple[float, float, float]]

#: Cameras told for one road.
MOST = 2
#: A camera of which nothing tells where it looks counts on the street where it stands (m).
BESIDE_M = 25.0
#: Who passed a camera so long ago (s) may still be seen in what it recorded.
LOOK_BACK_S = 600.0
_STEP_M = 12.0
_REACH_M = 150.0
_DEGREE_M = 111_200.0


def near(cameras: Iterable[DeviceView], paths: Iterable[Path]) -> list[DeviceView]:
    """Cameras near enough to one of the ways to see it, whatever they look at."""
    points = np.array([point[:2] for path in paths for point in _dense(path)]).reshape(-1, 2)
    if not len(points):
        return []
    wide = np.cos(np.radians(points[0, 0]))
    found = []
    for camera in cameras:
        if camera.position is None:
            continue
        apart = (points - [camera.position.lat, camera.position.lon]) * [_DEGREE_M, _DEGREE_M * wide]
        if np.hypot(*apart.T).min() <= max(_REACH_M, camera.reach_m or 0.0):
            found.append(camera)
    return found


def seeing(
    cameras: Iterable[DeviceView], views: Mapping[str, list[list[float]]], path: Path, gone: float
) -> list[Seeing]:
    """Cameras that see a way, with the seconds until they could be in the picture.

    Those still to be passed come first, the soonest first; then those passed last.
    """
    points = np.array(_dense(path))
    found = []
    for camera in cameras:
        ring = views.get(camera.key)
        if camera.position is None or ring is None:
            continue
        seen = inside(points[:, 1], points[:, 0], ring) if ring else _beside(points, camera.position)
        if seen.any():
            first = float(points[int(np.argmax(seen)), 2]) - gone
            if first >= -LOOK_BACK_S:
                found.append(
                    Seeing(device=camera.key, name=camera.name, in_s=round(first, 1), sure=bool(ring))
                )
    found.sort(key=lambda each: (each.in_s < 0, abs(each.in_s), each.device))
    return found[:MOST]


def _beside(path: NDArray[np.float64], where: Position) -> NDArray[np.bool_]:
    return np.array([distance_m(where, Position(lat, lon)) <= BESIDE_M for lat, lon, _ in path.tolist()])


def _dense(path: Path) -> list[tuple[float, float, float]]:
    """The same way with a point every few metres, so that a narrow view is not stepped over."""
    points = [path[0]]
    for a, b in pairwise(path):
        steps = max(1, round(distance_m(Position(*a[:2]), Position(*b[:2])) / _STEP_M))
        for k in range(1, steps + 1):
            share = k / steps
            points.append(
                (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
            )
    return points
