"""What a hypothesis amounts to after a change: shown or not, to check or confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from beffroi.during.fusion.rules import signals
from beffroi.during.fusion.rules.belief import believe
from beffroi.during.fusion.rules.kinds import SENSES
from beffroi.during.fusion.rules.shapes import Belief, Change, Hypothesis, Reason
from beffroi.during.intake.facts import Observation

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

_DEVICE = Belief(
    probability=1.0, low=1.0, high=1.0, act="device_silent", alternatives=[], independent=1, state="technical"
)


def independent(hypothesis: Hypothesis) -> int:
    """How many signs do not err together."""
    return sum(sign.counted for sign in hypothesis.signs)


def settle(
    fold: Fold,
    hypothesis: Hypothesis,
    position: int,
    observation: Observation | None,
    reasons: list[Reason],
    kind: str,
) -> list[Change]:
    """Renew the belief, open or confirm where a threshold is passed, and tell what changed.

    `kind` is what happened to a hypothesis already shown.
    """
    parameters = fold.state.parameters
    before = hypothesis.state
    if hypothesis.family == "device":
        hypothesis.belief, hypothesis.state = _DEVICE, "technical"
        opens = not hypothesis.shown
    else:
        count = independent(hypothesis)
        belief = believe(hypothesis.logs, hypothesis.variance, count, before)
        opens = not hypothesis.shown and (belief.probability >= parameters.check or _has_alarm(hypothesis))
        if opens or (hypothesis.shown and kind == "joined"):
            signals.find_again(fold, hypothesis)
            belief = believe(hypothesis.logs, hypothesis.variance, independent(hypothesis), before)
        if (opens or hypothesis.shown) and before != "confirmed":
            sure = belief.probability >= parameters.confirm
            enough = independent(hypothesis) >= 2 or hypothesis.life
            hypothesis.state = "confirmed" if sure and enough else "to_check"
        hypothesis.belief = msgspec.structs.replace(belief, state=hypothesis.state)
    hypothesis.shown = hypothesis.shown or opens
    told = _told(hypothesis, position, observation, reasons, kind, opened=opens)
    if hypothesis.state == "confirmed" and before != "confirmed":
        assert hypothesis.belief is not None  # noqa: S101 - set a few lines above
        params = {
            "independent": hypothesis.belief.independent,
            "percent": percent(hypothesis.belief.probability),
        }
        told.append(
            _one("confirmed", hypothesis, position, observation, [Reason("fusion.confirmed", params)])
        )
    return told


def percent(probability: float) -> int:
    """A probability as whole hundredths, for a sentence."""
    return round(100 * probability)


def _has_alarm(hypothesis: Hypothesis) -> bool:
    return any(SENSES[sign.observation.kind].role == "alarm" for sign in hypothesis.signs)


def _told(
    hypothesis: Hypothesis,
    position: int,
    observation: Observation | None,
    reasons: list[Reason],
    kind: str,
    *,
    opened: bool,
) -> list[Change]:
    if opened:
        kind = "opened"
    elif not hypothesis.shown:
        kind = "started" if kind == "started" else "followed"
    return [_one(kind, hypothesis, position, observation, reasons)]


def _one(
    kind: str, hypothesis: Hypothesis, position: int, observation: Observation | None, reasons: list[Reason]
) -> Change:
    return Change(
        kind=kind,
        position=position,
        hypothesis=hypothesis.id,
        observation=observation.id if observation else None,
        reasons=reasons,
        belief=hypothesis.belief,
    )
