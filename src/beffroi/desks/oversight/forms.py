"""What the forms of the oversight desk say, read into what the registers take."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from beffroi.foundation.errors import Invalid
from beffroi.people.models import Member
from beffroi.people.orders.actions import AgentText, OrderText
from beffroi.people.switches.actions import DecisionText


def day(form: QueryDict, name: str) -> date:
    """A day of a form. Raises Invalid."""
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Invalid(where=name, why="give a day") from None


def order_devices(territory: str, form: QueryDict) -> list[str]:
    """Keys of the cameras ticked, of those that come as `territory/device`."""
    named = [each.partition("/") for each in form.getlist("cameras")]
    return [device for where, _slash, device in named if where == territory]


def order(form: QueryDict) -> OrderText:
    """The order that a form copies; cameras come as `territory/device`. Raises Invalid."""
    days = form.get("days", "")
    return OrderText(
        number=form.get("number", ""),
        authority=form.get("authority", ""),
        purposes=form.getlist("purposes"),
        starts_on=day(form, "starts_on"),
        ends_on=day(form, "ends_on"),
        retention_days=int(days) if days.isdigit() and len(days) < 4 else 0,
        devices=order_devices(form.get("territory", ""), form),
        places=form.get("places", ""),
        state_access=form.get("state_access") == "1",
    )


def agent(form: QueryDict) -> AgentText:
    """The accreditation that a form copies. Raises Invalid."""
    return AgentText(
        kind=form.get("kind", ""),
        number=form.get("number", ""),
        authority=form.get("authority", ""),
        starts_on=day(form, "starts_on"),
        ends_on=day(form, "ends_on"),
        service=form.get("service", ""),
        order=form.get("order", ""),
    )


def member(form: QueryDict) -> Member:
    """The person chosen. Raises Invalid."""
    found = Member.objects.filter(email=form.get("member", "").strip().lower(), program=None).first()
    if found is None:
        raise Invalid(where="member", why="choose somebody")
    return found


def decision(form: QueryDict) -> DecisionText:
    """The decision that a form copies. Raises Invalid."""
    return DecisionText(
        capability=form.get("capability", ""),
        basis=form.get("basis", ""),
        authority=form.get("authority", ""),
        number=form.get("number", ""),
        starts_on=day(form, "starts_on"),
        ends_on=day(form, "ends_on"),
        places=form.get("places", ""),
    )
