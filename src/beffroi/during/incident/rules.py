"""The states of an incident, what may follow what, how it may end, and what is urgent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

STATES = ("to_check", "confirmed", "sent", "on_scene", "technical", "closed")

TRANSITIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "to_check": frozenset({"confirmed", "sent", "closed"}),
        "confirmed": frozenset({"sent", "closed"}),
        "sent": frozenset({"on_scene", "confirmed", "to_check", "technical", "closed"}),
        "on_scene": frozenset({"sent", "confirmed", "to_check", "technical", "closed"}),
        "technical": frozenset({"sent", "closed"}),
        "closed": frozenset(),
    }
)

PHASES: Mapping[str, str] = MappingProxyType(
    {
        "to_check": "decide",
        "confirmed": "decide",
        "sent": "progress",
        "on_scene": "progress",
        "technical": "follow",
        "closed": "closed",
    }
)

LEDGER = (
    "seen",
    "received",
    "fused",
    "shown",
    "confirmed",
    "acknowledged",
    "dispatched",
    "en_route",
    "on_scene",
    "resolved",
)


class Outcome(NamedTuple):
    """How an incident may end: whether the act was real (None: not known), and the causes to choose from."""

    real: bool | None
    causes: tuple[str, ...]


OUTCOMES: Mapping[str, Outcome] = MappingProxyType(
    {
        "real": Outcome(True, ()),
        "attempt": Outcome(True, ()),
        "false_alarm": Outcome(False, ("weather", "animal", "occupant", "fault", "maintenance", "unknown")),
        "harmless": Outcome(
            False, ("passer_by", "delivery", "lost_driver", "festivity", "occupant", "other")
        ),
        "handed_over": Outcome(None, ("gendarmerie", "police", "fire_brigade", "ambulance")),
        "nothing_found": Outcome(None, ()),
        "duplicate": Outcome(None, ()),
        "restored": Outcome(None, ()),
    }
)

DOUBT_LIFTED_BY = ("concordant", "camera", "patrol", "call", "witness")
#: Concordant means: two signs at least, that do not err together.
LEAST_CONCORDANT = 2
NOTE_LONGEST = 4000


def may_follow(state: str, wanted: str) -> bool:
    """Whether `wanted` may follow `state`."""
    return wanted in TRANSITIONS.get(state, frozenset())


def badge(state: str, life: bool) -> str:
    """Which of the seven badges is shown: `life` stands before what is still to decide."""
    return "life" if life and state in ("to_check", "confirmed") else state


def outcome_fault(outcome: str, cause: str) -> str:
    """Why an outcome with its cause cannot be taken; empty where it can."""
    known = OUTCOMES.get(outcome)
    if known is None:
        return f"{outcome!r} is not an outcome"
    if known.causes and cause not in known.causes:
        return f"{outcome} asks for a cause among {', '.join(known.causes)}"
    if not known.causes and cause:
        return f"{outcome} takes no cause"
    return ""


def urgency(life: bool, sure: bool, leave_by: datetime, now: datetime) -> tuple[int, int, int, float]:
    """The order of the queue, smallest first: life, what is confirmed, then time left.

    Those who are probably gone come after those who are probably still there.
    """
    left = (leave_by - now).total_seconds()
    return (not life, not sure, left <= 0, left if left > 0 else -left)


def title(act: str, state: str) -> str:
    """The code of an incident's title: what it is once sure, what it may be before."""
    if state == "technical":
        return f"act.{act}"
    return f"possible.{act}" if state == "to_check" else f"act.{act}"


def lifted_by_a_person(lifted_by: str) -> bool:
    """Whether a person lifted the doubt; concordant signs alone leave it to a person to say so too."""
    return lifted_by.startswith("member:")
