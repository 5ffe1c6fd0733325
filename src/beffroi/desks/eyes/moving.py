"""Movement over HTTP: the panel beneath an image, and what is done with it: written first, then sent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks.duty import acts
from beffroi.desks.duty.views import member_of
from beffroi.desks.eyes import words
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.errors import UnknownIncident
from beffroi.eyes import doors as looks
from beffroi.eyes import errors, holding, models, moving, queries, rules, rules_hold, turning
from beffroi.eyes.holding import Standing
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.people import actions as people
from beffroi.people import doors
from beffroi.people import queries as members
from beffroi.people.models import Member

ACTION = "camera.move"
LET_GO = "let_go"
#: The page goes away, told by a beacon: whoever holds the camera through this look does no more.
LEAVE = "leave"
#: Presets have the keys 1 to 9.
_KEYS = 9


@doors.door(ACTION)
@require_safe
def panel(request: HttpRequest, look: UUID) -> HttpResponse:
    """The panel of a look whose camera can be moved (nothing otherwise), or with `?part=` a part of it."""
    member = member_of(request)
    row = looks.look_for(member.pk, look)
    part = request.GET.get("part", "")
    if part == "state":
        return _state(request, member, row)
    try:
        camera = _camera(member, row)
    except errors.NotViewable:
        return HttpResponse()
    if part == "presets":
        return _presets(request, camera)
    context = {"look": row, "name": queries.view(row).name, **_standing(member, row)}
    return render(request, "desks/eyes/moving.html", context)


def _camera(member: Member, look: models.Look) -> models.Camera:
    """The camera of a look that can be moved. Raises NoWay, DoorShut."""
    doors.require(member, ACTION, territory=look.territory_key, resource=f"device:{look.device}")
    camera = queries.row(look.territory_key, look.device)
    if look.kind != rules.LIVE or not camera.onvif or camera.shut:
        raise errors.NoWay(device=look.device)
    return camera


def _presets(request: HttpRequest, camera: models.Camera) -> HttpResponse:
    """The camera's presets, asked of it now, or why they are not known."""
    try:
        found = asyncio.run(turning.presets(moving.way_of(camera)))
        context: dict[str, Any] = {"presets": found[:_KEYS]}
    except BeffroiError as refusal:
        context = {"refusal": acts.refusal_words(refusal)}
    return render(request, "desks/eyes/presets.html", context)


@doors.door(ACTION)
@require_POST
def act(request: HttpRequest, look: UUID) -> HttpResponse:
    """Move, stop, take or let go; the answer is how things stand then."""
    member = member_of(request)
    row = looks.look_for(member.pk, look)
    refusal, status = "", 200
    try:
        _do(member, row, request.POST)
    except doors.DoorShut as shut:
        people.record_refusal(shut)
        refusal, status = acts.refusal_words(shut), shut.status
    except BeffroiError as error:
        refusal, status = acts.refusal_words(error), error.status
    return _state(request, member, row, refusal, status)


def _do(member: Member, look: models.Look, form: acts.Form) -> None:
    """One act, written first. Raises BeffroiError."""
    if form.get("act") == LET_GO:
        moving.let_go(member=member, look=look.pk)
        return
    if form.get("act") == LEAVE:
        moving.release(look.pk, clock.now())
        return
    turn = moving.move(
        member=member,
        look=look.pk,
        act=form.get("act", ""),
        preset=form.get("preset", ""),
        life=_life(look),
        reason=form.get("reason", ""),
    )
    try:
        asyncio.run(turning.perform(turn))
    except BeffroiError:
        turning.forget(turn.way)  # what was known of the camera may be what is wrong
        raise


def _life(look: models.Look) -> bool:
    """Whether the incident for which one looks endangers a life."""
    if look.purpose != rules.INCIDENT:
        return False
    try:
        return incidents.incident(UUID(look.reference)).life
    except (UnknownIncident, ValueError):
        return False


def _state(
    request: HttpRequest, member: Member, look: models.Look, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {**_standing(member, look), "refusal": refusal}
    return render(request, "desks/eyes/moving_state.html", context, status=status)


def _standing(member: Member, look: models.Look) -> Mapping[str, Any]:
    """Who holds the camera, in words; and whether the member may take it."""
    found = holding.standing(look.territory_key, look.device, member.pk, clock.now())
    names = members.names_of({f"member:{each}" for each in (found.holder, found.lost_to) if each})
    return {
        "standing": found,
        "holder": names.get(f"member:{found.holder}", gettext("a member")),
        "lost_to": names.get(f"member:{found.lost_to}", gettext("a member")),
        "lost_for": words.said(words.REASONS, found.lost_for) if found.lost_for else "",
        "reasons": _reasons(member, look, found),
        "hold_s": configuration.current().camera_hold_seconds,
    }


def _reasons(member: Member, look: models.Look, standing: Standing) -> list[tuple[str, str]]:
    """The reasons for which the member may take the camera from who holds it; none where they may not."""
    if standing.holder is None or standing.mine:
        return []
    life = _life(look)
    return [
        (code, words.said(words.REASONS, code))
        for code in rules_hold.REASONS
        if moving.priority_of(member, look, life=life, reason=code) > standing.priority
        and (code != "supervisor" or _decides(member, look))
    ]


def _decides(member: Member, look: models.Look) -> bool:
    return doors.decide(member, moving.MOVE_OVER, territory=look.territory_key).allowed
