"""From ways of OpenStreetMap to a network: split at junctions, barriers and speeds applied, all counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import LocalPlane
from beffroi.territory.methods import driving
from beffroi.territory.methods.driving import Barrier, Driven, Tags
from beffroi.territory.methods.network import Floats, Network

#: An OpenStreetMap node of a way: number, latitude, longitude (not finite when the file lacks it).
Point = tuple[int, float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """A way with its nodes and tags."""

    number: int
    points: Sequence[Point]
    tags: Tags


@dataclass
class StreetReport:
    """What was made of the ways."""

    driven: int = 0
    left: Counter[str] = field(default_factory=Counter)
    slowed: Counter[str] = field(default_factory=Counter)
    barriers: Counter[str] = field(default_factory=Counter)
    missing_nodes: int = 0
    absurd_limits: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class WayPiece:
    """A piece of a way: its number in the network, its junctions, whether cars may drive each way."""

    piece: int
    start: int
    end: int


@dataclass(frozen=True)
class Streets:
    """The network, where each way went in it, and which junction each OpenStreetMap node became."""

    network: Network
    of_way: Mapping[int, Sequence[WayPiece]]
    junctions: Mapping[int, int]
    report: StreetReport


@dataclass
class _Draft:
    """Pieces as they are cut."""

    points: list[list[Point]] = field(default_factory=list)
    ends: list[tuple[int, int]] = field(default_factory=list)
    driven: list[Driven] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    klass: list[str] = field(default_factory=list)
    name: list[str] = field(default_factory=list)
    nodes: list[tuple[float, float]] = field(default_factory=list)
    junctions: dict[int, int] = field(default_factory=dict)


def streets(
    ways: Sequence[Way], barriers: Mapping[int, Barrier], built_up: Callable[[float, float], bool]
) -> Streets:
    """The drivable network of `ways`; `barriers` by node number; `built_up` of a latitude and longitude."""
    report = StreetReport()
    driven = _driven(ways, built_up, report)
    uses = _uses(driven)
    draft = _Draft()
    of_way: dict[int, list[WayPiece]] = {}
    met: set[int] = set()
    for each, how in driven:
        pieces = []
        for points in _runs(each.points, report):
            for part in _between_junctions(points, uses, barriers):
                met.update(n for n, _, _ in (part[0], part[-1]) if n in barriers)
                pieces.append(_add(draft, part, each, how, barriers))
        of_way[each.number] = pieces
    report.barriers.update(f"{barriers[n].kind}, {'slow' if barriers[n].passable else 'shut'}" for n in met)
    return Streets(_network(draft), of_way, draft.junctions, report)


def _driven(
    ways: Sequence[Way], built_up: Callable[[float, float], bool], report: StreetReport
) -> list[tuple[Way, Driven]]:
    found = []
    for each in ways:
        if len(each.points) < 2:
            report.left["fewer than two nodes"] += 1
            continue
        _, lat, lon = each.points[len(each.points) // 2]
        how = driving.way(each.tags, built_up(lat, lon))
        if not isinstance(how, Driven):
            report.left[how.reason] += 1
            continue
        report.driven += 1
        if how.slowed:
            report.slowed[how.slowed] += 1
        if driving.absurd_limit(each.tags):
            report.absurd_limits.append(each.number)
        found.append((each, how))
    return found


def _uses(driven: Sequence[tuple[Way, Driven]]) -> Counter[int]:
    """How often each node is used; ends count twice, so that junctions are the nodes used twice or more."""
    uses: Counter[int] = Counter()
    for each, _ in driven:
        uses.update(number for number, _, _ in each.points)
        uses.update((each.points[0][0], each.points[-1][0]))
    return uses


def _runs(points: Sequence[Point], report: StreetReport) -> list[list[Point]]:
    """The stretches of a way whose nodes are in the file, without the same node twice in a row."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if not (np.isfinite(point[1]) and np.isfinite(point[2])):
            report.missing_nodes += 1
            runs.append([])
        elif not runs[-1] or runs[-1][-1][0] != point[0]:
            runs[-1].append(point)
    return [run for run in runs if len(run) > 1]


def _between_junctions(
    points: list[Point], uses: Counter[int], barriers: Mapping[int, Barrier]
) -> list[list[Point]]:
    cuts = [k for k in range(1, len(points) - 1) if uses[points[k][0]] > 1 or points[k][0] in barriers]
    edges = [0, *cuts, len(points) - 1]
    return [points[a : b + 1] for a, b in pairwise(edges)]


def _add(draft: _Draft, part: list[Point], of: Way, how: Driven, barriers: Mapping[int, Barrier]) -> WayPiece:
    start, end = (_junction(draft, point, barriers) for point in (part[0], part[-1]))
    at_ends = [barriers[n].seconds for n, _, _ in (part[0], part[-1]) if n in barriers]
    draft.points.append(part)
    draft.ends.append((start, end))
    draft.driven.append(how)
    draft.delays.append(sum(at_ends) / 2)  # half on this side of the barrier, half on the other
    draft.klass.append(of.tags["highway"])
    draft.name.append(of.tags.get("name", of.tags.get("ref", ""))[:120])
    return WayPiece(len(draft.points) - 1, start, end)


def _junction(draft: _Draft, point: Point, barriers: Mapping[int, Barrier]) -> int:
    """The junction at a node; where a barrier is shut, each street that ends there has its own."""
    number, lat, lon = point
    shut = number in barriers and not barriers[number].passable
    if not shut and number in draft.junctions:
        return draft.junctions[number]
    draft.nodes.append((lat, lon))
    if not shut:
        draft.junctions[number] = len(draft.nodes) - 1
    return len(draft.nodes) - 1


def _network(draft: _Draft) -> Network:
    nodes = np.array(draft.nodes, np.float64).reshape(-1, 2)
    ends = np.array(draft.ends, np.int32).reshape(-1, 2)
    first = np.concatenate([[0], np.cumsum([len(p) for p in draft.points])]).astype(np.int64)
    shape = np.array([(lat, lon) for p in draft.points for _, lat, lon in p], np.float64).reshape(-1, 2)
    metres = _lengths(shape, first)
    delays = np.array(draft.delays, np.float64)
    speed = np.array([(driving.pace(d.forward), driving.pace(d.backward)) for d in draft.driven]).reshape(
        -1, 2
    )
    with np.errstate(divide="ignore"):
        seconds = np.where(speed > 0, metres[:, None] / speed, np.inf) + delays[:, None]
    classes, names = sorted(set(draft.klass)), ["", *sorted(set(draft.name) - {""})]
    class_at, name_at = {c: k for k, c in enumerate(classes)}, {n: k for k, n in enumerate(names)}
    return Network(
        nodes[:, 0].copy(),
        nodes[:, 1].copy(),
        ends[:, 0].copy(),
        ends[:, 1].copy(),
        seconds[:, 0].copy(),
        seconds[:, 1].copy(),
        metres,
        first,
        shape[:, 0].copy(),
        shape[:, 1].copy(),
        np.array([class_at[c] for c in draft.klass], np.uint8),
        np.array([name_at[n] for n in draft.name], np.int32),
        classes,
        names,
    )


def _lengths(shape: Floats, first: NDArray[np.int64]) -> Floats:
    """Metres of each piece, on a plane at the middle of the town."""
    if not len(shape):
        return np.zeros(0)
    plane = LocalPlane(float(shape[:, 0].mean()), float(shape[:, 1].mean()))
    x, y = plane.to_xy(shape[:, 0], shape[:, 1])
    step = np.concatenate([np.hypot(np.diff(x), np.diff(y)), [0.0]])
    step[first[1:] - 1] = 0.0  # from one piece to the next is not a street
    total = np.concatenate([[0.0], np.cumsum(step)])
    lengths: Floats = np.maximum(total[first[1:]] - total[first[:-1]], 0.01)
    return lengths
