"""The roads to watch: the fewest places through which every way out of the area passes, by vehicle.

A minimal cut (Menger 1927; Ford and Fulkerson 1956) between where they can be by now and the ways out:
through roads that leave the map or lead beyond what is looked at. Streets are taken either way and at
their usual speeds, as someone who gets away would. A street where a patrol can stand before they
come costs the cut less than one where it cannot, and that less than one that they may have passed already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import Position
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.grid import Floats
from beffroi.territory.methods.paths import part_of_shape
from beffroi.territory.methods.snapping import Snapped

#: Roads that lead somewhere; a way out is one of them, or a street cut by the edge of the map.
_WORTH = {"motorway": 4, "trunk": 4, "primary": 4, "secondary": 3, "tertiary": 2, "unclassified": 1}
THROUGH = {**_WORTH, **{f"{name}_link": worth for name, worth in _WORTH.items()}}
_STREETS = frozenset({"residential", "living_street", "road"})
_EDGE_M = 40.0
#: Cost of a street in the cut: held before they come, not passed yet, passed already.
_HELD, _AHEAD, _PASSED = 4, 6, 8
_FREE = 1 << 20

Ints = NDArray[np.int64]
_Steps = set[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of driving from the place: nearer than `near_s` nothing can be closed, beyond `far_s` they are
    out of the area."""

    near_s: float
    far_s: float


@dataclass(frozen=True, slots=True)
class Exit:
    """A place to watch, `in_s` seconds of driving from the start.

    `ways`: how many ways out pass here (0: a way round the others), with their share `weight` (0 to 1; main
    roads count for more). `path`: (latitude, longitude, seconds) from the start.
    """

    piece: int
    lat: float
    lon: float
    in_s: float
    ways: int
    weight: float
    path: list[tuple[float, float, float]]


@dataclass(frozen=True)
class _Area:
    """The streets around a place: nodes of the graph by local number, pieces between them, seconds."""

    nodes: Ints
    pieces: Ints
    ends: Ints  # pieces x 2, local numbers
    seconds: Floats
    drive: Floats  # from the start to each node
    before: Ints
    start: Snapped
    own: int  # the start's own piece


def exits(
    graph: StreetGraph, place: Position, held: Sequence[tuple[Position, float]], span: Span, most: int
) -> tuple[list[Exit], int]:
    """Where to watch, at most `most` places, what lets most pass first; and how many ways out there are.

    `held`: free patrols, and seconds before each one moves. Nothing where no street is near.
    """
    start = graph.snap(place.lat, place.lon)
    if start is None:
        return [], 0
    area = _area(graph, start, span.far_s)
    outs = _ways_out(graph, area, span.far_s)
    if not len(outs):
        return [], 0
    cost = _costs(graph, area, held, span.near_s)
    cut = _cut(area, outs, cost, span.near_s)
    return _told(graph, area, outs, cut, most), len(outs)


def _area(graph: StreetGraph, start: Snapped, far_s: float) -> _Area:
    a = graph.arrays
    x, y = graph.plane.to_xy(np.asarray(a.node_lat), np.asarray(a.node_lon))
    at_x, at_y = graph.plane.to_xy(start.lat, start.lon)
    reach_m = graph.meta.top_speed * far_s + graph.meta.longest_m
    near = np.hypot(x - at_x, y - at_y) <= reach_m
    ends = np.stack([np.asarray(a.piece_from), np.asarray(a.piece_to)], axis=1).astype(np.int64)
    pieces = np.flatnonzero(near[ends].all(axis=1))
    nodes = np.unique(ends[pieces])
    local = np.full(graph.nodes, -1, np.int64)
    local[nodes] = np.arange(len(nodes))
    arcs = np.asarray(a.arc_s)
    seconds = np.minimum(arcs[2 * pieces], arcs[2 * pieces + 1])
    own = int(np.flatnonzero(pieces == start.piece)[0])
    begun = np.array([start.fraction, 1 - start.fraction]) * seconds[own]
    begins = list(zip(local[ends[start.piece]].tolist(), begun.tolist(), strict=True))
    drive, before = _search(local[ends[pieces]], seconds, len(nodes), begins)
    return _Area(nodes, pieces, local[ends[pieces]], seconds, drive, before, start, own)


def _search(
    ends: Ints, seconds: Floats, count: int, starts: Sequence[tuple[int, float]]
) -> tuple[Floats, Ints]:
    """Least seconds from the starts (node, seconds spent) to every node, and the node before each."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    good = np.isfinite(seconds)
    tail, head = ends[good].T
    nodes = np.array([node for node, _ in starts], np.int64)
    spent = np.array([max(cost, 1e-6) for _, cost in starts])
    rows, columns = _least(
        np.concatenate([tail, head, np.full(len(nodes), count)]),
        np.concatenate([head, tail, nodes]),
        np.concatenate([seconds[good], seconds[good], spent]),
    )
    matrix = csr_array((rows[2], (rows[0], rows[1])), shape=(count + 1, count + 1)) if columns else None
    if matrix is None:
        return np.full(count, np.inf), np.full(count, -1)
    drive, before = dijkstra(matrix, indices=count, return_predecessors=True)
    return drive[:count], before[:count].astype(np.int64)


def _least(tail: Ints, head: Ints, cost: Floats) -> tuple[tuple[Ints, Ints, Floats], int]:
    """One entry a pair of nodes, the least: a sparse matrix would add them up."""
    order = np.lexsort((cost, head, tail))
    tail, head, cost = tail[order], head[order], np.maximum(cost[order], 1e-6)
    first = np.ones(len(tail), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    return (tail[first], head[first], cost[first]), int(first.sum())


def _ways_out(graph: StreetGraph, area: _Area, far_s: float) -> list[tuple[int, int]]:
    """(node, worth) where a way out begins: a through road farther than `far_s`, or one that the map ends."""
    of_class = np.asarray(graph.arrays.piece_class)[area.pieces]
    worth = np.array([THROUGH.get(name, 0) for name in graph.meta.classes])[of_class]
    street = np.array([name in _STREETS for name in graph.meta.classes])[of_class]
    count = len(area.nodes)
    best, streets, degree = np.zeros(count, np.int64), np.zeros(count, bool), np.zeros(count, np.int64)
    for side in (0, 1):
        np.maximum.at(best, area.ends[:, side], worth)
        np.logical_or.at(streets, area.ends[:, side], street)
        np.add.at(degree, area.ends[:, side], 1)
    far = (area.drive >= far_s) & (best > 0)
    ends = (degree == 1) & ((best > 0) | (streets & _at_the_edge(graph, area)))
    out = (far | ends) & np.isfinite(area.drive)
    return [
        (node, max(int(best[node]), 1))
        for node in np.flatnonzero(out).tolist()
        if not _behind_another(area, node, out)
    ]


def _behind_another(area: _Area, node: int, out: NDArray[np.bool_]) -> bool:
    before = int(area.before[node])
    return 0 <= before < len(area.nodes) and bool(out[before])


def _at_the_edge(graph: StreetGraph, area: _Area) -> NDArray[np.bool_]:
    """Whether a node lies on the rectangle that the whole map fills."""
    a = graph.arrays
    x, y = graph.plane.to_xy(np.asarray(a.node_lat), np.asarray(a.node_lon))
    near = np.minimum.reduce([x - x.min(), x.max() - x, y - y.min(), y.max() - y])
    edge: NDArray[np.bool_] = near[area.nodes] <= _EDGE_M
    return edge


def _costs(graph: StreetGraph, area: _Area, held: Sequence[tuple[Position, float]], near_s: float) -> Ints:
    """What each piece costs the cut."""
    theirs = area.drive[area.ends].min(axis=1) + area.seconds / 2
    cost = np.where(theirs >= near_s, _AHEAD, _PASSED)
    local = np.full(graph.nodes, -1, np.int64)
    local[area.nodes] = np.arange(len(area.nodes))
    starts = []
    for where, waits in held:
        found = graph.snap(where.lat, where.lon)
        node = -1 if found is None else int(local[int(graph.arrays.piece_from[found.piece])])
        if node >= 0:
            starts.append((node, waits))
    if starts:
        ours, _ = _search(area.ends, area.seconds, len(area.nodes), starts)
        first = ours[area.ends].min(axis=1) + area.seconds / 2 <= theirs
        cost = np.where(first & (theirs >= near_s), _HELD, cost)
    found_cost: Ints = cost.astype(np.int64)
    return found_cost


def _cut(area: _Area, outs: Sequence[tuple[int, int]], cost: Ints, near_s: float) -> _Steps:
    """The cheapest set of pieces that separates the start's area from every way out: each as the steps
    (place in `area.pieces`, node stepped to) that it closes."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    count = len(area.nodes)
    source, sink = count, count + 1
    ends_of = np.zeros(count, bool)
    ends_of[[node for node, _ in outs]] = True
    inner = (area.drive < near_s) & ~ends_of
    merged = np.where(inner, source, np.arange(count))
    own = area.own
    tail, head = merged[area.ends].T
    use = (tail != head) & np.isfinite(area.seconds)
    use[own] = False  # it is cut in two at the start: each half leads to its own end
    tails = [tail[use], head[use], np.flatnonzero(ends_of)]
    heads = [head[use], tail[use], np.full(int(ends_of.sum()), sink)]
    costs = [cost[use], cost[use], np.full(int(ends_of.sum()), _FREE)]
    begins = [node for node in area.ends[own].tolist() if merged[node] != source]
    tails, heads = [*tails, np.full(len(begins), source)], [*heads, np.array(begins, np.int64)]
    costs = [*costs, np.full(len(begins), cost[own])]
    shape = (count + 2, count + 2)
    where = (np.concatenate(tails), np.concatenate(heads))
    # Streets side by side between two junctions add up, as they should in a cut.
    network = csr_array((np.concatenate(costs).astype(np.int32), where), shape=shape)
    found: Any = maximum_flow(network, source, sink, method="dinic")
    left = (network - found.flow).tocsr()
    left.eliminate_zeros()
    reached = np.zeros(count + 2, bool)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    crossing = use & (reached[tail] != reached[head])
    steps = {(int(k), node) for k in np.flatnonzero(crossing) for node in area.ends[k].tolist()}
    return steps | {(own, node) for node in begins if not reached[node]}


def _told(
    graph: StreetGraph, area: _Area, outs: Sequence[tuple[int, int]], cut: _Steps, most: int
) -> list[Exit]:
    """The cut's pieces, each with its share of the ways out: that of those that pass it first."""
    ways: dict[int, list[int]] = {}
    legs: dict[int, list[tuple[int, int]]] = {}
    touching = _touching(area)
    for node, worth in outs:
        steps = _steps(area, touching, _chain(area, node))
        first = next((k for k, step in enumerate(steps) if step in cut), None)
        if first is not None:
            ways.setdefault(steps[first][0], []).append(worth)
            legs.setdefault(steps[first][0], steps[: first + 1])
    for k, node in sorted(cut):  # those that no fastest way takes: round them, the others would be no use
        if k not in ways and area.drive[_other(area, k, node)] <= area.drive[node]:
            ways[k] = []
            legs[k] = [*_steps(area, touching, _chain(area, _other(area, k, node))), (k, node)]
    total = sum(worth for _, worth in outs)
    best = sorted(ways, key=lambda k: (-sum(ways[k]), len(legs[k]), k))[:most]
    made = [_exit(graph, area, legs[k], ways[k], total) for k in best]
    return sorted(made, key=lambda each: (-each.weight, each.in_s, each.piece))


def _other(area: _Area, k: int, node: int) -> int:
    """The other end of a piece."""
    a, b = area.ends[k].tolist()
    return int(a if b == node else b)


def _touching(area: _Area) -> tuple[Ints, Ints]:
    """Pieces by the nodes that they touch: `pieces[first[n]:first[n + 1]]` touch node n."""
    flat = area.ends.ravel()
    order = np.argsort(flat, kind="stable")
    first = np.searchsorted(flat[order], np.arange(len(area.nodes) + 1))
    return first.astype(np.int64), order // 2


def _steps(area: _Area, touching: tuple[Ints, Ints], chain: Sequence[int]) -> list[tuple[int, int]]:
    """The pieces of a chain of nodes, each with the node that it leads to; the start's own comes first."""
    first, pieces = touching
    steps = [(area.own, chain[0])]
    for tail, head in pairwise(chain):
        among = pieces[first[tail] : first[tail + 1]]
        joins = among[(area.ends[among] == head).any(axis=1)]
        steps.append((int(joins[np.argmin(area.seconds[joins])]), head))
    return steps


def _chain(area: _Area, node: int) -> list[int]:
    """The nodes from the first after the start to this one."""
    chain = [node]
    while 0 <= (before := int(area.before[chain[-1]])) < len(area.nodes):
        chain.append(before)
    return chain[::-1]


def _exit(
    graph: StreetGraph, area: _Area, steps: Sequence[tuple[int, int]], worth: list[int], total: int
) -> Exit:
    path: list[tuple[float, float, float]] = []
    done = 0.0
    for number, (k, to) in enumerate(steps):
        forward = int(area.ends[k][1]) == to
        begin = area.start.fraction if number == 0 else float(not forward)
        end = float(forward)
        if number == len(steps) - 1:
            end = begin + (end - begin) / 2
        takes = abs(end - begin) * float(area.seconds[k])
        points = part_of_shape(graph, int(area.pieces[k]), begin, end)
        path += [
            (lat, lon, done + takes * place / max(len(points) - 1, 1))
            for place, (lat, lon) in enumerate(points)
        ]
        done += takes
    lat, lon, _ = path[-1]
    piece = int(area.pieces[steps[-1][0]])
    return Exit(piece, lat, lon, done, len(worth), sum(worth) / total, path)
