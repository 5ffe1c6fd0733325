"""Twenty acts at once and two hundred units by road on a real city; what the road changes in who is sent."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from benchmarks._report import Figure, at_most

from beffroi.during.dispatch.methods.exits import Span, exits
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.town import town

_UNITS, _ACTS = 200, 20
_LIMIT_S = 900.0
#: A service of a middling town: with 200 units nearly every choice is around the corner.
_FEW = (3, 6, 12)


def run(quick: bool) -> list[Figure]:
    """The figures; `quick` plays fewer nights."""
    graph = _geneva()
    if graph is None:
        return []
    rng = np.random.default_rng(7)
    rounds = [_all_at_once(graph, rng) for _ in range(8 if quick else 40)]
    what = f"{_UNITS} units, {_ACTS} acts at once, Geneva"
    figures = [
        at_most("dispatch", f"{what}: all road times, median", statistics.median(rounds), "ms", 50),
        Figure("dispatch", f"{what}: worst", max(rounds), "ms"),
    ]
    nets = [_roads_to_watch(graph, rng) for _ in range(8 if quick else 40)]
    figures.append(
        Figure("dispatch", "roads to watch around one act, of processor time", statistics.median(nets), "ms")
    )
    nights = 200 if quick else 2000
    for units in _FEW:
        figures += _road_against_line(graph, rng, units, nights)
    return figures


def _geneva() -> StreetGraph | None:
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    file = Path(os.environ.get("BEFFROI_SHARED_DATA", shared)) / "osm" / "geneva.osm.pbf"
    if not file.exists():
        print("geneva.osm.pbf is not here: nothing to measure on")
        return None
    with TemporaryDirectory() as folder:
        town(file).save(Path(folder))
        return StreetGraph.open(Path(folder) / "streets")


def _places(graph: StreetGraph, rng: np.random.Generator, count: int) -> list[Position]:
    """Places on streets that a patrol can reach and leave."""
    a = graph.arrays
    good = np.flatnonzero(np.asarray(a.piece_reached) & np.asarray(a.piece_leading))
    nodes = np.asarray(a.piece_from)[rng.choice(good, count)]
    return [Position(float(a.node_lat[node]), float(a.node_lon[node])) for node in nodes]


def _all_at_once(graph: StreetGraph, rng: np.random.Generator) -> float:
    units, acts = _places(graph, rng, _UNITS), _places(graph, rng, _ACTS)
    began = time.perf_counter()
    graph.seconds_table(acts, units, _LIMIT_S)
    return (time.perf_counter() - began) * 1000


def _roads_to_watch(graph: StreetGraph, rng: np.random.Generator) -> float:
    """A minute after the last sign, six free patrols."""
    place, *units = _places(graph, rng, 7)
    began = time.process_time()
    exits(graph, place, [(unit, 20.0) for unit in units], Span(120, 360), 4)
    return (time.process_time() - began) * 1000


def _road_against_line(graph: StreetGraph, rng: np.random.Generator, count: int, nights: int) -> list[Figure]:
    """How often the nearest in a straight line is not the soonest by road, and what that costs."""
    lost = []
    for _ in range(nights // _ACTS):
        units, acts = _places(graph, rng, count), _places(graph, rng, _ACTS)
        for act, seconds in zip(acts, graph.seconds_table(acts, units, 3600.0), strict=True):
            if np.isfinite(seconds).all():
                nearest = int(np.argmin([distance_m(act, unit) for unit in units]))
                lost.append(float(seconds[nearest] - seconds.min()))
    wrong = [each for each in lost if each > 0]
    what = f"{count} units, nearest in a straight line"
    worst = float(np.quantile(wrong or [0.0], 0.95))
    return [
        Figure("dispatch", f"{what}: not the soonest by road", 100 * len(wrong) / len(lost), "%"),
        Figure("dispatch", f"{what}: then later by, mean", statistics.mean(wrong or [0.0]), "s"),
        Figure("dispatch", f"{what}: then later by, worst in 20", worst, "s"),
    ]
