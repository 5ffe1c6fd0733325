"""What persons decided, kept and respected by the fold: close, merge, split, and the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beffroi.during.fusion.rules import flapping, pace, silence
from beffroi.during.fusion.rules.belief import add
from beffroi.during.fusion.rules.independence import speaker
from beffroi.during.fusion.rules.kinds import channel, sense_of
from beffroi.during.fusion.rules.settle import settle
from beffroi.during.fusion.rules.shapes import Change, Decision, Hypothesis, Reason
from beffroi.foundation.identifiers import derived_uuid7

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold


def apply(fold: Fold, decision: Decision) -> list[Change]:
    """Apply one decision; an empty list where what it speaks of is no longer held."""
    if decision.hypothesis is None:
        return _of_all(fold, decision)
    hypothesis = fold.state.hypotheses.get(decision.hypothesis)
    if hypothesis is None:
        return []
    if decision.kind == "close":
        return _close(fold, hypothesis, decision)
    if decision.kind == "merge" and decision.other is not None:
        other = fold.state.hypotheses.get(decision.other)
        return [] if other is None or other is hypothesis else _merge(fold, hypothesis, other)
    return _split(fold, hypothesis, decision) if decision.kind == "split" else []


def _of_all(fold: Fold, decision: Decision) -> list[Change]:
    """What concerns no one hypothesis: settings, rules, what is folded before its turn."""
    if decision.kind == "parameters" and decision.parameters is not None:
        fold.state.parameters = decision.parameters
        fold.take_rules(fold.state.rules)
    elif decision.kind == "rules" and decision.rules is not None:
        fold.take_rules(decision.rules)
    return [change for each in decision.ahead for change in fold.ahead(*each)]


def _close(fold: Fold, hypothesis: Hypothesis, decision: Decision) -> list[Change]:
    if decision.real is not None:
        channels = {channel(s.observation) for s in hypothesis.signs if sense_of(s.observation).alone}
        for name in sorted(channels):
            real, false = fold.state.records.get(name, (0, 0))
            fold.state.records[name] = (real + 1, false) if decision.real else (real, false + 1)
        if decision.real:
            flapping.was_real(fold.state, hypothesis)
    fold.forget(hypothesis)
    if hypothesis.place is not None:
        at = fold.state.now
        fold.state.closed.append((hypothesis.id, hypothesis.place.lat, hypothesis.place.lon, at))
    return [_change(fold, "closed", hypothesis, [Reason("fusion.closed_by_person")])]


def _merge(fold: Fold, hypothesis: Hypothesis, other: Hypothesis) -> list[Change]:
    present = {sign.observation.id for sign in hypothesis.signs}
    fold.forget(other)
    hypothesis.signs += [sign for sign in other.signs if sign.observation.id not in present]
    hypothesis.last_received = max(hypothesis.last_received, other.last_received)
    hypothesis.life = hypothesis.life or other.life
    hypothesis.exercise = hypothesis.exercise or other.exercise
    work_out(fold, hypothesis)
    gone = _change(fold, "merged", other, [Reason("fusion.merged_by_person")], into=hypothesis)
    return [gone, *settle(fold, hypothesis, None, gone.reasons, "amended")]


def _split(fold: Fold, hypothesis: Hypothesis, decision: Decision) -> list[Change]:
    named = set(decision.observations)
    leaving = [sign for sign in hypothesis.signs if sign.observation.id in named]
    staying = [sign for sign in hypothesis.signs if sign.observation.id not in named]
    if not leaving or not staying:
        return []
    first = leaving[0].observation
    fold.index.drop(hypothesis)
    fresh = Hypothesis(
        id=derived_uuid7(first.received_at, "split", str(hypothesis.id), str(first.id), str(decision.order)),
        family=sense_of(first).family,
        place=fold.place_of(first),
        first_seen=0.0,
        last_seen=0.0,
        entered=0.0,
        last_received=hypothesis.last_received,
        night=hypothesis.night,
        life=False,
        exercise=hypothesis.exercise,
        signs=leaving,
        logs=[],
        shown=True,
        state="to_check",
    )
    hypothesis.signs = staying
    fold.state.hypotheses[fresh.id] = fresh
    for each in (hypothesis, fresh):
        work_out(fold, each)
    hypothesis.told = len(staying)
    hypothesis.refused += [sign.observation.id for sign in leaving]
    fresh.refused += [sign.observation.id for sign in staying]
    reasons = [Reason("fusion.split_by_person")]
    told = settle(fold, hypothesis, None, reasons, "amended")
    born, *more = settle(fold, fresh, None, reasons, "split")
    return [*told, msgspec.structs.replace(born, other=hypothesis.id), *more]


def work_out(fold: Fold, hypothesis: Hypothesis) -> None:
    """Work out a hypothesis from its signs, as they are tempered, and index it anew."""
    fold.index.drop(hypothesis)
    hypothesis.logs, hypothesis.variance = fold.before_any_sign(night=hypothesis.night), 0.0
    counted: set[tuple[str, str]] = set()
    pace.temper(fold, hypothesis)
    for sign in hypothesis.signs:
        sense = fold.sense_of(sign.observation)
        if sign.factor:
            hypothesis.variance += add(hypothesis.logs, sense, sign.factor, fold.record(sign.observation))
        silence.weigh(hypothesis.logs, sign)
        spoke = (speaker(sign.observation, sense), sense.channel)
        new = all(spoke[0] != who and spoke[1] != how for who, how in counted)
        sign.counted = sign.relation == "sign" and new and not 0 <= sign.says < pace.LEAST
        if sign.counted:
            counted.add(spoke)
        hypothesis.life = hypothesis.life or sense.life
    own = [sign for sign in hypothesis.signs if sign.relation == "sign"] or hypothesis.signs
    hypothesis.first_seen = min(sign.observation.seen_at.timestamp() for sign in own)
    hypothesis.last_seen = max(sign.last_seen for sign in own)
    hypothesis.entered = hypothesis.first_seen
    if not hypothesis.resting:
        fold.index.add(hypothesis)


def _change(
    fold: Fold, kind: str, hypothesis: Hypothesis, reasons: list[Reason], into: Hypothesis | None = None
) -> Change:
    return Change(
        kind=kind,
        position=fold.state.position,
        held=hypothesis,
        reasons=reasons,
        belief=hypothesis.belief,
        other=into.id if into else None,
    )
