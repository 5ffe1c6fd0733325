"""Streets of an invented town: spokes and rings about a square, bent by hand, cut by a river."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from beffroi.rehearsal.methods import names
from beffroi.rehearsal.methods.plan import Point, Street

SPOKES = 16
RINGS = (36.0, 104.0, 188.0, 300.0, 432.0, 590.0)
_STRETCH = 1.14  # towns lie along their valley
_ENDS = (760.0, 1050.0, 1500.0)  # where the main roads go on to, in metres from the square
Junction = tuple[int, int]  # ring, spoke


def river_y(x: float) -> float:
    """How far north of the square the river flows at x (m)."""
    return -247 + 34 * math.sin(x / 165 + 0.6) - 0.03 * x


def railway_y(x: float) -> float:
    """How far north of the square the railway runs at x (m)."""
    return 655 + 0.05 * x


@dataclass(frozen=True, slots=True)
class Edge:
    """A street between two junctions before it is bent."""

    a: int
    b: int
    name: str
    kind: str
    oneway: bool = False
    maxspeed: int = 50
    bridge: bool = False


@dataclass(slots=True)
class Network:
    """Points and streets as they grow; `at` finds a junction's number by ring and spoke."""

    points: list[Point] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    at: dict[Junction, int] = field(default_factory=dict)

    def add(self, point: Point) -> int:
        self.points.append(point)
        return len(self.points) - 1


def _place(network: Network, random: Random) -> None:
    """Put a junction where each ring meets each spoke, a little off the compass's drawing."""
    turn = random.uniform(-0.1, 0.1)
    bends = [turn + math.tau * s / SPOKES + random.uniform(-0.045, 0.045) for s in range(SPOKES)]
    for ring, radius in enumerate(RINGS):
        for spoke in range(SPOKES):
            if ring < 2 and spoke % 2:
                continue
            angle = bends[spoke] + random.uniform(-0.035, 0.035)
            far = radius * random.uniform(0.93, 1.07)
            x, y = far * math.cos(angle) * _STRETCH, far * math.sin(angle)
            gap = y - river_y(x)
            if abs(gap) < 26:  # a bank is no crossroads
                y = river_y(x) + math.copysign(30, gap)
            network.at[ring, spoke] = network.add((x, y))


def _name_of_ring(ring: int, spoke: int) -> str:
    if ring == 0:
        return names.SQUARE
    if ring == 1:
        return names.LANE[spoke * 2 // SPOKES]
    if ring == 2:
        return names.BOULEVARD[spoke * 4 // SPOKES]
    if ring == 3:
        return names.AROUND[spoke * 6 // SPOKES]
    if ring == 4:
        return names.AROUND[6 + spoke * 8 // SPOKES]
    return names.AROUND[14 + spoke * 6 // SPOKES]


_KIND_OF_RING = ("living_street", "residential", "tertiary", "residential", "residential", "unclassified")


def _crosses_river(a: Point, b: Point) -> bool:
    return (a[1] - river_y(a[0])) * (b[1] - river_y(b[0])) < 0


def _link(network: Network, random: Random) -> None:
    """Join junctions along rings and spokes; leave some out, so that no quarter is a chequerboard."""
    points, at = network.points, network.at
    bridged = 0
    for ring in range(len(RINGS)):
        around = [spoke for spoke in range(SPOKES) if (ring, spoke) in at]
        for here, there in zip(around, around[1:] + around[:1], strict=True):
            a, b = at[ring, here], at[ring, there]
            gone = ring >= 3 and random.random() < (0.30 if ring == 5 else 0.20)
            over = _crosses_river(points[a], points[b])
            # One more bridge, on the way round: without it half the town hangs on one.
            keep = over and ring == 3 and bridged == 0
            if (gone or over) and not keep:
                continue
            bridged += keep
            speed = 30 if ring < 2 else 50
            network.edges.append(
                Edge(a, b, _name_of_ring(ring, here), _KIND_OF_RING[ring], ring == 1, speed, over)
            )
    for spoke in range(SPOKES):
        for ring in range(len(RINGS) - 1):
            if (ring, spoke) in at:
                _spoke_edge(network, random, ring, spoke)


def _spoke_edge(network: Network, random: Random, ring: int, spoke: int) -> None:
    a, b = network.at[ring, spoke], network.at[ring + 1, spoke]
    main = spoke % 4 == 0
    over = _crosses_river(network.points[a], network.points[b])
    gone = ring >= 3 and not main and random.random() < 0.18
    if (over or gone) and not main:
        return
    inner = ring < 2
    name = names.INNER[spoke // 2] if inner else names.OUTER[spoke]
    if inner:
        kind = "residential" if main or ring else "pedestrian"
    else:
        kind = "secondary" if main else "residential"
    network.edges.append(Edge(a, b, name, kind, False, 30 if inner else 50, over))


def _roads_out(network: Network, random: Random) -> None:
    """Carry the four main spokes on into the country."""
    for number, spoke in enumerate(range(0, SPOKES, 4)):
        last = network.at[len(RINGS) - 1, spoke]
        x, y = network.points[last]
        angle = math.atan2(y, x)
        for far in _ENDS:
            angle += random.uniform(-0.09, 0.09)
            end = network.add((far * math.cos(angle) * _STRETCH, far * math.sin(angle)))
            over = _crosses_river(network.points[last], network.points[end])
            name, speed = names.ROADS[number], 50 if far == _ENDS[0] else 80
            network.edges.append(Edge(last, end, name, "secondary", False, speed, over))
            last = end


def _closes(network: Network, random: Random) -> None:
    """Dead ends off the outer rings: the closes of the last fifty years."""
    here = [(ring, spoke) for ring in (4, 5) for spoke in range(SPOKES) if spoke % 4]
    for name, junction in zip(names.CLOSES, random.sample(here, len(names.CLOSES)), strict=True):
        start = network.at[junction]
        x, y = network.points[start]
        angle = math.atan2(y, x) + random.choice((-1, 1)) * random.uniform(0.5, 1.0)
        length = random.uniform(65, 120)
        end = (x + length * math.cos(angle), y + length * math.sin(angle))
        if (
            _crosses_river((x, y), end)
            or abs(end[1] - river_y(end[0])) < 40
            or end[1] > railway_y(end[0]) - 60
        ):
            continue
        network.edges.append(Edge(start, network.add(end), name, "residential", False, 30))


def _of_the_square(edges: list[Edge], start: int) -> list[Edge]:
    """Only what can be reached from the square."""
    beside: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        beside[edge.a].append(edge.b)
        beside[edge.b].append(edge.a)
    seen, ahead = {start}, [start]
    while ahead:
        for point in beside[ahead.pop()]:
            if point not in seen:
                seen.add(point)
                ahead.append(point)
    return [edge for edge in edges if edge.a in seen]


def _bent(network: Network, random: Random, edge: Edge) -> tuple[int, ...]:
    """The edge's points with the bends that carts and centuries gave it."""
    (ax, ay), (bx, by) = network.points[edge.a], network.points[edge.b]
    length = math.hypot(bx - ax, by - ay)
    if edge.bridge or length < 30:
        return edge.a, edge.b
    bends = max(1, round(length / 90))
    sway = random.uniform(-0.05, 0.05) * length
    between = []
    for step in range(1, bends + 1):
        along = step / (bends + 1)
        off = sway * math.sin(math.pi * along) + random.uniform(-1.5, 1.5)
        x, y = ax + (bx - ax) * along, ay + (by - ay) * along
        between.append(network.add((x - off * (by - ay) / length, y + off * (bx - ax) / length)))
    return edge.a, *between, edge.b


def lay_out(random: Random) -> tuple[Network, list[Street]]:
    """The network and its streets, the same for the same random state."""
    network = Network()
    _place(network, random)
    _link(network, random)
    _roads_out(network, random)
    _closes(network, random)
    kept = _of_the_square(network.edges, network.at[0, 0])
    streets = [
        Street(each.name, each.kind, _bent(network, random, each), each.oneway, each.maxspeed, each.bridge)
        for each in kept
    ]
    return network, streets
