"""Labelled days: always the same for a seed, true to what they promise, and told apart by their labels."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest

from beffroi.during.intake.kinds import KINDS
from beffroi.foundation.geography import LocalPlane
from beffroi.rehearsal.methods.days import evening, varied, weather
from beffroi.rehearsal.methods.days.labelled import (
    HARD,
    NORMAL,
    SHARES,
    Day,
    Generator,
    Ground,
    apart,
    ground,
)
from beffroi.territory.methods.assemble import street_graph
from beffroi.territory.methods.network import straight

pytestmark = pytest.mark.unit
START = datetime(2026, 11, 12, tzinfo=UTC)
PLANE = LocalPlane(47.65, -2.08)
BOTH = pytest.mark.parametrize("generate", [evening.generate, weather.generate], ids=["evening", "weather"])


@pytest.fixture(scope="module")
def town() -> Ground:
    """A square town of 30 by 30 streets."""
    side, block = 30, 90.0
    east, north = np.meshgrid(np.arange(side) * block, np.arange(side) * block)
    lat, lon = PLANE.to_lat_lon(east.ravel(), north.ravel())
    numbers = np.arange(side * side).reshape(side, side)
    one = np.concatenate([numbers[:, :-1].ravel(), numbers[:-1].ravel()])
    other = np.concatenate([numbers[:, 1:].ravel(), numbers[1:].ravel()])
    metres = np.full(len(one), block)
    streets = straight(lat, lon, one, other, forward_s=metres / 8, backward_s=metres / 8, metres=metres)
    return ground(street_graph(streets), 1)


def test_a_town_has_its_devices_and_premises_stand_apart(town: Ground) -> None:
    assert len(town.at) == 500
    assert Counter(key[0] for key in town.at) == {sort: round(500 * share) for sort, share in SHARES.items()}
    premises = [point for key, point in town.at.items() if not key.startswith("C")]
    assert min(apart(a, b) for n, a in enumerate(premises) for b in premises[:n]) >= 20.0
    assert set(town.at) - set(town.devices) == set(town.of("H"))  # computers stand nowhere


@BOTH
def test_a_seed_is_a_day(town: Ground, generate: Generator) -> None:
    one, again, other = (generate(town, NORMAL, seed, START) for seed in (3, 3, 4))
    assert one.said == again.said and one.told == again.told
    assert one.said != other.said
    received = [each.received_at for each in one.said]
    assert received == sorted(received)
    assert {each.kind for each in one.said} <= set(KINDS)
    assert len({each.id for each in one.said}) == len(one.said) == len(one.told)


@BOTH
def test_it_is_as_bad_as_it_says(town: Ground, generate: Generator) -> None:
    day = generate(town, HARD, 5, START)
    acts = {told.event for told in day.told.values() if told.event > 0}
    assert len(acts) >= HARD.acts - 2  # a lost message may be all that an act had
    panels = {told.event for told in day.told.values() if told.device[:1] in set("PFBL") and told.event}
    false = sum(event < 0 for event in panels)
    assert 0.85 <= false / len(panels) <= 0.97
    skews = [
        abs((each.seen_at - START).total_seconds() - day.told[each.id].at) for each in day.said if each.device
    ]
    assert 1.0 < max(skews) <= 5.01
    late = [(each.received_at - START).total_seconds() - day.told[each.id].at for each in day.said]
    assert min(late) > -0.001 and max(late) > 60.0
    spoken = Counter((told.at, told.kind, told.device) for told in day.told.values() if told.device)
    assert sum(count > 1 for count in spoken.values()) > 10  # one message by two ways
    times = sorted(min(t.at for t in day.told.values() if t.event == act) for act in acts)
    assert min(b - a for a, b in itertools.pairwise(times)) < 300  # many at once
    kinds = {each.kind.partition(".")[0] for each in day.said}
    assert {"intrusion", "presence", "report", "cyber", "device", "alarm"} <= kinds


def test_the_two_generators_are_not_one(town: Ground) -> None:
    one, other = (generate(town, NORMAL, 3, START) for generate in (evening.generate, weather.generate))
    assert (
        Counter(each.source for each in one.said).keys() != Counter(each.source for each in other.said).keys()
    )


def test_each_varied_day_has_laws_of_its_own(town: Ground) -> None:
    one, again = (varied.generate(town, NORMAL, 3, START) for _ in range(2))
    assert one.said == again.said
    people = [sum(each.kind.startswith("presence.") for each in day.said) for day in _days(town)]
    assert max(people) > 3 * min(people)
    drawn = [varied.drawn(Random(seed)) for seed in range(30)]
    assert len({each.way_m for each in drawn}) == 30 and {each.one_way for each in drawn} == {True, False}


def _days(town: Ground) -> list[Day]:
    return [varied.generate(town, NORMAL, seed, START) for seed in range(5)]
