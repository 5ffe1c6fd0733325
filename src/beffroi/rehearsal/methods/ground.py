"""What ground is taken already: shapes on a grid, asked before anything is built."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from beffroi.rehearsal.methods.plan import HALF_WIDTH, Point, Ring, Street
from beffroi.rehearsal.methods.streets import railway_y, river_y

_CELL_M = 40.0
RIVER_HALF_WIDTH_M = 9.0
EDGE_M = 1900.0


class Ground:
    """Shapes (metres) by the cells of a grid that they touch."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[BaseGeometry]] = defaultdict(list)

    def _touched(self, shape: BaseGeometry) -> Iterator[tuple[int, int]]:
        low_x, low_y, high_x, high_y = (math.floor(value / _CELL_M) for value in shape.bounds)
        for column in range(low_x, high_x + 1):
            for row in range(low_y, high_y + 1):
                yield column, row

    def take(self, shape: BaseGeometry) -> None:
        """From now on this ground is taken."""
        for cell in self._touched(shape):
            self._cells[cell].append(shape)

    def is_free(self, shape: BaseGeometry) -> bool:
        """Whether nothing stands where `shape` would."""
        return not any(
            shape.intersects(other) for cell in self._touched(shape) for other in self._cells[cell]
        )


def river_line() -> Ring:
    """The river's middle, from the west edge of the map to the east."""
    return tuple((float(x), river_y(x)) for x in range(-1900, 1901, 50))


def railway_line() -> Ring:
    """The railway, from the west edge of the map to the east."""
    return tuple((float(x), railway_y(x)) for x in range(-1900, 1901, 200))


def with_streets(points: list[Point], streets: Iterable[Street]) -> Ground:
    """The ground that streets, the river and the railway take."""
    ground = Ground()
    for street in streets:
        line = [points[number] for number in street.points]
        for a, b in pairwise(line):
            ground.take(LineString([a, b]).buffer(HALF_WIDTH[street.kind] + 0.4, cap_style="square"))
    for line_of, width in ((river_line(), RIVER_HALF_WIDTH_M + 4), (railway_line(), 9.0)):
        for a, b in pairwise(line_of):
            ground.take(LineString([a, b]).buffer(width))
    return ground


def rectangle(foot: Point, along: Point, out: Point, width: float, depth: float) -> Polygon:
    """A rectangle whose front's middle is `foot`; `along` and `out` are unit vectors (front, and away)."""
    (fx, fy), (ax, ay), (ox, oy) = foot, along, out
    half = width / 2
    corners = [
        (fx - ax * half, fy - ay * half),
        (fx + ax * half, fy + ay * half),
        (fx + ax * half + ox * depth, fy + ay * half + oy * depth),
        (fx - ax * half + ox * depth, fy - ay * half + oy * depth),
    ]
    return Polygon(corners)


def corners(shape: Polygon) -> Ring:
    """A polygon's outline to the centimetre, not closed."""
    return tuple((round(x, 2), round(y, 2)) for x, y in shape.exterior.coords[:-1])


def along_streets(
    points: list[Point], street: Street, step: float, start: float = 0.0
) -> Iterator[tuple[Point, Point, float]]:
    """Places every `step` metres along a street: the place, the street's direction, metres from its start."""
    line = [points[number] for number in street.points]
    walked, ahead = 0.0, start
    for (ax, ay), (bx, by) in pairwise(line):
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        while ahead <= walked + length:
            on = ahead - walked
            yield (ax + ux * on, ay + uy * on), (ux, uy), ahead
            ahead += step
        walked += length
