"""Looks over HTTP: open one, close it, the wall of one's own, and the register of everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks.duty import acts
from beffroi.desks.duty.views import ACTION, member_of
from beffroi.desks.eyes import asking, reading, register, words
from beffroi.during.incident import doors as incident_doors
from beffroi.during.incident.errors import UnknownIncident
from beffroi.eyes import actions, rules
from beffroi.eyes.shown import LookView
from beffroi.foundation.errors import BeffroiError
from beffroi.people import actions as people
from beffroi.people import doors
from beffroi.people.models import Member
from beffroi.territory import queries as territory

LOOK = "look.view"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a look is for: a purpose, and the incident where that is it."""

    purpose: str
    reference: str = ""
    exercise: bool | None = None


@doors.door(ACTION)
@require_POST
def open_look(request: HttpRequest) -> HttpResponse:
    """Look through a camera: written first, then the page gets the place where its image will be."""
    part = bool(request.headers.get("HX-Request"))
    try:
        look = _open(member_of(request), request.POST)
    except doors.DoorShut as shut:
        people.record_refusal(shut)
        return _said(request, shut, part=part)
    except BeffroiError as refusal:
        return _said(request, refusal, part=part)
    if not part:
        return redirect("wall")
    return render(request, "desks/eyes/look.html", {"seat": reading.seat(look), "small": True})


def _open(member: Member, form: acts.Form) -> LookView:
    reason = _reason(member, form)
    where, _slash, device = form.get("camera", "").partition("/")
    return actions.open_look(
        member=member,
        territory=where,
        device=device,
        purpose=reason.purpose,
        reference=reason.reference,
        reference_exercise=reason.exercise,
        span=asking.span(form),
    )


def _reason(member: Member, form: acts.Form) -> Reason:
    """The incident named, which the member must be able to see; else the purpose stated."""
    named = form.get("incident", "")
    if not named:
        return Reason(form.get("purpose", ""))
    try:
        row = incident_doors.incident_for(member, UUID(named), ACTION)
    except ValueError:
        raise UnknownIncident(what=named) from None
    return Reason(rules.INCIDENT, str(row.pk), row.exercise)


def _said(request: HttpRequest, refusal: BeffroiError, *, part: bool) -> HttpResponse:
    """A refusal, where the image would have been."""
    said = acts.refusal_words(refusal)
    if part:
        return render(request, "desks/eyes/refused.html", {"refusal": said})
    return _wall(request, request.POST, said, refusal.status)


@doors.door(ACTION)
@require_POST
def close_look(request: HttpRequest, look: UUID) -> HttpResponse:
    """The member looks no more."""
    actions.end_look(identifier=look, member=member_of(request).pk)
    return HttpResponse(status=204) if request.headers.get("X-Look") else redirect("wall")


@doors.door(ACTION)
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """One to nine images at once, each a look of its own; a sheet may name the camera and the incident."""
    return _wall(request, request.GET)


def _wall(request: HttpRequest, form: acts.Form, refusal: str = "", status: int = 200) -> HttpResponse:
    member = member_of(request)
    keys = doors.territories_for(member, reading.ACTION)
    seats = reading.seats(member)
    towns = [territory.territory(key) for key in sorted(keys)]
    context = {
        "seats": seats,
        "choices": reading.choices(keys),
        "several": len(keys) > 1,
        "purposes": [
            (code, words.said(words.PURPOSES, code)) for code in rules.PURPOSES if code != "incident"
        ],
        "asked": asking.asked(member, form),
        "refusal": refusal,
        "full": len(seats) >= rules.MOST_AT_ONCE,
        "columns": 1 if len(seats) < 2 else 2 if len(seats) <= 4 else 3,
        "place_title": towns[0].name if len(towns) == 1 else gettext("Wall"),
        "exercise": bool(towns) and all(each.exercise for each in towns),
    }
    return render(request, "desks/eyes/wall.html", context, status=status)


@doors.door(LOOK)
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked at what, and why: from the journal."""
    keys = doors.territories_for(member_of(request), LOOK)
    found = register.lines(keys)
    towns = [territory.territory(key) for key in sorted(keys)]
    context = {
        "lines": found,
        "several": len(keys) > 1,
        "place_title": towns[0].name if len(towns) == 1 else "",
        "exercise": bool(towns) and all(each.exercise for each in towns),
    }
    return render(request, "desks/eyes/register.html", context)
