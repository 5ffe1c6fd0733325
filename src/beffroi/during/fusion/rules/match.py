"""Which hypothesis explains an observation best."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from beffroi.during.fusion.rules import pace
from beffroi.during.fusion.rules.kinds import Sense, sense_of, together
from beffroi.during.fusion.rules.nearness import (
    ACT_LASTS_S,
    DETOUR,
    JOIN,
    JOIN_SEEN,
    ONE_HOUSE_M,
    REACH_M,
    SIGHT_M,
    SPREAD_M,
    SPREAD_OF_ALARMS_M,
    TOLD_WITHIN_M,
    score,
    space_term,
    time_term,
)
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis, Place

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

LEAST = min(JOIN, JOIN_SEEN)
# People whom a camera sees after such a pause, or for so long, are no longer the same people.
CUE_PAUSE, CUE_AGE_S = 2.0, 600.0
# A camera that spoke so short a time ago (s) still sees the same people.
SAME_PEOPLE_S = 15.0
# How likely an alarm is real before anyone else speaks, at least and as a rule: what is likelier an act's
# line draws those whom cameras see more than a likely false alarm beside it.
LEAST_REAL, USUALLY_REAL = 0.02, 0.16


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
    if heard.place is None or (own is not None and not _may_be_others(own, heard)):
        return own
    return _nearest(fold, heard, heard.place, shown_only=own is not None) or own


def _may_be_others(own: Match, heard: Heard) -> bool:
    """Whether a camera that spoke for a hypothesis may see other people now, who are another's."""
    if heard.sense.channel != "video":
        return False
    device, seen = heard.observation.device, heard.seen
    # written out: nine messages in ten end here
    for sign in own.hypothesis.signs:
        if sign.observation.device == device and -SAME_PEOPLE_S <= seen - sign.last_seen <= SAME_PEOPLE_S:
            return False
    return True


def _nearest(fold: Fold, heard: Heard, place: Place, *, shown_only: bool) -> Match | None:
    best: Match | None = None
    for hypothesis in fold.index.around(place):
        if shown_only and not hypothesis.shown:
            continue
        match = near(fold, hypothesis, heard, place, best.score if best else LEAST)
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
        if gap > fold.parameters.memory_s or together(sense.family, hypothesis.family) is None:
            continue
        if hypothesis.exercise != observation.exercise:
            continue  # an exercise and the real never are one act
        if not observation.device and _elsewhere(fold, hypothesis, heard):
            continue  # compared below: a source without devices speaks for more than one place
        if sense.role == "cue" and not hypothesis.shown and _others(hypothesis, heard, gap):
            stale.append(hypothesis)
        elif hypothesis.shown and _speaks_of_others(hypothesis, heard, gap):
            continue  # compared below, as any other device's would be
        elif best is None or (-gap, hypothesis.id) > (-best.gap_s, best.hypothesis.id):
            by = "device" if observation.device else "source"
            best = Match(hypothesis, 0.0, gap, 0, by)
    for hypothesis in stale:
        fold.forget(hypothesis)  # nobody was shown it, and nothing can join it any more
    return best


def _elsewhere(fold: Fold, hypothesis: Hypothesis, heard: Heard) -> bool:
    home, place = hypothesis.place, heard.place
    if home is None or place is None or home.key == place.key:
        return False
    return fold.index.line_m(place, home) > ONE_HOUSE_M


def _others(hypothesis: Hypothesis, heard: Heard, gap: float) -> bool:
    return gap > CUE_PAUSE * heard.sense.lasting_s or heard.seen - hypothesis.first_seen > CUE_AGE_S


def _speaks_of_others(hypothesis: Hypothesis, heard: Heard, gap: float) -> bool:
    """Whether a device that spoke for an act may well speak of another now.

    A camera sees the next passers-by minutes later; and what it says of itself is not what it saw.
    """
    if heard.sense.role == "cue":
        return gap > heard.sense.lasting_s
    device = heard.observation.device
    said = [sign for sign in hypothesis.signs if sign.observation.device == device]
    return bool(device) and all(sense_of(sign.observation).role == "cue" for sign in said)


def _leader(hypothesis: Hypothesis) -> Sense:
    """The sense of the first alarm of a hypothesis; of its first sign where it has none."""
    first = sense_of(hypothesis.signs[0].observation)
    if first.role == "alarm":
        return first
    for sign in hypothesis.signs:
        sense = sense_of(sign.observation)
        if sense.role == "alarm":
            return sense
    return first


def near(fold: Fold, hypothesis: Hypothesis, heard: Heard, place: Place, least: float) -> Match | None:
    """How an observation at `place` goes with a hypothesis, where that beats `least` and 'two acts'."""
    home, sense = hypothesis.place, heard.sense
    compatible = together(sense.family, hypothesis.family)
    gap = gap_s(hypothesis, heard.seen)
    if compatible is None or home is None or gap > fold.parameters.memory_s:
        return None
    if hypothesis.exercise != heard.observation.exercise:
        return None
    line = fold.index.line_m(place, home)
    if line > REACH_M:
        return None
    leader = _leader(hypothesis)
    spread, reach = SPREAD_M, sense.reach_m
    if sense.role == "alarm" and leader.role == "alarm":
        told = "caller" in (sense.channel, leader.channel)
        spread, reach = SPREAD_OF_ALARMS_M, min(reach, TOLD_WITHIN_M if told else ONE_HOUSE_M)
    radius = place.radius_m + home.radius_m
    # Whoever acts is seen coming and, as long as an act lasts, going.
    lasting = max(sense.lasting_s, ACT_LASTS_S) if leader.role == "alarm" else sense.lasting_s
    time = time_term(gap, lasting)
    seen = sense.role == "cue" or leader.role == "cue"
    least = max(least, JOIN_SEEN if seen else JOIN)
    if sense.role == "cue" and leader.role == "alarm" and hypothesis.belief is not None:
        compatible += math.log(max(hypothesis.belief.probability, LEAST_REAL) / USUALLY_REAL)
    result = score(time, space_term(line, spread, reach, radius, by_road=True), compatible, seen=seen)
    if result < least or line <= SIGHT_M:
        metres, by = line, "line"
    if result >= least and line > SIGHT_M:
        road = fold.scene.road_m(place, home)
        metres = max(line, float(road)) if road is not None else line * DETOUR
        if sense.role == "cue":
            metres = max(line, metres - sense.reach_m)  # a camera sees that far along the street
        term = space_term(metres, spread, reach, radius, by_road=road is not None)
        result = score(time, term, compatible, seen=seen)
        by = "line" if road is None else "road"
    if result < least or pace.too_busy(fold, hypothesis, heard):
        return None
    return Match(hypothesis, result, gap, round(metres), by)
