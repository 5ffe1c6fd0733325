"""Which hypothesis explains an observation best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beffroi.during.fusion.rules.kinds import SENSES, Sense, together
from beffroi.during.fusion.rules.nearness import (
    DETOUR,
    JOIN,
    REACH_M,
    SIGHT_M,
    SPREAD_M,
    SPREAD_OF_ALARMS_M,
    score,
    space_term,
    time_term,
)
from beffroi.during.fusion.rules.shapes import Hypothesis, Place
from beffroi.during.intake.facts import Observation

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# People whom a camera sees after such a pause, or for so long, are no longer the same people.
CUE_PAUSE, CUE_AGE_S = 2.0, 600.0


class Match(NamedTuple):
    """The hypothesis that an observation joins, how near it is, and how we know."""

    hypothesis: Hypothesis
    score: float
    gap_s: float
    metres: int
    by: str


def gap_s(hypothesis: Hypothesis, seen: float) -> float:
    """Seconds between an event and the span of a hypothesis; 0 within it."""
    return max(0.0, hypothesis.first_seen - seen, seen - hypothesis.last_seen)


def best_match(
    fold: Fold, observation: Observation, sense: Sense, place: Place | None, seen: float
) -> Match | None:
    """The hypothesis that this observation joins, or None when it had better start one."""
    own = _of_its_device(fold, observation, sense, seen)
    if own is not None or place is None:
        return own
    best: Match | None = None
    for hypothesis in fold.index.around(place):
        match = _near(fold, hypothesis, sense, place, seen, best.score if best else JOIN)
        if match and (best is None or (match.score, match.hypothesis.id) > (best.score, best.hypothesis.id)):
            best = match
    return best


def _of_its_device(fold: Fold, observation: Observation, sense: Sense, seen: float) -> Match | None:
    best: Match | None = None
    for hypothesis in list(fold.index.of_device(observation.source, observation.device)):
        gap = gap_s(hypothesis, seen)
        if gap > fold.state.parameters.memory_s or together(sense.family, hypothesis.family) is None:
            continue
        if sense.role == "cue" and not hypothesis.shown:
            if gap > CUE_PAUSE * sense.lasting_s or seen - hypothesis.first_seen > CUE_AGE_S:
                _let_go(fold, hypothesis)
                continue
        if best is None or (-gap, hypothesis.id) > (-best.gap_s, best.hypothesis.id):
            by = "device" if observation.device else "source"
            best = Match(hypothesis, 0.0, gap, 0, by)
    return best


def _let_go(fold: Fold, hypothesis: Hypothesis) -> None:
    # Nobody was shown it, and it will not be told of again: it leaves without a change.
    fold.forget(hypothesis)


def _near(
    fold: Fold, hypothesis: Hypothesis, sense: Sense, place: Place, seen: float, least: float
) -> Match | None:
    compatible = together(sense.family, hypothesis.family)
    if compatible is None or hypothesis.place is None:
        return None
    gap = gap_s(hypothesis, seen)
    if gap > fold.state.parameters.memory_s:
        return None
    line = fold.index.line_m(place, hypothesis.place)
    if line > REACH_M:
        return None
    first = SENSES[hypothesis.signs[0].observation.kind]
    alarms = sense.role == "alarm" and first.role == "alarm"
    spread = SPREAD_OF_ALARMS_M if alarms else SPREAD_M
    radius = place.radius_m + hypothesis.place.radius_m
    time = time_term(gap, sense.lasting_s)
    at_best = score(time, space_term(line, spread, sense.reach_m, radius, by_road=True), compatible)
    if at_best < least:
        return None
    if line <= SIGHT_M:
        return Match(hypothesis, at_best, gap, round(line), "line")
    road = fold.scene.road_m(place, hypothesis.place)
    metres = max(line, float(road)) if road is not None else line * DETOUR
    term = space_term(metres, spread, sense.reach_m, radius, by_road=road is not None)
    result = score(time, term, compatible)
    if result < least:
        return None
    return Match(hypothesis, result, gap, round(metres), "line" if road is None else "road")
