"""Labelled nights of a made-up town: acts with their signs, and the false alarms and passers-by around.

No public benchmark of physical-security fusion exists. These nights are generated from a few stated
figures, so they measure how the fold follows its own assumptions, not how a real town behaves.
"""

from __future__ import annotations

import itertools
import random
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
    """Pairs rightly and wrongly joined, acts missed, delay to confirmation, and what is shown a night."""
    right = wrong = missed_pairs = merges = found = confirmed = shown = 0
    for each in nights:
        incidents = _incidents(make(), each.said)
        shown += len(incidents)
        where = {sign.observation.id: h.id for h in incidents for sign in h.signs}
        for one, other in itertools.combinations(each.truth, 2):
            same = each.truth[one] == each.truth[other]
            together = one in where and where[one] == where.get(other)
            right, wrong = right + (same and together), wrong + (together and not same)
            missed_pairs += same and not together
        for incident in incidents:
            acts = {each.truth.get(sign.observation.id) for sign in incident.signs} - {None}
            merges += len(acts) > 1
            found += bool(acts)
            confirmed += bool(acts) and incident.state == "confirmed"
    f1 = 2 * right / (2 * right + wrong + missed_pairs)
    count = len(nights)
    return [
        Figure("fusion", f"labelled nights ({count}): pairwise F1 of the signs of acts", f1, "share"),
        Figure("fusion", "labelled nights: incidents that mix two acts", merges / count, "a night"),
        Figure("fusion", f"labelled nights: acts shown, of {ACTS}", found / count, "a night"),
        Figure("fusion", f"labelled nights: acts confirmed, of {ACTS}", confirmed / count, "a night"),
        Figure("fusion", "labelled nights: incidents shown to the desk", shown / count, "a night"),
    ]


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
