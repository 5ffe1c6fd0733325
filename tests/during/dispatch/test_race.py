"""The chance to arrive before they leave, against acts and drives played many times."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.during.dispatch.methods.normal import TENTH, Floats
from beffroi.during.dispatch.methods.race import chances, time_left
from beffroi.during.dispatch.methods.stays import STAYS, Stay, burglary
from beffroi.during.dispatch.methods.travel import (
    DELAY_LOG_SD,
    RUN_LOG_SD,
    TOWN_LOG_SD,
    Travel,
    arrival,
    drift,
)

pytestmark = pytest.mark.unit

STAY = burglary(300, 180, 1200, 0.7)


def travel(*road: float, delay: float = 20, drift_s: float = 0) -> Travel:
    return Travel(np.array(road), np.full(len(road), delay), np.full(len(road), drift_s))


def medians(random: np.random.Generator, stay: Stay, count: int) -> Floats:
    """Medians as the doubt about them has it: half below the middle one, a tenth beyond each bound."""
    z = random.standard_normal(count)
    down, up = math.log(stay.median_s / stay.low_s) / TENTH, math.log(stay.high_s / stay.median_s) / TENTH
    return stay.median_s * np.exp(np.where(z < 0, down, up) * z)


def drives(random: np.random.Generator, road_s: float, town: Floats, delay: float) -> Floats:
    shape = town.shape
    run = road_s * town * np.exp(RUN_LOG_SD * random.standard_normal(shape))
    return run + delay * np.exp(DELAY_LOG_SD * random.standard_normal(shape))


@pytest.mark.parametrize(
    ("elapsed", "present", "wait"), [(75, 75, 0), (75, 20, 30), (0, 0, 0), (600, 75, 0), (900, 900, 30)]
)
@pytest.mark.parametrize("road", [30.0, 100.0, 400.0])
def test_chance_itself_agrees(elapsed: float, present: float, wait: float, road: float) -> None:
    random, count = np.random.default_rng(7), 1_000_000
    stays = medians(random, STAY, count) * np.exp(STAY.log_sd * random.standard_normal(count))
    town = np.exp(TOWN_LOG_SD * random.standard_normal(count))
    there = stays > present
    beaten = stays > elapsed + wait + drives(random, road, town, 20)
    found = chances(STAY, travel(road), elapsed_s=elapsed, present_s=present, waits_s=(wait,))
    assert found.value[0, 0] == pytest.approx(np.sum(beaten & there) / np.sum(there), abs=0.006)


@pytest.mark.parametrize(("elapsed", "present"), [(75, 75), (300, 60)])
def test_bounds_hold_what_is_not_known_8_times_in_10(elapsed: float, present: float) -> None:
    random, worlds, plays = np.random.default_rng(11), 4000, 400
    median = medians(random, STAY, worlds)
    town = np.exp(TOWN_LOG_SD * random.standard_normal(worlds))
    stays = median[:, None] * np.exp(STAY.log_sd * random.standard_normal((worlds, plays)))
    late = elapsed + drives(random, 150, np.repeat(town[:, None], plays, 1), 20)
    there, beaten = stays > present, (stays > late) & (stays > present)
    likely = there.mean(axis=1)
    chance = beaten.sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    order = np.argsort(chance)
    share = np.cumsum(likely[order]) / likely.sum()
    expected = [float(chance[order][np.searchsorted(share, cut)]) for cut in (0.1, 0.9)]
    found = chances(STAY, travel(150), elapsed_s=elapsed, present_s=present)
    # 400 plays a world blur each chance by up to 0.025.
    assert [found.low[0, 0], found.high[0, 0]] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("elapsed", "present"), [(75, 75), (75, 0), (400, 75), (3600, 75)])
def test_time_left_agrees_with_stays_played(elapsed: float, present: float) -> None:
    random, count = np.random.default_rng(3), 1_000_000
    stays = medians(random, STAY, count) * np.exp(STAY.log_sd * random.standard_normal(count))
    left = np.maximum(stays[stays > present] - elapsed, 0)
    low, middle, high = np.quantile(left, [0.1, 0.5, 0.9])
    found = time_left(STAY, elapsed_s=elapsed, present_s=present)
    assert found.there == pytest.approx(np.mean(left > 0), abs=0.004)
    assert found.low_s == pytest.approx(low, abs=1.5)
    assert found.middle_s == pytest.approx(middle, rel=0.01, abs=1)
    assert found.high_s == pytest.approx(high, rel=0.02, abs=1)


@pytest.mark.parametrize("drift_s", [0.0, 60.0, 400.0])
def test_arrival_agrees_with_units_that_moved_on_unseen(drift_s: float) -> None:
    """Who moved in a direction unknown by as much as the drift: most of the time within the bounds."""
    random, count = np.random.default_rng(9), 400_000
    angle = random.uniform(0, 2 * math.pi, count)
    moved = drift_s * np.sqrt(random.uniform(0, 2, count))  # of mean square drift²
    away = np.hypot(200 + moved * np.cos(angle), moved * np.sin(angle))
    town = np.exp(TOWN_LOG_SD * random.standard_normal(count))
    took = away * town * np.exp(RUN_LOG_SD * random.standard_normal(count))
    took = took + 20 * np.exp(DELAY_LOG_SD * random.standard_normal(count))
    found = arrival(travel(200, drift_s=drift_s))
    inside = float(np.mean((took > found.low_s[0]) & (took < found.high_s[0])))
    assert 0.78 < inside < 0.92
    assert found.mean_s[0] == pytest.approx(took.mean(), rel=0.12)


def test_arrival_without_doubt_about_the_place() -> None:
    random, count = np.random.default_rng(2), 1_000_000
    took = drives(random, 150, np.exp(TOWN_LOG_SD * random.standard_normal(count)), 20)
    found = arrival(travel(150))
    expected = np.quantile(took, [0.1, 0.5, 0.9])
    assert [found.low_s[0], found.median_s[0], found.high_s[0]] == pytest.approx(expected, rel=0.005)
    assert found.mean_s[0] == pytest.approx(took.mean(), rel=0.003)


def test_whoever_is_there_already_meets_whoever_is_there_still() -> None:
    found = chances(STAY, travel(0, delay=0), elapsed_s=300, present_s=60)
    left = time_left(STAY, elapsed_s=300, present_s=60)
    assert found.value[0, 0] == pytest.approx(left.there, abs=1e-9)
    assert chances(STAY, travel(0, delay=0), elapsed_s=60, present_s=60).value[0, 0] == pytest.approx(1)
    assert arrival(travel(0, delay=0)).high_s[0] == pytest.approx(0, abs=1e-6)


def test_no_way_there_is_no_chance_figure_and_no_time() -> None:
    found = chances(STAY, travel(math.inf, 100), elapsed_s=60, present_s=60)
    assert np.isnan(found.value[0, 0]) and np.isnan(found.low[0, 0]) and np.isnan(found.high[0, 0])
    assert 0 < found.value[1, 0] < 1
    assert arrival(travel(math.inf, 100)).median_s[0] == math.inf


def test_no_unit_at_all() -> None:
    assert chances(STAY, travel(), elapsed_s=60, present_s=60, waits_s=(0, 30)).value.shape == (0, 2)
    assert arrival(travel()).median_s.shape == (0,)


def test_known_to_be_there_is_worth_more_than_seen_a_while_ago() -> None:
    now = chances(STAY, travel(100), elapsed_s=1200, present_s=1200).value[0, 0]
    then = chances(STAY, travel(100), elapsed_s=1200, present_s=60).value[0, 0]
    assert now > 0.6 and then < 0.2
    assert time_left(STAY, elapsed_s=7200, present_s=60).high_s == 0


def test_times_out_of_order_are_put_in_order() -> None:
    straight = chances(STAY, travel(100), elapsed_s=60, present_s=60).value
    assert chances(STAY, travel(100), elapsed_s=60, present_s=600).value == pytest.approx(straight)
    assert time_left(STAY, elapsed_s=-5, present_s=-9) == time_left(STAY, elapsed_s=0, present_s=0)


def test_very_long_after_nothing_breaks() -> None:
    found = chances(STAY, travel(100), elapsed_s=1e6, present_s=1e6)
    assert np.all(np.isfinite(found.value)) and 0 <= found.value[0, 0] <= 1
    assert time_left(STAY, elapsed_s=1e6, present_s=1e6).high_s < 1e8


units = st.lists(st.floats(0, 3000), min_size=1, max_size=4)
seconds = st.floats(0, 7200)


@settings(max_examples=60, deadline=None)
@given(units, seconds, seconds, st.floats(0, 300))
def test_chances_are_probabilities_within_their_bounds_and_waiting_never_helps(
    roads: list[float], elapsed: float, present: float, wait: float
) -> None:
    found = chances(STAY, travel(*roads), elapsed_s=elapsed, present_s=present, waits_s=(0, wait))
    for share in (found.value, found.low, found.high):
        assert np.all((share >= 0) & (share <= 1 + 1e-9))
    assert np.all(found.low <= found.value) and np.all(found.value <= found.high)
    assert np.all(found.value[:, 1] <= found.value[:, 0] + 1e-9)
    nearest = int(np.argmin(roads))
    assert np.all(found.value[nearest] >= found.value - 1e-9)


def test_the_same_input_gives_the_same_figures() -> None:
    one = chances(STAY, travel(100, 200), elapsed_s=75, present_s=60, waits_s=(0, 30))
    two = chances(STAY, travel(100, 200), elapsed_s=75, present_s=60, waits_s=(0, 30))
    assert np.array_equal(one.value, two.value) and np.array_equal(one.low, two.low)


def test_stays_say_what_they_rest_on() -> None:
    assert not STAY.assumed
    assert all(stay.assumed for stay in STAYS.values())
    for stay in (STAY, *STAYS.values()):
        points = stay.medians(1001)
        assert np.quantile(points, [0.1, 0.5, 0.9]) == pytest.approx(
            [stay.low_s, stay.median_s, stay.high_s], rel=0.01
        )


def test_a_town_s_own_median_widens_the_range_where_it_lies_outside() -> None:
    assert burglary(120, 180, 1200, 0.7).low_s == 120
    assert burglary(1500, 180, 1200, 0.7).high_s == 1500


@pytest.mark.parametrize("wrong", [(0, 0, 1, 0.5), (5, 6, 7, 0.5), (5, 4, 3, 0.5), (5, 4, 6, 0.0)])
def test_a_law_that_is_none_is_refused(wrong: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"does not hold|above zero"):
        Stay(*wrong, source="")


def test_wrong_travel_is_refused() -> None:
    with pytest.raises(ValueError, match="one road time"):
        Travel(np.array([1.0]), np.array([1.0, 2.0]), np.array([1.0]))
    for bad in (-1.0, math.nan):
        with pytest.raises(ValueError, match="not negative"):
            travel(bad)


def test_a_fresh_position_drifts_only_by_its_radius() -> None:
    assert drift(59, 0, 60) == 0
    assert drift(59, 16, 60) == pytest.approx(2)
    assert drift(120, 0, 60) == 60
    assert drift(120, 16, 60) > 60


def test_the_mathematics_need_neither_scipy_nor_django() -> None:
    code = (
        "import sys; from beffroi.during.dispatch.methods import interruption, race; "
        "from beffroi.during.dispatch.rules import order; "
        "assert not {'scipy', 'django', 'shapely'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
