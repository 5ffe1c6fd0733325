"""The next turn of a way: pure, from its points alone; the street's name is the reader's to find."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from beffroi.foundation.geography import metres_per_degree

Point = tuple[float, float]
#: Streets bend: less than this (degrees), over `LOOK_M` metres before and after, is no turn.
SHARP_DEG = 38.0
BACK_DEG = 150.0
LOOK_M = 15.0
#: What lies closer than this (m) is being driven already.
NEAR_M = 8.0


class Bend(NamedTuple):
    """A bend in a way: metres from its start, to which side, and a point a little after it."""

    metres: float
    side: str
    after: Point


def bends(points: Sequence[Point]) -> list[Bend]:
    """Every bend of a way of (latitude, longitude) that may be a turn, in order."""
    if len(points) < 3:
        return []
    plane = _metres(points)
    along = [0.0]
    for a, b in itertools.pairwise(plane):
        along.append(along[-1] + math.dist(a, b))
    found: list[Bend] = []
    for at in range(1, len(points) - 1):
        if along[at] < NEAR_M:
            continue
        angle = _turned(plane, along, at)
        if abs(angle) >= SHARP_DEG and (not found or along[at] - found[-1].metres > LOOK_M):
            found.append(Bend(along[at], _side(angle), _point(points, along, along[at] + 2 * LOOK_M)))
    return found


def length_m(points: Sequence[Point]) -> float:
    """Metres along a way."""
    plane = _metres(points)
    return sum(math.dist(a, b) for a, b in itertools.pairwise(plane))


def _metres(points: Sequence[Point]) -> list[Point]:
    """East and north, in metres from the first point."""
    lat, lon = points[0]
    per_lat, per_lon = metres_per_degree(lat)
    return [((x - lon) * per_lon, (y - lat) * per_lat) for y, x in points]


def _turned(plane: Sequence[Point], along: Sequence[float], at: int) -> float:
    """Degrees by which the way turns at a point, right is positive, seen over LOOK_M each way."""
    before = _point(plane, along, along[at] - LOOK_M)
    after = _point(plane, along, along[at] + LOOK_M)
    coming = math.atan2(plane[at][0] - before[0], plane[at][1] - before[1])
    leaving = math.atan2(after[0] - plane[at][0], after[1] - plane[at][1])
    return (math.degrees(leaving - coming) + 180) % 360 - 180


def _point(points: Sequence[Point], along: Sequence[float], metres: float) -> Point:
    """The point so many metres along a way, its ends at most."""
    for start in range(len(points) - 1):
        if metres <= along[start + 1]:
            step = along[start + 1] - along[start]
            share = min(1.0, max(0.0, (metres - along[start]) / step)) if step else 0.0
            (a, b), (c, d) = points[start], points[start + 1]
            return (a + (c - a) * share, b + (d - b) * share)
    return points[-1]


def _side(angle: float) -> str:
    if abs(angle) >= BACK_DEG:
        return "back"
    return "right" if angle > 0 else "left"
