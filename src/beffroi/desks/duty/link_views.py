"""Several incidents as one event: which others, why; and out of it again."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from beffroi.desks.duty import acts, reading, words, words_more
from beffroi.desks.duty.views import member_of
from beffroi.during.incident import linking, queries, rules_handing
from beffroi.during.incident.errors import BadLink
from beffroi.during.incident.shown import IncidentView
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors
from beffroi.territory import queries as territory

ACTION = "incident.link"


@doors.door(ACTION, of=reading.territory_of)
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, incident: UUID) -> HttpResponse:
    """Choose the others and the reason; posted, they are one event."""
    if request.method != "POST":
        return _page(request, incident)
    try:
        linking.link(
            incident=incident,
            other=_other(request),
            member=member_of(request).pk,
            why=request.POST.get("why", ""),
        )
    except BeffroiError as refusal:
        return _page(request, incident, acts.refusal_words(refusal), refusal.status)
    return redirect("duty_incident", incident)


@doors.door(ACTION, of=reading.territory_of)
@require_POST
def unlink(request: HttpRequest, incident: UUID) -> HttpResponse:
    """This one is not part of it, and why."""
    try:
        linking.unlink(incident=incident, member=member_of(request).pk, why=request.POST.get("why", ""))
    except BeffroiError as refusal:
        return _page(request, incident, acts.refusal_words(refusal), refusal.status)
    return redirect("duty_incident", incident)


def _other(request: HttpRequest) -> UUID:
    """The other incident, in a territory where the member may link too. Raises BadLink, UnknownIncident."""
    try:
        other = UUID(request.POST.get("other", ""))
    except ValueError:
        raise BadLink(where="other", why="choose another incident") from None
    doors.require(member_of(request), ACTION, territory=reading.territory_of(other))
    return other


def _page(request: HttpRequest, incident: UUID, refusal: str = "", status: int = 200) -> HttpResponse:
    here = queries.incident(incident)
    event = linking.event_of(incident)
    within = {each.id for each, _why in event.parts} if event else set()
    others = linking.others_nearby(here, {here.territory})
    context = {
        "incident": here,
        "title": _title(here),
        "event": event,
        "parts": [(each, _title(each), words.said(words_more.LINKS, why)) for each, why in event.parts]
        if event
        else [],
        "others": [(each, _title(each)) for each in others if each.id not in within],
        "reasons": [(code, words.said(words_more.LINKS, code)) for code in rules_handing.LINK_REASONS],
        "ways_out": [(code, words.said(words_more.LINKS, code)) for code in rules_handing.UNLINK_REASONS],
        "place_title": territory.territory(here.territory).name,
        "exercise": here.exercise,
        "refusal": refusal,
    }
    return render(request, "desks/duty/link.html", context, status=status)


def _title(each: IncidentView) -> str:
    return words.title(each.act, each.state)
