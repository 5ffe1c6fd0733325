"""The plan in quiet times: who sits where, what cells do, its versions, its sheets, the crisis directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beffroi.desks.crisis import plan_reading as reading
from beffroi.desks.duty.acts import refusal_words
from beffroi.during.crisis import keeping, queries
from beffroi.during.crisis.acting import KEEP, VIEW
from beffroi.during.crisis.errors import BadEntry, BadLines
from beffroi.during.crisis.rules import people as lists
from beffroi.during.crisis.rules import sheet, writing
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors
from beffroi.people.models import Member


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadEntry(where=gettext("identifier"), why=gettext("is none")) from None


@doors.door(KEEP)
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, territory: str) -> HttpResponse:
    """The plan of a territory, to be read and changed."""
    if request.method != "POST":
        return render(request, "desks/crisis/plan.html", reading.plan(territory))
    act = ACTS.get(request.POST.get("do", ""), _unknown)
    try:
        said = act(request, territory)
    except BeffroiError as refusal:
        faults = reading.faults(refusal.faults) if isinstance(refusal, BadLines) else ()
        context = {**reading.plan(territory), "refusal": _refused(refusal), "faults": faults}
        return render(request, "desks/crisis/plan.html", context, status=refusal.status)
    messages.success(request, said)
    cell = request.POST.get("cell", "")
    back = reverse("crisis_plan", args=[territory])
    return redirect(f"{back}#cell-{cell}" if cell.replace("_", "").isalnum() else back)


def _refused(refusal: BeffroiError) -> str:
    if isinstance(refusal, sheet.BadSheet):
        why = gettext(refusal.template).format(**refusal.about)
        return f"{gettext(refusal.message).format(why=why)} {gettext(refusal.advice)}"
    return refusal_words(refusal)


def _whom(request: HttpRequest) -> Member:
    found = Member.objects.filter(pk=_uuid(request.POST.get("member", ""))).first()
    if found is None:
        raise BadEntry(where=gettext("member"), why=gettext("is not known"))
    return found


def _seat(request: HttpRequest, territory: str) -> str:
    form = request.POST
    keeping.seat(
        territory=territory,
        cell=form.get("cell", ""),
        member=_whom(request),
        role=form.get("role", lists.MEMBER),
        actor=_member(request).actor,
    )
    return gettext("Kept.")


def _unseat(request: HttpRequest, territory: str) -> str:
    cell = request.POST.get("cell", "")
    keeping.unseat(territory=territory, cell=cell, member=_whom(request), actor=_member(request).actor)
    return gettext("Kept.")


def _outsider(request: HttpRequest, territory: str) -> str:
    form = {name: request.POST.get(name, "") for name in ("cell", "name", "task", "number")}
    keeping.add_outsider(territory=territory, **form, actor=_member(request).actor)
    return gettext("Kept.")


def _drop(request: HttpRequest, territory: str) -> str:
    outsider = _uuid(request.POST.get("outsider", ""))
    keeping.drop_outsider(territory=territory, outsider=outsider, actor=_member(request).actor)
    return gettext("Kept.")


def _cell(request: HttpRequest, territory: str) -> str:
    form = request.POST
    made = keeping.change_cell(
        territory=territory,
        cell=form.get("cell", ""),
        words=form.get("words", ""),
        help_=form.get("help", ""),
        steps=[each for each in form.get("steps", "").splitlines() if each.strip()],
        actor=_member(request).actor,
    )
    return _in_force(made)


def _again(request: HttpRequest, territory: str) -> str:
    """An earlier version is put in force again, under a number of its own."""
    number = request.POST.get("number", "")
    row = queries.version(territory, int(number) if number.isdecimal() and len(number) < 9 else 0)
    return _in_force(keeping.put_plan(territory=territory, toml=row.toml, actor=_member(request).actor))


def _in_force(name: str) -> str:
    return gettext("%(name)s is in force. A crisis at work keeps the plan with which it began.") % {
        "name": name
    }


def _file(request: HttpRequest) -> bytes:
    given = request.FILES.get("file")
    if given is None or given.size is None:
        raise BadEntry(where=gettext("file"), why=gettext("choose one"))
    return bytes(given.read(sheet.BYTES_MOST + 1))


def _people(request: HttpRequest, territory: str) -> str:
    members, outside = keeping.import_people(
        territory=territory, data=_file(request), actor=_member(request).actor
    )
    seats = ngettext("%(n)d seat", "%(n)d seats", members) % {"n": members}
    others = ngettext("%(n)d person outside", "%(n)d people outside", outside) % {"n": outside}
    return gettext("The list was taken: %(seats)s, %(others)s.") % {"seats": seats, "others": others}


def _cells(request: HttpRequest, territory: str) -> str:
    made = keeping.import_plan(territory=territory, data=_file(request), actor=_member(request).actor)
    return _in_force(made)


def _unknown(_request: HttpRequest, _territory: str) -> str:
    raise BadEntry(where=gettext("act"), why=gettext("is not known"))


ACTS: Mapping[str, Callable[[HttpRequest, str], str]] = {
    "seat": _seat,
    "unseat": _unseat,
    "outsider": _outsider,
    "drop": _drop,
    "cell": _cell,
    "again": _again,
    "people": _people,
    "cells": _cells,
}


@doors.door(KEEP)
@require_safe
def version(request: HttpRequest, territory: str, number: int) -> HttpResponse:
    """One version of the plan, in words."""
    return render(request, "desks/crisis/version.html", reading.version(territory, number))


@doors.door(KEEP)
@require_safe
def cells_sheet(request: HttpRequest, territory: str) -> HttpResponse:
    """The cells and steps of the plan in force as a sheet, to be changed and sent back."""
    body = sheet.written(writing.COLUMNS, writing.rows(reading.in_force(territory)))
    return _csv(body, f"plan-{territory}.csv")


@doors.door(KEEP)
@require_POST
def people_sheet(request: HttpRequest, territory: str) -> HttpResponse:
    """The people of the plan as a sheet; the numbers in it are of people outside."""
    keeping.show_directory(territory=territory, actor=_member(request).actor, form="csv")
    return _csv(sheet.written(lists.COLUMNS, reading.people_rows(territory)), f"personnes-{territory}.csv")


def _csv(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@doors.door(VIEW)
@require_safe
def directory(request: HttpRequest, territory: str) -> HttpResponse:
    """The crisis directory without a number: who does what."""
    return render(request, "desks/crisis/directory.html", reading.directory(territory, _member(request), {}))


@doors.door(KEEP)
@require_POST
def directory_with_numbers(request: HttpRequest, territory: str) -> HttpResponse:
    """The crisis directory with its numbers, to be printed: written in the log before it is shown."""
    member = _member(request)
    numbers = keeping.show_directory(territory=territory, actor=member.actor)
    context = reading.directory(territory, member, numbers, shown=True)
    response = render(request, "desks/crisis/directory.html", context)
    response["Cache-Control"] = "no-store"
    return response
