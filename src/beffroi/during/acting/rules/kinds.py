"""The things that a town can switch, what each may be told, and which of those move something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that an actuator may be told.

    `moves`: something heavy moves where a person may stand. `again`: told twice it does what it did, so that
    it may be sent again. `normal`: puts back what others changed. `halt`: allowed whatever is going on.
    `speaks`: says one of the approved texts.
    """

    moves: bool = False
    again: bool = False
    normal: bool = False
    halt: bool = False
    speaks: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of actuator: the kinds of devices that it may hang on, and its acts."""

    devices: tuple[str, ...]
    acts: Mapping[str, Act]


_MOVE, _HALT = Act(moves=True), Act(again=True, halt=True)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "lamps": Kind(
            ("lamp", "switch"),
            {"brighten": Act(again=True), "normal": Act(again=True, normal=True)},
        ),
        "bollard": Kind(("barrier", "access"), {"lower": _MOVE, "raise": _MOVE, "halt": _HALT}),
        "barrier": Kind(("barrier", "access"), {"open": _MOVE, "close": _MOVE, "halt": _HALT}),
        "loudspeaker": Kind(("speaker",), {"say": Act(speaks=True), "hush": _HALT}),
    }
)

#: How a person saw that nobody stands where something will move.
SEEN = ("camera", "on_site", "radio")

#: What a command that comes from no incident is for.
PURPOSES = ("emergency_access", "safety", "event", "maintenance")


def act_of(kind: str, act: str) -> Act | None:
    """The act of that name of a kind of actuator."""
    found = KINDS.get(kind)
    return found.acts.get(act) if found else None
