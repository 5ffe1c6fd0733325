"""What a labelled day is made of: the ground, what was said, and what truly happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from beffroi.during.fusion.rules.shapes import Place
from beffroi.during.intake.facts import Observation
from beffroi.foundation.geography import LocalPlane
from beffroi.foundation.identifiers import derived_uuid7
from beffroi.territory.methods.graph import StreetGraph

DAY_S = 86_400.0
FAULT_S = 3600.0
_WITHIN_M, _STEP_M, _PREMISES_M = 2000.0, 25.0, 20.0
Point = tuple[float, float]

#: How many devices of each sort a town of 500 has: panels, fire panels, buttons, fences, cameras, computers.
SHARES = {"P": 0.44, "F": 0.08, "B": 0.06, "L": 0.04, "C": 0.34, "H": 0.04}


class Ground(NamedTuple):
    """A town as a day sees it, in metres of `plane`: devices, streets, how to find what is near.

    `nodes` are all junctions by their number in the graph, `corners` places along the streets.
    """

    plane: LocalPlane
    graph: StreetGraph
    at: dict[str, Point]
    devices: dict[str, Place]
    corners: list[Point]
    nodes: list[Point]
    sorts: dict[str, list[str]]

    def of(self, sort: str) -> list[str]:
        """The devices of a sort (a letter of SHARES), in order."""
        return self.sorts[sort]

    def cameras_near(self, point: Point, metres: float) -> list[str]:
        """The cameras within so many metres of a point."""
        return [key for key in self.of("C") if apart(self.at[key], point) <= metres]


class Load(NamedTuple):
    """How much happens on a day.

    `false_share` is that of the alarms of panels that no act is behind; `seen` how many times a day
    cameras see someone who does nothing; `calls` calls of people that no act is behind; `cyber` messages of
    the town's computers that mean nothing; `silent` devices that fall silent for a while; `flapping`
    detectors that go off and back to rest again and again.
    """

    acts: int
    false_share: float = 0.95
    seen: int = 6000
    calls: int = 12
    cyber: int = 120
    silent: int = 8
    flapping: int = 1


#: A day harder than any town's (many acts at once), and a normal day of a town with 500 devices.
HARD = Load(acts=24, calls=20, flapping=2)
NORMAL = Load(acts=4, calls=8)


class Act(NamedTuple):
    """One act: its number, what it is (a generator's own word), when (s) and where, at which device."""

    number: int
    what: str
    at: float
    home: Point
    device: str = ""


class Told(NamedTuple):
    """One thing that was said.

    `at` is when it truly happened (s of the day). `event` names what was behind it: above 0 an act, below
    0 a false alarm, 0 nothing (someone who walked by, a computer's noise). `witness` names who could
    err together: two messages of one witness are not independent. A person has no `device` but a `point`.
    """

    at: float
    kind: str
    event: int = 0
    witness: str = ""
    device: str = ""
    point: Point | None = None
    content: dict[str, Any] = {}
    source: str = ""


class Sent(NamedTuple):
    """A `told` as it arrived: the time that its sender's clock gave it, and when it was received (s)."""

    told: Told
    stamped: float
    received: float


class Day(NamedTuple):
    """A labelled day: observations in order of receipt, and by observation what was behind it."""

    said: list[Observation]
    told: dict[UUID, Told]
    acts: int


def apart(one: Point, other: Point) -> float:
    """Metres between two points of a plane."""
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def ground(graph: StreetGraph, seed: int, devices: int = 500) -> Ground:
    """Devices along the streets within 2 km of the middle: cameras on it, the rest beside."""
    chance = Random(seed)  # noqa: S311 - a drawing, not a secret
    plane = graph.plane
    east, north = plane.to_xy(graph.arrays.node_lat, graph.arrays.node_lon)
    nodes = [(round(float(x), 1), round(float(y), 1)) for x, y in zip(east, north, strict=True)]
    corners = [each for each in _along(graph, plane) if apart(each, (0.0, 0.0)) < _WITHIN_M]
    at: dict[str, Point] = {}
    for sort, share in SHARES.items():
        for number in range(round(share * devices)):
            at[f"{sort}-{number}"] = _spot(chance, corners, sort, at)
    places = {key: _place(plane, key, point) for key, point in at.items() if not key.startswith("H")}
    sorts = {sort: [key for key in at if key.startswith(sort)] for sort in SHARES}
    return Ground(plane, graph, at, places, corners, nodes, sorts)


def _spot(chance: Random, corners: list[Point], sort: str, taken: dict[str, Point]) -> Point:
    """Where a device hangs: premises are at least 20 m apart, cameras hang where they will."""
    beside = 5.0 if sort == "C" else 25.0
    others = [point for key, point in taken.items() if not key.startswith("C")]
    point = (0.0, 0.0)
    for _ in range(50):
        x, y = chance.choice(corners)
        point = (x + chance.uniform(-beside, beside), y + chance.uniform(-beside, beside))
        if sort == "C" or all(apart(point, other) >= _PREMISES_M for other in others):
            break
    return point


def _along(graph: StreetGraph, plane: LocalPlane) -> list[Point]:
    """A place each 25 m of every street."""
    found = []
    for piece in range(graph.pieces):
        shape = [plane.to_xy(lat, lon) for lat, lon in graph.shape(piece)]
        points = [(float(x), float(y)) for x, y in shape]
        for one, other in pairwise(points):
            steps = int(apart(one, other) / _STEP_M) + 1
            for n in range(steps):
                share = n / steps
                x, y = one[0] + share * (other[0] - one[0]), one[1] + share * (other[1] - one[1])
                found.append((round(x, 1), round(y, 1)))
    return sorted(set(found))


def _place(plane: LocalPlane, key: str, point: Point) -> Place:
    lat, lon = plane.to_lat_lon(*point)
    return Place(key, float(lat), float(lon))


def one_fault(told: Iterable[Told]) -> list[Told]:
    """The false alarms of one detector within an hour of each other are one event: one fault, one line."""
    last: dict[str, tuple[float, int]] = {}
    found = []
    for each in sorted(told, key=lambda one: one.at):
        if each.event < 0 and each.device:
            at, event = last.get(each.device, (-FAULT_S, each.event))
            event = event if each.at - at < FAULT_S else each.event
            last[each.device] = each.at, event
            found.append(each._replace(event=event))
        else:
            found.append(each)
    return found


def day(ground: Ground, seed: int, start: datetime, sent: Iterable[Sent], acts: int) -> Day:
    """Put what was sent in order of receipt, as observations of the territory `town`."""
    said: list[Observation] = []
    labels: dict[UUID, Told] = {}
    for number, each in enumerate(sorted(sent, key=lambda one: (one.received, one.stamped))):
        observation = _observation(ground, seed, number, start, each)
        said.append(observation)
        labels[observation.id] = each.told
    return Day(said, labels, acts)


def _observation(ground: Ground, seed: int, number: int, start: datetime, each: Sent) -> Observation:
    told = each.told
    lat, lon = (None, None) if told.point is None else ground.plane.to_lat_lon(*told.point)
    received = start + timedelta(seconds=round(each.received, 3))
    return Observation(
        id=derived_uuid7(received, "day", str(seed), str(number)),
        territory="town",
        source=told.source or f"person-{number}",
        key=str(number),
        kind=told.kind,
        seen_at=start + timedelta(seconds=round(each.stamped, 3)),
        received_at=received,
        device=told.device,
        lat=None if lat is None else float(lat),
        lon=None if lon is None else float(lon),
        content=told.content,
    )


#: A generator: (ground, load, seed, start) to a labelled day.
Generator = Callable[[Ground, Load, int, datetime], Day]
