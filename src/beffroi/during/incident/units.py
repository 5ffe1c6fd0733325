"""What units do to an incident: told by dispatch, inside its transaction, after its own writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from beffroi.during.incident import facts
from beffroi.during.incident.acting import actor, enter, open_row, save
from beffroi.during.incident.models import Incident
from beffroi.during.incident.taking import append, note_time


@transaction.atomic
def record_sent(
    *,
    incident_id: UUID,
    unit: str,
    at: datetime,
    member: UUID | None,
    place: int = 0,
    eta_s: float | None = None,
    chance: float | None = None,
    override: str = "",
    order: Sequence[str] = (),
) -> Incident:
    """A unit was sent, at `place` of the order shown (`order`: units, first proposed first).

    `override`: why not the first ('' where it is), a code or `sha256:` and a salted digest. A second
    unit keeps the state and the first time. Raises UnknownIncident, AlreadyClosed.
    """
    row = open_row(incident_id, None)
    if row.state not in ("sent", "on_scene"):
        enter(row, "sent")
    row.dispatched_at = row.dispatched_at or at
    save(row)
    note_time(row, "dispatched", at, actor(member), {"unit": unit})
    fact = facts.UnitSent(
        number=row.number,
        unit=unit,
        place=place,
        eta_s=eta_s,
        chance=chance,
        override=override,
        order=list(order),
        exercise=row.exercise,
    )
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_en_route(*, incident_id: UUID, unit: str, at: datetime, member: UUID | None) -> Incident:
    """A unit says that it is on its way."""
    row = open_row(incident_id, None)
    row.en_route_at = row.en_route_at or at
    save(row)
    note_time(row, "en_route", at, actor(member), {"unit": unit})
    fact = facts.UnitEnRoute(number=row.number, unit=unit, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_arrived(
    *, incident_id: UUID, unit: str, at: datetime, member: UUID | None, seconds: float
) -> Incident:
    """A unit is on scene, `seconds` after it was sent."""
    row = open_row(incident_id, None)
    if row.state != "on_scene":
        enter(row, "on_scene")
    row.on_scene_at = row.on_scene_at or at
    save(row)
    note_time(row, "on_scene", at, actor(member), {"unit": unit})
    fact = facts.UnitArrived(number=row.number, unit=unit, seconds=round(seconds, 1), exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_released(
    *, incident_id: UUID, unit: str, at: datetime, member: UUID | None, others: int, arrived: bool
) -> Incident:
    """A unit was called back. `others` are still on it, one of them there where `arrived`.

    Without others the incident waits for a decision again.
    """
    row = open_row(incident_id, None)
    if others == 0:
        wanted = "technical" if row.act == "device_silent" else "to_check"
        wanted = "confirmed" if row.confirmed_at and wanted == "to_check" else wanted
    else:
        wanted = "on_scene" if arrived else "sent"
    if row.state != wanted:
        enter(row, wanted)
    save(row)
    note_time(row, "released", at, actor(member), {"unit": unit})
    fact = facts.UnitReleased(number=row.number, unit=unit, others=others, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row
