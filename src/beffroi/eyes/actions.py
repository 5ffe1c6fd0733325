"""Writes of the eyes: how cameras give images, and looks, each committed before any image of it is sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from beffroi.eyes import doors, errors, facts, models, moving, queries, rules
from beffroi.eyes.declaring import Declaration, declare_camera
from beffroi.eyes.shown import CameraView, LookView
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people.models import Member

__all__ = ["Declaration", "declare_camera", "end_lapsed", "end_look", "note_images", "open_look"]


def open_look(
    *,
    member: Member,
    territory: str,
    device: str,
    purpose: str,
    reference: str = "",
    reference_exercise: bool | None = None,
    span: tuple[datetime, datetime] | None = None,
) -> LookView:
    """Let a member look through a camera, live or over a `span` of its recorder, and write it down.

    `reference` is the incident's identifier when the purpose is one, `reference_exercise` whether that one is
    an exercise. Durable on return. Raises UnknownCamera, DoorShut, NotViewable, BadSpan.
    """
    camera = queries.camera(territory, device)
    kind = rules.LIVE if span is None else rules.PAST
    now = clock.now()
    doors.require_look(member, camera, span=span, at=now, purpose=purpose, reference=reference)
    if span is not None:
        _check(span, now)
    refusal = _refusal(camera, kind, reference_exercise)
    if refusal is None:
        row = _open(member, camera, kind=kind, purpose=purpose, reference=reference, span=span, now=now)
        if row is not None:
            return queries.view(row)
        refusal = errors.TooMany(number=rules.MOST_AT_ONCE)
    _write_refusal(refusal, member, camera, kind=kind, purpose=purpose, reference=reference)
    raise refusal


def _check(span: doors.Span, now: datetime) -> None:
    """Raises BadSpan where the recorder may not be asked for this span."""
    allowed = current()
    longest, furthest = (
        timedelta(minutes=allowed.camera_span_minutes),
        timedelta(hours=allowed.camera_back_hours),
    )
    why = rules.bad_span(*span, now, longest, furthest)
    if why == "long":
        raise errors.SpanTooLong(minutes=allowed.camera_span_minutes)
    if why == "far":
        raise errors.SpanTooFar(hours=min(allowed.camera_back_hours, rules.KEPT_MOST // timedelta(hours=1)))
    if why:
        raise errors.BadSpan()


def _refusal(camera: CameraView, kind: str, reference_exercise: bool | None) -> errors.NotViewable | None:
    """Why the camera may not or cannot be looked through, whoever asks."""
    if reference_exercise is not None and reference_exercise != camera.exercise:
        return errors.OnlyInExercise(device=camera.name)
    if camera.shut == rules.MASKED:
        return errors.Masked(device=camera.name)
    if camera.shut == rules.OUT_OF_SERVICE:
        return errors.OutOfService(device=camera.name)
    if not (camera.live if kind == rules.LIVE else camera.past):
        return errors.NoWay(device=camera.name)
    return None


@transaction.atomic
def _open(
    member: Member,
    camera: CameraView,
    *,
    kind: str,
    purpose: str,
    reference: str,
    span: tuple[datetime, datetime] | None,
    now: datetime,
) -> models.Look | None:
    """The look and its entry in one transaction; None where the member looks through too many already."""
    Member.objects.select_for_update().get(pk=member.pk)  # two clicks at once count one after the other
    if models.Look.objects.filter(member=member.pk, ended_at=None).count() >= rules.MOST_AT_ONCE:
        return None
    row = models.Look.objects.create(
        territory_key=camera.territory,
        device=camera.device,
        member=member.pk,
        kind=kind,
        purpose=purpose,
        reference=reference,
        span_from=span[0] if span else None,
        span_to=span[1] if span else None,
        exercise=camera.exercise,
        opened_at=now,
        until=now + rules.lasts(purpose, kind, span[1] - span[0] if span else timedelta(0)),
    )
    fact = facts.LookOpened(
        look=str(row.id),
        device=row.device,
        kind=kind,
        purpose=purpose,
        incident=reference,
        until=row.until.isoformat(),
        span_from=span[0].isoformat() if span else "",
        span_to=span[1].isoformat() if span else "",
        exercise=row.exercise,
    )
    _append(row.territory_key, fact, f"device:{row.device}", member.actor, now)
    return row


def _write_refusal(
    refusal: errors.NotViewable,
    member: Member,
    camera: CameraView,
    *,
    kind: str,
    purpose: str,
    reference: str,
) -> None:
    fact = facts.LookRefused(
        device=camera.device,
        kind=kind,
        purpose=purpose,
        code=refusal.code,
        incident=reference,
        exercise=camera.exercise,
    )
    with transaction.atomic():
        _append(camera.territory, fact, f"device:{camera.device}", member.actor, clock.now())


def end_look(*, identifier: UUID, member: UUID, how: str = rules.CLOSED) -> None:
    """End a member's look now. One that has ended already stays as it is. Raises NoLook."""
    if not models.Look.objects.filter(pk=identifier, member=member).exists():
        raise errors.NoLook(what=str(identifier))
    _end(identifier, how, clock.now())


def end_lapsed(now: datetime) -> int:
    """End the looks whose time is over and those that were left; how many."""
    ended = 0
    for row in models.Look.objects.filter(ended_at=None).order_by("opened_at"):
        how, at = rules.ended_at(row.opened_at, row.image_at, row.until, now)
        if how:
            ended += _end(row.pk, how, at)
    return ended


@transaction.atomic
def _end(identifier: UUID, how: str, at: datetime) -> bool:
    row = models.Look.objects.select_for_update().get(pk=identifier)
    if row.ended_at is not None:
        return False
    row.ended_at, row.ended = max(min(at, row.until), row.opened_at), how
    row.save(update_fields=["ended_at", "ended"])
    moving.release(row.pk, clock.now())
    fact = facts.LookEnded(
        look=str(row.id),
        device=row.device,
        seconds=round((row.ended_at - row.opened_at) / timedelta(seconds=1), 1),
        how=how,
        images=row.image_at is not None,
        exercise=row.exercise,
    )
    _append(row.territory_key, fact, f"device:{row.device}", f"member:{row.member}", row.ended_at)
    return True


def note_images(identifiers: Collection[UUID], at: datetime) -> None:
    """Images flow to these looks: they are not left."""
    models.Look.objects.filter(pk__in=list(identifiers), ended_at=None).update(image_at=at)


def _append(territory: str, fact: Fact, subject: str, actor: str, at: datetime) -> None:
    journal.append(journal=f"territory:{territory}", fact=fact, subject=subject, actor=actor, at=at)
