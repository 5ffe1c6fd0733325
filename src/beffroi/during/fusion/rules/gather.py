"""Whom cameras saw before the alarm: found again when it comes, as earlier reports are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beffroi.during.fusion.rules import persons
from beffroi.during.fusion.rules.independence import factor_of
from beffroi.during.fusion.rules.match import LEAST, gap_s, near
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis, Reason, Sign

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# A group of people seen at one place; more than this and it is a crowd, not the act's.
_MOST = 6


def seen_before(fold: Fold, hypothesis: Hypothesis) -> None:
    """Take into an act the people that cameras saw nearby just before it, of whom nobody was told."""
    if hypothesis.place is None or hypothesis.family == "device":
        return
    taken = 0
    left: list[Hypothesis] = []
    # In an order of their own: the index holds them as they came, a state read again otherwise.
    for other in sorted(fold.index.around(hypothesis.place), key=lambda each: (each.first_seen, each.id)):
        if other.shown or other is hypothesis or other.family != "presence" or len(other.signs) > _MOST:
            continue
        found = [(sign, _again(fold, hypothesis, sign)) for sign in other.signs]
        coming = [(sign, metres) for sign, metres in found if metres is not None]
        if not coming or taken + len(coming) > _MOST:
            continue
        fold.index.drop(other)
        other.signs = [sign for sign, metres in found if metres is None]
        for sign, metres in coming:
            _take(fold, hypothesis, sign, metres)
        taken += len(coming)
        left.append(other)
    for other in left:
        if other.signs:
            persons.work_out(fold, other)
        else:
            fold.forget(other)


def _again(fold: Fold, hypothesis: Hypothesis, sign: Sign) -> int | None:
    """Metres between a sign and the act; None where it had better stand alone."""
    heard = _heard(fold, sign)
    if heard.place is None or sign.observation.id in hypothesis.refused:
        return None
    match = near(fold, hypothesis, heard, heard.place, LEAST)
    return None if match is None else match.metres


def _take(fold: Fold, hypothesis: Hypothesis, sign: Sign, metres: int) -> None:
    heard = _heard(fold, sign)
    factor, counted = factor_of(hypothesis, heard)
    seconds = round(gap_s(hypothesis, heard.seen))
    reasons = [
        Reason("fusion.seen_before", {"seconds": seconds, "metres": metres}),
        Reason("fusion.independent" if counted else "fusion.not_independent"),
    ]
    fold.admit(hypothesis, heard, factor, reasons, metres=metres, counted=counted)
    hypothesis.first_seen = min(hypothesis.first_seen, heard.seen)
    hypothesis.signs[-1].repeats = sign.repeats


def _heard(fold: Fold, sign: Sign) -> Heard:
    observation = sign.observation
    return Heard(
        sign.position,
        observation,
        fold.sense_of(observation),
        fold.place_of(observation),
        sign.last_seen,
        observation.received_at.timestamp(),
    )
