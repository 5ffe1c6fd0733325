"""Weak signals: kept without an incident, found again by a later one nearby."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from beffroi.during.fusion.rules.kinds import SENSES, Sense
from beffroi.during.fusion.rules.match import Match, best_match
from beffroi.during.fusion.rules.nearness import DETOUR, SIGHT_M
from beffroi.during.fusion.rules.shapes import Change, Hypothesis, Kept, Place, Reason, Sign
from beffroi.during.intake.facts import Observation

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# One repeated report within this time is one signal.
SAME_SIGNAL_S = 600.0
# At best, an earlier report counts for this share of what it would say were it a sign of the act itself.
BEST_FACTOR, LEAST_FACTOR = 0.35, 0.02
WITHIN_M, FADES_M = 500.0, 200.0
WITNESS_FACTOR = 0.5


def take(
    fold: Fold,
    position: int,
    observation: Observation,
    sense: Sense,
    place: Place | None,
    seen: float,
    received: float,
) -> list[Change]:
    """Keep a signal, and let it join what is going on there at this very moment."""
    from beffroi.during.fusion.rules import explain

    if _repeats(fold, observation, seen):
        return [_kept(position, observation, [Reason("fusion.signal_repeated")])]
    fold.state.kept.append(
        Kept(observation=observation, position=position, place=place, seen=seen, received=received)
    )
    match = best_match(fold, observation, sense, place, seen) if place else None
    if match is None or not match.hypothesis.shown:
        late = _found_late(fold, position, observation, sense, place, seen)
        if late:
            return late
        percent = round(100 * sense.alone)
        return [_kept(position, observation, [Reason("fusion.signal_kept", {"percent": percent})])]
    reasons = explain.joining(fold, observation, sense, match, counted=True)
    return _attach(fold, position, observation, sense, match, WITNESS_FACTOR, reasons, "sign", seen)


def find_again(fold: Fold, hypothesis: Hypothesis) -> None:
    """Join to a hypothesis the signals that came before it nearby, each with its weight."""
    present = {sign.observation.id for sign in hypothesis.signs}
    for kept in fold.state.kept:
        if kept.observation.id in present or hypothesis.place is None or kept.place is None:
            continue
        if hypothesis.family in ("fire", "device"):
            continue
        factor, metres = _likeness(fold, hypothesis, kept.place, kept.seen)
        if factor < LEAST_FACTOR:
            continue
        sense = SENSES[kept.observation.kind]
        minutes = round(max(0.0, hypothesis.first_seen - kept.seen) / 60)
        reasons = [Reason("fusion.signal_found_again", {"minutes": minutes, "metres": metres})]
        sign = fold.sign(
            kept.position,
            kept.observation,
            sense,
            factor,
            metres,
            reasons,
            kept.seen,
            relation="earlier_signal",
        )
        fold.admit(hypothesis, sign, sense)


def _likeness(fold: Fold, hypothesis: Hypothesis, place: Place, seen: float) -> tuple[float, int]:
    assert hypothesis.place is not None  # noqa: S101 - the callers ask first
    before = hypothesis.first_seen - seen
    memory = fold.state.parameters.signal_memory_s
    line = fold.index.line_m(place, hypothesis.place)
    if not -SAME_SIGNAL_S <= before <= memory or line > WITHIN_M:
        return 0.0, 0
    metres = line
    if line > SIGHT_M:
        road = fold.scene.road_m(place, hypothesis.place)
        metres = max(line, float(road)) if road is not None else line * DETOUR
    fading = math.exp(-max(0.0, before) / (memory / 2)) * math.exp(-((metres / FADES_M) ** 2) / 2)
    return round(BEST_FACTOR * fading, 6), round(metres)


def _found_late(
    fold: Fold, position: int, observation: Observation, sense: Sense, place: Place | None, seen: float
) -> list[Change]:
    if place is None:
        return []
    best: tuple[float, Hypothesis, int] | None = None
    for hypothesis in fold.index.around(place):
        if hypothesis.shown and hypothesis.place is not None and hypothesis.family not in ("fire", "device"):
            factor, metres = _likeness(fold, hypothesis, place, seen)
            if factor >= LEAST_FACTOR and (best is None or (factor, hypothesis.id) > (best[0], best[1].id)):
                best = (factor, hypothesis, metres)
    if best is None:
        return []
    factor, hypothesis, metres = best
    minutes = round(max(0.0, hypothesis.first_seen - seen) / 60)
    reasons = [Reason("fusion.signal_found_again", {"minutes": minutes, "metres": metres})]
    match = Match(hypothesis, 0.0, 0.0, metres, "road")
    return _attach(fold, position, observation, sense, match, factor, reasons, "earlier_signal", seen)


def _attach(
    fold: Fold,
    position: int,
    observation: Observation,
    sense: Sense,
    match: Match,
    factor: float,
    reasons: list[Reason],
    relation: str,
    seen: float,
) -> list[Change]:
    from beffroi.during.fusion.rules.settle import settle

    sign: Sign = fold.sign(
        position,
        observation,
        sense,
        factor,
        match.metres,
        reasons,
        seen,
        relation=relation,
        counted=relation == "sign",
    )
    fold.admit(match.hypothesis, sign, sense)
    match.hypothesis.exercise = match.hypothesis.exercise or observation.exercise
    return settle(fold, match.hypothesis, position, observation, reasons, "amended")


def _repeats(fold: Fold, observation: Observation, seen: float) -> bool:
    for kept in fold.state.kept:
        other = kept.observation
        if (
            other.source == observation.source
            and other.device == observation.device
            and other.kind == observation.kind
            and (observation.device or (other.lat, other.lon) == (observation.lat, observation.lon))
            and abs(kept.seen - seen) <= SAME_SIGNAL_S
        ):
            kept.repeats += 1
            kept.seen = max(kept.seen, seen)
            return True
    return False


def _kept(position: int, observation: Observation, reasons: list[Reason]) -> Change:
    return Change(
        kind="kept", position=position, hypothesis=None, observation=observation.id, reasons=reasons
    )
