"""The field desk's pages: each opens its door, asks one query or one action, and renders."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks import town_map, towns
from beffroi.desks.duty.acts import refusal_words
from beffroi.desks.field import forms, reading, written
from beffroi.desks.field.shown import Face
from beffroi.desks.field.words import for_scripts, tap_words
from beffroi.during.dispatch import crews, shifts
from beffroi.during.dispatch.errors import NoShift
from beffroi.during.dispatch.shown import ShiftView, TapView
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.identifiers import uuid7
from beffroi.people import doors
from beffroi.people.headers import asks_position
from beffroi.people.models import Member
from beffroi.territory import queries as territory

ACTION = "field.crew"
_SCRIPTS = Path(__file__).parents[1] / "static" / "desks" / "js" / "field"
#: What keeps the page readable, and what sends with the page shut.
_WORKER = ("service.js", "background.js")


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


def _shift(member: Member) -> ShiftView | None:
    """The member's shift, where they may still hold it. Raises DoorShut where they may not."""
    shift = reading.shift_of(member.pk)
    if shift is not None:
        doors.require(member, ACTION, territory=shift.territory)
    return shift


class OtherCommand(BeffroiError):
    """A unit of gendarmes or police, and a member who is neither."""

    code = "field.other_command"
    message = "{unit} is under its own command: its crew is not yours."
    advice = "Take a unit of your own service."
    status = 403


@doors.door(ACTION)
@asks_position
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The mission; without one the unit's state; without a unit, which to take."""
    member = _member(request)
    shift = _shift(member)
    if shift is None:
        keys = doors.territories_for(member, ACTION)
        return render(
            request, "desks/field/choose.html", {"choices": reading.choices(keys, member.organisation.kind)}
        )
    face = reading.face(shift)
    town = next(iter(towns.towns([shift.territory])), None)
    context = {
        "face": face,
        "town": town,
        "exercise": face.exercise,
        "now": clock.now(),
        "field": {
            **written.told(face),
            **_for_scripts(request, face.territory, town),
            "undo": _undo(face),
        },
        "key": uuid7(),
        "undo_key": uuid7(),
        "distress_key": uuid7(),
    }
    return render(request, "desks/field/page.html", context)


def _undo(face: Face) -> dict[str, str] | None:
    """The last tap, where the page that took it gave way to this one."""
    last = face.undo
    if last is None:
        return None
    return {
        "key": last.key,
        "label": last.words,
        "said_at": last.at.isoformat(),
        "received_at": last.received_at.isoformat(),
    }


def _for_scripts(request: HttpRequest, territory: str, town: towns.Town | None) -> dict[str, Any]:
    """Addresses, words and the town's map."""
    has_map = town is not None and bool(town.version)
    return {
        "token": get_token(request),
        "tell": reverse("field_tell"),
        "stand": reverse("field_stand"),
        "sign_in": f"{reverse(settings.LOGIN_URL)}?next={reverse('field')}",
        "sign_out": reverse("account_logout"),
        "worker": reverse("field_worker"),
        "scope": reverse("field"),
        "feed": f"{reverse('field')}flux?lang={get_language()}",
        "zone": settings.TIME_ZONE,
        "layers": town_map.layers_address(territory, town.version) if town and has_map else "",
        "centre": [town.lon, town.lat] if town and has_map else None,
        "words": for_scripts(),
    }


@doors.door(ACTION)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Hold a unit for the shift."""
    member = _member(request)
    key, _slash, unit = request.POST.get("unit", "").partition("/")
    try:
        if key:
            doors.require(member, ACTION, territory=key)
        if not reading.may_hold(territory.unit(key, unit), member.organisation.kind):
            raise OtherCommand(unit=unit)
        shifts.begin(territory_key=key, unit=unit, member=member.pk)
    except doors.DoorShut:
        raise
    except BeffroiError as refusal:
        messages.error(request, refusal_words(refusal))
    return redirect("field")


@doors.door(ACTION)
@require_POST
def give_back(request: HttpRequest) -> HttpResponse:
    """The end of the shift: the unit is given back, and its position no longer taken."""
    member = _member(request)
    shift = _shift(member)
    try:
        if shift is not None:
            shifts.finish(shift=shift.id, member=member.pk)
    except BeffroiError as refusal:
        messages.error(request, refusal_words(refusal))
    return redirect("field")


@doors.door(ACTION)
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """One tap, from a phone's queue (answered as JSON, with the page as it is now) or a plain form."""
    member = _member(request)
    program = request.headers.get("Accept") == "application/json"
    try:
        told = crews.tell(member=member.pk, **forms.tap(request.POST))
    except BeffroiError as refusal:
        if program:
            return JsonResponse(
                {"taken": False, "words": refusal_words(refusal), "code": refusal.code},
                status=refusal.status,
            )
        messages.error(request, refusal_words(refusal))
        return redirect("field")
    if not program:
        if told.refused:
            messages.error(request, tap_words(told))
        return redirect("field")
    return _answered(member, told)


def _answered(member: Member, told: TapView) -> HttpResponse:
    shift = _shift(member)
    return JsonResponse(
        {
            "taken": not told.refused,
            "code": told.refused,
            "words": tap_words(told) if told.refused else "",
            "again": told.again,
            "at": told.at.isoformat(),
            "clock": told.clock,
            "face": written.news(reading.face(shift) if shift else None),
        }
    )


@doors.door(ACTION)
@require_POST
def stand(request: HttpRequest) -> HttpResponse:
    """Where the phone is: only its unit's last place is kept, only while the shift lasts."""
    member = _member(request)
    try:
        shift = _shift(member)
        if shift is None:
            raise NoShift()
        crews.stand(
            shift=shift.id,
            member=member.pk,
            place=forms.place(request.POST),
            heading_deg=forms.heading(request.POST),
            age_s=forms.age_s(request.POST),
        )
    except doors.DoorShut:
        raise
    except BeffroiError as refusal:
        return JsonResponse(
            {"taken": False, "words": refusal_words(refusal), "code": refusal.code}, status=refusal.status
        )
    return JsonResponse({"taken": True})


@doors.door(ACTION)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of `/terrain/`: what keeps the page readable without a network."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@lru_cache(1)
def _script() -> str:
    """The worker's text, with what it depends on: a new release is a new worker."""
    told = {
        "page": reverse("field"),
        "tell": reverse("field_tell"),
        "static": settings.STATIC_URL,
        "map": "/carte/",
    }
    parts = [(_SCRIPTS / name).read_text() for name in _WORKER]
    return "\n".join([f"const HERE = {json.dumps(told)};", *parts])
