"""The nearest street to a place: exact, by a grid of cells.

All places are first looked for together in the nine cells around each; the few that
have no street that near are then searched in growing rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beffroi.territory.methods.grid import Floats, Longs, spans

if TYPE_CHECKING:
    from beffroi.territory.methods.graph import StreetGraph

FARTHEST_M = 5000.0
#: A point of a segment is at most this share of a cell from one of its samples (see assemble.py).
_SAMPLE = 0.25
_AROUND = np.array([(c, r) for r in (-1, 0, 1) for c in (-1, 0, 1)])

_Best = tuple[float, int, float]  # distance (m), segment, place along it (0 to 1)


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


def snap_all(
    graph: StreetGraph,
    places: Sequence[tuple[float, float]],
    eligible: NDArray[np.bool_],
    farthest_m: float = FARTHEST_M,
) -> list[Snapped | None]:
    """For each (latitude, longitude) the nearest point of the pieces that are `eligible`.

    None where all are farther than `farthest_m`. Of two segments at the same distance the
    one with the lower number, so that the answer never varies.
    """
    if not places:
        return []
    cells = graph.meta.cells
    lat, lon = np.array(places, np.float64).T
    x, y = cells.plane.to_xy(lat, lon)
    found: list[_Best | None] = [None] * len(places)
    for owner, best in _near(graph, x, y, eligible):
        found[owner] = best
    sure_m = (1 - _SAMPLE) * cells.cell_m
    for k, best_near in enumerate(found):
        if best_near is None or best_near[0] > sure_m:
            found[k] = _in_rings(graph, float(x[k]), float(y[k]), eligible, farthest_m)
    close = [best for best in found if best is not None and best[0] <= farthest_m]
    piece_of = dict(
        zip(close, _piece_of(graph, np.array([b[1] for b in close], np.int64)).tolist(), strict=True)
    )
    return [_described(graph, best, piece_of[best]) if best in piece_of else None for best in found]


def _near(graph: StreetGraph, x: Floats, y: Floats, eligible: NDArray[np.bool_]) -> list[tuple[int, _Best]]:
    """The nearest segment in the nine cells around each place, for those that have one."""
    cells, first = graph.meta.cells, graph.arrays.cell_first
    column, row = cells.column_row(x, y)
    c, r = column[:, None] + _AROUND[:, 0], row[:, None] + _AROUND[:, 1]
    inside = (c >= 0) & (c < cells.columns) & (r >= 0) & (r < cells.rows)
    cell = (r * cells.columns + c)[inside]
    begin, end = first[cell], first[cell + 1]
    owner = np.repeat(np.nonzero(inside)[0], end - begin)
    segments = graph.arrays.cell_segment[spans(begin, end)].astype(np.int64)
    kept = eligible[_piece_of(graph, segments)]
    owner, segments = owner[kept], segments[kept]
    distance, t = _project(graph, x[owner], y[owner], segments)
    order = np.lexsort((segments, distance, owner))
    owners, firsts = np.unique(owner[order], return_index=True)
    chosen = order[firsts]
    bests = zip(distance[chosen].tolist(), segments[chosen].tolist(), t[chosen].tolist(), strict=True)
    return list(zip(owners.tolist(), bests, strict=True))


def _in_rings(
    graph: StreetGraph, x: float, y: float, eligible: NDArray[np.bool_], farthest_m: float
) -> _Best | None:
    """The nearest segment in rings of cells, until no nearer one can be left."""
    cells = graph.meta.cells
    beyond_x = max(cells.x0 - x, x - cells.x0 - cells.columns * cells.cell_m, 0.0)
    beyond_y = max(cells.y0 - y, y - cells.y0 - cells.rows * cells.cell_m, 0.0)
    if max(beyond_x, beyond_y) > farthest_m:
        return None
    column, row = (int(v) for v in cells.column_row(np.array(x), np.array(y)))
    best: _Best | None = None
    for ring in range(max(cells.columns, cells.rows) + 1):
        segments = _ring(graph, column, row, ring)
        segments = segments[eligible[_piece_of(graph, segments)]]
        if len(segments):
            distance, t = _project(graph, np.array(x), np.array(y), segments)
            k = int(np.argmin(distance))
            here = (float(distance[k]), int(segments[k]), float(t[k]))
            best = here if best is None or here[:2] < best[:2] else best
        # A segment not yet met has all its samples beyond this ring.
        clear_m = (ring - _SAMPLE) * cells.cell_m
        if clear_m > farthest_m or (best is not None and best[0] <= clear_m):
            break
    return best


def _ring(graph: StreetGraph, column: int, row: int, ring: int) -> Longs:
    """Segments in the cells at `ring` cells from (column, row); ring 0 is the cell itself."""
    cells, first = graph.meta.cells, graph.arrays.cell_first
    spread = np.arange(-ring, ring + 1)
    side = spread[1:-1]
    edge, half = np.full(len(spread), ring), np.full(len(side), ring)
    c = column + np.concatenate([spread, spread, -half, half])
    r = row + np.concatenate([-edge, edge, side, side])
    inside = (c >= 0) & (c < cells.columns) & (r >= 0) & (r < cells.rows)
    cell = r[inside] * cells.columns + c[inside]
    return np.unique(graph.arrays.cell_segment[spans(first[cell], first[cell + 1])]).astype(np.int64)


def _piece_of(graph: StreetGraph, segments: Longs) -> Longs:
    return np.searchsorted(graph.arrays.shape_first, segments, side="right") - 1


def _project(graph: StreetGraph, x: Floats, y: Floats, segments: Longs) -> tuple[Floats, Floats]:
    """Distance (m) from places to segments, and the place of the nearest point along each."""
    plane, a = graph.meta.cells.plane, graph.arrays
    ax, ay = plane.to_xy(a.shape_lat[segments], a.shape_lon[segments])
    bx, by = plane.to_xy(a.shape_lat[segments + 1], a.shape_lon[segments + 1])
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    t = ((x - ax) * dx + (y - ay) * dy) / np.where(square > 0, square, 1.0)
    t = np.minimum(np.maximum(t, 0.0), 1.0)
    return np.hypot(ax + t * dx - x, ay + t * dy - y), t


def _described(graph: StreetGraph, best: _Best, piece: int) -> Snapped:
    distance, k, t = best
    a = graph.arrays
    begin, end = float(a.shape_along[k]), float(a.shape_along[k + 1])
    return Snapped(
        piece,
        begin + t * (end - begin),
        float(a.shape_lat[k]) * (1 - t) + float(a.shape_lat[k + 1]) * t,
        float(a.shape_lon[k]) * (1 - t) + float(a.shape_lon[k + 1]) * t,
        distance,
    )
