"""Journeys agree with networkx on any network: one-ways, loops, parallel streets, partial ends, limits."""

from __future__ import annotations

import math
from itertools import pairwise, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.territory.towns import PLANE, network

from beffroi.foundation.geography import Position
from beffroi.territory.methods import journey
from beffroi.territory.methods.assemble import street_graph
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.network import Network
from beffroi.territory.methods.snapping import Snapped

pytestmark = pytest.mark.unit

seconds = st.one_of(st.just(math.inf), st.floats(1, 100))


@st.composite
def networks(draw: st.DrawFn, most: int = 12) -> Network:
    """Streets at random: close together they try the nearest street, wide apart the squares."""
    count = draw(st.integers(2, most))
    step = draw(st.sampled_from([150.0, 23.0]))
    coordinate = st.integers(-20, 20).map(lambda v: v * step)
    points = draw(st.lists(st.tuples(coordinate, coordinate), min_size=count, max_size=count, unique=True))
    node = st.integers(0, count - 1)
    pieces = draw(st.lists(st.tuples(node, node, seconds, seconds), min_size=1, max_size=3 * count))
    return network(points, pieces)


def oracle(net: Network, forbidden: frozenset[tuple[int, ...]] = frozenset()) -> nx.DiGraph:
    """Arcs as nodes; an edge where one arc may follow another. Cost of an edge: driving the second arc."""
    graph = nx.DiGraph()
    ends = {}
    for p in range(net.pieces):
        a, b = int(net.piece_from[p]), int(net.piece_to[p])
        for arc, tail, head, cost in ((2 * p, a, b, net.forward_s[p]), (2 * p + 1, b, a, net.backward_s[p])):
            if math.isfinite(cost):
                ends[arc] = (tail, head, float(cost))
                graph.add_node(arc)
    for first, (_, head, _) in ends.items():
        for second, (tail, _, cost) in ends.items():
            if head == tail and (first, second) not in forbidden:
                graph.add_edge(first, second, weight=cost)
    graph.graph["ends"] = ends
    return graph


def expected(graph: nx.DiGraph, source: Snapped, target: Snapped) -> float:
    """Least seconds between two places on pieces."""
    ends, best = graph.graph["ends"], math.inf
    if source.piece == target.piece:
        arc = 2 * source.piece + (target.fraction < source.fraction)
        if source.fraction == target.fraction:
            return 0.0
        if arc in ends:
            best = abs(target.fraction - source.fraction) * ends[arc][2]
    out = [(2 * source.piece, 1 - source.fraction), (2 * source.piece + 1, source.fraction)]
    into = [(2 * target.piece, 1 - target.fraction), (2 * target.piece + 1, target.fraction)]
    for first, share in out:
        if first not in ends:
            continue
        # From the end of `first`, by whole arcs, until an arc of the target is driven in part only.
        reached = nx.single_source_dijkstra_path_length(graph, first)
        for last, unused in into:
            if last in ends:
                before = [reached[arc] for arc in graph.predecessors(last) if arc in reached]
                if before:
                    cost = share * ends[first][2] + min(before) + (1 - unused) * ends[last][2]
                    best = min(best, cost)
    return best


def on(piece: int, fraction: float, graph: StreetGraph) -> Snapped:
    (lat_a, lon_a), (lat_b, lon_b) = graph.shape(piece)[0], graph.shape(piece)[-1]
    return Snapped(
        piece, fraction, lat_a + fraction * (lat_b - lat_a), lon_a + fraction * (lon_b - lon_a), 0.0
    )


fractions = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1))


@settings(max_examples=150, deadline=None)
@given(networks(), st.data())
def test_seconds_agree_with_networkx(net: Network, data: st.DataObject) -> None:
    graph, other = street_graph(net), oracle(net)
    piece = st.integers(0, net.pieces - 1)
    target = on(data.draw(piece), data.draw(fractions), graph)
    sources = [on(data.draw(piece), data.draw(fractions), graph) for _ in range(4)]
    limit = data.draw(st.sampled_from([1e6, 60.0]))
    found = journey.seconds(graph, target, journey.sources_of(graph, sources), limit)
    for source, value in zip(sources, found, strict=True):
        wanted = expected(other, source, target)
        if abs(wanted - limit) < 1e-6:
            continue
        assert value == pytest.approx(wanted if wanted <= limit else math.inf)


@settings(max_examples=150, deadline=None)
@given(networks(8), st.data())
def test_restricted_turns_are_never_made_and_cost_no_more_than_they_must(
    net: Network, data: st.DataObject
) -> None:
    plain = oracle(net)
    turns = sorted(plain.edges)
    if not turns:
        return
    forbidden = frozenset(data.draw(st.lists(st.sampled_from(turns), max_size=6)))
    graph = street_graph(Network(**{**vars(net), "forbidden": sorted(forbidden)}))
    other = oracle(net, forbidden)
    piece = st.integers(0, net.pieces - 1)
    target, source = (on(data.draw(piece), data.draw(fractions), graph) for _ in range(2))
    found = float(journey.seconds(graph, target, journey.sources_of(graph, [source]), 1e6)[0])
    assert found == pytest.approx(expected(other, source, target))


def driven_of(done: int, arc: int, way: tuple[int, ...]) -> int | None:
    """The longest beginning of the manoeuvre that the path now ends with; None when it is complete."""
    path = (*way[:done], arc)
    longest = max(n for n in range(len(path) + 1) if path[len(path) - n :] == way[:n])
    return None if longest == len(way) else longest


def longer_oracle(net: Network, way: tuple[int, ...], source: Snapped, target: Snapped) -> float:
    """As `expected`, with one manoeuvre of any length forbidden: states are (arc, arcs of it driven)."""
    plain = oracle(net)
    ends = plain.graph["ends"]
    graph = nx.DiGraph()
    for (first, second), done in product(plain.edges, range(len(way))):
        then = driven_of(done, second, way)
        if then is not None:
            graph.add_edge((first, done), (second, then), weight=ends[second][2])
    best = math.inf
    out = [(2 * source.piece, 1 - source.fraction), (2 * source.piece + 1, source.fraction)]
    into = [(2 * target.piece, target.fraction), (2 * target.piece + 1, 1 - target.fraction)]
    for (first, share), (last, part) in product(out, into):
        start = (first, driven_of(0, first, way))
        if first not in ends or last not in ends or start not in graph:
            continue
        for (arc, done), cost in nx.single_source_dijkstra_path_length(graph, start).items():
            if ends[arc][1] == ends[last][0] and driven_of(done, last, way) is not None:
                best = min(best, share * ends[first][2] + cost + part * ends[last][2])
    return best


@settings(max_examples=100, deadline=None)
@given(networks(7), st.data())
def test_a_manoeuvre_over_several_streets_is_forbidden_as_a_whole(net: Network, data: st.DataObject) -> None:
    plain = oracle(net)
    walks = [w for w in walks_of(plain, 3) if len(w) == 3]
    if not walks:
        return
    way = data.draw(st.sampled_from(walks))
    graph = street_graph(Network(**{**vars(net), "forbidden": [way]}))
    pieces = [p for p in range(net.pieces)]
    source = on(data.draw(st.sampled_from(pieces)), 0.5, graph)
    target = on(data.draw(st.sampled_from([p for p in pieces if p != source.piece] or pieces)), 0.5, graph)
    if source.piece == target.piece:
        return
    found = float(journey.seconds(graph, target, journey.sources_of(graph, [source]), 1e6)[0])
    assert found == pytest.approx(longer_oracle(net, way, source, target))


def walks_of(graph: nx.DiGraph, length: int) -> list[tuple[int, ...]]:
    walks: list[tuple[int, ...]] = [(arc,) for arc in graph]
    for _ in range(length - 1):
        walks = [(*walk, arc) for walk in walks[:200] for arc in graph.successors(walk[-1])]
    return walks[:200]


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_the_way_shown_takes_the_time_told(net: Network, data: st.DataObject) -> None:
    graph = street_graph(net)
    x, y = (data.draw(st.floats(-2500, 2500)) for _ in range(2))
    u, v = (data.draw(st.floats(-2500, 2500)) for _ in range(2))
    a, b = (Position(*(float(c) for c in PLANE.to_lat_lon(*xy))) for xy in ((x, y), (u, v)))
    told = float(graph.seconds_to(b, [a], 7200)[0])
    route = graph.route(a, b)
    if math.isinf(told):
        assert route is None
        return
    assert route is not None
    assert route.seconds == pytest.approx(told)
    walked = 0.0
    for (lat1, lon1), (lat2, lon2) in pairwise(route.points):
        x1, y1 = PLANE.to_xy(lat1, lon1)
        x2, y2 = PLANE.to_xy(lat2, lon2)
        walked += float(np.hypot(x2 - x1, y2 - y1))
    assert walked == pytest.approx(route.metres, rel=1e-3, abs=0.1)


@settings(max_examples=100, deadline=None)
@given(networks(), st.data())
def test_the_nearest_street_is_the_nearest(net: Network, data: st.DataObject) -> None:
    graph = street_graph(net)
    spread = data.draw(st.sampled_from([500.0, 4000.0]))
    x, y = (data.draw(st.floats(-spread, spread)) for _ in range(2))
    lat, lon = (float(v) for v in PLANE.to_lat_lon(x, y))
    plane = graph.plane
    px, py = (float(v) for v in plane.to_xy(lat, lon))
    best = math.inf
    for piece in range(graph.pieces):
        for (a_lat, a_lon), (b_lat, b_lon) in pairwise(graph.shape(piece)):
            ax, ay = (float(v) for v in plane.to_xy(a_lat, a_lon))
            bx, by = (float(v) for v in plane.to_xy(b_lat, b_lon))
            square = (bx - ax) ** 2 + (by - ay) ** 2
            t = min(max(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / square, 0), 1) if square else 0
            best = min(best, math.hypot(ax + t * (bx - ax) - px, ay + t * (by - ay) - py))
    found = graph.snap(lat, lon)
    if best > 5000:
        assert found is None
    else:
        assert found is not None
        assert found.distance_m == pytest.approx(best, abs=1e-3)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_road_metres_ignore_the_direction_of_traffic(net: Network, data: st.DataObject) -> None:
    graph = street_graph(net)
    other = nx.MultiGraph()
    for p in range(net.pieces):
        other.add_edge(int(net.piece_from[p]), int(net.piece_to[p]), weight=float(net.metres[p]))
    nodes = sorted(other.nodes)
    a, b = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
    places = [Position(float(net.node_lat[n]), float(net.node_lon[n])) for n in (a, b)]
    found = graph.metres_between(*places, limit_m=1e6)
    # Streets may cross without a junction: a place on such a point may be brought to either street.
    snapped = [graph.snap(p.lat, p.lon) for p in places]
    ends = [{int(net.piece_from[s.piece]), int(net.piece_to[s.piece])} for s in snapped if s is not None]
    if a not in ends[0] or b not in ends[1]:
        return
    wanted = nx.dijkstra_path_length(other, a, b) if nx.has_path(other, a, b) else math.inf
    assert found == pytest.approx(wanted, abs=0.1)


def test_a_wide_town_is_searched_only_as_far_as_needed_and_stays_exact() -> None:
    """A ring road far outside is the fastest way: the first square does not hold it, the answer does."""
    ring = [(0.0, 0.0), (0.0, 30_000.0), (4_000.0, 30_000.0), (4_000.0, 0.0)]
    fast, slow = 100.0, 2000.0
    net = network(ring, [(0, 1, fast, fast), (1, 2, fast, fast), (2, 3, fast, fast), (0, 3, slow, slow)])
    graph = street_graph(net)
    a, b = (Position(float(net.node_lat[k]), float(net.node_lon[k])) for k in (0, 3))
    assert graph.seconds_to(b, [a], 900)[0] == pytest.approx(300.0)
    route = graph.route(a, b)
    assert route is not None
    assert len(route.points) == 4


def test_saved_and_opened_the_graph_answers_the_same(tmp_path) -> None:  # type: ignore[no-untyped-def]
    net = network([(0, 0), (500, 0), (500, 500)], [(0, 1, 50, math.inf), (1, 2, 40, 60)])
    graph = street_graph(net)
    graph.save(tmp_path)
    again = StreetGraph.open(tmp_path)
    source, target = on(0, 0.5, graph), on(1, 0.5, graph)
    assert journey.seconds(again, target, journey.sources_of(again, [source]), 900)[0] == pytest.approx(45.0)
    assert journey.seconds(again, source, journey.sources_of(again, [target]), 900)[0] == math.inf


def test_a_network_without_streets_is_refused() -> None:
    empty = np.zeros(0)
    none = np.zeros(0, np.int32)
    with pytest.raises(ValueError, match="one piece"):
        street_graph(
            Network(
                empty,
                empty,
                none,
                none,
                empty,
                empty,
                empty,
                np.zeros(1, np.int64),
                empty,
                empty,
                np.zeros(0, np.uint8),
                none,
            )
        )


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_a_table_says_what_each_search_says(net: Network, data: st.DataObject) -> None:
    graph = street_graph(net)
    node = st.integers(0, graph.nodes - 1)
    lat, lon = graph.arrays.node_lat, graph.arrays.node_lon
    places = [
        Position(float(lat[k]), float(lon[k])) for k in data.draw(st.lists(node, min_size=1, max_size=6))
    ]
    targets = places[: data.draw(st.integers(0, len(places)))]
    table = graph.seconds_table(targets, places, 60.0)
    assert table.shape == (len(targets), len(places))
    for row, target in zip(table, targets, strict=True):
        assert np.array_equal(row, graph.seconds_to(target, places, 60.0))
