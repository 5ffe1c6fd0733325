"""Registers: who looked at what, what became of images; the two documents and what a person adds to them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import pages
from beffroi.desks.duty.views import member_of
from beffroi.desks.duty.words import said
from beffroi.desks.eyes import words as eyes_words
from beffroi.desks.oversight import register_lines, trust_words, words
from beffroi.desks.oversight.places_asked import asked, cameras, lookers, towns_of
from beffroi.desks.oversight.views import Act, acted
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors
from beffroi.people.catalogue import catalogue
from beffroi.people.orders.queries import today
from beffroi.trust.registers import actions, filling, queries, rules
from beffroi.trust.registers.queries import Asked

VIEW, WRITE = "register.view", "register.write"
_SHOWN = 500
_USUAL = timedelta(days=30)


def _day(given: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return otherwise


def _asked(request: HttpRequest) -> Asked:
    last = _day(request.GET.get("au", ""), today())
    return Asked(
        first=_day(request.GET.get("du", ""), last - _USUAL),
        last=last,
        device=request.GET.get("camera", ""),
        actor=request.GET.get("qui", ""),
    )


def _csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A file for a spreadsheet; no cell begins as a formula."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer, delimiter=";")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([f"'{each}" if str(each)[:1] in ("=", "+", "-", "@") else each for each in row])
    return answer


def _register(request: HttpRequest, which: str) -> HttpResponse:
    towns = towns_of(doors.territories_for(member_of(request), VIEW))
    where, wanted, wrong = asked(request, towns), _asked(request), ""
    read = queries.looks if which == "looks" else queries.images
    try:
        found: Sequence[Any] = read([where] if where else [], wanted)
    except BeffroiError as refusal:
        found, wrong = [], pages.sentence(refusal)
    lines = register_lines.looks(found) if which == "looks" else register_lines.images(found)
    if request.GET.get("format") == "csv" and not wrong:
        heads = register_lines.HEADS[which]()
        return _csv(f"{which}-{where}-{wanted.first}-{wanted.last}", heads, (each.row for each in lines))
    context = {
        "lines": lines[:_SHOWN],
        "count": len(lines),
        "more": max(0, len(lines) - _SHOWN),
        "asked": wanted,
        "wrong": wrong,
        "towns": towns,
        "where": where,
        "cameras": sorted(
            ((key, name) for (_, key), name in cameras([where] if where else []).items()),
            key=lambda each: each[1].casefold(),
        ),
        "people": lookers(),
        "query": request.GET.urlencode(),
        "which": which,
        "place_title": gettext("Oversight"),
    }
    return render(request, f"desks/oversight/{which}.html", context, status=422 if wrong else 200)


@doors.door(VIEW)
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Who looked through what, when and why, over a period; also as a file."""
    return _register(request, "looks")


@doors.door(VIEW)
@require_safe
def images(request: HttpRequest) -> HttpResponse:
    """The register of images (CSI R252-11); also as a file."""
    return _register(request, "images")


@doors.door(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def processing(request: HttpRequest) -> HttpResponse:
    """The register of processing (GDPR, art. 30)."""
    return _document(request, rules.PROCESSING)


@doors.door(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest) -> HttpResponse:
    """The impact-assessment file (GDPR, art. 35)."""
    return _document(request, rules.ASSESSMENT)


def _document(request: HttpRequest, document: str) -> HttpResponse:
    member = member_of(request)
    page = f"oversight_{document}"
    answer = (
        acted(request, WRITE, {"complete": _completing(document)}, page) if request.method == "POST" else 0
    )
    if isinstance(answer, HttpResponse):
        return answer
    towns = towns_of(doors.territories_for(member, VIEW))
    where = asked(request, towns)
    context = {
        **(_filled(where, document) if where else {}),
        "towns": towns,
        "where": where,
        "document": document,
        "may_write": where in doors.territories_for(member, WRITE),
        "printed_on": timezone.localdate(),
        "place_title": gettext("Oversight"),
    }
    return render(request, f"desks/oversight/{document}.html", context, status=answer or 200)


def _filled(where: str, document: str) -> Mapping[str, Any]:
    found, written = filling.filled(where), queries.complements(where, document)
    roles = catalogue().roles
    french = register_lines.french()
    return {
        "filled": found,
        "sections": {
            key: {"key": key, "title": said(trust_words.SECTIONS, key), "row": written.get(key)}
            for key in rules.SECTIONS[document]
        },
        "purposes": sorted({said(words.PURPOSES, key) for each in found.orders for key in each.purposes}),
        "look_purposes": [str(each) for each in eyes_words.PURPOSES.values()],
        "capabilities": [(said(words.CAPABILITIES, each.capability), each) for each in found.switches],
        "roles": [
            (roles[key].fr if french else roles[key].en, name, count)
            for key, name, count in found.recipients.roles
            if key in roles
        ],
        "second_factor": [roles[key].fr if french else roles[key].en for key in found.measures.second_factor],
        "versions": register_lines.versions(queries.versions(where, document)),
    }


def _completing(document: str) -> Act:
    def complete(key: str, form: QueryDict, actor: str) -> None:
        actions.complete(
            territory=key,
            document=document,
            section=form.get("section", ""),
            text=form.get("text", ""),
            actor=actor,
        )

    return complete
