"""Weak signals: kept without an incident, found again by a later one nearby."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from beffroi.during.fusion.rules import explain
from beffroi.during.fusion.rules.match import best_match
from beffroi.during.fusion.rules.nearness import DETOUR, SIGHT_M
from beffroi.during.fusion.rules.shapes import Change, Heard, Hypothesis, Kept, Place, Reason

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# One repeated report within this time is one signal.
SAME_SIGNAL_S = 600.0
# At best, an earlier report counts for this share of what it would say were it a sign of the act itself.
BEST_FACTOR, LEAST_FACTOR = 0.35, 0.02
WITHIN_M, FADES_M = 500.0, 200.0
WITNESS_FACTOR = 0.5
_DEAF = ("fire", "device")


def take(fold: Fold, heard: Heard) -> list[Change]:
    """Keep a signal, and let it join what is going on there at this very moment."""
    if _repeats(fold, heard):
        return [_kept(heard, Reason("fusion.signal_repeated"))]
    kept = Kept(
        observation=heard.observation,
        position=heard.position,
        place=heard.place,
        seen=heard.seen,
        received=heard.received,
    )
    fold.state.kept.append(kept)
    match = best_match(fold, heard) if heard.place else None
    if match is not None and match.hypothesis.shown:
        reasons = explain.joining(fold, heard, match, counted=True)
        fold.admit(match.hypothesis, heard, WITNESS_FACTOR, reasons, metres=match.metres, counted=True)
        return _amended(fold, match.hypothesis, heard, reasons)
    late = _found_late(fold, heard)
    return late or [_kept(heard, Reason("fusion.signal_kept", {"percent": round(100 * heard.sense.alone)}))]


def find_again(fold: Fold, hypothesis: Hypothesis) -> bool:
    """Join to a hypothesis the signals that came before it nearby, each with its weight; whether any did."""
    if hypothesis.family in _DEAF or hypothesis.place is None:
        return False
    present = {sign.observation.id for sign in hypothesis.signs} | set(hypothesis.refused)
    found = False
    for kept in fold.state.kept:
        if kept.place is None or kept.observation.id in present:
            continue
        if kept.observation.exercise != hypothesis.exercise:
            continue
        factor, metres = _likeness(fold, hypothesis, kept.place, kept.seen)
        if factor >= LEAST_FACTOR:
            heard = Heard(
                kept.position,
                kept.observation,
                fold.sense_of(kept.observation),
                kept.place,
                kept.seen,
                kept.received,
            )
            reasons = [_again(hypothesis, kept.seen, metres)]
            fold.admit(hypothesis, heard, factor, reasons, metres=metres, relation="earlier_signal")
            found = True
    return found


def _likeness(fold: Fold, hypothesis: Hypothesis, place: Place, seen: float) -> tuple[float, int]:
    """The factor that a signal at `place` earns, and its metres from the hypothesis; 0 where too far."""
    before = hypothesis.first_seen - seen
    memory = fold.parameters.signal_memory_s
    if hypothesis.place is None or not -SAME_SIGNAL_S <= before <= memory:
        return 0.0, 0
    metres = fold.index.line_m(place, hypothesis.place)
    if metres > WITHIN_M:
        return 0.0, 0
    if metres > SIGHT_M:
        road = fold.scene.road_m(place, hypothesis.place)
        metres = max(metres, float(road)) if road is not None else metres * DETOUR
    fading = math.exp(-max(0.0, before) / (memory / 2)) * math.exp(-((metres / FADES_M) ** 2) / 2)
    return round(BEST_FACTOR * fading, 6), round(metres)


def _found_late(fold: Fold, heard: Heard) -> list[Change]:
    if heard.place is None:
        return []
    best: tuple[float, Hypothesis, int] | None = None
    for hypothesis in fold.index.around(heard.place):
        same_play = hypothesis.exercise == heard.observation.exercise
        if hypothesis.shown and same_play and hypothesis.family not in _DEAF:
            factor, metres = _likeness(fold, hypothesis, heard.place, heard.seen)
            if factor >= LEAST_FACTOR and (best is None or (factor, hypothesis.id) > (best[0], best[1].id)):
                best = (factor, hypothesis, metres)
    if best is None:
        return []
    factor, hypothesis, metres = best
    reasons = [_again(hypothesis, heard.seen, metres)]
    fold.admit(hypothesis, heard, factor, reasons, metres=metres, relation="earlier_signal")
    return _amended(fold, hypothesis, heard, reasons)


def _amended(fold: Fold, hypothesis: Hypothesis, heard: Heard, reasons: list[Reason]) -> list[Change]:
    from beffroi.during.fusion.rules.settle import settle  # settle finds signals again: each needs the other

    hypothesis.exercise = hypothesis.exercise or heard.observation.exercise
    return settle(fold, hypothesis, heard, reasons, "amended")


def _again(hypothesis: Hypothesis, seen: float, metres: int) -> Reason:
    minutes = round(max(0.0, hypothesis.first_seen - seen) / 60)
    return Reason("fusion.signal_found_again", {"minutes": minutes, "metres": metres})


def _repeats(fold: Fold, heard: Heard) -> bool:
    observation = heard.observation
    for kept in fold.state.kept:
        other = kept.observation
        if (
            other.source == observation.source
            and other.device == observation.device
            and other.kind == observation.kind
            and (observation.device or (other.lat, other.lon) == (observation.lat, observation.lon))
            and abs(kept.seen - heard.seen) <= SAME_SIGNAL_S
        ):
            kept.repeats += 1
            kept.seen = max(kept.seen, heard.seen)
            return True
    return False


def _kept(heard: Heard, reason: Reason) -> Change:
    return Change(kind="kept", position=heard.position, observation=heard.observation.id, reasons=[reason])
