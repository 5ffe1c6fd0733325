"""Writes of movement: who holds a camera and what they do with it, each written before the camera turns.

Whoever moves a camera looks through it: the look (its purpose, its order) was written before. The table lets
a camera have one hold only, whatever happens at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from beffroi.eyes import doors as looks
from beffroi.eyes import errors, facts, models, rules, rules_hold
from beffroi.eyes.hold_errors import BadMove, HeldByOther, NotHeld
from beffroi.eyes.rules_hold import EXPIRED, MOVES, PRESET, RELEASED, STOP, TAKE, TAKEN, Held
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import doors, sealing
from beffroi.people.models import Member

MOVE, MOVE_OVER = "camera.move", "camera.move_over"
_TOKEN_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Way:
    """How a camera is reached to be moved, with its login in clear: for the client alone, never printed."""

    key: str
    address: str = field(repr=False)
    login: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be sent to a camera, now that it is written."""

    way: Way
    act: str
    preset: str = ""


def way_of(camera: models.Camera) -> Way:
    """How a camera is reached. Raises NoWay, SealBroken."""
    if not camera.onvif:
        raise errors.NoWay(device=camera.device)
    secret = sealing.unseal(camera.secret, sealing.CAMERA_LOGIN) if camera.secret else ""
    return Way(f"{camera.pk} {camera.changed_at.isoformat()}", camera.onvif, camera.login, secret)


def priority_of(member: Member, look: models.Look, *, life: bool, reason: str = "") -> int:
    """How urgent a member's wish is. A supervisor's is, where that is the reason given."""
    if reason == "supervisor" and doors.decide(member, MOVE_OVER, territory=look.territory_key).allowed:
        return rules_hold.SUPERVISOR
    if look.purpose != rules.INCIDENT:
        return rules_hold.ROUTINE
    return rules_hold.LIFE if life else rules_hold.INCIDENT


def move(
    *, member: Member, look: UUID, act: str, preset: str = "", life: bool = False, reason: str = ""
) -> Turn:
    """Let a member move the camera of their own live look, and write it down; what to send to the camera.

    `act`: one of `rules_hold.MOVES`, preset, stop, or take: to hold it where it stands. `life`: the look's
    incident endangers a life. `reason`: a code of `rules_hold.REASONS`, to take the camera
    from somebody whose priority is lower. Durable on return.

    Raises NoLook, LookOver, DoorShut, NoWay, NotViewable, BadMove, HeldByOther, NotHeld.
    """
    if act not in (*MOVES, PRESET, STOP, TAKE) or (act == PRESET) != (0 < len(preset) <= _TOKEN_LONGEST):
        raise BadMove(where="act", why="there is no such movement")
    try:
        return _move(member, look, act, preset, life=life, reason=reason)
    except IntegrityError:
        # Somebody took it in the same instant, where nothing was there to wait for: now it is.
        return _move(member, look, act, preset, life=life, reason=reason)


@transaction.atomic
def _move(member: Member, identifier: UUID, act: str, preset: str, *, life: bool, reason: str) -> Turn:
    look, camera = _camera_of(member, identifier)
    now = clock.now()
    row = _standing(look, now)
    if act == STOP:
        if row is None or row.member != member.pk:
            raise NotHeld(device=look.device)
        models.Hold.objects.filter(pk=row.pk).update(act="", acted_at=None)
        return Turn(way_of(camera), act)
    priority = priority_of(member, look, life=life, reason=reason)
    held = Held(row.member, row.priority, row.until) if row else None
    verdict = rules_hold.judge(held, member.pk, priority, now, reason=reason)
    if verdict == "held" and row is not None:
        raise HeldByOther(device=look.device, member=row.member, may_take=priority > row.priority)
    written: list[Fact] = []
    if row is None or verdict == "take":
        taken = row
        row = _begin(member, look, priority, now, taken=taken, reason=reason if taken else "")
        written.append(_held(row, taken))
    row.priority, row.look = rules_hold.kept_priority(row.priority, priority), look.pk
    written += _gone_on(row, act, preset, now)
    _append(look.territory_key, look.device, member.actor, written, now)
    return Turn(way_of(camera), STOP if act == TAKE else act, preset)


def _gone_on(row: models.Hold, act: str, preset: str, now: datetime) -> list[Fact]:
    """The hold lasts anew from this movement; what is to be written of it: nothing where it only goes on."""
    news = act != TAKE and not rules_hold.same_gesture(row.act, row.acted_at, act, now)
    row.until, row.act, row.acted_at = now + _lasts(), act, now
    row.moves += news
    row.save(update_fields=["look", "priority", "until", "act", "acted_at", "moves"])
    if not news:
        return []
    return [
        facts.CameraMoved(hold=str(row.pk), device=row.device, act=act, preset=preset, exercise=row.exercise)
    ]


def _camera_of(member: Member, identifier: UUID) -> tuple[models.Look, models.Camera]:
    """The member's live look and its camera, locked. Raises NoLook, LookOver, DoorShut, NotViewable."""
    look = looks.look_for(member.pk, identifier)
    if look.kind != rules.LIVE:
        raise errors.NoLook(what=str(identifier))
    if models.Look.objects.select_for_update().get(pk=look.pk).ended_at is not None:
        raise errors.LookOver()  # in this instant, and its camera was let go
    doors.require(member, MOVE, territory=look.territory_key, resource=f"device:{look.device}")
    camera = (
        models.Camera.objects.select_for_update()
        .filter(territory_key=look.territory_key, device=look.device)
        .first()
    )
    if camera is None or not camera.onvif:
        raise errors.NoWay(device=look.device)
    if camera.shut:
        raise (errors.Masked if camera.shut == rules.MASKED else errors.OutOfService)(device=look.device)
    return look, camera


def _standing(look: models.Look, now: datetime) -> models.Hold | None:
    """The hold that stands; one whose time is over is ended."""
    row = models.Hold.objects.filter(
        territory_key=look.territory_key, device=look.device, ended_at=None
    ).first()
    if row is not None and row.until <= now:
        _end(row, EXPIRED, row.until)
        return None
    return row


def _begin(
    member: Member,
    look: models.Look,
    priority: int,
    now: datetime,
    *,
    taken: models.Hold | None,
    reason: str,
) -> models.Hold:
    if taken is not None:
        _end(taken, TAKEN, now, by=member)
    return models.Hold.objects.create(
        territory_key=look.territory_key,
        device=look.device,
        member=member.pk,
        look=look.pk,
        priority=priority,
        reason=reason,
        exercise=look.exercise,
        since=now,
        until=now + _lasts(),
    )


def let_go(*, member: Member, look: UUID) -> None:
    """The member holds the camera of their look no more. Raises NoLook, LookOver, NotHeld."""
    with transaction.atomic():
        row_look = looks.look_for(member.pk, look)
        row = _standing(row_look, clock.now())
        if row is None or row.member != member.pk:
            raise NotHeld(device=row_look.device)
        _end(row, RELEASED, clock.now())


@transaction.atomic
def release(look: UUID, at: datetime) -> None:
    """Nobody holds a camera any more through this look: it ended, or its page went away."""
    for row in models.Hold.objects.select_for_update().filter(look=look, ended_at=None):
        _end(row, EXPIRED if row.until <= at else RELEASED, min(row.until, at))


def end_lapsed(now: datetime) -> int:
    """End the holds whose time is over; how many."""
    ended = 0
    for found in models.Hold.objects.filter(ended_at=None, until__lte=now).values_list("pk", flat=True):
        with transaction.atomic():
            row = models.Hold.objects.select_for_update().get(pk=found)
            if row.ended_at is None and row.until <= now:
                _end(row, EXPIRED, row.until)
                ended += 1
    return ended


def _end(row: models.Hold, how: str, at: datetime, *, by: Member | None = None) -> None:
    home_s = configuration.current().camera_home_seconds
    row.ended_at, row.ended = max(at, row.since), how
    row.taken_by = by.pk if by else None
    if how != TAKEN and home_s > 0 and row.moves:
        row.home_due_at = row.ended_at + timedelta(seconds=home_s)
    row.save(update_fields=["ended_at", "ended", "taken_by", "home_due_at"])
    fact = facts.CameraLetGo(
        hold=str(row.pk),
        device=row.device,
        how=how,
        seconds=round((row.ended_at - row.since) / timedelta(seconds=1), 1),
        moves=row.moves,
        exercise=row.exercise,
    )
    actor = by.actor if by else f"member:{row.member}"
    _append(row.territory_key, row.device, actor, [fact], clock.now())


def _held(row: models.Hold, taken: models.Hold | None) -> Fact:
    return facts.CameraHeld(
        hold=str(row.pk),
        device=row.device,
        look=str(row.look),
        priority=rules_hold.PRIORITIES[row.priority],
        taken=str(taken.pk) if taken else "",
        reason=row.reason,
        exercise=row.exercise,
    )


def _lasts() -> timedelta:
    return timedelta(seconds=configuration.current().camera_hold_seconds)


def _append(territory: str, device: str, actor: str, written: list[Fact], at: datetime) -> None:
    if written:
        drafts = [journal.Draft(fact, f"device:{device}", actor, at) for fact in written]
        journal.append_all(journal=f"territory:{territory}", drafts=drafts)
