"""Labelled nights of a made-up town: acts with their signs, and the false alarms and passers-by around.

No public benchmark of physical-security fusion exists. These nights are generated from a few stated
figures, so they measure how the fold follows its own assumptions, not how a real town behaves.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from benchmarks._report import Figure

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import Hypothesis, Place
from beffroi.during.intake.facts import Observation
from beffroi.foundation.geography import Position, distance_m
from beffroi.foundation.identifiers import derived_uuid7

_DUSK = datetime(2026, 11, 12, 20, 0, tzinfo=UTC)
_NIGHT_S = 9 * 3600.0
ACTS, FALSE_ALARMS, PASSERS_BY, REPORTS = 3, 12, 1500, 6


class Night(NamedTuple):
    """What was said, in order of receipt, and which act (a number) each observation came from."""

    said: list[Observation]
    truth: dict[UUID, int]


class _Event(NamedTuple):
    seconds: float
    kind: str
    place: Place
    device: bool
    act: int | None


def night(seed: int, devices: dict[str, Place]) -> Night:
    """One night: `ACTS` burglaries among false alarms, people who walk by and reports of nothing."""
    chance = random.Random(seed)
    panels = [each for each in devices.values() if each.key.startswith("P")]
    cameras = [each for each in devices.values() if each.key.startswith("C")]
    events = _noise(chance, panels, cameras)
    for act, home in enumerate(chance.sample(panels, ACTS)):
        events += _burglary(chance, act, home, cameras)
    events.sort(key=lambda each: each.seconds)
    said = [_observation(seed, n, event) for n, event in enumerate(events)]
    acts = zip(said, events, strict=True)
    return Night(said, {heard.id: event.act for heard, event in acts if event.act is not None})


def _burglary(chance: random.Random, act: int, home: Place, cameras: list[Place]) -> list[_Event]:
    at = chance.uniform(4000, _NIGHT_S)
    events = [_Event(at, "intrusion.door", home, True, act)]
    if chance.random() < 0.5:
        events.append(_Event(at + chance.uniform(20, 120), "intrusion.motion", home, True, act))
    for camera in cameras:
        if _metres(camera, home) < 70 and chance.random() < 0.8:
            events.append(_Event(at + chance.uniform(-60, 90), "presence.person", camera, True, act))
    if chance.random() < 0.5:
        before = at - chance.uniform(900, 3600)
        events.append(_Event(before, "signal.vehicle_slow", _by(chance, home), False, act))
    return events


def _noise(chance: random.Random, panels: list[Place], cameras: list[Place]) -> list[_Event]:
    def moment() -> float:
        return chance.uniform(0, _NIGHT_S)

    kinds = ("presence.person", "presence.vehicle")
    return [
        *(
            _Event(moment(), "intrusion.motion", chance.choice(panels), True, None)
            for _ in range(FALSE_ALARMS)
        ),
        *(
            _Event(moment(), chance.choice(kinds), chance.choice(cameras), True, None)
            for _ in range(PASSERS_BY)
        ),
        *(
            _Event(moment(), "signal.vehicle_slow", _by(chance, chance.choice(cameras)), False, None)
            for _ in range(REPORTS)
        ),
    ]


def score(nights: list[Night], make: Callable[[], Fold]) -> list[Figure]:
    """Pairs rightly and wrongly joined, acts found and confirmed, reports found again, what is shown."""
    total: Counter[str] = Counter()
    for each in nights:
        incidents = _incidents(make(), each.said)
        total += _pairs(each, incidents) + _acts(each, incidents)
        total["shown"] += len(incidents)
    pairs = 2 * total["right"]
    f1 = pairs / (pairs + total["wrong"] + total["parted"])
    count = len(nights)
    name = f"labelled nights ({count})"
    return [
        Figure("fusion", f"{name}: pairwise F1 of the signs of acts", f1, "share"),
        Figure("fusion", f"{name}: incidents that mix two acts", total["mixed"] / count, "a night"),
        Figure("fusion", f"{name}: acts shown", total["found"] / total["acts"], "share"),
        Figure("fusion", f"{name}: acts confirmed, of those that a camera saw too", _seen(total), "share"),
        Figure("fusion", f"{name}: earlier reports found again", total["again"] / total["reports"], "share"),
        Figure("fusion", f"{name}: false incidents confirmed", total["falsely"] / count, "a night"),
        Figure("fusion", f"{name}: incidents shown to the desk", total["shown"] / count, "a night"),
    ]


def _seen(total: Counter[str]) -> float:
    return total["confirmed"] / max(total["filmed"], 1)


def _pairs(night: Night, incidents: list[Hypothesis]) -> Counter[str]:
    """Pairs of signs of acts; an earlier report may rightly count for several incidents and is left out."""
    where = {s.observation.id: h.id for h in incidents for s in h.signs if s.relation == "sign"}
    signs = [o.id for o in night.said if o.id in night.truth and not o.kind.startswith("signal")]
    total: Counter[str] = Counter()
    for one, other in itertools.combinations(signs, 2):
        same = night.truth[one] == night.truth[other]
        together = one in where and where[one] == where.get(other)
        total["right"] += same and together
        total["wrong"] += together and not same
        total["parted"] += same and not together
    return total


def _acts(night: Night, incidents: list[Hypothesis]) -> Counter[str]:
    total: Counter[str] = Counter(acts=ACTS)
    kinds: dict[int, set[str]] = {}
    for heard in night.said:
        if heard.id in night.truth:
            kinds.setdefault(night.truth[heard.id], set()).add(heard.kind)
    filmed = {act for act, heard in kinds.items() if "presence.person" in heard}
    total["filmed"] = len(filmed)
    total["reports"] = sum("signal.vehicle_slow" in heard for heard in kinds.values())
    found: set[int] = set()
    for incident in incidents:
        own = {night.truth.get(s.observation.id) for s in incident.signs if s.relation == "sign"} - {None}
        again = {night.truth.get(s.observation.id) for s in incident.signs if s.relation != "sign"} & own
        total["mixed"] += len(own) > 1
        total["falsely"] += not own and incident.state == "confirmed"
        total["confirmed"] += incident.state == "confirmed" and bool(own & filmed)
        total["again"] += len(again)
        found |= {act for act in own if act is not None}
    total["found"] = len(found)
    return total


def _incidents(fold: Fold, said: list[Observation]) -> list[Hypothesis]:
    shown: dict[UUID, Hypothesis] = {}
    for position, observation in enumerate(said, 1):
        for change in fold.observe(position, observation):
            if change.held is not None and change.held.shown:
                shown[change.held.id] = change.held
    return list(shown.values())


def _observation(seed: int, n: int, event: _Event) -> Observation:
    seen = _DUSK + timedelta(seconds=event.seconds)
    place = event.place
    return Observation(
        id=derived_uuid7(seen, str(seed), str(n)),
        territory="town",
        source="gate" if event.device else f"referent-{n}",
        key=str(n),
        kind=event.kind,
        seen_at=seen,
        received_at=seen + timedelta(milliseconds=200),
        device=place.key if event.device else "",
        lat=None if event.device else place.lat,
        lon=None if event.device else place.lon,
    )


def _by(chance: random.Random, place: Place) -> Place:
    return Place("", place.lat + chance.uniform(-6e-4, 6e-4), place.lon + chance.uniform(-9e-4, 9e-4))


def _metres(one: Place, other: Place) -> float:
    return distance_m(Position(one.lat, one.lon), Position(other.lat, other.lon))
