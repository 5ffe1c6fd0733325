"""Patrols of the territories: who works now, until when, by what hours, and who is of another service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from beffroi.desks import towns
from beffroi.desks.duty import units, words
from beffroi.desks.duty.views import ACTION, member_of
from beffroi.desks.oncall.words import DAYS
from beffroi.during.dispatch import terms
from beffroi.during.dispatch.rules.terms import HoursLine, Right
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView


@dataclass(frozen=True, slots=True)
class Patrol:
    """One unit, in words: what it does now, its hours, its right where it is of another service."""

    town: str
    key: str
    name: str
    corps: str
    service: str
    state: str
    works: bool
    now: str
    hours: tuple[str, ...]
    right: str
    lacks_right: bool


@doors.door(ACTION)
@require_safe
def patrols(request: HttpRequest) -> HttpResponse:
    """Every unit of the territories, those that work now first."""
    keys = doors.territories_for(member_of(request), ACTION)
    found, now = towns.towns(keys), clock.now()
    several = len(found) > 1
    rows = []
    for town in found:
        known = territory.units(town.key)
        told = terms.of_units(town.key, known, now)
        rows += [_patrol(town.name if several else "", each, told[each.key]) for each in known]
    context = {
        "rows": sorted(rows, key=lambda each: (each.town, not each.works, each.key)),
        "several": several,
        "at": now,
        "place_title": "" if several or not found else found[0].name,
        "exercise": bool(found) and all(town.exercise for town in found),
    }
    return render(request, "desks/duty/patrols.html", context)


def _patrol(town: str, unit: UnitView, told: terms.Terms) -> Patrol:
    works = told.works and unit.state != "off"
    right = told.right
    return Patrol(
        town=town,
        key=unit.key,
        name=unit.name,
        corps=units.corps(unit.kind),
        service=words.said(words.CORPS, unit.kind),
        state=words.said(words.UNIT_STATES, unit.state),
        works=works,
        now=_now(unit, told),
        hours=tuple(_hours(each) for each in told.hours),
        right=_right(right) if right else "",
        lacks_right=right is not None and not right.any_act and not right.acts,
    )


def _now(unit: UnitView, told: terms.Terms) -> str:
    if unit.state == "off":
        return gettext("said to be off duty")
    if told.duty.works:
        return gettext("until %(time)s") % {"time": _at(told.duty.until)} if told.duty.until else ""
    if told.held:
        return gettext("beyond its hours: a crew holds it")
    back = told.duty.back
    return (
        gettext("again %(time)s") % {"time": _at(back)} if back else gettext("no hours in the days to come")
    )


def _at(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D H:i")


def _hours(line: HoursLine) -> str:
    said = f"{_days(line.days)} {line.begins:%H:%M}\u2013{line.ends:%H:%M}"
    if line.last is not None:
        said += ", " + gettext("until %(time)s") % {"time": _day(line.last)}
    return said


def _days(days: Iterable[int]) -> str:
    """`Mon–Fri, Holidays`: days in a row are told by the first and the last."""
    found: list[list[int]] = []
    for day in sorted(days):
        if found and day == found[-1][-1] + 1 and day != len(DAYS) - 1:
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(
        f"{DAYS[run[0]]}\u2013{DAYS[run[-1]]}" if len(run) > 1 else str(DAYS[run[0]]) for run in found
    )


def _day(day: date) -> str:
    return date_format(day, "j N Y")


def _right(right: Right) -> str:
    if right.any_act:
        said = gettext("any act")
    elif right.acts:
        said = ", ".join(words.said(words.ACTS, act).lower() for act in sorted(right.acts))
    else:
        said = gettext("no right in force")
    until = gettext("until %(time)s") % {"time": _day(right.last)} if right.last else ""
    return " · ".join(part for part in (said, right.basis, until) if part)
