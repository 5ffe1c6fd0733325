"""Pages without an account: the answer of who was called, the link of a gendarme or a fire officer.

Both are known by a secret in the address; neither is kept by a cache, listed by a search engine, or
told to another site. The first opening of a link is a button: a program that previews messages does
not press it, so it never uses the link up.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from beffroi.desks.duty import reading as duty
from beffroi.desks.oncall import reading, words
from beffroi.desks.oncall.views import outcome_words
from beffroi.during.oncall import actions, answering, links
from beffroi.during.oncall.errors import BadContact, LinkBound, UnknownAnswer, UnknownLink
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member
from beffroi.people.web_address import web_address

COOKIE = "beffroi_link"
PAGE = "page"


def _alone(response: HttpResponse) -> HttpResponse:
    """Kept nowhere, listed nowhere; like every page, its address is told to no other site."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _said(request: HttpRequest, error: Exception, status: int) -> HttpResponse:
    known = isinstance(error, LinkBound | UnknownLink | UnknownAnswer)
    context = {"why": gettext(error.message), "advice": gettext(error.advice)} if known else {}  # type: ignore[attr-defined]
    return _alone(render(request, "desks/oncall/over.html", context, status=status))


@doors.public
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Where who was called takes the incident or passes it on, and makes a link for a partner."""
    try:
        found = answering.answer_of(token)
    except UnknownAnswer as unknown:
        return _said(request, unknown, 404)
    if request.method == "POST":
        if request.POST.get("do") == "link":
            return _link_made(request, found.incident.pk, found.member.actor)
        act = {"take": actions.take, "pass": actions.pass_on}.get(request.POST.get("do", ""))
        if act is not None:
            outcome = act(incident=found.incident.pk, member=found.member, how=PAGE)
            messages.info(request, outcome_words(outcome))
        return _alone(redirect("oncall_answer", token))
    mine = found.incident.acknowledged_by == found.member.actor
    context = {
        **reading.brief(found.incident),
        "waits": found.incident.acknowledged_at is None and found.incident.phase == "decide",
        "passed": str(found.member.pk) in found.alert.passed,
        "mine": mine and found.incident.state != "closed",
        "partners": words.WHOM.items(),
        "exercise": found.alert.exercise,
    }
    return _alone(render(request, "desks/oncall/answer.html", context))


@doors.public
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A no-account link: a button the first time, then the incident, in this browser only."""
    try:
        if request.method == "POST":
            return _bound(request, token, links.open_first(token))
        if links.waiting(token):
            return _alone(render(request, "desks/oncall/first.html", {}))
        opened = links.open_again(token, request.COOKIES.get(COOKIE, ""))
    except UnknownLink as unknown:
        return _said(request, unknown, 404)
    except LinkBound as bound:
        return _said(request, bound, bound.status)
    context = {
        **reading.brief(opened.incident),
        "whom": words.said(words.WHOM, opened.whom),
        "expires_at": opened.expires_at,
        "exercise": opened.incident.exercise,
    }
    return _alone(render(request, "desks/oncall/link.html", context))


def _bound(request: HttpRequest, token: str, opened: links.Opened) -> HttpResponse:
    """The browser that opened it keeps its secret, for this address and this time only."""
    response = redirect("oncall_link", token)
    response.set_cookie(
        COOKIE,
        opened.browser,
        max_age=max(1, int((opened.expires_at - clock.now()).total_seconds())),
        path=reverse("oncall_link", args=[token]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return _alone(response)


@doors.door("incident.share", of=duty.territory_of)
@require_POST
def make(request: HttpRequest, incident: UUID) -> HttpResponse:
    """From the sheet: a link for a partner, shown this once."""
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return _link_made(request, incident, request.user.actor)


def _link_made(request: HttpRequest, incident: UUID, actor: str) -> HttpResponse:
    try:
        made = links.make(incident=incident, whom=request.POST.get("whom", ""), actor=actor)
    except BadContact as bad:
        return _said(request, bad, 422)
    address = web_address(current()) + reverse("oncall_link", args=[made.token])
    context = {
        "address": address,
        "whom": words.said(words.WHOM, request.POST.get("whom", "")),
        "expires_at": made.expires_at,
        "minutes": current().link_minutes,
        "back": reverse("duty_incident", args=[incident]) if request.user.is_authenticated else "",
    }
    return _alone(render(request, "desks/oncall/made.html", context))


def _territory_of(incident: UUID, link: UUID) -> str:
    return duty.territory_of(incident)


@doors.door("incident.share", of=_territory_of)
@require_POST
def revoke(request: HttpRequest, incident: UUID, link: UUID) -> HttpResponse:
    """Take a link back before its time."""
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    links.revoke(incident=incident, link=link, actor=request.user.actor)
    if request.headers.get("HX-Request"):
        sheet = duty.sheet(incident, request.user)
        return render(request, "desks/duty/sheet.html", {"sheet": sheet})
    return redirect("duty_incident", incident)
