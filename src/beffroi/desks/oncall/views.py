"""The pages of on-call for members: who is on call, the rota, one's own calls and number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks import pages, towns
from beffroi.desks.oncall import forms, reading, words
from beffroi.during.oncall import actions, channels, queries
from beffroi.during.oncall.errors import BadContact, BadLine
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, NotFound
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member

VIEW, ANSWER, MANAGE = "oncall.view", "oncall.answer", "oncall.manage"


def _member(request: HttpRequest) -> Member:
    assert isinstance(request.user, Member)  # noqa: S101 - the door let nobody else in
    return request.user


@doors.door(VIEW)
@require_safe
def oncall(request: HttpRequest) -> HttpResponse:
    """Who is on call now, in the coming week, and when nobody is."""
    member = _member(request)
    managed = doors.territories_for(member, MANAGE)
    shown = towns.towns(doors.territories_for(member, VIEW))
    if not shown:
        raise NotFound(what="territory")
    context = {
        "boards": [reading.board(each, may_manage=each.key in managed) for each in shown],
        "place_title": shown[0].name if len(shown) == 1 else gettext("On call"),
        "exercise": all(each.exercise for each in shown),
        "may_answer": bool(doors.territories_for(member, ANSWER)),
    }
    return render(request, "desks/oncall/board.html", context)


@doors.door(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """One's own calls with two large buttons, one's next turns, and how one is reached."""
    member = _member(request)
    status = 200
    if request.method == "POST":
        try:
            _mine_done(request, member)
        except BeffroiError as refusal:
            messages.error(request, _refusal(refusal))
            status = refusal.status
        else:
            return redirect("oncall_mine")
    keys = doors.territories_for(member, ANSWER)
    contact = queries.contact(member)
    context = {
        "calls": reading.own_calls(member),
        "turns": reading.own_turns(member, keys),
        "contact": contact,
        "chosen": [*contact.channels, "", "", ""][:3],
        "channels": words.CHANNELS.items(),
        "place_title": gettext("My on-call"),
    }
    return render(request, "desks/oncall/mine.html", context, status=status)


def _mine_done(request: HttpRequest, member: Member) -> None:
    form, do = request.POST, request.POST.get("do", "")
    if do == "contact":
        _contact_set(member, form, member)
        messages.success(request, gettext("Kept."))
        return
    incident = forms.uuid_in(form, "incident")
    if incident not in {each.incident for each in queries.calls_to(member)}:
        messages.info(request, gettext("Somebody has it already: nothing to do."))
        return
    act = {"take": actions.take, "pass": actions.pass_on}.get(do)
    if act is None:
        raise BadContact(where=gettext("do"), why=gettext("is not known"))
    messages.info(request, outcome_words(act(incident=incident, member=member, how="page")))


def outcome_words(outcome: str) -> str:
    """What an answer did, in words."""
    return {
        "taken": gettext("Noted: it is yours."),
        "passed": gettext("Noted: the next person is being called."),
    }.get(outcome, gettext("Somebody has it already: nothing to do."))


@doors.door(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rota(request: HttpRequest, territory: str) -> HttpResponse:
    """The rota of a territory: its lines, replacements, what wakes people, how they are reached."""
    found = towns.towns([territory])
    if not found:
        raise NotFound(what=f"territory {territory}")
    status = 200
    if request.method == "POST":
        try:
            _rota_done(request, territory)
        except BeffroiError as refusal:
            messages.error(request, _refusal(refusal))
            status = refusal.status
        else:
            return redirect("oncall_rota", territory)
    return render(request, "desks/oncall/rota.html", _rota_context(found[0]), status=status)


def _rota_context(town: towns.Town) -> dict[str, Any]:
    members = queries.who_may_answer(town.key)
    waking = queries.waking(town.key)
    settings = current()
    return {
        "board": reading.board(town, may_manage=True),
        "town": town,
        "place_title": town.name,
        "exercise": town.exercise,
        "lines": reading.lines(town.key),
        "replacements": reading.replacements(town.key),
        "members": members,
        "reached": reading.reached(members),
        "tests": reading.last_tests(members),
        "ranks": range(1, 6),
        "today": clock.now(),
        "days": list(enumerate(words.DAYS)),
        "waking": waking,
        "at_least": round(waking.at_least * 100),
        "thresholds": words.THRESHOLDS.items(),
        "wait_default": settings.oncall_wait_seconds,
        "next_default": settings.oncall_next_seconds,
        "channels": words.CHANNELS.items(),
        "ready": sorted(words.said(words.CHANNELS, each) for each in channels.set_up()),
    }


def _rota_done(request: HttpRequest, territory: str) -> None:
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise BadLine(where=gettext("do"), why=gettext("is not known"))
    act(territory, request.POST, _member(request))
    messages.success(request, gettext("Kept."))


def _line_added(territory: str, form: QueryDict, by: Member) -> None:
    member, first = forms.member_in(form), forms.date_in(form, "first")
    if member is None or first is None:
        raise BadLine(where=gettext("first"), why=gettext("is not a date"))
    actions.add_line(
        territory=territory,
        member=member,
        rank=forms.number_in(form, "rank") or 0,
        days=[int(each) for each in form.getlist("days") if each.isdecimal()],
        begins=forms.time_in(form, "begins"),
        ends=forms.time_in(form, "ends"),
        first=first,
        last=forms.date_in(form, "last"),
        actor=by.actor,
    )


def _replaced(territory: str, form: QueryDict, by: Member) -> None:
    actions.add_replacement(
        territory=territory,
        member=forms.member_in(form, may_be_nobody=True),
        rank=forms.number_in(form, "rank") or 0,
        starts_at=forms.instant_in(form, "starts_at"),
        ends_at=forms.instant_in(form, "ends_at"),
        actor=by.actor,
    )


def _taken_away(territory: str, form: QueryDict, by: Member) -> None:
    actions.take_away(territory=territory, line=forms.uuid_in(form, "line"), actor=by.actor)


def _waking_set(territory: str, form: QueryDict, by: Member) -> None:
    actions.set_waking(
        territory=territory,
        threshold=form.get("threshold", ""),
        life_threshold=form.get("life_threshold", ""),
        at_least=(forms.number_in(form, "at_least", empty=0) or 0) / 100,
        wait_s=forms.number_in(form, "wait_s"),
        next_s=forms.number_in(form, "next_s"),
        alsace_moselle=form.get("alsace_moselle") == "1",
        actor=by.actor,
    )


def _reached_set(territory: str, form: QueryDict, by: Member) -> None:
    _contact_set(_one_of(territory, form), form, by)


def _contact_set(member: Member, form: Mapping[str, str], by: Member) -> None:
    actions.set_contact(
        member=member,
        mobile=form.get("mobile", ""),
        email=form.get("email", ""),
        channels=forms.channels_in(form),
        actor=by.actor,
    )


def _tried(territory: str, form: QueryDict, by: Member) -> None:
    actions.try_channel(member=_one_of(territory, form), territory=territory, channel=form.get("channel", ""))


def _one_of(territory: str, form: QueryDict) -> Member:
    """A member of this territory's rota: nobody else's number may be seen or changed from here."""
    member = forms.member_in(form)
    if member is None or not doors.decide(member, ANSWER, territory=territory).allowed:
        raise BadLine(where=gettext("member"), why=gettext("choose somebody of the list"))
    return member


ACTS: Mapping[str, Callable[[str, QueryDict, Member], None]] = {
    "line": _line_added,
    "replacement": _replaced,
    "remove": _taken_away,
    "waking": _waking_set,
    "contact": _reached_set,
    "test": _tried,
}


def _refusal(refusal: BeffroiError) -> str:
    said = pages.sentence(refusal)
    return f"{said} {gettext(refusal.advice)}" if refusal.advice else said
