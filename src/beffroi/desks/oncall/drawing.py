"""A place and the streets around it as a still drawing: for a phone with little network and no account."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import LocalPlane
from beffroi.territory import queries as territory

WIDTH, HEIGHT = 420.0, 300.0
HALF_M = 150.0  # what is seen on either side, west to east
SCALE = WIDTH / 2 / HALF_M
_LABELS_MOST = 7
_LEAST_LABEL_PX = 60.0
Point = tuple[float, float]


@dataclass
class Label:
    """A street's name, along it."""

    words: str
    x: float
    y: float
    angle: float


@dataclass
class Drawing:
    """Paths of an SVG of WIDTH by HEIGHT, the place in its middle, `radius` how sure it is; `bar` is 50 m."""

    radius: float
    streets: list[str] = field(default_factory=list)
    buildings: list[str] = field(default_factory=list)
    water: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    bar: float = 50.0 * SCALE


def around(key: str, lat: float | None, lon: float | None, radius_m: float) -> Drawing | None:
    """The drawing around a place; None where the place or the town's map is not known."""
    if lat is None or lon is None:
        return None
    plane = LocalPlane(lat, lon)
    drawn = Drawing(radius=min(HEIGHT, max(10.0, radius_m * SCALE)))
    try:
        for name, paths in (("water", drawn.water), ("buildings", drawn.buildings)):
            for shape, _words in _shapes(key, name, plane):
                paths.append(_path(shape, closed=True))
        named: dict[str, Label] = {}
        for shape, words in _shapes(key, "streets", plane):
            drawn.streets.append(_path(shape, closed=False))
            label = _label(shape, words)
            if label and words not in named:
                named[words] = label
    except NotFound:
        return None if not drawn.streets else drawn
    drawn.labels = list(named.values())[:_LABELS_MOST]
    return drawn


def _shapes(key: str, name: str, plane: LocalPlane) -> Iterable[tuple[list[Point], str]]:
    """The lines (or outer rings) of a layer that touch the drawing, in its own units."""
    if name not in territory.layers(key):
        return
    for feature in territory.read_layer(key, name)["features"]:
        words = str(feature["properties"].get("name") or "")
        for line in _lines(feature["geometry"]):
            if _near(line, plane):
                xs, ys = plane.to_xy(_column(line, 1), _column(line, 0))
                points = [
                    (round(WIDTH / 2 + x * SCALE, 1), round(HEIGHT / 2 - y * SCALE, 1))
                    for x, y in zip(xs, ys, strict=True)
                ]
                if _seen(points):
                    yield points, words


def _lines(geometry: dict[str, Any]) -> list[list[list[float]]]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [coordinates]
    if kind in ("MultiLineString",):
        return list(coordinates)
    if kind == "Polygon":
        return list(coordinates[:1])
    return [each[0] for each in coordinates] if kind == "MultiPolygon" else []


def _column(line: list[list[float]], place: int) -> Any:
    import numpy as np

    return np.array([each[place] for each in line])


def _near(line: list[list[float]], plane: LocalPlane) -> bool:
    """A quick look, in degrees, before anything is computed."""
    reach = 2 * HALF_M / 111_000.0
    wide = reach / max(0.2, math.cos(math.radians(plane.lat)))
    lons, lats = [each[0] for each in line], [each[1] for each in line]
    return (
        min(lats) <= plane.lat + reach
        and max(lats) >= plane.lat - reach
        and min(lons) <= plane.lon + wide
        and max(lons) >= plane.lon - wide
    )


def _seen(points: list[Point]) -> bool:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs) < WIDTH and max(xs) > 0 and min(ys) < HEIGHT and max(ys) > 0


def _path(points: list[Point], *, closed: bool) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) + ("Z" if closed else "")


def _label(points: list[Point], words: str) -> Label | None:
    """A name on the longest seen piece of a street, never upside down."""
    if not words:
        return None
    best: tuple[float, Point, Point] | None = None
    for one, other in itertools.pairwise(points):
        length = math.dist(one, other)
        middle = ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        inside = 40 < middle[0] < WIDTH - 40 and 24 < middle[1] < HEIGHT - 24
        if inside and length >= _LEAST_LABEL_PX and (best is None or length > best[0]):
            best = (length, one, other)
    if best is None:
        return None
    _, one, other = best
    angle = math.degrees(math.atan2(other[1] - one[1], other[0] - one[0]))
    if angle > 90 or angle < -90:
        angle -= math.copysign(180, angle)
    return Label(words[:36], (one[0] + other[0]) / 2, (one[1] + other[1]) / 2, round(angle, 1))
