"""Shortest journeys: one search from the target back, over the part of the town that matters.

Dijkstra runs in scipy's compiled code on a rectangle cut out of the graph. Ways that leave
the rectangle lead to one *outside* node; a time no longer than the time to that node is
exact, otherwise the rectangle is widened and the search run again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from beffroi.territory.methods.grid import Floats, Longs, spans
from beffroi.territory.methods.snapping import Snapped

if TYPE_CHECKING:
    from beffroi.territory.methods.graph import StreetGraph

_MARGIN_M = 1500.0


@dataclass(frozen=True)
class Rows:
    """A graph by rows: entries `first[n]:first[n + 1]` of `to` and `cost` leave node n."""

    first: NDArray[np.int64]
    to: NDArray[np.int32]
    cost: Floats


@dataclass(frozen=True)
class _Part:
    """Nodes of a rectangle (numbers in the town, ascending); `local` gives a node's place there, or -1."""

    nodes: Longs
    local: NDArray[np.int32]
    whole: bool


@dataclass(frozen=True)
class Search:
    """What a search found: cost per local node, the node before it, and the cost at which it may be wrong."""

    part: _Part
    cost: Floats
    before: NDArray[np.int32] | None
    exact_to: float

    def at(self, node: int) -> float:
        """Cost between the start and a node of the town; infinite where not reached."""
        k = int(self.part.local[node])
        return float(self.cost[k]) if k >= 0 else float("inf")


def _cut(graph: StreetGraph, points: Sequence[tuple[float, float]], margin_m: float) -> _Part:
    """The nodes in the rectangle around `points` (latitude, longitude) widened by `margin_m`."""
    tiles, first = graph.meta.tiles, graph.arrays.tile_first
    x, y = tiles.plane.to_xy(np.array([p[0] for p in points]), np.array([p[1] for p in points]))
    columns, rows = tiles.column_row(
        np.array([x.min() - margin_m, x.max() + margin_m]), np.array([y.min() - margin_m, y.max() + margin_m])
    )
    west, east = int(columns[0]), int(columns[1])
    lines = np.arange(rows[0], rows[1] + 1) * tiles.columns
    nodes = spans(first[lines + west], first[lines + east + 1])
    local = graph.scratch()
    local[nodes] = np.arange(len(nodes), dtype=np.int32)
    return _Part(nodes, local, len(nodes) == graph.nodes)


def search(
    graph: StreetGraph,
    rows: Rows,
    starts: Sequence[tuple[int, float]],
    *,
    points: Sequence[tuple[float, float]],
    limit: float,
    margin_m: float,
    trace: bool = False,
) -> Search:
    """Least cost from `starts` (node, cost already spent) along `rows`, up to `limit`, within a rectangle."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    part = _cut(graph, points, margin_m)
    count = len(part.nodes)
    begin, end = rows.first[part.nodes], rows.first[part.nodes + 1]
    entries = spans(begin, end)
    to = part.local[rows.to[entries]]
    outside, start = count, count + 1
    to[to < 0] = outside
    inner = [(int(part.local[node]), cost) for node, cost in starts if part.local[node] >= 0]
    first = np.zeros(count + 3, np.int32)
    np.cumsum(end - begin, out=first[1 : count + 1])
    first[count + 1] = first[count]
    first[count + 2] = first[count] + len(inner)
    matrix = csr_array(
        (
            np.concatenate([rows.cost[entries], [cost for _, cost in inner]]),
            np.concatenate([to, np.array([node for node, _ in inner], np.int32)]),
            first,
        ),
        shape=(count + 2, count + 2),
    )
    found = dijkstra(matrix, indices=start, limit=limit, return_predecessors=trace)
    cost, before = found if trace else (found, None)
    exact_to = float("inf") if part.whole else float(cost[outside])
    return Search(part, cost, before, exact_to)


def release(graph: StreetGraph, part: _Part) -> None:
    """Give back the scratch of a search, clean."""
    part.local[part.nodes] = -1


def seconds(graph: StreetGraph, target: Snapped, sources: Sequence[Snapped | None], limit_s: float) -> Floats:
    """Road seconds from each source to the target; infinite where unreachable or beyond `limit_s`."""
    a = graph.arrays
    rows = Rows(a.back_first, a.back_tail, a.back_s)
    result = np.array([along(graph, each, target) for each in sources])
    farthest = limit_s * graph.meta.top_speed + graph.meta.longest_m
    near = [
        k for k, each in enumerate(sources) if each is not None and _apart(graph, each, target) <= farthest
    ]
    points = [(target.lat, target.lon), *((s.lat, s.lon) for k in near if (s := sources[k]) is not None)]
    margin = min(_MARGIN_M, farthest)
    while near:
        found = search(graph, rows, ways_in(graph, target), points=points, limit=limit_s, margin_m=margin)
        try:
            open_s = [way_out(graph, sources[k], found)[0] for k in near]
        finally:
            release(graph, found.part)
        for k, value in zip(near, open_s, strict=True):
            result[k] = min(result[k], value)
        if found.exact_to >= limit_s or all(result[k] <= found.exact_to for k in near):
            break
        margin *= 3
    result[result > limit_s] = np.inf
    return result


def _apart(graph: StreetGraph, a: Snapped, b: Snapped) -> float:
    ax, ay = graph.meta.tiles.plane.to_xy(a.lat, a.lon)
    bx, by = graph.meta.tiles.plane.to_xy(b.lat, b.lon)
    return float(np.hypot(bx - ax, by - ay))


def along(graph: StreetGraph, source: Snapped | None, target: Snapped) -> float:
    """Seconds without leaving the piece of street, where both stand on the same."""
    if source is None or source.piece != target.piece:
        return float("inf")
    onward = target.fraction - source.fraction
    cost = graph.arrays.arc_s[2 * target.piece + (onward < 0)]
    return float(abs(onward) * cost) if onward else 0.0


def ways_in(graph: StreetGraph, target: Snapped) -> list[tuple[int, float]]:
    """Nodes from which the target's piece is entered, with the seconds from there to the target."""
    a, starts = graph.arrays, []
    for arc, share in ((2 * target.piece, target.fraction), (2 * target.piece + 1, 1 - target.fraction)):
        cost = float(a.arc_s[arc])
        if np.isfinite(cost):
            tails = a.entry_tail[a.entry_first[arc] : a.entry_first[arc + 1]]
            starts += [(int(tail), share * cost) for tail in tails]
    return starts


def way_out(graph: StreetGraph, source: Snapped | None, found: Search) -> tuple[float, int]:
    """Least seconds from a source over one end or the other of its piece, and the arc that it leaves by."""
    best, by = float("inf"), -1
    if source is None:
        return best, by
    a = graph.arrays
    for arc, share in ((2 * source.piece, 1 - source.fraction), (2 * source.piece + 1, source.fraction)):
        cost = float(a.arc_s[arc])
        total = share * cost + found.at(int(a.arc_exit[arc])) if np.isfinite(cost) else float("inf")
        if total < best:
            best, by = total, arc
    return best, by
