"""The referent's page: one form, its confirmation, one's own reports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.before.signal import actions, queries, rules
from beffroi.desks import town_map, towns
from beffroi.desks.report import words
from beffroi.desks.report.forms import Filled, fill
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.identifiers import uuid7
from beffroi.people import doors
from beffroi.people.headers import asks_position
from beffroi.people.models import Member
from beffroi.territory import queries as territory

ACTION = "signal.report"


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


@doors.door(ACTION)
@asks_position
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; once filled well, the report is kept and its reference is shown."""
    member = _member(request)
    open_towns = towns.towns(doors.territories_for(member, ACTION))
    if not open_towns:
        raise NotFound(what="territory")
    asked = request.POST.get("territory") or request.GET.get("territory") or open_towns[0].key
    town = next((each for each in open_towns if each.key == asked), None)
    if town is None:
        doors.require(member, ACTION, territory=asked)
        raise NotFound(what=asked)
    if request.method != "POST":
        return _page(request, town, open_towns, Filled())
    streets = towns.named_streets(town.key, town.version)
    filled = fill(request.POST, streets, town.centre, town.reach_m)
    if filled.faults:
        return _page(request, town, open_towns, filled)
    return redirect("report_sent", _send(member, town, filled).id)


def _send(member: Member, town: towns.Town, filled: Filled) -> queries.SignalView:
    assert filled.place is not None and filled.age is not None  # noqa: S101 - no fault was found
    name = territory.place_name(town.key, filled.place.lat, filled.place.lon)
    return actions.report(
        territory=town.key,
        member=member.pk,
        what=filled.what,
        details=filled.details,
        place=filled.place,
        place_name=filled.street or name,
        seen_at=clock.now() - filled.age,
        form=filled.form,
        exercise=town.exercise,
    )


def _page(
    request: HttpRequest, town: towns.Town, open_towns: list[towns.Town], filled: Filled
) -> HttpResponse:
    streets = towns.named_streets(town.key, town.version)
    context: dict[str, Any] = {
        "town": town,
        "towns": open_towns,
        "place_title": town.name,
        "exercise": town.exercise,
        "choices": words.choices(),
        "ages": words.ages(),
        "streets": list(streets),
        "filled": filled,
        "faults": {field: gettext(fault) for field, fault in filled.faults.items()},
        "form": filled.form or uuid7(),
        "layers": town_map.layers_address(town.key, town.version) if town.version else "",
        "own": [_line(each) for each in queries.of_member(_member(request).pk)],
        "widest": rules.WIDEST_M,
    }
    status = 422 if filled.faults else 200
    return render(request, "desks/signal/report.html", context, status=status)


def _line(signal: queries.SignalView) -> dict[str, Any]:
    return {
        "id": signal.id,
        "reference": signal.reference,
        "words": words.said(signal.what, signal.details),
        "place": signal.place,
        "seen_at": signal.seen_at,
        "url": reverse("report_sent", args=[signal.id]),
    }


@doors.door(ACTION)
@require_safe
def sent(request: HttpRequest, signal: UUID) -> HttpResponse:
    """One's own report, as it was kept."""
    if not queries.is_of(signal, _member(request).pk):
        raise NotFound(what=f"signal {signal}")
    view = queries.signal(signal)
    context = {
        "signal": view,
        "words": words.said(view.what, view.details),
        "exercise": view.exercise,
        "place_title": territory.territory(view.territory).name,
    }
    return render(request, "desks/signal/sent.html", context)
