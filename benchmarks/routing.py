"""Road times of all units on a large network, beside networkx; import of a real city."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import numpy as np
from benchmarks._report import Figure, at_most

from beffroi.foundation.geography import LocalPlane, Position
from beffroi.territory.methods.assemble import street_graph
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.network import Network, straight
from beffroi.territory.methods.town import town

_PLANE = LocalPlane(47.0, 2.0)
_BLOCK_M = 100.0
_LIMIT_S = 900.0
_UNITS = 50
_ROUNDS = 4  # the quietest counts: what else runs on the machine only adds
_SPREAD_M = 9_000.0
_PEER_SIDE = 260  # junctions: wider than what the limit lets anyone reach


def run(quick: bool) -> list[Figure]:
    """The figures; `quick` asks fewer times of the same network."""
    side = 1000
    network = _grid(side)
    began = time.perf_counter()
    graph = street_graph(network)
    built = time.perf_counter() - began
    asked = 10 if quick else 30
    figures = [*_road_times(graph, network, side, asked), Figure("routing", "network made ready", built, "s")]
    return [*figures, *_real_city()]


def _grid(side: int) -> Network:
    """side × side junctions 100 m apart, every street both ways at 33 to 51 km/h drawn at random."""
    nodes = np.arange(side * side, dtype=np.int32).reshape(side, side)
    a = np.concatenate([nodes[:, :-1].ravel(), nodes[:-1].ravel()])
    b = np.concatenate([nodes[:, 1:].ravel(), nodes[1:].ravel()])
    row, column = np.divmod(np.arange(side * side), side)
    lat, lon = _PLANE.to_lat_lon((column - side / 2) * _BLOCK_M, (row - side / 2) * _BLOCK_M)
    rng = np.random.default_rng(1)
    forward, backward = rng.uniform(7, 11, (2, len(a)))
    return straight(lat, lon, a, b, forward_s=forward, backward_s=backward, metres=np.full(len(a), _BLOCK_M))


def _place(rng: np.random.Generator, spread_m: float) -> Position:
    lat, lon = _PLANE.to_lat_lon(*rng.uniform(-spread_m, spread_m, 2))
    return Position(float(lat), float(lon))


def _road_times(graph: StreetGraph, network: Network, side: int, asked: int) -> list[Figure]:
    rng = np.random.default_rng(2)
    units = [_place(rng, _SPREAD_M) for _ in range(_UNITS)]
    targets = [_place(rng, 1000.0) for _ in range(asked)]
    graph.seconds_to(targets[0], units, _LIMIT_S)  # loads scipy
    rounds = [
        _times(lambda target: graph.seconds_to(target, units, _LIMIT_S), targets) for _ in range(_ROUNDS)
    ]
    reached = int(np.isfinite(graph.seconds_to(targets[0], units, _LIMIT_S)).sum())
    peer = _networkx_ms(graph, network, side, targets[:3])
    routes = _times(lambda target: graph.route(units[0], target), targets)
    what = f"{_UNITS} units ({reached} within 15 min), {side * side:,} junctions"
    return [
        at_most("routing", f"{what}, median", min(map(statistics.median, rounds)), "ms", 10, peer=peer),
        Figure("routing", f"{what}, worst of {asked}", min(map(max, rounds)), "ms"),
        Figure("routing", "way to show on the map, median", statistics.median(routes), "ms"),
    ]


def _times(ask: Callable[[Position], object], targets: list[Position]) -> list[float]:
    spent = []
    for target in targets:
        began = time.perf_counter()
        ask(target)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _networkx_ms(graph: StreetGraph, network: Network, side: int, targets: list[Position]) -> float:
    """networkx on the same work: one reverse Dijkstra with the limit.

    It is given only the square of the network that the limit can reach, which spares it memory
    and costs it nothing: both searches visit the same junctions.
    """
    low, high = side // 2 - _PEER_SIDE // 2, side // 2 + _PEER_SIDE // 2
    column, row = network.piece_from % side, network.piece_from // side
    within = (low <= column) & (column < high) & (low <= row) & (row < high)
    peer = nx.DiGraph()
    for p in np.flatnonzero(within).tolist():
        a, b = int(network.piece_from[p]), int(network.piece_to[p])
        peer.add_edge(b, a, weight=float(network.forward_s[p]))  # reversed: from the target back
        peer.add_edge(a, b, weight=float(network.backward_s[p]))
    starts = []
    for target in targets:
        snapped = graph.snap(target.lat, target.lon)
        assert snapped is not None
        starts.append(int(network.piece_from[snapped.piece]))
    spent = []
    for start in starts:
        began = time.perf_counter()
        nx.single_source_dijkstra_path_length(peer, start, cutoff=_LIMIT_S)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _real_city() -> list[Figure]:
    """Geneva, where its file is on this machine."""
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    file = Path(os.environ.get("BEFFROI_SHARED_DATA", shared)) / "osm" / "geneva.osm.pbf"
    if not file.exists():
        return []
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = town(file)
        made.save(Path(folder))
        spent = time.perf_counter() - began
    graph = made.graph
    police = [Position(s.lat, s.lon) for s in made.stations if s.kind == "police"]
    cameras = [Position(d.lat, d.lon) for d in made.devices if d.kind == "camera"]
    times = _times(lambda camera: graph.seconds_to(camera, police, _LIMIT_S), cameras)
    return [
        at_most("routing", "import of Geneva (406 cameras, 9,473 pieces of street)", spent, "s", 60),
        Figure("routing", "Geneva: 12 police stations to a camera, median", statistics.median(times), "ms"),
    ]
