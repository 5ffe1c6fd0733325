"""R: the relève. It writes itself; one button takes it over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks import towns
from beffroi.desks.duty import acts, telling, words
from beffroi.desks.duty.views import ACTION, member_of
from beffroi.during.incident import shifts
from beffroi.during.incident.errors import UnknownNote
from beffroi.during.incident.shifts import Shift
from beffroi.during.incident.shown import IncidentView
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.territory import queries as territory

TAKE = "shift.take_over"
#: The hours that may be read back.
HOURS = (4, 8, 12, 24)


@doors.door(ACTION)
@require_safe
def shift(request: HttpRequest) -> HttpResponse:
    """What the shift leaves: since it was taken over last, or for the hours asked."""
    return _page(request)


@doors.door(TAKE)
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """I take over."""
    member = member_of(request)
    watched = _watched(request, TAKE)
    exercises = {each.key for each in watched if each.exercise}
    shifts.take_over(territories=[each.key for each in watched], member=member.pk, exercises=exercises)
    return redirect("duty_shift")


@doors.door("incident.annotate")
@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """A note for the next shift."""
    watched = _watched(request, "incident.annotate")
    key = request.POST.get("territory", "")
    town = next((each for each in watched if each.key == key), watched[0])
    if key and town.key != key:
        doors.require(member_of(request), "incident.annotate", territory=key)
    try:
        shifts.pass_on(
            territory=town.key,
            member=member_of(request).pk,
            text=request.POST.get("text", ""),
            exercise=town.exercise,
        )
    except BeffroiError as refusal:
        return _page(request, acts.refusal_words(refusal), refusal.status)
    return redirect("duty_shift")


def _note_place(note: UUID | str) -> str:
    try:
        return shifts.territory_of_note(UUID(str(note)))
    except ValueError:
        raise UnknownNote(what=str(note)) from None


@doors.door("incident.annotate", of=_note_place)
@require_POST
def end_note(request: HttpRequest, note: UUID) -> HttpResponse:
    """What was passed on is over."""
    shifts.end_note(note=note, member=member_of(request).pk)
    return redirect("duty_shift")


def _watched(request: HttpRequest, action: str) -> list[towns.Town]:
    keys = doors.territories_for(member_of(request), action)
    asked = request.GET.get("territory", "")
    watched = towns.towns(keys & {asked} if asked else keys)
    if not watched:
        raise NotFound(what=asked or "territory")
    return watched


def _page(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    member = member_of(request)
    watched = _watched(request, ACTION)
    keys = [each.key for each in watched]
    now = clock.now()
    hours = request.GET.get("heures", "")
    began = shifts.since_when(keys, now)
    since = now - timedelta(hours=int(hours)) if hours in {str(each) for each in HOURS} else began
    left = shifts.shift(keys, since, now)
    several = len(watched) > 1
    names = {each.key: each.name for each in watched} if several else {}
    context: dict[str, Any] = {
        "since": since,
        "until": now,
        "hours": HOURS,
        "asked": hours,
        "shift": left,
        "open": [_line(each, names) for each in left.open],
        "closed": [_line(each, names) for each in left.closed],
        "down": _down(left, names),
        "repairs": _repairs(left, names),
        "told": [(telling.service_words(code), code, _line(each, names), at) for code, each, at in left.told],
        "notes": _notes(left, names, doors.territories_for(member, "incident.read_notes")),
        "taken": _taken(keys),
        "towns": watched,
        "place_title": watched[0].name if not several else gettext("Duty desk"),
        "exercise": all(each.exercise for each in watched) or people.is_exercise(),
        "may_take": bool(doors.territories_for(member, TAKE)),
        "may_note": bool(doors.territories_for(member, "incident.annotate")),
        "who": member.display_name,
        "refusal": refusal,
    }
    return render(request, "desks/duty/shift.html", context, status=status)


def _line(each: IncidentView, names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": each.id,
        "reference": each.reference,
        "title": words.title(each.act, each.state),
        "where": ", ".join(part for part in (each.place_text, names.get(each.territory, "")) if part),
        "seen_at": each.seen_at,
        "resolved_at": each.resolved_at,
        "badge": words.SHAPES[each.state],
        "badge_words": words.said(words.BADGES, each.badge),
        "life": each.badge == "life",
        "outcome": words.outcome(each.outcome, each.outcome_cause) if each.outcome else "",
        "exercise": each.exercise,
    }


def _device(key: str, device: str, names: dict[str, str]) -> str:
    try:
        found = territory.device(key, device)
        name = f"{found.name} ({found.key})" if found.name else found.key
    except NotFound:
        name = device
    return f"{name}, {names[key]}" if key in names else name


def _down(left: Shift, names: dict[str, str]) -> list[tuple[str, datetime, UUID]]:
    return [(_device(each.territory, each.device, names), each.seen_at, each.id) for each in left.down]


def _repairs(left: Shift, names: dict[str, str]) -> list[tuple[str, str, datetime]]:
    said = {"fault": gettext("false alarm by a fault"), "asked": gettext("repair asked for")}
    return [(_device(key, device, names), said[why], at) for key, device, why, at in left.repairs]


def _notes(
    left: Shift, names: dict[str, str], read: Collection[str]
) -> list[tuple[UUID, datetime, str, str, str]]:
    authors = people.names_of({f"member:{each.member}" for each in left.notes})
    return [
        (each.id, each.at, each.text, authors.get(f"member:{each.member}", ""), names.get(each.territory, ""))
        for each in left.notes
        if each.territory in read
    ]


def _taken(keys: Collection[str]) -> list[tuple[str, datetime, str]]:
    found = shifts.taken_last(keys)
    actors = {f"member:{each}" for taken in found for each in (taken.taken_by, taken.given_by) if each}
    named = people.names_of(actors)
    return [
        (
            named.get(f"member:{each.taken_by}", gettext("a member")),
            each.at,
            named.get(f"member:{each.given_by}", "") if each.given_by else "",
        )
        for each in found
    ]
