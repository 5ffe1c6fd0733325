"""The crisis pages: each opens its door, calls one query or one action, and renders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beffroi.desks.crisis import reading
from beffroi.desks.duty.acts import refusal_words
from beffroi.during.crisis import actions, queries, telling, warning
from beffroi.during.crisis.acting import LEAD, VIEW, WORK
from beffroi.during.crisis.errors import BadEntry
from beffroi.during.crisis.models import Message
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.people import doors
from beffroi.people.models import Member
from beffroi.territory import queries as territories

Form = Mapping[str, str]
Act = Callable[[Member, UUID, Form], object]


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


def _of_crisis(crisis: UUID) -> str:
    return queries.territory_of(crisis)


def _of_message(message: UUID, **_more: object) -> str:
    return queries.territory_of(queries.crisis_of_message(message))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadEntry(where="identifier", why="is none") from None


@doors.door(VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The one crisis at work; else how things stand, and how the plan is put to work."""
    member = _member(request)
    keys = doors.territories_for(member, VIEW)
    found = queries.crises(keys, ended=False)
    if len(found) == 1 and "all" not in request.GET:
        return redirect("crisis_page", found[0].pk)
    shown = reading.quiet(member, keys)
    if not shown:
        raise NotFound(what="territory")
    context = {
        "towns": shown,
        "place_title": shown[0]["town"].name if len(shown) == 1 else "",
        "exercise": all(each["town"].exercise for each in shown),
    }
    return render(request, "desks/crisis/quiet.html", context)


@doors.door(LEAD)
@require_POST
def activate(request: HttpRequest, territory: str) -> HttpResponse:
    """Put the plan to work."""
    form = request.POST
    try:
        made = actions.activate(
            member=_member(request),
            territory=territory,
            level=form.get("level", ""),
            incident=_uuid(form["incident"]) if form.get("incident") else None,
            exercise=form.get("exercise") == "1",
        )
    except BeffroiError as refusal:
        messages.error(request, refusal_words(refusal))
        return redirect(f"{reverse('crisis')}?all")
    return redirect("crisis_page", made)


@doors.door(VIEW, of=_of_crisis)
@require_safe
def page(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """A crisis: what to do first, whom to call, what to tell, what was decided."""
    found = queries.view(crisis)
    template = "desks/crisis/page.html" if found.ended_at is None else "desks/crisis/point.html"
    return render(request, template, reading.page(found, _member(request)))


@doors.door(VIEW, of=_of_crisis)
@require_safe
def point(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """The point de situation: one page to be read out or printed."""
    return render(request, "desks/crisis/point.html", reading.page(queries.view(crisis), _member(request)))


WORKS: Mapping[str, tuple[Act, str]] = {
    "call": (lambda who, key, form: actions.call(member=who, crisis=key, cell=form.get("cell", "")), "tree"),
    "reached": (
        lambda who, key, form: actions.reached(
            member=who, crisis=key, whom=_uuid(form.get("whom", "")), yes=form.get("yes") == "1"
        ),
        "tree",
    ),
    "decide": (
        lambda who, key, form: actions.decide(member=who, crisis=key, text=form.get("text", "")),
        "decided",
    ),
    "tick": (
        lambda who, key, form: actions.tick(
            member=who, crisis=key, cell=form.get("cell", ""), step=form.get("step", "")
        ),
        "",
    ),
}
LEADS: Mapping[str, tuple[Act, str]] = {
    "level": (
        lambda who, key, form: actions.set_level(member=who, crisis=key, level=form.get("level", "")),
        "",
    ),
    "cell": (
        lambda who, key, form: actions.set_cell(
            member=who, crisis=key, cell=form.get("cell", ""), active=form.get("active") == "1"
        ),
        "cells",
    ),
}


def _unknown(_member: Member, _crisis: UUID, _form: Form) -> object:
    raise BadEntry(where=gettext("act"), why=gettext("is not known"))


def _do(request: HttpRequest, crisis: UUID, known: Mapping[str, tuple[Act, str]]) -> HttpResponse:
    act, anchor = known.get(request.POST.get("do", ""), (_unknown, ""))
    back = reverse("crisis_page", args=[crisis])
    try:
        act(_member(request), crisis, request.POST)
    except BeffroiError as refusal:
        messages.error(request, refusal_words(refusal))
    # Ticked in its cell, the page comes back there.
    anchor = request.POST.get("at", "")[:50] or anchor
    return redirect(f"{back}#{anchor}" if anchor.replace("-", "").replace("_", "").isalnum() else back)


@doors.door(WORK, of=_of_crisis)
@require_POST
def work(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """An act of a cell: call, reached, decide, tick."""
    return _do(request, crisis, WORKS)


@doors.door(LEAD, of=_of_crisis)
@require_POST
def lead(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """An act of who leads: the level, a cell."""
    return _do(request, crisis, LEADS)


@doors.door(LEAD, of=_of_crisis)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """What is left open, then the end."""
    status, refused = 200, ""
    if request.method == "POST":
        try:
            actions.end(member=_member(request), crisis=crisis, left=request.POST.get("left", ""))
        except BeffroiError as refusal:
            status, refused = refusal.status, refusal_words(refusal)
        else:
            return redirect("crisis_page", crisis)
    context = {**reading.page(queries.view(crisis), _member(request)), "refusal": refused}
    return render(request, "desks/crisis/end.html", context, status=status)


@doors.door(WORK, of=_of_crisis)
@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, crisis: UUID) -> HttpResponse:
    """Choose a message of the plan, complete it, keep it for the mayor."""
    found, form, status, refused = queries.view(crisis), request.POST, 200, ""
    if request.method == "POST":
        try:
            made = telling.prepare(
                member=_member(request),
                crisis=crisis,
                draft=form.get("draft", ""),
                hours=int(form["hours"]) if form.get("hours", "").isdecimal() else 0,
                **{name: form.get(name, "") for name in ("area", "headline", "description", "instruction")},
            )
        except BeffroiError as refusal:
            status, refused = refusal.status, refusal_words(refusal)
        else:
            return redirect("crisis_message", made)
    chosen = found.plan.messages.get(form.get("draft") or request.GET.get("draft", ""))
    context = {
        "crisis": found,
        "drafts": found.plan.messages.values(),
        "chosen": chosen,
        "given": form if refused else chosen,
        "area": form.get("area", ""),
        "refusal": refused,
        "exercise": found.exercise,
        "place_title": territories.territory(found.territory).name,
    }
    return render(request, "desks/crisis/prepare.html", context, status=status)


@doors.door(VIEW, of=_of_message)
@require_safe
def message(request: HttpRequest, message: UUID) -> HttpResponse:
    """A message as it will be read, with who validated it."""
    return _message(request, message)


def _message(request: HttpRequest, message: UUID, *, refusal: BeffroiError | None = None) -> HttpResponse:
    crisis = queries.view(queries.crisis_of_message(message))
    found = next(each for each in crisis.messages if each.id == message)
    town = territories.territory(crisis.territory)
    context = {
        "crisis": crisis,
        "message": found,
        "text": warning.text(Message.objects.select_related("crisis").get(pk=message), town),
        "forms": (("text", gettext("As text")), ("cap", "CAP 1.2")),
        "prepared_by": reading.name(found.prepared_by),
        "validated_by": reading.name(found.validated_by),
        "leads": doors.decide(request.user, LEAD, territory=crisis.territory).allowed
        and crisis.ended_at is None,
        "refusal": refusal_words(refusal) if refusal else "",
        "exercise": crisis.exercise,
        "place_title": town.name,
    }
    status = refusal.status if refusal else 200
    return render(request, "desks/crisis/message.html", context, status=status)


@doors.door(LEAD, of=_of_message)
@require_POST
def validate(request: HttpRequest, message: UUID) -> HttpResponse:
    """The mayor or a deputy validates."""
    try:
        telling.validate(member=_member(request), message=message)
    except BeffroiError as refusal:
        return _message(request, message, refusal=refusal)
    return redirect("crisis_message", message)


@doors.door(WORK, of=_of_message)
@require_POST
def export(request: HttpRequest, message: UUID, form: str) -> HttpResponse:
    """A validated message as a file: CAP 1.2, or text."""
    try:
        made = telling.export(member=_member(request), message=message, form=form)
    except BeffroiError as refusal:
        return _message(request, message, refusal=refusal)
    kind, name = {"cap": ("application/cap+xml", "xml"), "text": ("text/plain; charset=utf-8", "txt")}[form]
    kept = {
        "Content-Disposition": f'attachment; filename="message-{message}.{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(made, content_type=kind, headers=kept)
