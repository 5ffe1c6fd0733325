"""Pages of conventions: the list, one with who gains and who loses, and who could do what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import pages
from beffroi.desks.duty.views import member_of
from beffroi.desks.oversight import conventions, forms
from beffroi.desks.oversight.reading import towns
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import actions as people
from beffroi.people import doors
from beffroi.people.catalogue import catalogue
from beffroi.people.conventions import actions, queries
from beffroi.people.conventions.errors import UnknownConvention
from beffroi.people.conventions.shown import ConventionView
from beffroi.people.models import Member, Organisation
from beffroi.territory import queries as territory

VIEW, DRAW, SIGN, RIGHTS = "convention.view", "convention.draw", "convention.sign", "rights.view"


@doors.door(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The conventions of the member's organisation and territories, and the form that draws one up."""
    member = member_of(request)
    status = 200
    if request.method == "POST":
        try:
            row = _drawn(member, request.POST)
        except BeffroiError as refusal:
            _recorded(refusal)
            messages.error(request, pages.sentence(refusal))
            status = refusal.status
        else:
            return redirect("oversight_convention", row.pk)
    drawn = doors.territories_for(member, DRAW)
    context = {
        "conventions": conventions.mine(member.organisation_id, doors.territories_for(member, VIEW)),
        "may_draw": bool(drawn),
        "may_ask": bool(doors.territories_for(member, RIGHTS)),
        "place_title": gettext("Oversight"),
        **(conventions.offered(drawn) if drawn else {}),
    }
    return render(request, "desks/oversight/conventions.html", context, status=status)


def _drawn(member: Member, form: QueryDict) -> Any:
    places = form.getlist("places")
    for key in places:
        doors.require(member, DRAW, territory=key)
    return actions.draw(draft=_draft(form, places), actor=member.actor)


def _draft(form: QueryDict, places: list[str]) -> actions.Draft:
    days, start, end = form.getlist("days"), form.get("start", ""), form.get("end", "")
    hours = [f"{','.join(days)} {start}-{end}"] if days and start and end else []
    framework = form.get("kind") == "framework"
    return actions.Draft(
        reference=form.get("reference", ""),
        title=form.get("title", ""),
        kind=form.get("kind", ""),
        places=places,
        receives=list(Organisation.objects.filter(pk__in=_identifiers(form.getlist("receives")))),
        matters=form.getlist("matters"),
        purposes=form.getlist("purposes"),
        hours=hours,
        programs=form.get("programs") == "1",
        starts_on=forms.day(form, "starts_on"),
        ends_on=forms.day(form, "ends_on"),
        help_hours=_number(form, "help_hours") if framework else 0,
        unattended_min=_number(form, "unattended_min") if framework else 0,
    )


def _identifiers(given: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in given]
    except ValueError:
        raise Invalid(where="parties", why="is no identifier") from None


def _number(form: QueryDict, name: str) -> int:
    given = form.get(name, "").strip() or "0"
    if not given.isdigit() or len(given) > 4:
        raise Invalid(where=name, why="give a number")
    return int(given)


@doors.door(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, convention: UUID) -> HttpResponse:
    """A convention: its terms, who signed, what it compiles to, who gains and who loses; sign it, end it."""
    member = member_of(request)
    view = _known(member, convention)
    status = 200
    if request.method == "POST":
        try:
            _act(member, view, request.POST.get("do", ""))
        except BeffroiError as refusal:
            _recorded(refusal)
            messages.error(request, pages.sentence(refusal))
            status = refusal.status
        else:
            messages.success(request, gettext("Done."))
            if request.POST.get("do") == "withdraw":
                return redirect("oversight_conventions")
            return redirect("oversight_convention", convention)
    party = next((each for each in view.parts if each.organisation == member.organisation_id), None)
    signs = bool(doors.territories_for(member, SIGN)) and party is not None
    context = {
        "each": conventions.line(view, towns(view.places)),
        "parts": [(part, conventions.how(part)) for part in view.parts],
        "changes": conventions.changes(view) if view.state in ("draft", "to_come") else [],
        "may_sign": signs and view.state == "draft" and party is not None and party.signed_at is None,
        "may_end": signs and view.state in ("in_force", "to_come"),
        "may_withdraw": view.state == "draft" and (signs or _may_draw(member, view)),
        "own": party.name if party else "",
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/convention.html", context, status=status)


def _known(member: Member, identifier: UUID) -> ConventionView:
    """The convention, where the member's organisation or territories have a part in it."""
    view = queries.convention(identifier)
    party = any(each.organisation == member.organisation_id for each in view.parts)
    if not party and not doors.territories_for(member, VIEW) & set(view.places):
        raise UnknownConvention(what=str(identifier))
    return view


def _may_draw(member: Member, view: ConventionView) -> bool:
    return set(view.places) <= doors.territories_for(member, DRAW)


def _act(member: Member, view: ConventionView, do: str) -> None:
    party = any(each.organisation == member.organisation_id for each in view.parts)
    if do == "withdraw" and _may_draw(member, view):
        actions.withdraw(convention=view.id, actor=member.actor)
        return
    if do not in ("sign", "end", "withdraw"):
        raise Invalid(where="do", why="is no act of this page")
    decision = doors.decide_somewhere(member, SIGN)
    if not decision.allowed or not party:
        raise doors.DoorShut(decision if not decision.allowed else _no_party(), member)
    if do == "sign":
        actions.sign(convention=view.id, organisation=member.organisation, member=member)
    elif do == "end":
        actions.end(convention=view.id, actor=member.actor)
    else:
        actions.withdraw(convention=view.id, actor=member.actor)


def _no_party() -> doors.Decision:
    return doors.Decision(False, "people.no_role", (), SIGN)


def _recorded(refusal: BeffroiError) -> None:
    if isinstance(refusal, doors.DoorShut):
        people.record_refusal(refusal)
        raise refusal


@doors.door(RIGHTS)
@require_safe
def who(request: HttpRequest) -> HttpResponse:
    """Who can do what, where, when, and why: roles, conventions, orders, accreditations, grounds."""
    member = member_of(request)
    keys = doors.territories_for(member, RIGHTS)
    named = sorted(towns(keys).items(), key=lambda each: each[1].casefold())
    action, where = request.GET.get("action", ""), request.GET.get("place", "")
    key, _slash, device = where.partition("/")
    answer, wrong = None, ""
    if action:
        doors.require(member, RIGHTS, territory=key)
        if action in catalogue().actions and catalogue().actions[action].at == "territory":
            try:
                answer = conventions.answer(action, key, device, _instant(request.GET.get("at", "")))
            except Invalid as refusal:
                wrong = pages.sentence(refusal)
    places = [
        (town_key, name, [(f"{town_key}/{each.key}", each.name or each.key) for each in _cameras(town_key)])
        for town_key, name in named
    ]
    context = {
        "answer": answer,
        "wrong": wrong,
        "acts": conventions.asked_acts(),
        "places": places,
        "asked_act": action or "camera.look",
        "asked_place": where,
        "asked_at": request.GET.get("at", ""),
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/who.html", context, status=422 if wrong else 200)


def _cameras(key: str) -> list[Any]:
    found = territory.devices(key, kinds=["camera"])
    return sorted(found, key=lambda each: (each.name or each.key).casefold())


def _instant(given: str) -> datetime | None:
    if not given:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(given).replace(tzinfo=None))
    except ValueError:
        raise Invalid(where="at", why="give a day and an hour") from None
