"""Reads acting into what the desk shows: what can be switched near a place, and what became of commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from beffroi.desks.duty import log, words, words_acting
from beffroi.during.acting import queries
from beffroi.during.acting.rules import states
from beffroi.during.acting.shown import ActuatorView, Choice, CommandView
from beffroi.foundation.geography import Position
from beffroi.people import queries as people

COMMANDS_MOST = 6
LONG_LIST = 9
#: Acts that change what is usual: their marks are full.
CHANGED = frozenset({"brighten", "lower", "open", "say"})


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command in words: when, what, by whom, what became of it, and what ends it."""

    at: datetime
    title: str
    who: str
    state: str
    words: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """One thing to press: its key, its words, where it leads (asking first) or is sent at once."""

    digit: str
    words: str
    note: str
    address: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that can be switched: what it is, where, how it says it stands, what can be pressed."""

    key: str
    icon: str
    name: str
    note: str
    stands: str
    mute: bool
    exercise: bool
    presses: tuple[Press, ...]


def near(territory: str, incident: UUID, place: Position | None) -> tuple[Switch, ...]:
    """What can be switched around an incident, the nearest first; digits 1 to 9 in their order."""
    found = queries.near(territory, place)
    return _switches(found, lambda each, act: reverse("duty_switch", args=[incident, each.key, act]))


def on_map(territory: str) -> list[dict[str, Any]]:
    """What can be switched where its place is known, as plain values for the page."""
    return [
        {
            "territory": each.territory,
            "key": each.key,
            "icon": words_acting.ICONS[each.kind],
            "lat": each.position.lat,
            "lon": each.position.lon,
            "state": _face(each),
            "said": words.said(words_acting.SAID, each.said) if each.said else "",
            "said_at": each.said_at.isoformat() if each.said_at else "",
            "stands": _stands(each),
            "words": f"{each.name}, {_note(each)}, {_stands(each)}",
        }
        for each in queries.actuators(territory)
        if each.position is not None
    ]


def _face(each: ActuatorView) -> str:
    """How its mark looks: `mute` wants a person; `asked` is on its way; `changed` is not as it usually is."""
    if each.mute:
        return "mute"
    if each.last is not None and each.last.state in states.OPEN:
        return "asked"
    return "unknown" if not each.said else "changed" if each.said in CHANGED else "usual"


def all_of(territory: str) -> tuple[Switch, ...]:
    """Everything that can be switched in a territory."""
    found = queries.actuators(territory)
    return _switches(found, lambda each, act: reverse("duty_switch_here", args=[territory, each.key, act]))


def _switches(found: Sequence[ActuatorView], address: object) -> tuple[Switch, ...]:
    assert callable(address)  # noqa: S101 - given by the two above
    digits = iter(range(1, LONG_LIST + 1))
    return tuple(
        Switch(
            key=each.key,
            icon=words_acting.ICONS[each.kind],
            name=each.name,
            note=_note(each),
            stands=_stands(each),
            mute=each.mute,
            exercise=each.exercise,
            presses=tuple(
                _press(choice, str(next(digits, "")), address(each, choice.name)) for choice in each.choices
            ),
        )
        for each in found
    )


def _press(choice: Choice, digit: str, address: str) -> Press:
    note = gettext("for %(minutes)d min") % {"minutes": choice.minutes} if choice.minutes else ""
    if choice.like.moves:
        note = gettext("asks first who stands there")
    asks = choice.like.moves or choice.like.speaks
    return Press(digit, words.said(words_acting.ACTS, choice.name), note, address, asks)


def _note(each: ActuatorView) -> str:
    kind = words.said(words_acting.KINDS, each.kind)
    return f"{kind}, {each.metres:.0f}\u00a0m" if each.metres is not None else kind


def _stands(each: ActuatorView) -> str:
    if each.said_at is None or not each.said:
        return gettext("state unknown")
    at = timezone.localtime(each.said_at).strftime("%H:%M")
    return gettext("%(state)s, said at %(time)s") % {
        "state": words.said(words_acting.SAID, each.said),
        "time": at,
    }


def of_incident(incident: UUID) -> tuple[Commanded, ...]:
    """What was asked from an incident, the latest first."""
    return commands(queries.commands(incident, limit=COMMANDS_MOST))


def commands(found: Iterable[CommandView]) -> tuple[Commanded, ...]:
    """Commands in words."""
    kept = list(found)
    names = people.names_of({each.actor for each in kept})
    return tuple(
        Commanded(
            at=each.asked_at,
            title=words_acting.told(each.name, each.act),
            who=log.author(each.actor, names),
            state=each.state,
            words=words.said(words_acting.STATES, each.state),
            icon=words_acting.MARKS.get(each.state, "clock"),
            note=_end(each),
        )
        for each in kept
    )


def _end(each: CommandView) -> str:
    if each.stuck:
        return gettext("it did not say that it came back to normal: look at it")
    if each.ends_at is None or each.ended or each.state in (states.NOT_SENT, states.REFUSED, states.KEPT):
        return gettext("as agreed when it was asked") if each.of else ""
    return gettext("back to normal at %(time)s") % {
        "time": timezone.localtime(each.ends_at).strftime("%H:%M")
    }
