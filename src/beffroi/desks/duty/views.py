"""The duty desk's pages: each opens its door, asks one query or one action, and renders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks import town_map, towns
from beffroi.desks.duty import acts, log, reading, switching, troubles, units
from beffroi.desks.duty.shown import Sheet
from beffroi.during.incident import load as alarm_load
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.journal import queries as journal
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.people.models import Member

ACTION = "duty.view"
STYLES = [
    f"desks/css/{name}.css" for name in ("queue", "map", "log", "sheet", "eyes", "switch", "duty", "call")
]
LINES = 40


def member_of(request: HttpRequest) -> Member:
    """Whom the door let in."""
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


@doors.door(ACTION)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The whole desk, open on what is most urgent to decide."""
    return page(request, None)


@doors.door(ACTION, of=reading.territory_of)
@require_safe
def incident(request: HttpRequest, incident: UUID) -> HttpResponse:
    """The whole desk with one incident open; a part of a page gets its sheet alone."""
    sheet = reading.sheet(incident, member_of(request))
    if request.headers.get("HX-Request"):
        return render(request, "desks/duty/sheet.html", {"sheet": sheet})
    return page(request, sheet)


def page(request: HttpRequest, sheet: Sheet | None, *, status: int = 200, **beside: Any) -> HttpResponse:
    """The desk, open on a sheet; on what stands in its place (`call`, `pending`), or on the most urgent."""
    member = member_of(request)
    keys = doors.territories_for(member, ACTION)
    asked = request.GET.get("territory", "")
    if asked:
        keys = keys & {asked}
    position = journal.head_position()  # before anything is read: the feed resumes from here
    queue = reading.queue(keys)
    watched = towns.towns(keys)
    if sheet is None and queue.decide and not beside:
        sheet = reading.sheet(UUID(queue.decide[0].id), member)
    if not watched:
        raise NotFound(what="territory")
    shown = sheet.row.territory if sheet else beside["call"].town.key if "call" in beside else ""
    town = next((each for each in watched if each.key == shown), watched[0])
    logs = doors.territories_for(member, "log.view") & keys
    context: dict[str, Any] = {
        "queue": queue,
        "sheet": sheet,
        "waiting": len(queue.decide),
        "troubles": troubles.troubles(),
        "load": alarm_load.load(keys),
        "lines": log.lines(logs, LINES),
        "head": log.head(town.key),
        "styles": STYLES,
        "now": clock.now(),
        "time_zone": settings.TIME_ZONE,
        "place_title": watched[0].name if len(watched) == 1 else _several(watched),
        "place_note": _note(watched),
        "who": member.display_name,
        "who_note": gettext("on duty"),
        "exercise": all(each.exercise for each in watched) or people.is_exercise(),
        "desk": _for_scripts(
            watched,
            town,
            position,
            units_of=doors.territories_for(member, "unit.view"),
            devices_of=doors.territories_for(member, "device.view"),
        ),
        "may_help": bool(doors.territories_for(member, "help.ask")),
        "may_call": bool(doors.territories_for(member, "call.take")),
        **beside,
    }
    return render(request, "desks/duty/desk.html", context, status=status)


def _several(watched: list[towns.Town]) -> str:
    installation = people.installation()
    return installation.name if installation else watched[0].name


def _note(watched: list[towns.Town]) -> str:
    if len(watched) == 1:
        installation = people.installation()
        return installation.name if installation and installation.name != watched[0].name else ""
    return ngettext("%(number)d territory", "%(number)d territories", len(watched)) % {"number": len(watched)}


def _for_scripts(
    watched: list[towns.Town],
    town: towns.Town,
    position: int,
    *,
    units_of: frozenset[str],
    devices_of: frozenset[str],
) -> dict[str, Any]:
    """What the page's scripts need, as plain values."""
    return {
        "stem": reverse("duty"),
        "feed": f"{reverse('duty')}flux?lang={get_language()}",
        "position": position,
        "town": town.key if town.version else "",
        "towns": {
            each.key: {
                "name": each.name,
                "lat": each.lat,
                "lon": each.lon,
                "layers": town_map.layers_address(each.key, each.version),
                "cameras": reverse("map_cameras", args=[each.key]),
            }
            for each in watched
            if each.version
        },
        "units": units.on_map([each.key for each in watched if each.key in units_of]),
        "switches": [
            mark for each in watched if each.key in devices_of for mark in switching.on_map(each.key)
        ],
        "words": {
            "unreachable": gettext("The server does not answer: nothing was done. Try again."),
            "refused": gettext("This was refused: nothing was done."),
        },
    }


def _act(request: HttpRequest, incident: UUID, act: acts.Act) -> HttpResponse:
    """Do one act; the sheet comes back as it is now, a refusal beside what it refuses."""
    member = member_of(request)
    try:
        act(incident=incident, member=member, form=request.POST)
    except BeffroiError as refusal:
        return _refusal(request, incident, refusal)
    if not request.headers.get("HX-Request"):
        return redirect("duty_incident", incident)
    return render(request, "desks/duty/sheet.html", {"sheet": reading.sheet(incident, member)})


def _refusal(request: HttpRequest, incident: UUID, refusal: BeffroiError) -> HttpResponse:
    said = acts.refusal_words(refusal)
    sheet = reading.sheet(incident, member_of(request))
    context = {"sheet": sheet, "refusal": said}
    if request.headers.get("HX-Request"):
        return render(request, "desks/duty/sheet.html", context)
    return render(request, "desks/duty/refused.html", context, status=refusal.status)


@doors.door("incident.acknowledge", of=reading.territory_of)
@require_POST
def acknowledge(request: HttpRequest, incident: UUID) -> HttpResponse:
    """A: I take it."""
    return _act(request, incident, acts.acknowledge)


@doors.door("incident.dispatch", of=reading.territory_of)
@require_POST
def send(request: HttpRequest, incident: UUID) -> HttpResponse:
    """E: send this unit."""
    return _act(request, incident, acts.send)


@doors.door("incident.arrive", of=reading.territory_of)
@require_POST
def arrive(request: HttpRequest, incident: UUID) -> HttpResponse:
    """S: the unit is on scene."""
    return _act(request, incident, acts.arrive)


@doors.door("incident.close", of=reading.territory_of)
@require_POST
def close(request: HttpRequest, incident: UUID) -> HttpResponse:
    """C: over, with its outcome."""
    return _act(request, incident, acts.close)


@doors.door("incident.acknowledge", of=reading.territory_of)
@require_POST
def lift_doubt(request: HttpRequest, incident: UUID) -> HttpResponse:
    """D: the doubt is lifted, and how."""
    return _act(request, incident, acts.lift_doubt)


@doors.door("incident.acknowledge", of=reading.territory_of)
@require_POST
def step(request: HttpRequest, incident: UUID) -> HttpResponse:
    """A step of the procedure is done."""
    return _act(request, incident, acts.step)


@doors.door("incident.annotate", of=reading.territory_of)
@require_POST
def note(request: HttpRequest, incident: UUID) -> HttpResponse:
    """N: a note on the incident."""
    return _act(request, incident, acts.note)
