"""The nearest street to a place: exact, by a grid of cells searched in growing rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beffroi.territory.methods.grid import Floats, Longs, spans

if TYPE_CHECKING:
    from beffroi.territory.methods.graph import StreetGraph

_FARTHEST_M = 5000.0


@dataclass(frozen=True, slots=True)
class Snapped:
    """A place brought to the nearest street.

    `piece`: which piece of street; `fraction`: how far along its shape (0 to 1);
    `lat`, `lon`: the point on the street; `distance_m`: from the place to that point.
    """

    piece: int
    fraction: float
    lat: float
    lon: float
    distance_m: float


def snap(
    graph: StreetGraph, lat: float, lon: float, eligible: NDArray[np.bool_], farthest_m: float = _FARTHEST_M
) -> Snapped | None:
    """The nearest point of the pieces that are `eligible`, or None when all are farther than `farthest_m`.

    Two segments at the same distance: the one with the lower number, so that the answer never varies.
    """
    cells = graph.meta.cells
    x, y = (float(v) for v in cells.plane.to_xy(lat, lon))
    outside = max(
        cells.x0 - x, x - cells.x0 - cells.columns * cells.cell_m,
        cells.y0 - y, y - cells.y0 - cells.rows * cells.cell_m, 0.0,
    )  # fmt: skip
    if outside > farthest_m:
        return None
    column, row = (int(v) for v in cells.column_row(np.array(x), np.array(y)))
    best: tuple[float, int, float] | None = None
    ring = 0
    while True:
        segments = _in_ring(graph, column, row, ring)
        if len(segments):
            piece = np.searchsorted(graph.arrays.shape_first, segments, side="right") - 1
            segments = segments[eligible[piece]]
        if len(segments):
            found = _nearest(graph, x, y, segments)
            best = found if best is None or found[:2] < best[:2] else best
        # A segment not yet met has a sample beyond this ring, and each of its points a quarter cell from one.
        clear = (ring - 0.25) * cells.cell_m
        if best is not None and best[0] <= clear:
            break
        if clear > farthest_m or ring > max(cells.columns, cells.rows):
            break
        ring += 1
    if best is None or best[0] > farthest_m:
        return None
    return _described(graph, best)


def _in_ring(graph: StreetGraph, column: int, row: int, ring: int) -> Longs:
    """Segments in the cells at `ring` cells from (column, row); ring 0 is the cell itself."""
    cells, first = graph.meta.cells, graph.arrays.cell_first
    spread = np.arange(-ring, ring + 1)
    if ring == 0:
        c, r = np.array([column]), np.array([row])
    else:
        side = spread[1:-1]
        edge = np.full(len(spread), ring)
        c = column + np.concatenate([spread, spread, -edge[1:-1], edge[1:-1]])
        r = row + np.concatenate([-edge, edge, side, side])
    inside = (c >= 0) & (c < cells.columns) & (r >= 0) & (r < cells.rows)
    cell = r[inside] * cells.columns + c[inside]
    return np.unique(graph.arrays.cell_segment[spans(first[cell], first[cell + 1])]).astype(np.int64)


def _nearest(graph: StreetGraph, x: float, y: float, segments: Longs) -> tuple[float, int, float]:
    """Distance (m), segment and place along it (0 to 1) of the nearest of `segments`."""
    distance, t = _project(graph, x, y, segments)
    k = int(np.argmin(distance))
    return float(distance[k]), int(segments[k]), float(t[k])


def _project(graph: StreetGraph, x: float, y: float, segments: Longs) -> tuple[Floats, Floats]:
    plane, a = graph.meta.cells.plane, graph.arrays
    ax, ay = plane.to_xy(a.shape_lat[segments], a.shape_lon[segments])
    bx, by = plane.to_xy(a.shape_lat[segments + 1], a.shape_lon[segments + 1])
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    t = np.clip(((x - ax) * dx + (y - ay) * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    return np.hypot(ax + t * dx - x, ay + t * dy - y), t


def _described(graph: StreetGraph, best: tuple[float, int, float]) -> Snapped:
    distance, segment, t = best
    a = graph.arrays
    piece = int(np.searchsorted(a.shape_first, segment, side="right")) - 1
    first, last = int(a.shape_first[piece]), int(a.shape_first[piece + 1])
    x, y = graph.meta.cells.plane.to_xy(a.shape_lat[first:last], a.shape_lon[first:last])
    lengths = np.hypot(np.diff(x), np.diff(y))
    total = float(lengths.sum())
    k = segment - first
    fraction = (float(lengths[:k].sum()) + t * float(lengths[k])) / total if total > 0 else 0.0
    lat = a.shape_lat[segment] + t * (a.shape_lat[segment + 1] - a.shape_lat[segment])
    lon = a.shape_lon[segment] + t * (a.shape_lon[segment + 1] - a.shape_lon[segment])
    return Snapped(piece, min(max(fraction, 0.0), 1.0), float(lat), float(lon), distance)
