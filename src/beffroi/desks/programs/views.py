"""Programs and notifications, for the administrator: made, renewed, tried, paused, ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import pages
from beffroi.desks.programs import reading
from beffroi.during.webhooks import actions, courier, queries
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import doors, programs
from beffroi.people.models import Centre, Member, Organisation

ACTION = "program.manage"
#: What is shown once after an act: its title and the secret itself.
Shown = Mapping[str, str] | None


@doors.door(ACTION)
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Every program with its scopes, reach and end; every subscription with how it fares."""
    shown, status = None, 200
    if request.method == "POST":
        assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
        try:
            shown = _done(request.POST, request.user.actor)
        except BeffroiError as refusal:
            messages.error(request, pages.sentence(refusal))
            status = refusal.status
        else:
            if shown is None:
                messages.success(request, gettext("Done."))
                return redirect("programs")
    context = {**reading.board(), "shown": shown, "place_title": gettext("Programs")}
    response = render(request, "desks/programs/board.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@doors.door(ACTION)
@require_safe
def deliveries(request: HttpRequest, subscription: UUID) -> HttpResponse:
    """The latest tries of a subscription."""
    row = queries.row_of(subscription)
    context = {
        "row": reading.subscription(queries.view(row, row.position)),
        "tries": [reading.tried(each) for each in queries.deliveries(row.pk, 100)],
        "place_title": gettext("Programs"),
    }
    return render(request, "desks/programs/deliveries.html", context)


def _done(form: QueryDict, actor: str) -> Shown:
    act = _ACTS.get(form.get("do", ""))
    if act is None:
        raise Invalid(where="do", why="is no act of this page")
    return act(form, actor)


def _secret(title: str, secret: str) -> Shown:
    return {"title": title, "secret": secret}


def _days(form: QueryDict) -> int:
    given = form.get("days", "")
    return int(given) if given.isdigit() and len(given) < 5 else 0


def _make(form: QueryDict, actor: str) -> Shown:
    organisation = Organisation.objects.filter(name=form.get("organisation", "")).first()
    if organisation is None:
        raise Invalid(where="organisation", why="choose one")
    made = programs.make_program(
        name=form.get("name", ""),
        organisation=organisation,
        scopes=form.getlist("scopes"),
        days=_days(form),
        territories=reading.known(form.getlist("territories")),
        centres=list(Centre.objects.filter(key__in=form.getlist("centres"))),
        actor=actor,
    )
    return _secret(gettext("Token of %(name)s") % {"name": made.member.display_name}, made.token)


def _renew(form: QueryDict, actor: str) -> Shown:
    made = programs.renew(program=programs.program(form.get("program", "")), days=_days(form), actor=actor)
    return _secret(gettext("Token of %(name)s") % {"name": made.member.display_name}, made.token)


def _revoke(form: QueryDict, actor: str) -> Shown:
    programs.revoke(program=programs.program(form.get("program", "")), actor=actor)
    return None


def _subscribe(form: QueryDict, actor: str) -> Shown:
    made = actions.subscribe(
        program=programs.program(form.get("program", "")),
        url=form.get("url", "").strip(),
        kinds=form.getlist("kinds"),
        territories=reading.known(form.getlist("territories")),
        actor=actor,
    )
    return _secret(gettext("Secret that signs"), made.secret)


def _rotate(form: QueryDict, actor: str) -> Shown:
    secret = actions.rotate(subscription=_subscription(form), actor=actor)
    return _secret(gettext("Secret that signs; for 24 hours the former signs too"), secret)


def _subscription(form: QueryDict) -> UUID:
    return queries.row_of(form.get("subscription", "")).pk


def _test(form: QueryDict, _actor: str) -> Shown:
    result = courier.test(_subscription(form))
    if not result.taken:
        raise Invalid(where=gettext("Test"), why=reading.fault(result.fault))
    return None


def _pause(form: QueryDict, actor: str) -> Shown:
    actions.pause(subscription=_subscription(form), actor=actor)
    return None


def _resume(form: QueryDict, actor: str) -> Shown:
    actions.resume(subscription=_subscription(form), skip=form.get("skip") == "1", actor=actor)
    return None


def _remove(form: QueryDict, actor: str) -> Shown:
    actions.remove(subscription=_subscription(form), actor=actor)
    return None


_ACTS: Mapping[str, Callable[[QueryDict, str], Any]] = {
    "make": _make,
    "renew": _renew,
    "revoke": _revoke,
    "subscribe": _subscribe,
    "rotate": _rotate,
    "test": _test,
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
}
