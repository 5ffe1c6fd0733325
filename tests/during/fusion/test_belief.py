"""The probability and its interval: against known values, and against chance itself."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.fusion.rules.belief import REAL_CASES, add, believe, shares, start, tilt, trigamma, weight
from beffroi.during.fusion.rules.kinds import SENSES
from beffroi.during.fusion.rules.opinions import EXPLANATIONS, REAL

pytestmark = pytest.mark.unit

DOOR = SENSES["intrusion.door"]


def test_trigamma_against_known_values() -> None:
    assert trigamma(1.0) == pytest.approx(math.pi**2 / 6, rel=1e-9)
    assert trigamma(0.5) == pytest.approx(math.pi**2 / 2, rel=1e-9)
    assert trigamma(10.0) == pytest.approx(0.10516633568168575, rel=1e-9)


@given(st.floats(0.05, 200))
def test_trigamma_keeps_its_recurrence(x: float) -> None:
    assert trigamma(x) - trigamma(x + 1) == pytest.approx(1 / (x * x), rel=1e-6)


@given(st.lists(st.floats(-800, 50), min_size=len(EXPLANATIONS), max_size=len(EXPLANATIONS)))
def test_shares_sum_to_one(logs: list[float]) -> None:
    assert sum(shares(logs)) == pytest.approx(1)


@given(st.sampled_from(sorted(SENSES)), st.integers(0, 50), st.integers(0, 50))
def test_more_true_alarms_never_lower_the_figure(kind: str, real: int, false: int) -> None:
    sense = SENSES[kind]
    assert tilt(sense.alone, real + 1, false)[0] >= tilt(sense.alone, real, false)[0]
    assert tilt(sense.alone, real, false + 1)[0] <= tilt(sense.alone, real, false)[0]
    assert weight(sense, 1.0, (real + 1, false)) >= weight(sense, 1.0, (real, false))


def test_no_record_moves_nothing() -> None:
    assert tilt(DOOR.alone, 0, 0)[0] == pytest.approx(0, abs=1e-12)


def test_a_record_of_7_false_out_of_11_is_near_4_out_of_11() -> None:
    logs = start(night=False)
    variance = add(logs, DOOR, 1.0, (4, 7))
    belief = believe(logs, variance, 1, "to_check")
    assert belief.probability == pytest.approx(4 / 11, abs=0.12)
    assert belief.low < 4 / 11 < belief.high


def test_eight_intervals_in_ten_hold_the_truth() -> None:
    """Devices whose true rate comes from the starting opinion, each with a record of its own."""
    chance = random.Random(3)
    alone, held, count = DOOR.alone, 0, 3000
    a, b = REAL_CASES, REAL_CASES * (1 - alone) / alone
    for _ in range(count):
        truth = chance.betavariate(a, b)
        cases = chance.choice([0, 1, 3, 10, 40])
        real = sum(chance.random() < truth for _ in range(cases))
        shift, variance = tilt(alone, real, cases - real)
        odds = shift + math.log(alone / (1 - alone))
        reach = 1.2815515655446004 * math.sqrt(variance)
        held += odds - reach <= math.log(truth / (1 - truth)) <= odds + reach
    assert 0.77 <= held / count <= 0.84


def test_tempered_signs_move_less() -> None:
    moved = []
    for factor in (0.2, 0.5, 1.0):
        logs = start(night=True)
        add(logs, DOOR, factor, (0, 0))
        moved.append(sum(shares(logs)[:REAL]))
    assert moved == sorted(moved)


def test_no_number_of_signs_is_quite_certain() -> None:
    logs, variance = start(night=True), 0.0
    for _ in range(50):
        variance += add(logs, DOOR, 1.0, (0, 0))
    belief = believe(logs, variance, 50, "confirmed")
    assert belief.low < belief.probability <= 0.98 < belief.high < 1
