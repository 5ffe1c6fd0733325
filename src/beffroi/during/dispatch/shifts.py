"""Who holds which unit: begun at the start of the shift, given back at its end, each a dated fact."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from beffroi.during.dispatch import facts, models, queries
from beffroi.during.dispatch.errors import MissionUnderWay, NoShift, OnShift
from beffroi.during.dispatch.missions import actor
from beffroi.during.dispatch.shown import ShiftView
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.territory import actions as territory
from beffroi.territory import queries as territory_queries
from beffroi.territory.errors import UnknownUnit


@transaction.atomic
def begin(*, territory_key: str, unit: str, member: UUID, at: datetime | None = None) -> ShiftView:
    """Hold a unit from now on; a unit that was off duty is free. Again for the same unit changes nothing.

    Raises UnknownUnit, OnShift.
    """
    moment = at or clock.now()
    found = territory_queries.unit(territory_key, unit)
    present = _open(member).first()
    if present is not None and _is_over(present, moment):
        _end(present, min(moment, present.begun_at + queries.LONGEST_SHIFT))
    elif present is not None:
        if (present.territory_key, present.unit) == (territory_key, unit):
            return queries.shift_view(present)
        raise OnShift(unit=present.unit)
    try:
        with transaction.atomic():
            row = models.Shift.objects.create(
                territory_key=territory_key,
                unit=unit,
                member=member,
                exercise=found.exercise,
                begun_at=moment,
            )
    except IntegrityError:  # another page of the same member, a moment before
        raise OnShift(unit=unit) from None
    if found.state == "off":
        territory.set_unit_state(
            territory=territory_key, unit=unit, state="free", actor=actor(member), at=moment
        )
    _tell(row, facts.ShiftBegun(unit=unit, exercise=row.exercise), moment)
    return queries.shift_view(row)


@transaction.atomic
def finish(*, shift: UUID, member: UUID, at: datetime | None = None) -> ShiftView:
    """Give a unit back; the last of its crew puts it off duty.

    Raises NoShift, MissionUnderWay where the unit would be left alone on a mission.
    """
    moment = at or clock.now()
    row = models.Shift.objects.select_for_update().filter(pk=shift, member=member, ended_at=None).first()
    if row is None:
        raise NoShift()
    others = models.Shift.objects.filter(
        territory_key=row.territory_key,
        unit=row.unit,
        ended_at=None,
        begun_at__gt=moment - queries.LONGEST_SHIFT,
    ).exclude(pk=row.pk)
    if not others.exists():
        mission = queries.mission_of(row.territory_key, row.unit)
        if mission is not None:
            raise MissionUnderWay(unit=row.unit, reference=mission.reference)
        with suppress(UnknownUnit):  # retired since: nobody is left to be off duty
            territory.set_unit_state(
                territory=row.territory_key, unit=row.unit, state="off", actor=actor(member), at=moment
            )
    _end(row, moment)
    return queries.shift_view(row)


def _open(member: UUID) -> QuerySet[models.Shift]:
    return models.Shift.objects.select_for_update().filter(member=member, ended_at=None)


def _is_over(row: models.Shift, now: datetime) -> bool:
    """Whether a shift was forgotten, or its unit retired."""
    if now - row.begun_at >= queries.LONGEST_SHIFT:
        return True
    try:
        territory_queries.unit(row.territory_key, row.unit)
    except UnknownUnit:
        return True
    return False


def _end(row: models.Shift, at: datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    lasted: timedelta = at - row.begun_at
    fact = facts.ShiftEnded(
        unit=row.unit, seconds=max(0.0, round(lasted.total_seconds(), 1)), exercise=row.exercise
    )
    _tell(row, fact, at)


def _tell(row: models.Shift, fact: facts.Fact, at: datetime) -> None:
    journal.append(
        journal=f"territory:{row.territory_key}",
        fact=fact,
        subject=f"unit:{row.unit}",
        actor=actor(row.member),
        at=at,
    )
