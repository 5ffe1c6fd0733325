"""Reads the eyes into what the desk shows: cameras around an incident, looks, the register."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.eyes import words
from beffroi.desks.eyes.shown import Eye
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.shown import IncidentView
from beffroi.eyes import queries
from beffroi.eyes.queries import Sighted
from beffroi.eyes.shown import CameraView, LookView
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.people.models import Member
from beffroi.territory import queries as territory

SHOWN = 4
ACTION = "camera.look"


@dataclass(frozen=True, slots=True)
class Seat:
    """A look as a page shows it: in words, with its incident's reference; `straight`: by WebRTC if it can."""

    look: LookView
    purpose: str
    reference: str
    incident: str
    span: str
    straight: bool


def around(incident: IncidentView) -> tuple[Eye, ...]:
    """The cameras that see the place, the best first, then the nearest on the ways out.

    Nothing where the town has declared no camera's image, or the place is not known.
    """
    if incident.lat is None or incident.lon is None or not queries.has_cameras(incident.territory):
        return ()
    sees, beside = queries.sighted(incident.territory, Position(incident.lat, incident.lon))
    today = timezone.localdate(clock.now())
    known = [each for each in (*sees[:SHOWN], *beside) if each.camera is not None or each.seen.sees]
    return tuple(_eye(each, today, exercise=incident.exercise) for each in known)


def _eye(each: Sighted, today: date, *, exercise: bool) -> Eye:
    seen, camera = each.seen, each.camera
    ways = words.LOOKING if seen.sees else words.STANDING
    why = f"{spelling.metres(seen.metres)}, {words.said(ways, seen.way)}"
    closed = closed_code(camera, today) if camera is not None else "no_way"
    if not closed and camera is not None and camera.exercise != exercise:
        closed = "exercise"
    return Eye(
        device=seen.key,
        name=each.name,
        why=why,
        sees=seen.sees,
        live=camera is not None and camera.live,
        past=camera is not None and camera.past,
        closed=words.said(words.CLOSED, closed) if closed else "",
    )


def closed_code(camera: CameraView, today: date) -> str:
    """Why nobody may look through a camera today; '' where one may ask."""
    if camera.shut:
        return camera.shut
    if not camera.order and not camera.exercise:
        return "no_order"
    return "" if camera.live or camera.past else "no_way"


def seats(member: Member) -> list[Seat]:
    """The looks of a member that go on."""
    now = clock.now()
    return [seat(each) for each in queries.open_looks(member.pk) if each.until > now]


def seat(look: LookView) -> Seat:
    """One look in words."""
    reference = ""
    if look.reference:
        try:
            reference = incidents.incident(UUID(look.reference)).reference
        except (UnknownIncident, ValueError):
            reference = ""
    purpose = words.said(words.PURPOSES, look.purpose)
    span = _span(look.span_from, look.span_to)
    return Seat(look, purpose, reference, look.reference, span, queries.straight(look))


def _span(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    first, last = words.span(start, end, clock.now())
    return gettext("from %(first)s to %(last)s") % {"first": first, "last": last}


@dataclass(frozen=True, slots=True)
class Choice:
    """A camera to choose on the wall."""

    territory: str
    town: str
    device: str
    name: str
    closed: str
    past: bool


def choices(territories: Collection[str]) -> list[Choice]:
    """Every camera of these territories that was declared, with what keeps it closed."""
    today = timezone.localdate(clock.now())
    towns = {key: territory.territory(key).name for key in territories}
    found = []
    for each in queries.cameras(territories):
        closed = closed_code(each, today)
        said = words.said(words.CLOSED, closed) if closed else ""
        found.append(Choice(each.territory, towns[each.territory], each.device, each.name, said, each.past))
    return found
