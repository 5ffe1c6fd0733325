"""EASI against the worked examples that its author published, and against chance itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.dispatch.methods.interruption import (
    AHEAD,
    Response,
    Task,
    first_detection,
    in_time,
    interruption,
    remaining,
    timely_detection,
)

pytestmark = pytest.mark.unit

FENCE = Task(0.0, "beginning", 10, 3)
RUN = Task(0.0, "beginning", 12, 3.6)
DOOR = Task(0.9, "beginning", 90, 27)
SHORT_RUN = Task(0.0, "beginning", 10, 3)
SABOTAGE = Task(0.0, "beginning", 120, 36)
EXAMPLE = [FENCE, RUN, DOOR, SHORT_RUN, DOOR, SABOTAGE]
FORCE = Response(300, 90, communication=0.95)

# A burglary seen from its beginning, and a response eight minutes away; spreads are 30 % of the mean.
BURGLARY = [Task(0.0, "beginning", 30, 9), Task(0.9, "beginning", 120, 36), Task(0.0, "beginning", 30, 9)]
PATROL = Response(480, 144, communication=0.95)


def simulated(tasks: Sequence[Task], response: Response, seed: int, count: int = 400_000) -> float:
    """How often the response comes in time when the act is played `count` times."""
    random = np.random.default_rng(seed)
    delays = np.array([random.normal(task.mean_s, task.sd_s, count) for task in tasks])
    seen = np.array([random.random(count) < task.detection for task in tasks])
    first = np.where(seen.any(axis=0), seen.argmax(axis=0), -1)
    left = np.zeros(count)
    for k, task in enumerate(tasks):
        left += np.where(first < k, delays[k], np.where(first == k, AHEAD[task.where] * delays[k], 0.0))
    arrival = random.normal(response.mean_s, response.sd_s, count)
    told = random.random(count) < response.communication
    return float(np.mean((first >= 0) & told & (left > arrival)))


def test_the_published_example() -> None:
    assert interruption(EXAMPLE, FORCE) == pytest.approx(0.476041, abs=5e-7)


@pytest.mark.parametrize(
    ("where", "chance"), [("beginning", 0.578106), ("middle", 0.562428), ("end", 0.546530)]
)
def test_a_sensor_on_the_fence_is_worth_more_the_earlier_it_speaks(where: str, chance: float) -> None:
    fence = Task(0.9, where, 10, 3)  # type: ignore[arg-type]
    assert interruption([fence, *EXAMPLE[1:]], FORCE) == pytest.approx(chance, abs=5e-7)


@pytest.mark.parametrize(("response_s", "chance"), [(300, 0.9), (200, 0.99)])
def test_timely_detection(response_s: float, chance: float) -> None:
    assert timely_detection(EXAMPLE, Response(response_s, 90)) == pytest.approx(chance, abs=1e-12)


def test_what_a_report_before_the_act_is_worth() -> None:
    def reported(detection: float) -> float:
        return interruption([Task(detection, "middle", 1200, 360), *BURGLARY], PATROL)

    assert round(interruption(BURGLARY, PATROL), 3) == 0.011
    assert round(reported(0.2), 3) == 0.180
    assert round(reported(0.5), 3) == 0.433


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("tasks", "response"),
    [
        (EXAMPLE, FORCE),
        ([replace(FENCE, detection=0.9, where="middle"), *EXAMPLE[1:]], FORCE),
        ([Task(0.5, "middle", 1200, 360), *BURGLARY], PATROL),
        ([Task(0.3, "end", 60, 20), Task(0.4, "middle", 60, 20), Task(0.5, "beginning", 60, 20)], FORCE),
    ],
)
def test_chance_itself_agrees(tasks: list[Task], response: Response, seed: int) -> None:
    # 400,000 plays: a standard error below 0.0008.
    assert interruption(tasks, response) == pytest.approx(simulated(tasks, response, seed), abs=0.004)


def test_edges() -> None:
    assert interruption([], FORCE) == 0
    sure = Response(100, 0)
    assert interruption([Task(1.0, "beginning", 101, 0)], sure) == 1
    assert interruption([Task(1.0, "beginning", 100, 0)], sure) == 0
    assert interruption([Task(1.0, "end", 1000, 0)], sure) == 0
    assert remaining([Task(1.0, "middle", 100, 10), Task(0, "end", 50, 5)]) == [(100, 50), (0, 0)]
    assert first_detection([Task(0.5, "end", 1, 0), Task(0.5, "end", 1, 0)]) == [0.5, 0.25]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Task(1.2, "end", 1, 0),
        lambda: Task(0.2, "end", -1, 0),
        lambda: Task(0.2, "end", 1, float("nan")),
        lambda: Response(1, 1, 1.1),
        lambda: Response(float("inf"), 1),
        lambda: Response(1, -1),
    ],
)
def test_what_is_no_figure_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"must be|not a probability"):
        wrong()  # type: ignore[operator]


tasks = st.lists(
    st.builds(
        Task,
        detection=st.floats(0, 1),
        where=st.sampled_from(sorted(AHEAD)),
        mean_s=st.floats(0, 3600),
        sd_s=st.floats(0, 900),
    ),
    max_size=8,
)
responses = st.builds(
    Response, mean_s=st.floats(0, 3600), sd_s=st.floats(0, 900), communication=st.floats(0, 1)
)


@given(tasks, responses, st.floats(0, 600))
def test_a_probability_that_a_slower_response_never_raises(
    found: list[Task], response: Response, later: float
) -> None:
    chance = interruption(found, response)
    assert 0 <= chance <= response.communication + 1e-12
    assert all(0 <= each <= 1 for each in in_time(found, response))
    slower = replace(response, mean_s=response.mean_s + later)
    assert interruption(found, slower) <= chance + 1e-12
    assert timely_detection(found, slower) <= timely_detection(found, response) + 1e-12
