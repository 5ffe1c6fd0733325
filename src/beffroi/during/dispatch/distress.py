"""A crew in distress: an observation in the spool at once, before anything else is written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from beffroi.during.dispatch import facts, models
from beffroi.during.dispatch.missions import actor
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.spool import shared
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import derived_uuid7
from beffroi.journal import actions as journal
from beffroi.territory import queries as territory
from beffroi.territory.errors import UnknownUnit

#: The source under which crews stand in the spool.
SOURCE = "crew"
KIND = "panic.crew"
#: How fast the doubt about a unit's last position grows: a car in town (m/s); and where it stops (m).
DRIFT_M_S = 14.0
WIDEST_M = 5000.0


def call(*, key: UUID, shift: models.Shift, at: datetime, received: datetime, place: Position | None) -> None:
    """Put the call in the spool; the same key twice is one call.

    `place`: where the phone says it is; else the unit's last position, its radius grown with its age.
    Raises SpoolUnavailable: the phone then sends it again.
    """
    known, whence = (place, "phone") if place is not None else _last(shift, received)
    said = Observation(
        id=derived_uuid7(at, SOURCE, str(key)),
        territory=shift.territory_key,
        source=SOURCE,
        key=str(key),
        kind=KIND,
        seen_at=at,
        received_at=received,
        lat=known.lat if known else None,
        lon=known.lon if known else None,
        radius_m=known.radius_m if known else 0.0,
        exercise=shift.exercise,
        content={"from": "crew", "unit": shift.unit, "place": whence},
    )
    (receipt,) = shared().append_many([said])
    if not receipt.duplicate:
        _tell(shift, said, whence, at)


def _last(shift: models.Shift, now: datetime) -> tuple[Position | None, str]:
    try:
        unit = territory.unit(shift.territory_key, shift.unit)
    except UnknownUnit:
        return None, ""
    if unit.position is None or unit.position_at is None:
        return None, ""
    age_s = max(0.0, (now - unit.position_at).total_seconds())
    radius_m = min(WIDEST_M, unit.position.radius_m + DRIFT_M_S * age_s)
    return Position(unit.position.lat, unit.position.lon, radius_m), "unit"


@transaction.atomic
def _tell(shift: models.Shift, said: Observation, whence: str, at: datetime) -> None:
    journal.append(
        journal=f"territory:{shift.territory_key}",
        fact=facts.CrewInDistress(
            unit=shift.unit, observation=str(said.id), place=whence, exercise=shift.exercise
        ),
        subject=f"unit:{shift.unit}",
        actor=actor(shift.member),
        at=at,
    )
