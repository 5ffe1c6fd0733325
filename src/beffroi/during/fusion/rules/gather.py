"""Whom cameras saw before the alarm: found again when it comes, as earlier reports are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from beffroi.during.fusion.rules import explain, pace, persons
from beffroi.during.fusion.rules.independence import factor_of
from beffroi.during.fusion.rules.kinds import sense_of
from beffroi.during.fusion.rules.match import LEAST, gap_s, near
from beffroi.during.fusion.rules.shapes import Heard, Hypothesis, Reason, Sign

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

# So many are taken into one act, those first who say most.
_MOST = 8


class _Seen(NamedTuple):
    """Someone a camera saw: the line he stands in, his sign, metres from the act, nats by which he speaks
    for it (below 0 where its rate is not asked)."""

    other: Hypothesis
    sign: Sign
    metres: int
    says: float


def seen_before(fold: Fold, hypothesis: Hypothesis) -> None:
    """Take into an act the people that cameras saw nearby just before it.

    Those of whom nobody was told leave the line that they stood in. What people were shown stays where it
    is; where it goes at least as well with this act, it is a sign of this one too.
    """
    if hypothesis.place is None or hypothesis.family == "device":
        return
    found = [each for other in fold.index.around(hypothesis.place) for each in _of(fold, hypothesis, other)]
    # In an order of their own: the index holds them as they came, a state read again otherwise.
    found.sort(key=lambda each: (-each.says, each.sign.position))
    left: dict[UUID, Hypothesis] = {}
    for other, sign, metres, says in found[:_MOST]:
        if not other.shown:
            if other.id not in left:
                left[other.id] = other
                fold.index.drop(other)
            other.signs = [each for each in other.signs if each is not sign]
        _take(fold, hypothesis, sign, metres, says, shared=other.shown)
    for other in left.values():
        if other.signs:
            persons.work_out(fold, other)
        else:
            fold.forget(other)


def _of(fold: Fold, hypothesis: Hypothesis, other: Hypothesis) -> list[_Seen]:
    """Those of a line who may be this act's."""
    if other is hypothesis or (other.family != "presence" and not other.shown) or other.state == "confirmed":
        return []
    present = {sign.observation.id for sign in hypothesis.signs}
    found = []
    for sign in other.signs:
        if sign.relation != "sign" or sense_of(sign.observation).channel != "video":
            continue
        heard = _heard(fold, sign)
        observation = sign.observation
        if heard.place is None or observation.id in hypothesis.refused or observation.id in present:
            continue
        match = near(fold, hypothesis, heard, heard.place, LEAST)
        nats = fold.says(hypothesis, heard) if match else -1.0
        if match and (not other.shown or nats >= sign.says):
            found.append(_Seen(other, sign, match.metres, nats))
    return found


def ask_again(fold: Fold, hypothesis: Hypothesis) -> bool:
    """The first alarm joined whom cameras had seen: whether any of them is now weighed by its rate."""
    asked = False
    for sign in hypothesis.signs:
        if sign.relation == "sign" and sign.says < 0:
            sense, place = fold.sense_of(sign.observation), fold.place_of(sign.observation)
            heard = Heard(sign.position, sign.observation, sense, place, sign.last_seen, sign.last_seen)
            sign.says = fold.says(hypothesis, heard)
            if sign.says >= 0:
                asked = True
                why = explain.how_far_independent(fold, heard, counted=sign.counted, says=sign.says)
                sign.reasons = [*sign.reasons, *why]
    return asked


def _take(fold: Fold, hypothesis: Hypothesis, sign: Sign, metres: int, says: float, *, shared: bool) -> None:
    heard = _heard(fold, sign)
    factor, counted = factor_of(hypothesis, heard) if says < 0 else pace.factor_of(hypothesis, heard, says)
    seconds = round(gap_s(hypothesis, heard.seen))
    reasons = [
        Reason("fusion.seen_before", {"seconds": seconds, "metres": metres}),
        *explain.how_far_independent(fold, heard, counted=counted, says=says),
    ]
    if shared:
        reasons.append(Reason("fusion.seen_elsewhere"))
    fold.admit(hypothesis, heard, factor, reasons, metres=metres, counted=counted, says=says)
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
