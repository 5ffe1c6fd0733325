"""What each kind of observation says: starting opinions, until a town's own record replaces them.

`ALONE[kind]` is how likely each explanation is when that one sign is all there is. `PRIOR` is the same
before any sign, for a place of a few tens of metres during half an hour. They are opinions of the
project, stated so that a town may contest them: for intruder panels they start far kinder than the
94-99 % of false alarms that are commonly quoted (a secondary source), because an opinion that starts
there would hide the first true alarm; each device's outcomes then move its own figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from beffroi.during.intake.facts import Observation

ACTS = ("burglary", "assault", "sabotage", "vehicle_crime", "fire", "prowling", "disorder")
HARMLESS = (
    "passer_by",
    "occupant",
    "delivery",
    "lost_driver",
    "animal",
    "weather",
    "fault",
    "cooking",
    "maintenance",
    "festivity",
)
EXPLANATIONS = ACTS + HARMLESS
REAL = len(ACTS)

PRIOR: Mapping[str, float] = MappingProxyType(
    {
        "burglary": 2e-4,
        "assault": 5e-5,
        "sabotage": 1e-4,
        "vehicle_crime": 1e-4,
        "fire": 5e-5,
        "prowling": 5e-4,
        "disorder": 1e-3,
        "passer_by": 0.78,
        "occupant": 0.08,
        "delivery": 0.04,
        "lost_driver": 0.02,
        "animal": 0.03,
        "weather": 0.02,
        "fault": 8e-3,
        "cooking": 5e-3,
        "maintenance": 4e-3,
        "festivity": 0.01,
    }
)

PRIOR_ODDS = math.log(sum(PRIOR[e] for e in ACTS) / sum(PRIOR[e] for e in HARMLESS))

# What is not listed for a kind still keeps this share: no explanation is ever quite ruled out by one sign.
_LEFT = 1e-3

# How the night changes the harmless explanations: fewer people are about, fewer deliver or mend.
NIGHT: Mapping[str, float] = MappingProxyType(
    {
        "passer_by": 0.15,
        "occupant": 0.4,
        "delivery": 0.05,
        "lost_driver": 0.3,
        "maintenance": 0.1,
        "cooking": 0.4,
    }
)
NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 22, 6


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


_ALONE: Mapping[str, Mapping[str, float]] = {
    "intrusion.door": {
        "burglary": 0.16,
        "sabotage": 0.02,
        "occupant": 0.43,
        "weather": 0.10,
        "fault": 0.12,
        "maintenance": 0.05,
        "animal": 0.03,
        "passer_by": 0.02,
        "delivery": 0.02,
    },
    "intrusion.motion": {
        "burglary": 0.13,
        "occupant": 0.35,
        "animal": 0.20,
        "weather": 0.10,
        "fault": 0.14,
        "maintenance": 0.04,
    },
    "intrusion.glass": {
        "burglary": 0.20,
        "sabotage": 0.12,
        "occupant": 0.20,
        "weather": 0.20,
        "fault": 0.20,
        "festivity": 0.02,
    },
    "intrusion.perimeter": {
        "burglary": 0.08,
        "prowling": 0.05,
        "animal": 0.33,
        "weather": 0.25,
        "passer_by": 0.14,
        "occupant": 0.08,
        "fault": 0.05,
    },
    "panic.holdup": {"assault": 0.45, "occupant": 0.40, "fault": 0.10, "maintenance": 0.03},
    "panic.duress": {"assault": 0.50, "occupant": 0.35, "fault": 0.10, "maintenance": 0.03},
    "tamper.device": {
        "sabotage": 0.18,
        "burglary": 0.04,
        "fault": 0.45,
        "weather": 0.10,
        "animal": 0.06,
        "maintenance": 0.14,
    },
    "fire.alarm": {
        "fire": 0.20,
        "cooking": 0.35,
        "fault": 0.30,
        "maintenance": 0.08,
        "occupant": 0.04,
    },
    "presence.person": {
        "burglary": 6e-3,
        "prowling": 8e-3,
        "vehicle_crime": 3e-3,
        "sabotage": 2e-3,
        "assault": 1e-3,
        "passer_by": 0.86,
        "occupant": 0.05,
        "delivery": 0.03,
        "lost_driver": 0.01,
        "maintenance": 3e-3,
        "festivity": 0.01,
    },
    "presence.vehicle": {
        "burglary": 3e-3,
        "prowling": 6e-3,
        "vehicle_crime": 3e-3,
        "passer_by": 0.80,
        "occupant": 0.08,
        "delivery": 0.06,
        "lost_driver": 0.03,
    },
    "presence.other": {"burglary": 1e-3, "animal": 0.60, "passer_by": 0.30, "weather": 0.04, "fault": 0.02},
    # Where the town has told its cameras that nobody should be at such an hour (Frigate's 'alert' zones).
    "presence.person reserved": {
        "burglary": 0.03,
        "prowling": 0.03,
        "vehicle_crime": 0.008,
        "sabotage": 0.007,
        "assault": 1e-3,
        "passer_by": 0.69,
        "occupant": 0.15,
        "delivery": 0.05,
        "lost_driver": 0.01,
        "maintenance": 0.01,
        "festivity": 0.01,
    },
    "presence.vehicle reserved": {
        "burglary": 0.015,
        "prowling": 0.02,
        "vehicle_crime": 0.01,
        "passer_by": 0.70,
        "occupant": 0.15,
        "delivery": 0.07,
        "lost_driver": 0.03,
    },
    "signal.vehicle_slow": {
        "burglary": 8e-3,
        "prowling": 0.05,
        "vehicle_crime": 0.01,
        "lost_driver": 0.36,
        "delivery": 0.28,
        "passer_by": 0.20,
        "occupant": 0.06,
    },
    "signal.person_loitering": {
        "burglary": 8e-3,
        "prowling": 0.06,
        "vehicle_crime": 0.01,
        "disorder": 0.02,
        "passer_by": 0.60,
        "occupant": 0.12,
        "delivery": 0.06,
        "festivity": 0.05,
    },
    "signal.noise": {
        "burglary": 3e-3,
        "disorder": 0.08,
        "assault": 5e-3,
        "animal": 0.40,
        "festivity": 0.25,
        "occupant": 0.15,
        "weather": 0.05,
    },
    "signal.other": {
        "burglary": 3e-3,
        "prowling": 0.02,
        "disorder": 0.03,
        "passer_by": 0.55,
        "occupant": 0.15,
        "delivery": 0.08,
        "festivity": 0.05,
        "animal": 0.05,
    },
}

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


def _sense(row: _Row) -> Sense:
    shares = _ALONE.get(row.kind)
    alone = round(sum(shares.get(each, 0.0) for each in ACTS), 6) if shares else 0.0
    if shares:
        logs = tuple(math.log(shares.get(each, _LEFT) / PRIOR[each]) for each in EXPLANATIONS)
        odds = math.log(alone / (1 - alone)) - PRIOR_ODDS
    elif row.kind == "alarm.cancelled":
        logs, odds = _cancelled(), math.log(_CANCELS_ACT / _CANCELS_OTHER)
    else:
        logs, odds = (0.0,) * len(EXPLANATIONS), 0.0
    return Sense(
        role=row.role,
        family=row.family,
        channel=row.channel,
        life=row.family in ("panic", "fire"),
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


SENSES: Mapping[str, Sense] = MappingProxyType(
    {
        row.kind: _sense(row)
        for row in (
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
            _Row("alarm.cancelled", "amend", "follow_up", "panel", 1.0, 600.0, 30.0),
            _Row("alarm.restored", "amend", "follow_up", "panel", 1.0, 600.0, 30.0),
            _Row("device.offline", "silent", "device", "link", 1.0, 600.0, 30.0),
            _Row("device.online", "back", "device", "link", 1.0, 600.0, 30.0),
            _Row("test.periodic", "ignore", "technical", "panel", 1.0, 60.0, 30.0),
            _Row("technical.other", "ignore", "technical", "panel", 1.0, 60.0, 30.0),
        )
    }
)
UNKNOWN = SENSES["technical.other"]
RESERVED = " reserved"


def sense_of(observation: Observation) -> Sense:
    """How the fold treats an observation."""
    kind = observation.kind
    if kind.startswith("presence.") and observation.content.get("severity") == "alert":
        return SENSES.get(kind + RESERVED) or SENSES.get(kind, UNKNOWN)
    return SENSES.get(kind, UNKNOWN)


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
}


def channel(observation: Observation) -> str:
    """The name under which outcomes are counted: the device (or source) and the kind."""
    return f"{observation.device or observation.source} {observation.kind}"


def together(one: str, other: str) -> float | None:
    """Log-compatibility of two families; None where they are never one act."""
    return 0.0 if one == other else _TOGETHER.get(frozenset({one, other}))
