"""How the fold treats each kind of observation, from the opinions that the project starts with."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from beffroi.during.fusion.rules.opinions import ACTS, ALONE, EXPLANATIONS, HARMLESS, PRIOR, PRIOR_ODDS
from beffroi.during.intake.facts import Observation

# What is not listed for a kind keeps at most this share: no explanation is ever quite ruled out by one
# sign, and none rarer than this before it gains by a sign that says nothing of it.
_LEFT = 1e-3

# Families in which a life may be in danger.
_LIFE = frozenset({"panic", "fire", "rescue", "missing"})


class Sense(NamedTuple):
    """How the fold treats a kind.

    `role`: `alarm` (always shown), `cue` (shown from the threshold on), `signal` (kept, found again),
    `amend`, `silent` and `back` (a device's link) or `ignore`. `family` says which hypotheses it may
    join. `channel` groups senses that err together. `lasting_s` is the time scale over which two such
    signs tell of one act; `reach_m` how far from its device a
    thing may be; `logs` the log-ratio by which one such sign moves each explanation; `alone` the chance that
    an act is behind it when it is all there is; `odds` what it adds to the log-odds of an act.
    """

    role: str
    family: str
    channel: str
    life: bool
    certainty: float
    lasting_s: float
    reach_m: float
    logs: tuple[float, ...]
    alone: float
    odds: float


# How likely someone with the code cancels an alarm, by what set it off: a burglar seldom has the code.
_CANCELS_ACT, _CANCELS_OWN, _CANCELS_OTHER = 0.05, 1.0, 0.5

# A starting opinion weighs as much as this many real cases: outcomes soon outweigh it.
REAL_CASES = 2.0


class _Row(NamedTuple):
    kind: str
    role: str
    family: str
    channel: str
    certainty: float
    lasting_s: float
    reach_m: float


def _sense(
    row: _Row,
    shares: Mapping[str, float] | None,
    prior: Mapping[str, float] = PRIOR,
    before: float = PRIOR_ODDS,
) -> Sense:
    alone = round(sum(shares.get(each, 0.0) for each in ACTS), 6) if shares else 0.0
    if shares:
        logs = tuple(
            math.log(shares.get(each, min(_LEFT, prior[each])) / prior[each]) for each in EXPLANATIONS
        )
        odds = math.log(alone / (1 - alone)) - before
    elif row.kind == "alarm.cancelled":
        logs, odds = _cancelled(), math.log(_CANCELS_ACT / _CANCELS_OTHER)
    else:
        logs, odds = (0.0,) * len(EXPLANATIONS), 0.0
    return Sense(
        role=row.role,
        family=row.family,
        channel=row.channel,
        life=row.family in _LIFE,
        certainty=row.certainty,
        lasting_s=row.lasting_s,
        reach_m=row.reach_m,
        logs=logs,
        alone=alone,
        odds=odds,
    )


def _cancelled() -> tuple[float, ...]:
    own = {"occupant": _CANCELS_OWN, "cooking": _CANCELS_OWN}
    acts = [_CANCELS_ACT] * len(ACTS)
    return tuple(math.log(each) for each in (*acts, *(own.get(h, _CANCELS_OTHER) for h in HARMLESS)))


_ROWS = (
    _Row("intrusion.door", "alarm", "intrusion", "contact", 0.9, 180.0, 20.0),
    _Row("intrusion.motion", "alarm", "intrusion", "motion", 0.8, 180.0, 20.0),
    _Row("intrusion.glass", "alarm", "intrusion", "acoustic", 0.9, 180.0, 20.0),
    _Row("intrusion.perimeter", "alarm", "intrusion", "perimeter", 0.8, 180.0, 60.0),
    _Row("panic.holdup", "alarm", "panic", "button", 1.0, 180.0, 20.0),
    _Row("panic.duress", "alarm", "panic", "button", 1.0, 180.0, 20.0),
    _Row("tamper.device", "alarm", "tamper", "tamper", 0.8, 180.0, 20.0),
    _Row("fire.alarm", "alarm", "fire", "smoke", 0.9, 300.0, 40.0),
    _Row("presence.person", "cue", "presence", "video", 0.8, 120.0, 45.0),
    _Row("presence.vehicle", "cue", "presence", "video", 0.7, 120.0, 45.0),
    _Row("presence.person reserved", "cue", "presence", "video", 0.8, 120.0, 45.0),
    _Row("presence.vehicle reserved", "cue", "presence", "video", 0.7, 120.0, 45.0),
    _Row("presence.other", "cue", "presence", "video", 0.5, 120.0, 45.0),
    _Row("signal.vehicle_slow", "signal", "signal", "person", 0.8, 300.0, 80.0),
    _Row("signal.person_loitering", "signal", "signal", "person", 0.8, 300.0, 80.0),
    _Row("signal.noise", "signal", "noise", "person", 0.7, 300.0, 120.0),
    _Row("signal.other", "signal", "signal", "person", 0.6, 300.0, 80.0),
    _Row("report.burglary", "alarm", "intrusion", "caller", 0.9, 300.0, 60.0),
    _Row("report.assault", "alarm", "panic", "caller", 1.0, 300.0, 60.0),
    _Row("report.crew_assault", "alarm", "panic", "caller", 1.0, 300.0, 60.0),
    _Row("report.theft", "alarm", "theft", "caller", 0.9, 300.0, 60.0),
    _Row("report.vehicle_crime", "alarm", "theft", "caller", 0.9, 300.0, 60.0),
    _Row("report.vandalism", "alarm", "damage", "caller", 0.9, 300.0, 60.0),
    _Row("report.fire", "alarm", "fire", "caller", 1.0, 300.0, 80.0),
    _Row("report.disorder", "alarm", "disorder", "caller", 0.8, 300.0, 100.0),
    _Row("report.crowd", "alarm", "disorder", "caller", 0.8, 600.0, 150.0),
    _Row("report.missing_person", "alarm", "missing", "caller", 1.0, 3600.0, 300.0),
    _Row("report.rescue", "alarm", "rescue", "caller", 1.0, 300.0, 60.0),
    _Row("report.prowling", "alarm", "presence", "caller", 0.8, 300.0, 80.0),
    _Row("report.hazard", "alarm", "hazard", "caller", 0.9, 600.0, 150.0),
    _Row("report.cyber", "alarm", "cyber", "caller", 0.8, 1800.0, 30.0),
    _Row("report.other", "alarm", "other", "caller", 0.7, 300.0, 80.0),
    _Row("panic.crew", "alarm", "panic", "button", 1.0, 180.0, 60.0),
    _Row("lift.trapped", "alarm", "rescue", "button", 0.9, 900.0, 30.0),
    _Row("hazard.detected", "alarm", "fire", "gas", 0.9, 300.0, 40.0),
    _Row("hazard.warning", "alarm", "hazard", "authority", 0.9, 3600.0, 2000.0),
    _Row("crowd.dense", "alarm", "disorder", "count", 0.8, 600.0, 150.0),
    _Row("cyber.host", "alarm", "cyber", "host", 0.8, 1800.0, 30.0),
    _Row("cyber.malware", "alarm", "cyber", "antivirus", 0.9, 1800.0, 30.0),
    _Row("cyber.network", "cue", "cyber", "network", 0.7, 1800.0, 30.0),
    _Row("cyber.outage", "cue", "cyber", "monitor", 0.7, 1800.0, 30.0),
    _Row("device.fault", "silent", "device", "link", 1.0, 600.0, 30.0),
    _Row("signal.damage", "signal", "signal", "person", 0.7, 300.0, 80.0),
    _Row("alarm.cancelled", "amend", "follow_up", "panel", 1.0, 600.0, 30.0),
    _Row("alarm.restored", "amend", "follow_up", "panel", 1.0, 600.0, 30.0),
    _Row("device.offline", "silent", "device", "link", 1.0, 600.0, 30.0),
    _Row("device.online", "back", "device", "link", 1.0, 600.0, 30.0),
    _Row("test.periodic", "ignore", "technical", "panel", 1.0, 60.0, 30.0),
    _Row("technical.other", "ignore", "technical", "panel", 1.0, 60.0, 30.0),
)
SENSES: Mapping[str, Sense] = MappingProxyType({row.kind: _sense(row, ALONE.get(row.kind)) for row in _ROWS})
UNKNOWN = SENSES["technical.other"]
RESERVED = " reserved"


def senses(alone: Mapping[str, Mapping[str, float]], prior: Mapping[str, float]) -> Mapping[str, Sense]:
    """How the fold treats each kind by other opinions: the shares of a kind alone, those before any sign."""
    before = math.log(sum(prior[e] for e in ACTS) / sum(prior[e] for e in HARMLESS))
    return {row.kind: _sense(row, alone.get(row.kind), prior, before) for row in _ROWS}


def sense_of(observation: Observation, known: Mapping[str, Sense] = SENSES) -> Sense:
    """How the fold treats an observation."""
    kind = observation.kind
    if kind.startswith("presence.") and observation.content.get("severity") == "alert":
        return known.get(kind + RESERVED) or known.get(kind, UNKNOWN)
    sense = known.get(kind, UNKNOWN)
    if kind.startswith("report.") and observation.content.get("life") is True:
        return sense._replace(life=True)  # who took the call heard that a life is in danger
    return sense


_LIVES = sorted({name.removesuffix(RESERVED) for name, sense in SENSES.items() if sense.life})
_MAY_CONCERN = re.compile(rf'"kind":"(?:{"|".join(map(re.escape, _LIVES))})"|"life":true'.encode())


def may_concern_a_life(content: bytes) -> bool:
    """Whether the canonical bytes of an observation may tell of a life in danger; `sense_of` then says.

    For who looks through very many: it takes a tenth of the time of decoding them.
    """
    return _MAY_CONCERN.search(content) is not None


# Log-compatibility of a sign's family with a hypothesis of another family; absent: never the same act.
_TOGETHER: Mapping[frozenset[str], float] = {
    frozenset({"intrusion", "presence"}): 0.0,
    frozenset({"intrusion", "tamper"}): 0.0,
    frozenset({"tamper", "presence"}): -0.3,
    frozenset({"panic", "presence"}): -0.3,
    frozenset({"panic", "intrusion"}): -0.5,
    frozenset({"panic", "tamper"}): -0.5,
    frozenset({"intrusion", "signal"}): 0.0,
    frozenset({"presence", "signal"}): -0.3,
    frozenset({"tamper", "signal"}): -0.3,
    frozenset({"panic", "signal"}): -0.5,
    frozenset({"intrusion", "noise"}): -0.5,
    frozenset({"panic", "noise"}): -0.5,
    frozenset({"theft", "presence"}): 0.0,
    frozenset({"theft", "signal"}): 0.0,
    frozenset({"theft", "panic"}): -0.5,
    frozenset({"damage", "presence"}): 0.0,
    frozenset({"damage", "tamper"}): 0.0,
    frozenset({"damage", "intrusion"}): -0.3,
    frozenset({"damage", "signal"}): -0.3,
    frozenset({"damage", "noise"}): -0.3,
    frozenset({"damage", "disorder"}): -0.3,
    frozenset({"disorder", "noise"}): 0.0,
    frozenset({"disorder", "panic"}): -0.3,
    frozenset({"disorder", "presence"}): -0.5,
    frozenset({"disorder", "signal"}): -0.5,
    frozenset({"rescue", "fire"}): -0.3,
    frozenset({"rescue", "panic"}): -0.3,
    frozenset({"hazard", "fire"}): -0.3,
}


def channel(observation: Observation) -> str:
    """The name under which outcomes are counted: the device (or source) and the kind."""
    return f"{observation.device or observation.source} {observation.kind}"


def together(one: str, other: str) -> float | None:
    """Log-compatibility of two families; None where they are never one act."""
    return 0.0 if one == other else _TOGETHER.get(frozenset({one, other}))
