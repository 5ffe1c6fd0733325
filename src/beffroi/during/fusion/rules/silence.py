"""Devices that fell silent: what they add to a later sign of an act beside them, and why they are shown.

A camera or panel that no longer answers says nothing of an act by itself. When something then happens at its
site, it counts: who means harm begins with what would see him. A device that answers again counts no more,
and silence is never one of the independent signs that confirm.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from beffroi.during.fusion.rules.opinions import EXPLANATIONS
from beffroi.during.fusion.rules.shapes import Hypothesis, Reason, Sign
from beffroi.during.intake.facts import Observation

if TYPE_CHECKING:
    from beffroi.during.fusion.rules.fold import Fold

WITHIN_S, SITE_M = 1800.0, 80.0
RELATION = "silence"
_KIND = "device.offline"
_FAMILIES = frozenset({"intrusion", "tamper", "presence", "damage", "theft"})
# How many times likelier each explanation makes a device fall silent here in the half hour before (opinion).
_TIMES = {
    "burglary": 4.0,
    "sabotage": 4.0,
    "theft": 2.0,
    "vandalism": 2.0,
    "fault": 2.0,
    "maintenance": 2.0,
    "weather": 1.5,
}
_LOGS = tuple(math.log(_TIMES.get(each, 1.0)) for each in EXPLANATIONS)
# Half as much after the whole of WITHIN_S.
_FADES_BY = 0.5


def find(fold: Fold, hypothesis: Hypothesis) -> None:
    """Join to a hypothesis the devices of its site that had fallen silent and do not answer yet."""
    home = hypothesis.place
    # Asked at every sign: in a town whose devices all answer, it must cost nothing.
    if not fold.index.silent or home is None or hypothesis.family not in _FAMILIES:
        return
    beside = [other for other in fold.index.around(home) if other.family == "device" and other.place]
    # The index holds them as they came, a state read again otherwise: the order must be their own.
    for other in sorted(beside, key=lambda each: (each.first_seen, each.id)):
        if other.place is None:
            continue
        age_s = hypothesis.last_seen - other.first_seen
        observation = other.signs[0].observation
        if observation.kind != _KIND or not 0 <= age_s <= WITHIN_S or _known(hypothesis, observation):
            continue
        metres = fold.index.line_m(home, other.place)
        if metres <= SITE_M:
            _join(hypothesis, other.signs[0], age_s, round(metres))


def weigh(logs: list[float], sign: Sign) -> None:
    """Take a silence into log-shares, in place; a sign of another relation adds nothing here."""
    if sign.relation == RELATION:
        for index, each in enumerate(_LOGS):
            logs[index] += sign.factor * each


def _join(hypothesis: Hypothesis, silent: Sign, age_s: float, metres: int) -> None:
    observation = silent.observation
    figures = {
        "device": observation.device or observation.source,
        "minutes": max(1, round(age_s / 60)),
        "metres": metres,
    }
    factor = round(1.0 - _FADES_BY * age_s / WITHIN_S, 6)
    sign = Sign(
        observation=observation,
        position=silent.position,
        relation=RELATION,
        factor=factor,
        weight=round(factor * _LOGS[0], 3),
        metres=metres,
        reasons=[Reason("fusion.silent_nearby", figures)],
        last_seen=observation.seen_at.timestamp(),
        last_position=silent.position,
    )
    hypothesis.signs.append(sign)
    weigh(hypothesis.logs, sign)


def _known(hypothesis: Hypothesis, observation: Observation) -> bool:
    if observation.id in hypothesis.refused:
        return True
    return any(sign.observation.id == observation.id for sign in hypothesis.signs)


def why(observation: Observation) -> Reason:
    """Why a silence is shown: one device, or everything that a way into Beffroi brings."""
    content = observation.content
    if content.get("from") != "platform":
        return Reason("fusion.device_silent")
    code = "fusion.deaf" if content.get("what") == "deaf" else "fusion.all_silent"
    return Reason(code, {"sources": int(content.get("sources", 0))})
