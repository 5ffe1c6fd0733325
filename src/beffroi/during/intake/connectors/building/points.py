"""What the points of a building say: types, the words of their states, and the kinds that these make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

#: What goes on in any building: who opens which door when is nobody's business here, and is not kept.
ORDINARY = "ordinary"
#: A state in which there is nothing to tell, but that something is over.
NORMAL = "normal"


class Type(NamedTuple):
    """A type of point.

    `alarm` is the kind of its alarm. `lively`: that it is open, on or detects is everyday life, and no alarm
    by itself (a door, a presence detector).
    """

    alarm: str
    lively: bool = False


TYPES: Mapping[str, Type] = {
    "door": Type("intrusion.door", lively=True),
    "window": Type("intrusion.door", lively=True),
    "motion": Type("intrusion.motion", lively=True),
    "glass": Type("intrusion.glass"),
    "partition": Type("intrusion.door", lively=True),
    "fire": Type("fire.alarm"),
    "smoke": Type("fire.alarm"),
    "heat": Type("fire.alarm"),
    "callpoint": Type("fire.alarm"),
    "gas": Type("hazard.detected"),
    "co": Type("hazard.detected"),
    "water": Type("hazard.detected"),
    "lift": Type("lift.trapped", lively=True),
    "panic": Type("panic.holdup"),
    "duress": Type("panic.duress"),
    "tamper": Type("tamper.device"),
    "power": Type("device.fault"),
}

_NORMAL = frozenset(
    ("normal", "closed", "ok", "off", "clear", "restored", "idle", "inactive", "dry", "false", "0", "running")
)
_ALARM = frozenset(("alarm", "forced", "trapped"))
_ACTIVE = frozenset(("on", "active", "open", "detected", "triggered", "wet", "true", "1"))
_OTHER: Mapping[str, str] = {
    **dict.fromkeys(("fault", "failure", "trouble", "stopped"), "device.fault"),
    **dict.fromkeys(("offline", "lost", "unreachable", "disconnected"), "device.offline"),
    "tamper": "tamper.device",
    "cancelled": "alarm.cancelled",
    "test": "test.periodic",
    "online": NORMAL,
    "ready": NORMAL,
    **dict.fromkeys(
        ("armed", "disarmed", "held", "locked", "unlocked", "moving", "init", "sleeping"), ORDINARY
    ),
}
_BACK = frozenset(("device.fault", "device.offline"))


def kind_of(type_name: str, state: str) -> str | None:
    """The kind that a state of a point makes, NORMAL, or None for a word that is not known."""
    found = TYPES.get(type_name)
    if state in _NORMAL:
        return NORMAL
    if state in _OTHER:
        return _OTHER[state]
    if state in _ALARM:
        return found.alarm if found else "technical.other"
    if state in _ACTIVE:
        return found.alarm if found and not found.lively else ORDINARY
    return None


def is_declarable(state: str) -> bool:
    """Whether the town may have said what this means for one point (a door that should never be open)."""
    return state in _ALARM or state in _ACTIVE


def ended(kind: str) -> str:
    """The kind that tells that a state of `kind` is over; '' where that is no news."""
    if kind in _BACK:
        return "device.online"
    quiet = ("", ORDINARY, NORMAL, "technical.other", "test.periodic", "alarm.cancelled")
    return "" if kind in quiet else "alarm.restored"
