"""Fusion core: observations folded a second on one core, road distance and reasons included; and how well."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from benchmarks import fusion_mqtt
from benchmarks._nights import night, score
from benchmarks._report import Figure, at_least
from benchmarks._written import written

from beffroi.during.fusion.methods.roads import StreetScene
from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import FoldState, Parameters, Place
from beffroi.during.intake.facts import Observation
from beffroi.foundation.geography import LocalPlane
from beffroi.foundation.identifiers import derived_uuid7
from beffroi.territory.methods.assemble import street_graph
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.network import straight

_PLANE = LocalPlane(47.65, -2.08)
_START = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
_SIDE, _BLOCK_M = 40, 80.0
_CAMERAS, _PANELS = 240, 120
_RATE = 1000.0  # messages in a second of the town's own time
_LATE = timedelta(milliseconds=200)
_BUSY = (
    ("presence.person", 0.70),
    ("presence.vehicle", 0.24),
    ("intrusion.motion", 0.02),
    ("intrusion.door", 0.01),
    ("alarm.restored", 0.01),
    ("signal.vehicle_slow", 0.001),
    ("device.offline", 0.005),
    ("device.online", 0.014),
)

Said = tuple[int, Observation]


def run(quick: bool) -> list[Figure]:
    """The figures; `quick` folds less of the same."""
    chance = random.Random(7)
    graph = _streets()
    devices = _devices(chance)
    _rate(graph, devices, _all_new(chance, devices, 50))  # loads scipy
    count = 120_000 if quick else 400_000
    busy = _rate(graph, devices, _busy(chance, devices, count))
    alarms = _rate(graph, devices, _all_new(chance, devices, count // 30))
    figures = [
        at_least("fusion", "a busy town, 1,000 messages a second of its time", busy, "obs/s", 50_000),
        Figure(
            "fusion",
            "hardest: each message from a place never heard before, acts open around it",
            alarms,
            "obs/s",
        ),
    ]
    figures += written(_watched(chance, devices, 6_000 if quick else 30_000), "a door alarm each 2 s")
    figures += _how_well(graph, devices, 20 if quick else 200)
    return figures if quick else figures + fusion_mqtt.run(quick)


def _streets() -> StreetGraph:
    """A square town: a street each 80 m, both ways, at 30 km/h."""
    axis = np.arange(_SIDE) * _BLOCK_M
    east, north = np.meshgrid(axis, axis)
    lat, lon = _PLANE.to_lat_lon(east.ravel(), north.ravel())
    numbers = np.arange(_SIDE * _SIDE).reshape(_SIDE, _SIDE)
    one = np.concatenate([numbers[:, :-1].ravel(), numbers[:-1].ravel()])
    other = np.concatenate([numbers[:, 1:].ravel(), numbers[1:].ravel()])
    metres = np.full(len(one), _BLOCK_M)
    seconds = metres / (30 / 3.6)
    return street_graph(straight(lat, lon, one, other, forward_s=seconds, backward_s=seconds, metres=metres))


def _devices(chance: random.Random) -> dict[str, Place]:
    keys = [f"C-{n}" for n in range(_CAMERAS)] + [f"P-{n}" for n in range(_PANELS)]
    found = {}
    for key in keys:
        side = (_SIDE - 1) * _BLOCK_M
        lat, lon = _PLANE.to_lat_lon(chance.random() * side, chance.random() * side)
        found[key] = Place(key, float(lat), float(lon))
    return found


def _fold(graph: StreetGraph, devices: dict[str, Place]) -> Fold:
    scene = StreetScene(devices, lambda: graph, ZoneInfo("Europe/Paris"))
    return Fold(FoldState(territory="town", parameters=Parameters(flaps=5, storm=8)), scene)


def _rate(graph: StreetGraph, devices: dict[str, Place], said: list[Said]) -> float:
    """Messages a second, from a cold start: each road distance is worked out when first asked."""
    fold = _fold(graph, devices)
    observe = fold.observe
    began = time.process_time()
    for position, observation in said:
        observe(position, observation)
    return len(said) / (time.process_time() - began)


def _busy(chance: random.Random, devices: dict[str, Place], count: int) -> list[Said]:
    cameras = [key for key in devices if key.startswith("C")]
    panels = [key for key in devices if key.startswith("P")]
    kinds = chance.choices([k for k, _ in _BUSY], [w for _, w in _BUSY], k=count)
    said = []
    for n, kind in enumerate(kinds, 1):
        own = cameras if kind.startswith(("presence", "device")) else panels
        said.append(_said(n, kind, chance.choice(own), n / _RATE))
    return said


def _watched(chance: random.Random, devices: dict[str, Place], count: int) -> list[Said]:
    """Cameras at 1,000 a second, and every two seconds a door alarm somewhere: far more than any town's."""
    cameras = [key for key in devices if key.startswith("C")]
    panels = [key for key in devices if key.startswith("P")]
    said = []
    for n in range(1, count + 1):
        alarm = n % 2000 == 1000
        device = chance.choice(panels if alarm else cameras)
        kind = "intrusion.door" if alarm else "presence.person"
        said.append(_said(n, kind, device, n / _RATE, devices[device]))
    return said


def _all_new(chance: random.Random, devices: dict[str, Place], count: int) -> list[Said]:
    """Alarms and people all over the town, none from a known device: each asks the streets anew."""
    keys = list(devices)
    kinds = ("intrusion.door", "intrusion.motion", "presence.person")
    said = []
    for n in range(1, count + 1):
        place = devices[chance.choice(keys)]
        moved = Place("", place.lat + chance.uniform(-5e-4, 5e-4), place.lon + chance.uniform(-5e-4, 5e-4))
        said.append(_said(n, chance.choice(kinds), f"N-{n}", n * 0.6, moved))
    return said


def _said(n: int, kind: str, device: str, seconds: float, place: Place | None = None) -> Said:
    seen = _START + timedelta(seconds=seconds)
    return n, Observation(
        id=derived_uuid7(seen, str(n)),
        territory="town",
        source="gate",
        key=str(n),
        kind=kind,
        seen_at=seen,
        received_at=seen + _LATE,
        device=device,
        lat=place.lat if place else None,
        lon=place.lon if place else None,
    )


def _how_well(graph: StreetGraph, devices: dict[str, Place], nights: int) -> list[Figure]:
    """Labelled nights: which signs belong together, what was merged wrongly, how much is shown."""
    make: Callable[[], Fold] = lambda: _fold(graph, devices)  # noqa: E731 - named for its type
    return score([night(seed, devices) for seed in range(nights)], make)
