"""Which cameras see a place, the best first, and why; and the nearest that do not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from beffroi.foundation.geography import Position, distance_m, metres_per_degree
from beffroi.territory.methods.sight import ALL_ROUND, DEFAULT_FIELD_DEG

#: The eight ways of the compass, clockwise from north.
COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_FAR_M = 500.0
_NEAREST_M = 3.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A camera as the map has it; `ring` is what it sees, as [longitude, latitude], empty where unknown."""

    key: str
    position: Position
    direction_deg: float | None
    field_deg: float | None
    form: str
    ring: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A camera and a place: metres between, the compass way it looks, pixels a metre in a 1920-wide image.

    `sees` is false for those around that do not hold the place.
    """

    key: str
    metres: float
    way: str
    pixels_per_m: float
    sees: bool


def seeing(cameras: Iterable[Standing], place: Position) -> list[Seen]:
    """The cameras whose view holds the place, by the pixels that they would lay on it, most first."""
    found = [_seen(each, place, sees=True) for each in cameras if holds(each.ring, place)]
    return sorted(found, key=lambda each: (-each.pixels_per_m, each.key))


def around(cameras: Iterable[Standing], place: Position, most: int) -> list[Seen]:
    """The nearest that do not see it, one for each way out of eight, then the next nearest of any way."""
    others = [_seen(each, place, sees=False) for each in cameras if not holds(each.ring, place)]
    near = sorted(
        (each for each in others if each.metres <= _FAR_M), key=lambda each: (each.metres, each.key)
    )
    sides: dict[str, Seen] = {}
    for each in near:
        sides.setdefault(each.way, each)
    first = list(sides.values())
    return (first + [each for each in near if each not in first])[:most]


def _seen(camera: Standing, place: Position, *, sees: bool) -> Seen:
    metres = distance_m(camera.position, place)
    way = compass(bearing_deg(camera.position, place) if sees else bearing_deg(place, camera.position))
    turns = camera.form in ALL_ROUND
    width = DEFAULT_FIELD_DEG if turns else min(camera.field_deg or DEFAULT_FIELD_DEG, 170.0)
    across = 2 * max(metres, _NEAREST_M) * math.tan(math.radians(width) / 2)
    return Seen(camera.key, metres, way, 1920 / across, sees)


def bearing_deg(a: Position, b: Position) -> float:
    """The way from one place to another, degrees clockwise from north."""
    per_lat, per_lon = metres_per_degree((a.lat + b.lat) / 2)
    return math.degrees(math.atan2((b.lon - a.lon) * per_lon, (b.lat - a.lat) * per_lat)) % 360


def compass(degrees: float) -> str:
    """The nearest of the eight ways."""
    return COMPASS[round(degrees / 45) % 8]


def holds(ring: Sequence[Sequence[float]], place: Position) -> bool:
    """Whether a ring of [longitude, latitude] holds the place (even-odd rule)."""
    inside = False
    for (x1, y1, *_), (x2, y2, *_) in itertools.pairwise(ring):
        if (y1 > place.lat) != (y2 > place.lat):
            inside ^= place.lon < (x2 - x1) * (place.lat - y1) / (y2 - y1) + x1
    return inside
