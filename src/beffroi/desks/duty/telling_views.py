"""P: hand an incident over to the 17, 18 or 15; and the record of its levée de doute, to be printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beffroi.desks.duty import acts, around, log, reading, telling, telling_exchange, words
from beffroi.desks.duty.views import member_of
from beffroi.during.incident import handing, queries, rules_handing
from beffroi.during.incident.shown import Sheet
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.journal import queries as journal
from beffroi.journal.entries import EntryView
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.territory import queries as territory

#: The text that is recorded is the one that was shown, as long as this after it was (s).
SHOWN_FOR_S = 3600


@doors.door("incident.hand_over", of=reading.territory_of)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, incident: UUID) -> HttpResponse:
    """The text to be read out or copied; posted, the act of handing over is recorded."""
    if request.method != "POST":
        return _page(request, incident)
    try:
        handing.hand_over(
            incident=incident,
            member=member_of(request).pk,
            service=request.POST.get("service", ""),
            how=request.POST.get("how", ""),
            text=_shown(request.POST.get("told", ""), incident),
        )
    except BeffroiError as refusal:
        return _page(request, incident, refusal=acts.refusal_words(refusal), status=refusal.status)
    return redirect("duty_incident", incident)


@doors.door("incident.hand_over", of=reading.territory_of)
@require_POST
def exchange(request: HttpRequest, incident: UUID) -> HttpResponse:
    """The incident as a message of the 15/18 exchange (RC-EDA), to be sent by the town's own connection;
    that it was handed over so is recorded."""
    account, service = telling.account(incident), request.POST.get("service", "")
    try:
        message = telling_exchange.message(account, service)
        handing.hand_over(
            incident=incident,
            member=member_of(request).pk,
            service=service,
            how="rc_eda",
            text=telling.text(account),
        )
    except BeffroiError as refusal:
        return _page(request, incident, refusal=acts.refusal_words(refusal), status=refusal.status)
    name = f"rc-eda-{account.incident.reference}-{service}.json"
    kept = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(message, content_type="application/json", headers=kept)


def _shown(signed: str, incident: UUID) -> str:
    """The text that the page showed; '' where it is not one of ours for this incident."""
    try:
        return str(signing.loads(signed, salt=f"hand-over {incident}", max_age=SHOWN_FOR_S))
    except signing.BadSignature:
        return ""


def _page(request: HttpRequest, incident: UUID, *, refusal: str = "", status: int = 200) -> HttpResponse:
    account = telling.account(incident)
    text = telling.text(account)
    first = account.service
    services = sorted(rules_handing.SERVICES, key=lambda each: each != first)
    context: dict[str, Any] = {
        "incident": account.incident,
        "title": words.title(account.incident.act, account.incident.state),
        "badge": words.SHAPES[account.incident.state],
        "badge_words": words.said(words.BADGES, account.incident.badge),
        "lines": telling.lines(account),
        "text": text,
        "told": signing.dumps(text, salt=f"hand-over {incident}"),
        "services": [(each, telling.service_words(each), each == first) for each in services],
        "exchange": telling_exchange.services(),
        "before": around.told(incident),
        "no_number": not account.call_back,
        "closed": account.incident.state == "closed",
        "place_title": account.town,
        "exercise": account.incident.exercise,
        "refusal": refusal,
    }
    return render(request, "desks/duty/telling.html", context, status=status)


@doors.door("duty.view", of=reading.territory_of)
@require_safe
def record(request: HttpRequest, incident: UUID) -> HttpResponse:
    """One page that proves the levée de doute (CSI L613-6): which signs, when, by whom and how."""
    sheet = queries.sheet(incident)
    town = territory.territory(sheet.incident.territory)
    entry = _entry(sheet)
    context: dict[str, Any] = {
        "incident": sheet.incident,
        "title": words.title(sheet.incident.act, sheet.incident.state),
        "doubt": sheet.doubt,
        "how": words.said(words.DOUBT, sheet.doubt.how) if sheet.doubt else "",
        "who": _author(sheet),
        "signs": _signs(sheet),
        "entry": entry,
        "leaf": entry.leaf.hex() if entry else "",
        "head": _head(sheet.incident.territory),
        "place_title": town.name,
        "exercise": sheet.incident.exercise,
    }
    return render(request, "desks/duty/doubt_record.html", context)


def _author(sheet: Sheet) -> str:
    if sheet.doubt is None:
        return ""
    return log.author(sheet.doubt.actor, people.names_of({sheet.doubt.actor}))


def _signs(sheet: Sheet) -> list[dict[str, Any]]:
    """Every sign of the incident, those that lifted the doubt marked."""
    chosen = set(sheet.doubt.observations) if sheet.doubt else set()
    return [
        {
            "at": each.seen_at,
            "title": around.sign_title(each),
            "chosen": str(each.observation) in chosen,
            "digest": each.digest,
        }
        for each in sorted(sheet.signs, key=lambda each: each.seen_at)
    ]


def _entry(sheet: Sheet) -> EntryView | None:
    """Where the journal says it: the last time that the doubt was lifted."""
    about = journal.entries_about(
        f"incident:{sheet.incident.id}", journal=log.journal_of(sheet.incident.territory)
    )
    return next((each for each in reversed(about) if each.fact == "incident.doubt_lifted"), None)


def _head(key: str) -> journal.HeadView | None:
    try:
        return journal.head(log.journal_of(key))
    except NotFound:
        return None
