"""Who holds a camera to move it: one at a time, for a while, unless somebody comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

ROUTINE, INCIDENT, LIFE, SUPERVISOR = 1, 2, 3, 4
#: What the journal calls them.
PRIORITIES: Mapping[int, str] = {
    ROUTINE: "routine",
    INCIDENT: "incident",
    LIFE: "life",
    SUPERVISOR: "supervisor",
}
#: Why a camera may be taken from somebody.
REASONS = ("life", "pursuit", "services", "supervisor")

RELEASED, EXPIRED, TAKEN = "released", "expired", "taken"

#: Movements by name: speeds to the right, up and closer.
MOVES: Mapping[str, tuple[float, float, float]] = {
    "left": (-0.5, 0.0, 0.0),
    "right": (0.5, 0.0, 0.0),
    "up": (0.0, 0.5, 0.0),
    "down": (0.0, -0.5, 0.0),
    "closer": (0.0, 0.0, 0.5),
    "wider": (0.0, 0.0, -0.5),
}
PRESET, STOP, TAKE = "preset", "stop", "take"
#: A movement stops by itself after this; a key that stays pressed says it again sooner.
MOVE_S = 1.0
#: The same movement said again within this is the same gesture: one entry in the journal.
_SAME = timedelta(seconds=2)

Verdict = Literal["free", "own", "take", "held"]


@dataclass(frozen=True, slots=True)
class Held:
    """A hold: whose, how urgent, until when unless moved again."""

    member: UUID
    priority: int
    until: datetime


def judge(held: Held | None, member: UUID, priority: int, now: datetime, *, reason: str = "") -> Verdict:
    """What becomes of a wish to move: `held` is the hold that stands. Equals never take from each other."""
    if held is None or held.until <= now:
        return "free"
    if held.member == member:
        return "own"
    return "take" if reason in REASONS and priority > held.priority else "held"


def after(
    held: Held | None, member: UUID, priority: int, now: datetime, lasts: timedelta, *, reason: str = ""
) -> Held | None:
    """The hold that stands after a member moved, or tried to."""
    verdict = judge(held, member, priority, now, reason=reason)
    if verdict == "held" or (verdict == "own" and held is None):
        return held
    if verdict == "own" and held is not None:
        return replace(held, priority=kept_priority(held.priority, priority), until=now + lasts)
    return Held(member, priority, now + lasts)


def kept_priority(held: int, asked: int) -> int:
    """The priority of one's own hold once one moves again: that of the new reason to look.

    What a supervisor took stays a supervisor's until it is let go.
    """
    return held if held == SUPERVISOR else asked


def same_gesture(act: str, acted_at: datetime | None, now_act: str, now: datetime) -> bool:
    """Whether a movement goes on that is written already. A preset is always an act of its own."""
    return now_act in MOVES and act == now_act and acted_at is not None and now - acted_at <= _SAME
