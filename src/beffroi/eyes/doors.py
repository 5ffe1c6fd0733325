"""The only ways to a camera's image and to a look, for a person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from beffroi.eyes import models, rules
from beffroi.eyes.errors import LookOver, NoLook
from beffroi.eyes.ground_ports import EXERCISE, order_for, still_allowed
from beffroi.eyes.shown import CameraView
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.people.models import Member

LIVE, BACK, SPAN = "camera.look", "camera.look_back", "camera.look_span"
Span = tuple[datetime, datetime]


def action_of(span: Span | None, asked_at: datetime) -> str:
    """What the door of a look asks for: live, the recorder's last minutes, or another moment of it."""
    if span is None:
        return LIVE
    return BACK if rules.is_recent(*span, asked_at) else SPAN


def require_look(
    member: Member, camera: CameraView, *, span: Span | None, at: datetime, purpose: str, reference: str
) -> None:
    """The door of one look: right, place, purpose, order and accreditation.

    Raises DoorShut, which its edge writes down.
    """
    named = f"{purpose}:{reference}" if reference else purpose
    order = EXERCISE if camera.exercise else order_for(camera.territory, camera.device, purpose)
    own = EXERCISE if camera.exercise else str(member.pk)
    doors.require(
        member,
        action_of(span, at),
        territory=camera.territory,
        resource=f"device:{camera.device}",
        grounds=doors.Grounds(purpose=named, order=order, accreditation=own),
    )


def look_for(member: UUID, identifier: UUID) -> models.Look:
    """A look of this member that goes on. Raises NoLook, LookOver."""
    found = models.Look.objects.filter(pk=identifier, member=member).first()
    if found is None:
        raise NoLook(what=str(identifier))
    if found.ended_at is not None or found.until <= clock.now():
        raise LookOver()
    return found


def may_go_on(member: Member, look: models.Look) -> bool:
    """Whether right, order and accreditation still stand, and nobody has shut the camera since."""
    span = (look.span_from, look.span_to) if look.span_from and look.span_to else None
    if look.territory_key not in doors.territories_for(member, action_of(span, look.opened_at)):
        return False
    if not look.exercise and not still_allowed(member.pk, look.territory_key, look.device, look.purpose):
        return False
    found = models.Camera.objects.filter(territory_key=look.territory_key, device=look.device)
    return found.filter(shut="").exists()
