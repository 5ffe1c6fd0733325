"""The level of alarm of ANSI/TMA-AVS-01, from 0 to 4: how a call to the police ranks, and why.

    0  no call            1  a call, little is known     2  a person is probably there
    3  property           4  life

The standard is made for intruder alarms. Life may be in danger as soon as one sign says so: the level never
waits for a proof of that, and its reason tells which of the two it rests on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

NONE, LITTLE, PERSON, PROPERTY, LIFE = range(5)

#: Every reason that may be given.
REASONS = (
    "avs.technical",
    "avs.was_false",
    "avs.life_sure",
    "avs.life_told",
    "avs.sure",
    "avs.lifted",
    "avs.person_seen",
    "avs.person_called",
    "avs.alone",
)
# Whose signs say that a person is there.
_PERSON = ((("presence.person", "panic."), "avs.person_seen"), (("report.",), "avs.person_called"))
_FALSE = frozenset({"false_alarm", "harmless", "duplicate", "restored"})


class Level(NamedTuple):
    """A level, 0 to 4, and the code of its reason."""

    level: int
    why: str


def level(
    *, state: str, outcome: str, life: bool, confirmed: bool, doubt_how: str, kinds: Collection[str]
) -> Level:
    """The level of an incident: its state and outcome, what is sure, and the kinds of its signs.

    `doubt_how`: how a person or concordant signs lifted the doubt ('': nobody did).
    """
    if state == "technical" or outcome in _FALSE:
        return Level(NONE, "avs.technical" if state == "technical" else "avs.was_false")
    sure = confirmed or bool(doubt_how)
    if life:
        return Level(LIFE, "avs.life_sure" if sure else "avs.life_told")
    if sure:
        return Level(PROPERTY, "avs.lifted" if doubt_how not in ("", "concordant") else "avs.sure")
    for beginnings, why in _PERSON:
        if any(kind.startswith(beginnings) for kind in kinds):
            return Level(PERSON, why)
    return Level(LITTLE, "avs.alone")
