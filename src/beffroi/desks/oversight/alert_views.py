"""Alerts of unusual looking: for the officer who decides, as counts for who oversees, and for oneself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beffroi.desks import pages
from beffroi.desks.duty.views import member_of
from beffroi.desks.duty.words import said
from beffroi.desks.oversight import trust_words
from beffroi.desks.oversight.places_asked import cameras, names_of, towns_of
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import doors
from beffroi.trust.unusual import actions, queries, rules
from beffroi.trust.unusual.queries import AlertView

VIEW, DECIDE, LOOK = "unusual.view", "unusual.decide", "camera.look"


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert in words."""

    alert: AlertView
    rule: str
    who: str
    town: str
    camera: str
    fact: str
    threshold: str
    decision: str
    decider: str


def _lines(found: Collection[AlertView]) -> list[AlertLine]:
    keys = {each.territory for each in found}
    towns, named = dict(towns_of(keys)), cameras(set(dict(towns_of(keys))))
    names = names_of({f"member:{each.member}" for each in found} | {each.decided_by for each in found})
    return [
        AlertLine(
            alert=each,
            rule=said(trust_words.RULES, each.rule),
            who=names.get(f"member:{each.member}", gettext("a member")),
            town=towns.get(each.territory, each.territory),
            camera=named.get((each.territory, each.device), each.device),
            fact=trust_words.fact(each.rule, each.figures),
            threshold=trust_words.threshold(each.rule, each.figures),
            decision=said(trust_words.DECISIONS, each.decision) if each.decision else "",
            decider=names.get(each.decided_by, ""),
        )
        for each in found
    ]


@doors.door(VIEW)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The alerts that wait for a decision and those decided of; counts only for who does not decide."""
    return _page(request)


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    member = member_of(request)
    seen, decides = doors.territories_for(member, VIEW), doors.territories_for(member, DECIDE)
    lines = _lines(queries.alerts(decides))
    counts = queries.counts(seen)
    context = {
        "to_decide": [each for each in lines if not each.decision],
        "decided": [each for each in lines if each.decision],
        "decides": bool(decides),
        "counts": [(said(trust_words.DECISIONS, key), counts.get(key, 0)) for key in rules.DECISIONS],
        "count_waiting": counts.get("", 0),
        "decisions": [(key, said(trust_words.DECISIONS, key)) for key in rules.DECISIONS],
        "several": len(seen) > 1,
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/alerts.html", context, status=status)


@doors.door(DECIDE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """What the officer decides of an alert: the page again, or with what was refused."""
    member, form = member_of(request), request.POST
    try:
        try:
            alert = UUID(form.get("alert", ""))
        except ValueError:
            raise Invalid(where="alert", why="is no identifier") from None
        actions.decide(
            territories=doors.territories_for(member, DECIDE),
            alert=alert,
            decision=form.get("decision", ""),
            officer=member,
            reason=form.get("reason", ""),
            tell=form.get("tell") == "1",
        )
    except BeffroiError as refusal:
        messages.error(request, pages.sentence(refusal))
        return _page(request, refusal.status)
    messages.success(request, gettext("Done."))
    return redirect("oversight_alerts")


@doors.signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What one was told about one's own looks; and the street that one may declare, freely."""
    member, status = member_of(request), 200
    towns = towns_of(doors.territories_for(member, LOOK))
    if request.method == "POST":
        where, street = request.POST.get("territory", ""), request.POST.get("street", "")
        try:
            if street and where not in dict(towns):
                raise Invalid(where="territory", why="is missing")
            actions.declare_street(member=member, where=where, street=street)
            messages.success(request, gettext("Done."))
            return redirect("own_looks")
        except BeffroiError as refusal:
            messages.error(request, pages.sentence(refusal))
            status = refusal.status
    where, street = queries.own_street(member.pk)
    context = {
        "lines": _lines(queries.told_to(member.pk)),
        "towns": towns,
        "street": street,
        "where": where,
        "place_title": gettext("Your looks"),
    }
    return render(request, "desks/oversight/mine.html", context, status=status)
