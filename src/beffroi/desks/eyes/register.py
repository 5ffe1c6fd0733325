"""The register of looks, read from the journal alone: who looked, through what, why, when, how long."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.eyes import words
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.errors import UnknownIncident
from beffroi.eyes import queries
from beffroi.foundation.errors import NotFound
from beffroi.journal.entries import EntryView
from beffroi.people import queries as people
from beffroi.territory import queries as territory

ENTRIES = 600


@dataclass(frozen=True, slots=True)
class Line:
    """One look, or one refused: when, who, where, through what, why, and how it ended."""

    at: datetime
    who: str
    town: str
    camera: str
    what: str
    purpose: str
    reference: str
    lasted: str
    refused: bool
    exercise: bool
    number: int


def lines(territories: Collection[str]) -> list[Line]:
    """The newest looks of these territories, the newest first."""
    entries = queries.register(territories, ENTRIES)
    ended = {(each.body or {}).get("look"): each for each in entries if each.fact == "camera.look_ended"}
    shown = [each for each in entries if each.fact != "camera.look_ended"]
    names = people.names_of({each.actor for each in shown})
    said = _Names()
    return [_line(each, ended, names, said) for each in shown]


class _Names:
    """Names of devices, towns and incidents, each read once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], str] = {}

    def town(self, key: str) -> str:
        return self._once(("town", key), lambda: territory.territory(key).name, key)

    def device(self, town: str, key: str) -> str:
        return self._once(("device", town, key), lambda: territory.device(town, key).name or key, key)

    def incident(self, identifier: str) -> str:
        return self._once(
            ("incident", identifier), lambda: incidents.incident(UUID(identifier)).reference, ""
        )

    def _once(self, key: tuple[str, ...], read: Any, otherwise: str) -> str:
        if key not in self._kept:
            try:
                self._kept[key] = read()
            except (NotFound, UnknownIncident, ValueError):
                self._kept[key] = otherwise
        return self._kept[key]


def _line(entry: EntryView, ended: Mapping[Any, EntryView], names: Mapping[str, str], said: _Names) -> Line:
    town = entry.journal.removeprefix("territory:")
    body = entry.body
    if body is None:
        what = gettext("erased: its legal time was over")
        return Line(
            at=entry.time,
            who=names.get(entry.actor, gettext("a member")),
            town=said.town(town),
            camera="",
            what=what,
            purpose="",
            reference="",
            lasted="",
            refused=False,
            exercise=False,
            number=entry.number,
        )
    if entry.fact == "people.refused":
        return _shut(entry, body, names, said)
    end = ended.get(body.get("look"))
    refused = entry.fact == "camera.look_refused"
    return Line(
        at=entry.time,
        who=names.get(entry.actor, gettext("a member")),
        town=said.town(town),
        camera=said.device(town, body["device"]),
        what=_what(body, entry.time),
        purpose=words.said(words.PURPOSES, body["purpose"]),
        reference=said.incident(body["incident"]) if body["incident"] else "",
        lasted=words.said(words.REFUSED, body["code"]) if refused else _lasted(end),
        refused=refused,
        exercise=body["exercise"],
        number=entry.number,
    )


def _shut(entry: EntryView, body: Mapping[str, Any], names: Mapping[str, str], said: _Names) -> Line:
    """A door that stayed shut: the entry says before whom, where and for which right."""
    return Line(
        at=entry.time,
        who=names.get(entry.actor, gettext("a member")),
        town=said.town(body["territory"]),
        camera="",
        what=gettext("live") if body["action"] == "camera.look" else gettext("recorder"),
        purpose="",
        reference="",
        lasted=words.said(words.REFUSED, body["reason"]),
        refused=True,
        exercise=False,
        number=entry.number,
    )


def _what(body: Mapping[str, Any], at: datetime) -> str:
    if body["kind"] == "live":
        return gettext("live")
    if not body.get("span_from"):
        return gettext("recorder")
    start, end = (datetime.fromisoformat(body[each]) for each in ("span_from", "span_to"))
    first, last = words.span(start, end, at)
    return gettext("recorder, %(first)s to %(last)s") % {"first": first, "last": last}


def _lasted(end: EntryView | None) -> str:
    if end is None or end.body is None:
        return gettext("goes on")
    lasted = f"{spelling.duration(end.body['seconds'])}, {words.said(words.ENDS, end.body['how'])}"
    return lasted if end.body["images"] else gettext("%(lasted)s, no image came") % {"lasted": lasted}
