"""Which hypothesis explains an observation best."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beffroi.during.fusion.rules.kinds import sense_of, together
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
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis, Place

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# People whom a camera sees after such a pause, or for so long, are no longer the same people.
CUE_PAUSE, CUE_AGE_S = 2.0, 600.0


class Match(NamedTuple):
    """The hypothesis that an observation joins, how near it is (s, m), and how we know."""

    hypothesis: Hypothesis
    score: float
    gap_s: float
    metres: int
    by: str


def gap_s(hypothesis: Hypothesis, seen: float) -> float:
    """Seconds between an event and the span of a hypothesis; 0 within it."""
    return max(0.0, hypothesis.first_seen - seen, seen - hypothesis.last_seen)


def best_match(fold: Fold, heard: Heard) -> Match | None:
    """The hypothesis that this observation joins, or None when it had better start one."""
    own = _of_its_device(fold, heard)
    if own is not None or heard.place is None:
        return own
    best: Match | None = None
    for hypothesis in fold.index.around(heard.place):
        match = _near(fold, hypothesis, heard, heard.place, best.score if best else JOIN)
        if match and (best is None or (match.score, match.hypothesis.id) > (best.score, best.hypothesis.id)):
            best = match
    return best


def _of_its_device(fold: Fold, heard: Heard) -> Match | None:
    observation, sense = heard.observation, heard.sense
    best: Match | None = None
    stale: list[Hypothesis] = []
    seen = heard.seen
    for hypothesis in fold.index.of_device(observation.source, observation.device):
        # gap_s, written out: nine messages in ten end here
        gap = max(0.0, hypothesis.first_seen - seen, seen - hypothesis.last_seen)
        if gap > fold.state.parameters.memory_s or together(sense.family, hypothesis.family) is None:
            continue
        if sense.role == "cue" and not hypothesis.shown and _others(hypothesis, heard, gap):
            stale.append(hypothesis)
        elif best is None or (-gap, hypothesis.id) > (-best.gap_s, best.hypothesis.id):
            by = "device" if observation.device else "source"
            best = Match(hypothesis, 0.0, gap, 0, by)
    for hypothesis in stale:
        fold.forget(hypothesis)  # nobody was shown it, and nothing can join it any more
    return best


def _others(hypothesis: Hypothesis, heard: Heard, gap: float) -> bool:
    return gap > CUE_PAUSE * heard.sense.lasting_s or heard.seen - hypothesis.first_seen > CUE_AGE_S


def _near(fold: Fold, hypothesis: Hypothesis, heard: Heard, place: Place, least: float) -> Match | None:
    home, sense = hypothesis.place, heard.sense
    compatible = together(sense.family, hypothesis.family)
    gap = gap_s(hypothesis, heard.seen)
    if compatible is None or home is None or gap > fold.state.parameters.memory_s:
        return None
    line = fold.index.line_m(place, home)
    if line > REACH_M:
        return None
    first = sense_of(hypothesis.signs[0].observation)
    both_alarms = sense.role == "alarm" and first.role == "alarm"
    spread = SPREAD_OF_ALARMS_M if both_alarms else SPREAD_M
    radius = place.radius_m + home.radius_m
    time = time_term(gap, sense.lasting_s)
    seen = sense.role == "cue" or first.role == "cue"
    result = score(time, space_term(line, spread, sense.reach_m, radius, by_road=True), compatible, seen=seen)
    if result < least or line <= SIGHT_M:
        return Match(hypothesis, result, gap, round(line), "line") if result >= least else None
    road = fold.scene.road_m(place, home)
    metres = max(line, float(road)) if road is not None else line * DETOUR
    term = space_term(metres, spread, sense.reach_m, radius, by_road=road is not None)
    result = score(time, term, compatible, seen=seen)
    by = "line" if road is None else "road"
    return Match(hypothesis, result, gap, round(metres), by) if result >= least else None
