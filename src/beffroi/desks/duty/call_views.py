"""T: a call taken at the duty desk; its places, and the incident that it opened or joined."""

from __future__ import annotations

import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import towns
from beffroi.desks.duty import calling, reading
from beffroi.desks.duty import views as duty
from beffroi.desks.duty.calling import Call
from beffroi.during.fusion import queries as fusion
from beffroi.during.intake import calls
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.people import doors

ACTION = "call.take"
#: How long a page waits for the engine before it says that it waits, and how often it looks (s).
WAITS_S, LOOKS_S = 0.9, 0.03


@doors.door(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest) -> HttpResponse:
    """The form, beside the map; once filled in, the incident that the call opened or joined."""
    member = duty.member_of(request)
    open_towns = [each for each in towns.towns(doors.territories_for(member, ACTION)) if each.version]
    asked = request.POST.get("territory") or request.GET.get("territory", "")
    town = next((each for each in open_towns if each.key == asked), None)
    if town is None:
        if asked:
            doors.require(member, ACTION, territory=asked)
        if asked or not open_towns:
            raise NotFound(what=asked or "territory")
        town = open_towns[0]
    if request.method != "POST":
        return _form(request, Call(town), open_towns)
    filled = calling.fill(request.POST, town)
    if filled.faults:
        return _form(request, filled, open_towns)
    try:
        calling.take(filled, member.pk)
    except BeffroiError as refusal:
        filled.faults["call"] = duty.acts.refusal_words(refusal)
        return _form(request, filled, open_towns)
    if request.headers.get("HX-Request"):
        return _called(request, filled.form)
    return redirect("duty_called", filled.form)


def _form(request: HttpRequest, filled: Call, open_towns: list[towns.Town]) -> HttpResponse:
    filled.towns = tuple(open_towns)
    status = 422 if filled.faults else 200
    if request.headers.get("HX-Request"):
        # htmx puts only what succeeded in the page; the form says itself what lacks
        return render(request, "desks/duty/call.html", {"call": filled})
    return duty.page(request, None, call=filled, status=status)


@doors.door(ACTION)
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """Places that bear what is typed, as a part of the form."""
    key = request.GET.get("territory", "")
    if not key:
        raise NotFound(what="territory")
    context = {"found": calling.propose(key, request.GET.get("where", "")), "where": request.GET.get("where")}
    return render(request, "desks/duty/places.html", context)


@doors.door(ACTION)
@require_safe
def called(request: HttpRequest, call: UUID) -> HttpResponse:
    """The incident of a call; until the engine has understood it, that it is kept and waits."""
    return _called(request, call)


def _called(request: HttpRequest, form: UUID) -> HttpResponse:
    if form.version != 7:
        raise NotFound(what=f"call {form}")
    incident = _understood(calls.observation_of(form))
    member = duty.member_of(request)
    if incident is None:
        context = {"call": form, "address": reverse("duty_called", args=[form])}
        if request.headers.get("HX-Request"):
            return render(request, "desks/duty/waiting.html", context)
        return duty.page(request, None, pending=context)
    doors.require(member, duty.ACTION, territory=reading.territory_of(incident))
    if not request.headers.get("HX-Request"):
        return redirect("duty_incident", incident)
    return render(request, "desks/duty/sheet.html", {"sheet": reading.sheet(incident, member)})


def _understood(observation: UUID) -> UUID | None:
    end = time.monotonic() + WAITS_S
    while (incident := fusion.hypothesis_of(observation)) is None and time.monotonic() < end:
        time.sleep(LOOKS_S)
    return incident
