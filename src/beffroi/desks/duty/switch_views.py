"""K: what the town can switch, from an incident or with a stated purpose. A person decides, always."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import towns
from beffroi.desks.duty import acts, reading, switching, words, words_acting
from beffroi.desks.duty.views import member_of
from beffroi.during.acting import actions, queries
from beffroi.during.incident import queries as incidents
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.people import doors
from beffroi.people import queries as people


def _of_incident(incident: UUID, actuator: str, act: str) -> str:
    return reading.territory_of(incident)


@doors.door(actions.ACTION, of=_of_incident)
@require_http_methods(["GET", "HEAD", "POST"])
def from_incident(request: HttpRequest, incident: UUID, actuator: str, act: str) -> HttpResponse:
    """One act of one thing, from an incident: asked at once, or after a page that asks what must be seen."""
    territory, back = reading.territory_of(incident), reverse("duty_incident", args=[incident])
    if request.method != "POST":
        return _asking(request, territory, actuator, act, back=back, incident=incident)
    try:
        _ask(request, territory, actuator, act, incident=incident)
    except BeffroiError as refusal:
        if request.headers.get("HX-Request"):
            sheet = reading.sheet(incident, member_of(request))
            return render(
                request, "desks/duty/sheet.html", {"sheet": sheet, "refusal": acts.refusal_words(refusal)}
            )
        return _asking(request, territory, actuator, act, back=back, incident=incident, refusal=refusal)
    if request.headers.get("HX-Request"):
        sheet = reading.sheet(incident, member_of(request))
        return render(request, "desks/duty/sheet.html", {"sheet": sheet})
    return redirect(back)


def _of_territory(territory: str, actuator: str, act: str) -> str:
    return territory


@doors.door(actions.ACTION, of=_of_territory)
@require_http_methods(["GET", "HEAD", "POST"])
def from_list(request: HttpRequest, territory: str, actuator: str, act: str) -> HttpResponse:
    """One act of one thing, without an incident: a purpose is stated."""
    back = reverse("duty_switches")
    if request.method != "POST":
        return _asking(request, territory, actuator, act, back=back)
    try:
        _ask(request, territory, actuator, act, purpose=request.POST.get("purpose", ""))
    except BeffroiError as refusal:
        return _asking(request, territory, actuator, act, back=back, refusal=refusal)
    return redirect(back)


@doors.door(actions.ACTION)
@require_safe
def switches(request: HttpRequest) -> HttpResponse:
    """Everything that can be switched, and what was asked lately."""
    keys = doors.territories_for(member_of(request), actions.ACTION)
    watched = towns.towns(keys)
    context = {
        "towns": [
            (town, switching.all_of(town.key), switching.commands(queries.latest(town.key, limit=20)))
            for town in watched
        ],
        "several": len(watched) > 1,
        "place_title": watched[0].name if len(watched) == 1 else "",
        "exercise": (bool(watched) and all(each.exercise for each in watched)) or people.is_exercise(),
    }
    return render(request, "desks/duty/switches.html", context)


def _ask(request: HttpRequest, territory: str, actuator: str, act: str, **about: Any) -> None:
    actions.ask(
        member=member_of(request),
        territory=territory,
        actuator=actuator,
        act=act,
        text=request.POST.get("text", ""),
        seen=request.POST.get("seen", ""),
        sure=request.POST.get("sure") == "1",
        **about,
    )


def _asking(
    request: HttpRequest,
    territory: str,
    actuator: str,
    act: str,
    *,
    back: str,
    incident: UUID | None = None,
    refusal: BeffroiError | None = None,
) -> HttpResponse:
    """The page that asks before anything is told: what is seen, what is said, what for."""
    found = queries.actuator(territory, actuator)
    choice = next((each for each in found.choices if each.name == act), None)
    if choice is None:
        raise NotFound(what=act)
    about = incidents.sheet(incident).incident if incident else None
    drill = people.is_exercise() or (about.exercise if about else False) or found.exercise
    context = {
        "thing": found,
        "icon": words_acting.ICONS[found.kind],
        "kind": words.said(words_acting.KINDS, found.kind),
        "title": words.said(words_acting.ACTS, act).rstrip("…"),
        "moves": choice.like.moves,
        "minutes": choice.minutes,
        "texts": found.texts if choice.like.speaks else (),
        "seen": words_acting.SEEN.items(),
        "purposes": () if incident else words_acting.PURPOSES.items(),
        "reference": about.reference if about else "",
        "back": back,
        "refusal": acts.refusal_words(refusal) if refusal else "",
        "place_title": towns.towns({territory})[0].name,
        "exercise": drill,
    }
    return render(request, "desks/duty/switch.html", context, status=refusal.status if refusal else 200)
