"""What a crew tells from its phone, once each, in the order in which it comes: taken, or refused with a word.

Whoever calls has opened the door (`field.crew`) for the shift's territory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from beffroi.during.dispatch import actions, distress, facts, missions, models, queries, undoing
from beffroi.during.dispatch.errors import BadTap, MissionOver, MissionUnderWay, NoMission, NoShift
from beffroi.during.dispatch.missions import actor
from beffroi.during.dispatch.rules import taps
from beffroi.during.dispatch.shown import TapView
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.geography import Position
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.territory import actions as territory
from beffroi.territory import queries as territory_queries

#: A position that doubts itself by more than this (m) tells nothing of where a patrol is.
WIDEST_M = 2000.0
#: A fix this much ahead of our clock is of a wrong clock; an older one is no news.
_FIX_AGE = timedelta(seconds=60)


def tell(
    *,
    key: UUID,
    member: UUID,
    shift: UUID,
    act: str,
    mission: UUID | None = None,
    said_at: datetime | None = None,
    phone_now: datetime | None = None,
    undoes: UUID | None = None,
    place: Position | None = None,
) -> TapView:
    """Take one tap. `said_at`, `phone_now`: when it was made and sent, by the phone's clock.

    The same key again gets the answer of the first time. What makes no sense any more (the mission is
    over, or another's) is kept and refused: see `TapView.refused`. A distress is never refused.
    Raises BadTap, NoShift for a shift that was never this member's.
    """
    received = clock.now()
    if act not in taps.ACTS:
        raise BadTap(where="act", why=f"{act!r} is not one of {', '.join(taps.ACTS)}")
    holding = models.Shift.objects.filter(pk=shift, member=member).first()
    if holding is None:
        raise NoShift()
    if act == taps.DISTRESS:
        when = taps.believed(said_at, phone_now, received, holding.begun_at)
        distress.call(key=key, shift=holding, at=when.at, received=received, place=place)
    try:
        with transaction.atomic():
            return _told(holding, _row(key, holding, act, said_at, received), mission, undoes, phone_now)
    except IntegrityError:
        first = models.Tap.objects.select_related("shift").filter(pk=key).first()
        if first is None:
            raise
        return _again(first, member)


def _again(row: models.Tap, member: UUID) -> TapView:
    """The answer of the first time."""
    if row.shift.member != member:
        raise BadTap(where="key", why="taken by another tap")
    return queries.tap_view(row, again=True)


def _row(
    key: UUID, shift: models.Shift, act: str, said_at: datetime | None, received: datetime
) -> models.Tap:
    return models.Tap.objects.create(
        id=key, shift=shift, act=act, said_at=said_at, at=received, received_at=received
    )


def _told(
    shift: models.Shift,
    row: models.Tap,
    mission: UUID | None,
    undoes: UUID | None,
    phone_now: datetime | None,
) -> TapView:
    about = _mission(shift, mission) if row.act in taps.MISSION_ACTS else None
    since = about.on_scene_at or about.en_route_at or about.sent_at if about else shift.begun_at
    row.at, row.clock, row.off_s = taps.believed(row.said_at, phone_now, row.received_at, since)
    row.mission = about
    try:
        with transaction.atomic():
            row.before = _done(shift, row, about, undoes)
    except BeffroiError as refusal:
        row.refused = refusal.code
        row.refused_fields = {name: str(value) for name, value in refusal.fields.items()}
    row.save()
    _tell(shift, row)
    return queries.tap_view(row)


def _mission(shift: models.Shift, mission: UUID | None) -> models.Mission | None:
    """The mission that a tap is about; where it was joined to another, the one that goes on."""
    found = models.Mission.objects.select_related("incident").filter(
        territory_key=shift.territory_key, unit=shift.unit
    )
    about = found.filter(pk=mission).first()
    if about is not None and about.ended == "merged":
        return found.filter(ended_at=None).first() or about
    return about


def _done(
    shift: models.Shift, row: models.Tap, about: models.Mission | None, undoes: UUID | None
) -> Mapping[str, Any]:
    """Do what the tap says; what it changed from. Raises what makes no sense any more."""
    if row.act == taps.DISTRESS:
        return {}
    if shift.ended_at is not None or row.received_at - shift.begun_at >= queries.LONGEST_SHIFT:
        raise NoShift()
    if row.act == taps.UNDO:
        return undoing.undo(undoes, shift, row.received_at)
    if row.act in taps.UNIT_ACTS:
        return _unit_state(shift, row)
    if about is None:
        raise NoMission(unit=shift.unit, what=shift.unit)
    if about.ended_at is not None:
        raise MissionOver(reference=about.incident.reference, unit=shift.unit, what=shift.unit)
    return _on_mission(shift, row, about)


def _on_mission(shift: models.Shift, row: models.Tap, about: models.Mission) -> Mapping[str, Any]:
    before = {"mission": about.state}
    said = row.said_at.isoformat() if row.said_at else row.at.isoformat()
    told: dict[str, object] = {"said_at": said, "received_at": row.received_at.isoformat()}
    if row.clock:
        told |= {"clock": row.clock, "off_s": row.off_s}
    who = {"incident_id": about.incident_id, "unit": shift.unit, "member": shift.member, "at": row.at}
    if row.act == taps.EN_ROUTE:
        actions.en_route(**who, told=told)
    elif row.act == taps.ON_SCENE:
        actions.arrive(**who, told=told)
    else:
        actions.release(**who, told=told, how="finished")
    return before


def _unit_state(shift: models.Shift, row: models.Tap) -> Mapping[str, Any]:
    present = missions.still_on(shift.territory_key, shift.unit, row.at)
    if present is not None:
        raise MissionUnderWay(unit=shift.unit, reference=present.incident.reference)
    before = territory_queries.unit(shift.territory_key, shift.unit).state
    territory.set_unit_state(
        territory=shift.territory_key,
        unit=shift.unit,
        state="free" if row.act == taps.AVAILABLE else "busy",
        actor=actor(shift.member),
        at=row.at,
    )
    return {"unit": before}


def _tell(shift: models.Shift, row: models.Tap) -> None:
    late_s = round((row.received_at - row.at).total_seconds(), 1)
    incident = str(row.mission.incident_id) if row.mission else ""
    common = {"unit": shift.unit, "act": row.act, "incident": incident, "late_s": late_s}
    fact: Fact
    if row.refused:
        fact = facts.TapRefused(**common, code=row.refused, exercise=shift.exercise)
    else:
        fact = facts.TapTaken(**common, clock=row.clock, off_s=row.off_s, exercise=shift.exercise)
    journal.append(
        journal=f"territory:{shift.territory_key}",
        fact=fact,
        subject=f"incident:{incident}" if incident else f"unit:{shift.unit}",
        actor=actor(shift.member),
        at=row.received_at,
    )


def stand(
    *,
    shift: UUID,
    member: UUID,
    place: Position,
    heading_deg: float | None = None,
    age_s: float = 0.0,
) -> None:
    """Where the phone of a crew is, `age_s` seconds ago; only the last place of the unit is kept.

    Raises NoShift once the shift is over, BadTap for a position that tells nothing.
    """
    row = models.Shift.objects.filter(pk=shift, member=member, ended_at=None).first()
    now = clock.now()
    if row is None or now - row.begun_at >= queries.LONGEST_SHIFT:
        raise NoShift()
    if place.radius_m > WIDEST_M:
        raise BadTap(where="accuracy", why=f"{place.radius_m:.0f} m is too wide to tell where a unit is")
    age = timedelta(seconds=min(max(age_s, 0.0), _FIX_AGE.total_seconds()))
    territory.move_unit(
        territory=row.territory_key, unit=row.unit, position=place, heading_deg=heading_deg, at=now - age
    )
