"""Reads the rooms of DURING into what a patrol's phone shows: its own unit's mission, nothing of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.duty import units, words
from beffroi.desks.field import telling
from beffroi.desks.field.shown import Choice, Face, Past, Press, Undo
from beffroi.during.dispatch import queries
from beffroi.during.dispatch.rules import taps
from beffroi.during.dispatch.rules.may_go import OWN_COMMAND
from beffroi.during.dispatch.shown import MissionView, ShiftView
from beffroi.during.dispatch.undoing import WITHIN
from beffroi.during.incident import queries as incidents
from beffroi.foundation import clock
from beffroi.territory import queries as territory
from beffroi.territory.errors import UnknownUnit
from beffroi.territory.shown import UnitView

PAST_SHOWN = 4
#: Whose members crew the units that are under their own command.
_CREWS = {"gendarmerie": ("gendarmerie",), "police": ("police_nationale",)}
#: Of the states of a mission, how far each is.
_REACHED = {"sent": 0, "en_route": 1, "on_scene": 2}


def face(shift: ShiftView) -> Face:
    """What the phone shows of a shift, now. Raises UnknownUnit for a unit that was retired."""
    now = clock.now()
    unit = territory.unit(shift.territory, shift.unit)
    mission = queries.mission_of(shift.territory, shift.unit)
    position = unit.position or unit.home
    return Face(
        shift=str(shift.id),
        since=shift.begun_at,
        territory=shift.territory,
        unit=unit.key,
        name=unit.name,
        corps=units.corps(unit.kind),
        state=unit.state,
        state_words=_state(unit),
        exercise=unit.exercise,
        phones=queries.crews(shift.territory, now).get(shift.unit, 0),
        heading=unit.heading_deg,
        lat=position.lat if position else None,
        lon=position.lon if position else None,
        stale=units.is_stale(unit.position_at, now),
        seen=_seen(unit, now),
        task=telling.task(mission, unit, now) if mission else None,
        presses=_mission_presses(mission) if mission else _unit_presses(unit),
        undo=_undo(shift, now),
        past=() if mission else tuple(_past(each) for each in _ended(shift)),
    )


def _state(unit: UnitView) -> str:
    said = {
        "free": gettext("On duty, available"),
        "busy": gettext("On a break"),
        "off": gettext("Off duty"),
    }
    return said.get(unit.state) or words.said(words.UNIT_STATES, unit.state)


def _seen(unit: UnitView, now: datetime) -> str:
    if unit.position_at is None:
        return gettext("Its position was never heard.")
    age = spelling.about((now - unit.position_at).total_seconds())
    return gettext("Last position %(age)s ago.") % {"age": age}


def _mission_presses(mission: MissionView) -> tuple[Press, ...]:
    reached = _REACHED.get(mission.state, 0)
    at = (mission.en_route_at, mission.on_scene_at, None)
    return tuple(
        Press(
            act=act,
            words=words.said(words.TAPS, act),
            state="done" if place < reached else "cur" if place == reached else "",
            at=at[place] if place < reached else None,
        )
        for place, act in enumerate(taps.MISSION_ACTS)
    )


def _unit_presses(unit: UnitView) -> tuple[Press, ...]:
    here = {"free": taps.AVAILABLE, "busy": taps.PAUSE}.get(unit.state, "")
    return tuple(
        Press(act=act, words=words.said(words.TAPS, act), state="done" if act == here else "")
        for act in taps.UNIT_ACTS
    )


def _undo(shift: ShiftView, now: datetime) -> Undo | None:
    tap = queries.last_tap(shift.id)
    if tap is None or now - tap.received_at >= WITHIN:
        return None
    return Undo(str(tap.key), words.said(words.TAPS, tap.act), tap.at, tap.received_at)


def _ended(shift: ShiftView) -> list[MissionView]:
    return queries.missions_since(shift.territory, shift.unit, shift.begun_at, PAST_SHOWN)


def _past(mission: MissionView) -> Past:
    incident = incidents.incident(mission.incident)
    return Past(
        reference=mission.reference,
        title=words.said(words.ACTS, incident.act),
        place=incident.place_text,
        sent_at=mission.sent_at,
        on_scene_at=mission.on_scene_at,
        ended_at=mission.ended_at,
    )


def may_hold(unit: UnitView, organisation: str) -> bool:
    """Whether a member of an organisation of this kind may hold a unit: gendarmes and police crew theirs."""
    return unit.kind not in OWN_COMMAND or organisation in _CREWS.get(unit.kind, ())


def choices(territories: Iterable[str], organisation: str) -> list[Choice]:
    """The units that a member of an organisation of this kind may take in these territories."""
    found = []
    for key in sorted(territories):
        held = queries.crews(key)
        town = territory.territory(key).name
        for unit in (each for each in territory.units(key) if may_hold(each, organisation)):
            found.append(
                Choice(
                    territory=key,
                    town=town,
                    unit=unit.key,
                    name=unit.name,
                    corps=units.corps(unit.kind),
                    state_words=words.said(words.UNIT_STATES, unit.state),
                    phones=held.get(unit.key, 0),
                )
            )
    return sorted(found, key=lambda each: (each.town, each.corps == "g", each.unit))


def shift_of(member: UUID) -> ShiftView | None:
    """The unit that a member holds now; none where it was retired since."""
    shift = queries.shift_of(member)
    if shift is not None:
        try:
            territory.unit(shift.territory, shift.unit)
        except UnknownUnit:
            return None
    return shift
