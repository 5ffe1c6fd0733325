"""How the patrols of an exercise move: along the road, at the speed that the road allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from beffroi.foundation.geography import Position, distance_m
from beffroi.territory.methods.paths import Route

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a unit is on its way, and which way it faces (degrees from north)."""

    place: Position
    heading_deg: float
    arrived: bool


def _lengths(points: Points) -> list[float]:
    return [distance_m(Position(*a), Position(*b)) for a, b in pairwise(points)]


def at(way: Route, seconds: float, radius_m: float = 8.0) -> Whereabouts:
    """Where someone is who left `seconds` ago and drives evenly."""
    lengths = _lengths(way.points)
    whole = sum(lengths)
    done = 1.0 if way.seconds <= 0 else min(1.0, max(0.0, seconds / way.seconds))
    left = done * whole
    for (a, b), length in zip(pairwise(way.points), lengths, strict=True):
        if length > 0 and left <= length:
            share = left / length
            place = Position(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, radius_m)
            return Whereabouts(place, _heading(a, b), done >= 1.0)
        left -= length
    last, before = way.points[-1], way.points[-2] if len(way.points) > 1 else way.points[-1]
    return Whereabouts(Position(*last, radius_m), _heading(before, last), True)


def _heading(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return round(math.degrees(math.atan2(east, b[0] - a[0])) % 360, 1)
