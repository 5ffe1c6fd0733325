"""What a hypothesis amounts to after a change: shown or not, to check or confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beffroi.during.fusion.rules import signals, silence
from beffroi.during.fusion.rules.belief import believe
from beffroi.during.fusion.rules.kinds import sense_of
from beffroi.during.fusion.rules.shapes import Belief, Change, Heard, Hypothesis, Reason, Sign

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

_DEVICE = Belief(
    probability=1.0, low=1.0, high=1.0, act="device_silent", alternatives=[], independent=1, state="technical"
)
# What is known of devices by their own silence: no act is weighed.
LINKS = {"device": _DEVICE, "outage": msgspec.structs.replace(_DEVICE, act="outage")}


def settle(
    fold: Fold, hypothesis: Hypothesis, heard: Heard | None, reasons: list[Reason], kind: str
) -> list[Change]:
    """Renew the belief, open or confirm where a threshold is passed, and tell what changed.

    `kind` is what happened to a hypothesis already shown; `heard` is None after a person's decision.
    """
    before = hypothesis.state
    opens = _renew(fold, hypothesis, joined=kind == "joined")
    position = fold.state.position
    told = [tell("opened" if opens else kind, hypothesis, heard, reasons, position=position)]
    belief = hypothesis.belief
    if belief is not None and hypothesis.state == "confirmed" and before != "confirmed":
        params = {"independent": belief.independent, "percent": round(100 * belief.probability)}
        why = [Reason("fusion.confirmed", params)]
        told.append(tell("confirmed", hypothesis, heard, why, position=position))
    return told


def tell(
    kind: str,
    hypothesis: Hypothesis,
    heard: Heard | None,
    reasons: list[Reason],
    *,
    position: int = 0,
    quiet: bool = False,
) -> Change:
    """A change of a hypothesis, with the signs not told of before; `followed` where nobody is shown it."""
    signs: list[Sign] = []
    if hypothesis.shown:
        signs = hypothesis.signs[hypothesis.told :]
        hypothesis.told = len(hypothesis.signs)
    elif kind != "started":
        kind = "followed"
    return Change(
        kind=kind,
        position=heard.position if heard else position,
        reasons=reasons,
        held=hypothesis,
        observation=heard.observation.id if heard else None,
        belief=hypothesis.belief,
        signs=signs,
        quiet=quiet,
    )


def _renew(fold: Fold, hypothesis: Hypothesis, *, joined: bool) -> bool:
    """Work out belief and state; whether the hypothesis is shown from now on."""
    if hypothesis.family in LINKS or hypothesis.family == "series":
        opens, hypothesis.shown = not hypothesis.shown, True
        hypothesis.belief = LINKS.get(hypothesis.family) or _series(hypothesis)
        hypothesis.state = hypothesis.belief.state
        return opens
    parameters = fold.parameters
    silence.find(fold, hypothesis)
    belief = _belief(hypothesis)
    opens = not hypothesis.shown and (belief.probability >= parameters.check or _has_alarm(hypothesis))
    if (opens or (hypothesis.shown and joined)) and signals.find_again(fold, hypothesis):
        belief = _belief(hypothesis)
    hypothesis.shown = hypothesis.shown or opens
    if hypothesis.shown and hypothesis.state != "confirmed":
        enough = belief.independent >= 2 or hypothesis.life
        sure = enough and belief.probability >= parameters.confirm
        hypothesis.state = "confirmed" if sure else "to_check"
    if belief.state != hypothesis.state:
        belief = msgspec.structs.replace(belief, state=hypothesis.state)
    hypothesis.belief = belief
    return opens


def _series(hypothesis: Hypothesis) -> Belief:
    return believe(hypothesis.logs, hypothesis.variance, 1, "to_check", "common_cause")


def _belief(hypothesis: Hypothesis) -> Belief:
    independent = 0
    for sign in hypothesis.signs:
        independent += sign.counted
    return believe(hypothesis.logs, hypothesis.variance, independent, hypothesis.state)


def _has_alarm(hypothesis: Hypothesis) -> bool:
    """Whether an alarm speaks for it that is neither damped nor part of a storm."""
    return any(sense_of(sign.observation).role == "alarm" and not sign.muted for sign in hypothesis.signs)
