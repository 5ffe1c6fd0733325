"""Shortest journeys: one search from the target back, over the part of the town that matters.

Dijkstra runs in scipy's compiled code on a square cut out of the graph around the
target. Ways that leave the square lead to one *outside* node; a time no longer than the
time to that node is exact, otherwise the square is widened and the search run again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from beffroi.territory.methods.grid import Floats, Longs
from beffroi.territory.methods.snapping import Snapped

if TYPE_CHECKING:
    from beffroi.territory.methods.graph import StreetGraph

_LEAST_M = 1000.0
_ROOM = 1.7  # a square this many times the distance to the farthest source is usually wide enough


@dataclass(frozen=True)
class Rows:
    """A graph by rows: entries `first[n]:first[n + 1]` of `to` and `cost` leave node n."""

    first: NDArray[np.int64]
    to: NDArray[np.int32]
    cost: Floats


@dataclass(frozen=True)
class Search:
    """What a search found.

    `cost` and, when traced, `before` (the node before) per local node; `local` gives a
    town node's place among `nodes`, or -1; costs beyond `exact_to` may be too high.
    """

    nodes: Longs
    local: NDArray[np.int32]
    cost: Floats
    before: NDArray[np.int32] | None
    exact_to: float

    def at(self, node: int) -> float:
        """Cost between the start and a node of the town; infinite where not reached."""
        k = int(self.local[node])
        return float(self.cost[k]) if k >= 0 else float("inf")

    def each(self, nodes: Longs) -> Floats:
        """The same for many nodes at once."""
        k = self.local[nodes]
        costs: Floats = np.where(k >= 0, self.cost[np.maximum(k, 0)], np.inf)
        return costs


def _ranges(graph: StreetGraph, lat: float, lon: float, half_m: float) -> list[tuple[int, int]]:
    """Ranges of node numbers that fill the tiles of a square around a place."""
    tiles, first = graph.meta.tiles, graph.arrays.tile_first
    x, y = (float(v) for v in tiles.plane.to_xy(lat, lon))
    columns, rows = tiles.column_row(np.array([x - half_m, x + half_m]), np.array([y - half_m, y + half_m]))
    west, east = int(columns[0]), int(columns[1])
    if west == 0 and east == tiles.columns - 1 and rows[0] == 0 and rows[1] == tiles.rows - 1:
        return [(0, graph.nodes)]
    lines = np.arange(rows[0], rows[1] + 1) * tiles.columns
    begins, ends = first[lines + west].tolist(), first[lines + east + 1].tolist()
    return [(begin, end) for begin, end in zip(begins, ends, strict=True) if end > begin]


@contextmanager
def search(
    graph: StreetGraph,
    rows: Rows,
    starts: Sequence[tuple[int, float]],
    *,
    around: tuple[float, float],
    half_m: float,
    limit: float,
    trace: bool = False,
) -> Iterator[Search]:
    """Least cost from `starts` (node, cost already spent) along `rows`, up to `limit`, within a square."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    ranges = _ranges(graph, *around, half_m)
    nodes = (
        np.concatenate([np.arange(begin, end) for begin, end in ranges]) if ranges else np.zeros(0, np.int64)
    )
    count = len(nodes)
    local = graph.scratch()
    local[nodes] = np.arange(count, dtype=np.int32)
    try:
        outside, start = count, count + 1
        edges = [(int(rows.first[begin]), int(rows.first[end])) for begin, end in ranges]
        to = local[np.concatenate([rows.to[a:b] for a, b in edges])] if edges else np.zeros(0, np.int32)
        to[to < 0] = outside
        inner = [(int(local[node]), cost) for node, cost in starts if local[node] >= 0]
        matrix = csr_array(
            (
                np.concatenate([*(rows.cost[a:b] for a, b in edges), [cost for _, cost in inner]]),
                np.concatenate([to, np.array([node for node, _ in inner], np.int32)]),
                _pointers(rows, ranges, len(to), len(inner)),
            ),
            shape=(count + 2, count + 2),
        )
        found = dijkstra(matrix, indices=start, limit=limit, return_predecessors=trace)
        cost, before = found if trace else (found, None)
        # A start outside the square is a way on that this search does not know.
        unknown = min((spent for node, spent in starts if local[node] < 0), default=float("inf"))
        yield Search(nodes, local, cost, before, min(unknown, float(cost[outside])))
    finally:
        local[nodes] = -1


def _pointers(rows: Rows, ranges: list[tuple[int, int]], entries: int, starts: int) -> NDArray[np.int32]:
    """Row pointers of the nodes in the ranges, then of the outside node (no way on) and of the start."""
    parts, done = [], 0
    for begin, end in ranges:
        part = rows.first[begin:end]
        parts.append((part - (part[0] - done)).astype(np.int32))
        done += int(rows.first[end] - part[0])
    return np.concatenate([*parts, np.array([entries, entries, entries + starts], np.int32)])


class Sources(NamedTuple):
    """Where journeys begin, as arrays over the sources: for each end of its piece of street the node and
    the seconds until there (infinite where that way is closed, or the source is on no street)."""

    snapped: Sequence[Snapped | None]
    lat: Floats
    lon: Floats
    exits: Longs
    spent: Floats


def sources_of(graph: StreetGraph, snapped: Sequence[Snapped | None]) -> Sources:
    """The sources of one or many searches."""
    a, inf = graph.arrays, float("inf")
    rows = [(-1, 0.0, inf, inf) if s is None else (s.piece, s.fraction, s.lat, s.lon) for s in snapped]
    piece, fraction, lat, lon = np.array(rows, np.float64).reshape(-1, 4).T
    arcs = 2 * np.maximum(piece, 0).astype(np.int64)[:, None] + np.array([0, 1])
    shares = np.stack([1 - fraction, fraction], axis=1)
    costs = np.asarray(a.arc_s)[arcs]
    with np.errstate(invalid="ignore"):  # none of a closed street
        spent = np.where(np.isfinite(costs) & (piece >= 0)[:, None], shares * costs, inf)
    return Sources(snapped, lat, lon, np.asarray(a.arc_exit)[arcs].astype(np.int64), spent)


def seconds(graph: StreetGraph, target: Snapped, sources: Sources, limit_s: float) -> Floats:
    """Road seconds from each source to the target; infinite where unreachable or beyond `limit_s`."""
    a = graph.arrays
    rows = Rows(a.back_first, a.back_tail, a.back_s)
    result: Floats = np.full(len(sources.snapped), np.inf)
    distances = apart(graph, sources, target)
    near = np.flatnonzero(distances <= limit_s * graph.meta.top_speed + graph.meta.longest_m)
    exits, spent = sources.exits[near], sources.spent[near]
    for half_m in halves(graph, float(distances[near].max(initial=-1.0)), limit_s):
        here = (target.lat, target.lon)
        with search(graph, rows, ways_in(graph, target), around=here, half_m=half_m, limit=limit_s) as found:
            result[near] = (spent + found.each(exits)).min(axis=1)
        if found.exact_to >= limit_s or (result[near] <= found.exact_to).all():
            break
    for k, source in enumerate(sources.snapped):
        if source is not None and source.piece == target.piece:
            result[k] = min(result[k], along(graph, source, target))
    result[result > limit_s] = np.inf
    return result


def halves(graph: StreetGraph, farthest_source_m: float, limit_s: float) -> list[float]:
    """Half the side of the squares to try, in metres: the last is as wide as anyone can drive in time."""
    if farthest_source_m < 0:
        return []
    bound = limit_s * graph.meta.top_speed + graph.meta.longest_m
    usual = min(limit_s * graph.meta.usual_speed, bound)
    small = max(_ROOM * farthest_source_m, _LEAST_M)
    return [*([small] if small < usual else []), usual, bound]


def apart(graph: StreetGraph, sources: Sources, target: Snapped) -> Floats:
    """Metres as the crow flies from each source to the target; infinite for one that is not on a street."""
    x, y = graph.meta.tiles.plane.to_xy(sources.lat, sources.lon)
    target_x, target_y = graph.meta.tiles.plane.to_xy(target.lat, target.lon)
    metres: Floats = np.hypot(x - target_x, y - target_y)
    return metres


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
