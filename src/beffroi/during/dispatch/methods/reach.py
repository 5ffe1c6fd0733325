"""Where they can be by now: the streets within so many metres of a place, on foot, either way along each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from beffroi.foundation.geography import Position
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.paths import Points, metres, part_of_shape
from beffroi.territory.methods.snapping import Snapped

#: Metres in a second of someone who gets away on foot (9 km/h): assumed.
ON_FOOT = 2.5
_LEAST_M = 0.5


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A piece of street between two places along it (0 to 1), and metres from the start to each end."""

    piece: int
    begin: float
    end: float
    begin_m: float
    end_m: float
    length_m: float


def bands(graph: StreetGraph, place: Position, radii_m: Sequence[float]) -> list[list[Points]]:
    """For each radius (m, growing) the lines that are farther than the one before and not than itself.

    Lines are [(latitude, longitude), ...]; none where no street is near.
    """
    start = graph.snap(place.lat, place.lon)
    if start is None or not radii_m:
        return [[] for _ in radii_m]
    stretches = list(_stretches(graph, start, max(radii_m)))
    found = []
    for inner, outer in pairwise([0.0, *radii_m]):
        lines = [
            part_of_shape(graph, each.piece, *span)
            for each in stretches
            for span in _spans(each, inner, outer)
        ]
        found.append([line for line in lines if len(line) > 1])
    return found


def _stretches(graph: StreetGraph, start: Snapped, limit_m: float) -> Iterator[_Stretch]:
    """Every piece that may be reached; the one under the start is cut in two there."""
    a = graph.arrays
    x, y = graph.plane.to_xy(np.asarray(a.node_lat), np.asarray(a.node_lon))
    at_x, at_y = graph.plane.to_xy(start.lat, start.lon)
    near = np.hypot(x - at_x, y - at_y) <= limit_m
    ends = np.asarray(a.piece_from), np.asarray(a.piece_to)
    pieces = np.flatnonzero(near[ends[0]] | near[ends[1]])
    pieces = pieces[pieces != start.piece]
    lengths = np.asarray(a.piece_m)[pieces]
    targets = [Snapped(int(piece), side, 0.0, 0.0, 0.0) for piece in pieces for side in (0.0, 1.0)]
    away = metres(graph, start, targets, limit_m).reshape(-1, 2) if targets else np.empty((0, 2))
    for piece, length, (begin_m, end_m) in zip(pieces.tolist(), lengths.tolist(), away.tolist(), strict=True):
        yield _Stretch(piece, 0.0, 1.0, begin_m, end_m, length)
    whole = float(a.piece_m[start.piece])
    before, after = start.fraction * whole, (1 - start.fraction) * whole
    yield _Stretch(start.piece, 0.0, start.fraction, before, 0.0, before)
    yield _Stretch(start.piece, start.fraction, 1.0, 0.0, after, after)


def _within(value: float, limit: float) -> float:
    """`value`, from 0 to `limit`; numpy's own takes twenty times as long for one number."""
    return min(max(value, 0.0), limit)


def _spans(each: _Stretch, inner: float, outer: float) -> Iterator[tuple[float, float]]:
    """The parts of a stretch between two distances, as places along its piece: from one end, and the other.

    Half-way between the ends, as distances go, whoever came over the one meets who came over the other.
    """
    if each.length_m < _LEAST_M or min(each.begin_m, each.end_m) > outer:
        return
    meet = _within((min(each.end_m, 1e9) - min(each.begin_m, 1e9) + each.length_m) / 2, each.length_m)
    size = each.end - each.begin
    for side, limit in ((0, meet), (1, each.length_m - meet)):
        from_m = each.end_m if side else each.begin_m
        low, high = _within(inner - from_m, limit), _within(outer - from_m, limit)
        if high - low >= _LEAST_M:
            shares = low / each.length_m * size, high / each.length_m * size
            yield (
                (each.end - shares[1], each.end - shares[0])
                if side
                else (
                    each.begin + shares[0],
                    each.begin + shares[1],
                )
            )
