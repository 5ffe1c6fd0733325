"""The repair list: detectors that cry wolf, so that somebody mends them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from beffroi.desks import towns
from beffroi.desks.duty import words
from beffroi.desks.duty.views import ACTION, member_of
from beffroi.during.fusion import queries as fusion
from beffroi.people import doors


@doors.door(ACTION)
@require_safe
def repairs(request: HttpRequest) -> HttpResponse:
    """What each detector of the territories owes, the most first."""
    keys = doors.territories_for(member_of(request), ACTION)
    lists = [(town, fusion.debts(town.key)) for town in towns.towns(keys)]
    several = len(lists) > 1
    rows = [_row(town.name if several else "", each) for town, found in lists for each in found.rows]
    known = [found.at for _, found in lists if found.at is not None]
    context = {
        "rows": rows,
        "several": several,
        "at": min(known, default=None),
        "place_title": "" if several or not lists else lists[0][0].name,
        "exercise": bool(lists) and all(town.exercise for town, _ in lists),
    }
    return render(request, "desks/duty/repairs.html", context)


def _row(town: str, each: fusion.Debt) -> dict[str, Any]:
    return {
        "town": town,
        "device": each.device,
        "kind": words.said(words.KINDS, each.kind),
        "why": _why(each),
        "false": each.false,
        "real": each.real,
        "damped": each.damped,
        "last_seen": each.last_seen,
        "last_real": each.last_real,
        "flaps": each.flaps,
    }


def _why(each: fusion.Debt) -> str:
    if each.flaps:
        said = gettext("Went off %(times)d times in an hour: its alarms count for less until it rests.")
        return said % {"times": each.hour}
    if each.damped:
        return gettext("Has flapped; at rest since.")
    return gettext("Its alarms were mostly false.")
