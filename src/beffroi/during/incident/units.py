"""What units do to an incident: told by dispatch, inside its transaction, after its own writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.db import transaction

from beffroi.during.incident import facts
from beffroi.during.incident.acting import actor, enter, open_row, save
from beffroi.during.incident.models import Incident, LedgerEntry
from beffroi.during.incident.taking import append, note_time

#: What a ledger's line keeps besides the unit: codes and instants as text.
Told = Mapping[str, object]
NOT_TOLD: Told = MappingProxyType({})


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
def record_en_route(
    *, incident_id: UUID, unit: str, at: datetime, member: UUID | None, told: Told = NOT_TOLD
) -> Incident:
    """A unit says that it is on its way; `told`: when its phone says so, and when that came."""
    row = open_row(incident_id, None)
    row.en_route_at = row.en_route_at or at
    save(row)
    note_time(row, "en_route", at, actor(member), {"unit": unit, **told})
    fact = facts.UnitEnRoute(number=row.number, unit=unit, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_arrived(
    *,
    incident_id: UUID,
    unit: str,
    at: datetime,
    member: UUID | None,
    seconds: float,
    told: Told = NOT_TOLD,
) -> Incident:
    """A unit is on scene, `seconds` after it was sent; `told` as for `record_en_route`."""
    row = open_row(incident_id, None)
    if row.state != "on_scene":
        enter(row, "on_scene")
    row.on_scene_at = row.on_scene_at or at
    save(row)
    note_time(row, "on_scene", at, actor(member), {"unit": unit, **told})
    fact = facts.UnitArrived(number=row.number, unit=unit, seconds=round(seconds, 1), exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_released(
    *,
    incident_id: UUID,
    unit: str,
    at: datetime,
    member: UUID | None,
    others: int,
    arrived: bool,
    told: Told = NOT_TOLD,
) -> Incident:
    """A unit was called back or has done. `others` are still on it, one of them there where `arrived`.

    Without others the incident waits for a decision again.
    """
    row = open_row(incident_id, None)
    if others == 0:
        wanted = "technical" if row.act in ("device_silent", "outage") else "to_check"
        wanted = "confirmed" if row.confirmed_at and wanted == "to_check" else wanted
    else:
        wanted = "on_scene" if arrived else "sent"
    if row.state != wanted:
        enter(row, wanted)
    save(row)
    note_time(row, "released", at, actor(member), {"unit": unit, **told})
    fact = facts.UnitReleased(number=row.number, unit=unit, others=others, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def record_undone(
    *,
    incident_id: UUID,
    unit: str,
    step: str,
    at: datetime,
    member: UUID,
    en_route_at: datetime | None,
    on_scene_at: datetime | None,
    arrived: bool,
) -> Incident:
    """A crew takes back what it told a moment ago: `step` is en_route, on_scene or released.

    `en_route_at`, `on_scene_at`: the first times that still stand; `arrived`: someone is there. The
    line of the ledger stays and is marked; the journal keeps both.
    """
    row = open_row(incident_id, None)
    wanted = "on_scene" if arrived else "sent"
    for state in ("sent", wanted):
        if row.state not in (state, wanted):
            enter(row, state)
    row.en_route_at, row.on_scene_at = en_route_at, on_scene_at
    save(row)
    told = LedgerEntry.objects.filter(incident=row, step=step, detail__unit=unit).order_by("-id").first()
    if told is not None:
        told.detail = {**told.detail, "undone_at": at.isoformat()}
        told.save(update_fields=["detail"])
    note_time(row, "undone", at, actor(member), {"unit": unit, "step": step})
    fact = facts.UnitUndone(number=row.number, unit=unit, step=step, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row
