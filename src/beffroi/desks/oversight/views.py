"""Pages of the oversight desk: what ends soon, orders and agents, legal switches."""

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
from beffroi.desks.duty.views import member_of
from beffroi.desks.oversight import forms, reading
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people import actions as people
from beffroi.people import doors
from beffroi.people.orders import actions as orders
from beffroi.people.switches import actions as switches

ORDERS, KEEP = "order.view", "order.manage"
SWITCHES, DECIDE = "switch.view", "switch.decide"
Act = Callable[[str, QueryDict, str], Any]


@doors.door(ORDERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What must be known first: what ends soon, and where no order covers a camera."""
    member = member_of(request)
    seen, switched = doors.territories_for(member, ORDERS), doors.territories_for(member, SWITCHES)
    context = {
        "ending": reading.ending(seen, switched),
        "uncovered": reading.register(seen)["uncovered"],
        "on": sum(len(each.on) for each in reading.capabilities(switched)),
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/home.html", context)


@doors.door(ORDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The prefect's orders and the agents, and the forms with which the register is kept."""
    member = member_of(request)
    answer = acted(request, KEEP, _REGISTER, "oversight_orders") if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    keys = doors.territories_for(member, ORDERS)
    kept = doors.territories_for(member, KEEP)
    context = {**reading.register(keys), "may_keep": bool(kept), "kept": kept}
    context["place_title"] = gettext("Oversight")
    return render(request, "desks/oversight/orders.html", context, status=answer or 200)


@doors.door(SWITCHES)
@require_http_methods(["GET", "HEAD", "POST"])
def legal_switches(request: HttpRequest) -> HttpResponse:
    """What the law allows only where somebody decided it, and whether it is on."""
    member = member_of(request)
    answer = acted(request, DECIDE, _DECISIONS, "oversight_switches") if request.method == "POST" else None
    if isinstance(answer, HttpResponse):
        return answer
    keys, decided = doors.territories_for(member, SWITCHES), doors.territories_for(member, DECIDE)
    context = {
        "capabilities": reading.capabilities(keys),
        "towns": sorted(reading.towns(decided).items(), key=lambda each: each[1].casefold()),
        "several": len(keys) > 1,
        "decided": decided,
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/switches.html", context, status=answer or 200)


def acted(request: HttpRequest, action: str, acts: Mapping[str, Act], page: str) -> HttpResponse | int:
    """What a form asks, where its member may: the page again, or the status of a refusal that was said."""
    member = member_of(request)
    try:
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            raise Invalid(where="do", why="is no act of this page")
        key = request.POST.get("territory", "")
        doors.require(member, action, territory=key)
        act(key, request.POST, member.actor)
    except doors.DoorShut as shut:
        people.record_refusal(shut)
        raise
    except BeffroiError as refusal:
        messages.error(request, pages.sentence(refusal))
        return refusal.status
    messages.success(request, gettext("Done."))
    return redirect(page)


def _identifier(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise Invalid(where="id", why="is no identifier") from None


_REGISTER: Mapping[str, Act] = {
    "register": lambda key, form, actor: orders.register_order(
        territory=key, text=forms.order(form), actor=actor
    ),
    "cover": lambda key, form, actor: orders.cover(
        territory=key, number=form.get("number", ""), devices=forms.order_devices(key, form), actor=actor
    ),
    "withdraw": lambda key, form, actor: orders.withdraw_order(
        territory=key, number=form.get("number", ""), actor=actor
    ),
    "accredit": lambda key, form, actor: orders.accredit(
        territory=key, member=forms.member(form), text=forms.agent(form), actor=actor
    ),
    "withdraw_agent": lambda key, form, actor: orders.withdraw_agent(
        territory=key, identifier=_identifier(form.get("id", "")), actor=actor
    ),
}
_DECISIONS: Mapping[str, Act] = {
    "on": lambda key, form, actor: switches.turn_on(territory=key, text=forms.decision(form), actor=actor),
    "off": lambda key, form, actor: switches.turn_off(
        territory=key, capability=form.get("capability", ""), number=form.get("number", ""), actor=actor
    ),
}
