"""The way itself, and distances that ignore the direction of traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from beffroi.territory.methods import journey
from beffroi.territory.methods.grid import Floats
from beffroi.territory.methods.snapping import Snapped

if TYPE_CHECKING:
    from beffroi.territory.methods.graph import StreetGraph

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Route:
    """A way: its points (latitude, longitude) from start to end, its time and its length."""

    points: Points
    seconds: float
    metres: float


def metres(graph: StreetGraph, origin: Snapped, targets: Sequence[Snapped | None], limit_m: float) -> Floats:
    """Road metres from the origin to each target, either way along every street."""
    a = graph.arrays
    length = float(a.piece_m[origin.piece])
    starts = [
        (int(a.piece_from[origin.piece]), origin.fraction * length),
        (int(a.piece_to[origin.piece]), (1 - origin.fraction) * length),
    ]
    rows = journey.Rows(a.walk_first, a.walk_head, a.walk_m)
    # No path of at most `limit_m` leaves this square: one search is enough.
    with journey.search(
        graph,
        rows,
        starts,
        around=(origin.lat, origin.lon),
        half_m=limit_m + graph.meta.longest_m,
        limit=limit_m,
    ) as found:
        result = np.array([_metres_to(graph, found, origin, target) for target in targets])
    result[result > limit_m] = np.inf
    return result


def _metres_to(graph: StreetGraph, found: journey.Search, origin: Snapped, target: Snapped | None) -> float:
    if target is None:
        return float("inf")
    a = graph.arrays
    length = float(a.piece_m[target.piece])
    best = min(
        found.at(int(a.piece_from[target.piece])) + target.fraction * length,
        found.at(int(a.piece_to[target.piece])) + (1 - target.fraction) * length,
    )
    if target.piece == origin.piece:
        best = min(best, abs(target.fraction - origin.fraction) * length)
    return best


def route(graph: StreetGraph, start: Snapped, end: Snapped, limit_s: float) -> Route | None:
    """The fastest way between two places on streets."""
    a = graph.arrays
    direct = journey.along(graph, start, end)
    rows = journey.Rows(a.back_first, a.back_tail, a.back_s)
    away_m = float(journey.apart(graph, journey.sources_of(graph, [start]), end)[0])
    for half_m in journey.halves(graph, away_m, limit_s):
        with journey.search(
            graph,
            rows,
            journey.ways_in(graph, end),
            around=(end.lat, end.lon),
            half_m=half_m,
            limit=limit_s,
            trace=True,
        ) as found:
            around, arc = journey.way_out(graph, start, found)
            nodes = _chain(graph, found, arc) if around < direct else []
        if min(around, direct) <= found.exact_to:
            break
    if min(around, direct) > limit_s:
        return None
    if around >= direct:
        return _joined(graph, [(start.piece, start.fraction, end.fraction)], direct)
    return _joined(graph, _legs(graph, start, end, arc, nodes), around)


def _chain(graph: StreetGraph, found: journey.Search, arc: int) -> list[int]:
    """Nodes of the town from the exit of `arc` on towards the target."""
    assert found.before is not None  # noqa: S101 - the search was asked to trace
    k = int(found.local[int(graph.arrays.arc_exit[arc])])
    start, nodes = len(found.nodes) + 1, []
    while k != start:
        nodes.append(int(found.nodes[k]))
        k = int(found.before[k])
    return nodes


def _legs(
    graph: StreetGraph, start: Snapped, end: Snapped, arc: int, nodes: list[int]
) -> list[tuple[int, float, float]]:
    """(piece, from fraction, to fraction) of each leg along the chain of nodes."""
    a = graph.arrays
    legs = [(start.piece, start.fraction, 0.0 if arc % 2 else 1.0)]
    for tail, head in pairwise(nodes):
        first, last = int(a.back_first[head]), int(a.back_first[head + 1])
        among = first + np.flatnonzero(a.back_tail[first:last] == tail)
        best = int(a.back_arc[among[np.argmin(a.back_s[among])]])
        legs.append((best // 2, float(best % 2), float(1 - best % 2)))
    return [*legs, _last_leg(graph, end, nodes[-1])]


def _last_leg(graph: StreetGraph, end: Snapped, node: int) -> tuple[int, float, float]:
    a, choices = graph.arrays, []
    for arc, begin in ((2 * end.piece, 0.0), (2 * end.piece + 1, 1.0)):
        tails = a.entry_tail[a.entry_first[arc] : a.entry_first[arc + 1]]
        if np.any(tails == node):
            choices.append((abs(end.fraction - begin) * float(a.arc_s[arc]), begin))
    return end.piece, min(choices)[1], end.fraction


def _joined(graph: StreetGraph, legs: list[tuple[int, float, float]], seconds: float) -> Route:
    points: Points = []
    length = 0.0
    for piece, begin, finish in legs:
        length += abs(finish - begin) * float(graph.arrays.piece_m[piece])
        for point in part_of_shape(graph, piece, begin, finish):
            if not points or points[-1] != point:
                points.append(point)
    return Route(points, seconds, length)


def part_of_shape(graph: StreetGraph, piece: int, begin: float, finish: float) -> Points:
    """The points of a piece between two fractions of its length, in the order driven."""
    a = graph.arrays
    span = slice(int(a.shape_first[piece]), int(a.shape_first[piece + 1]))
    lat, lon = np.asarray(a.shape_lat[span]), np.asarray(a.shape_lon[span])
    along = np.asarray(a.shape_along[span])
    low, high = min(begin, finish), max(begin, finish)
    inner = (along > low) & (along < high)
    ends = np.array([low, high])
    out_lat = np.interp(ends, along, lat)
    out_lon = np.interp(ends, along, lon)
    points = [
        (float(out_lat[0]), float(out_lon[0])),
        *zip(lat[inner].tolist(), lon[inner].tolist(), strict=True),
        (float(out_lat[1]), float(out_lon[1])),
    ]
    return points if begin <= finish else points[::-1]
