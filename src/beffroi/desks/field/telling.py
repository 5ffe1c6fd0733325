"""One mission in words: what and where, when, what is known, who else is on it, the next turn."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.duty import believing, reasons, units, words
from beffroi.desks.duty.shown import Chance
from beffroi.desks.field import turns
from beffroi.desks.field.shown import Task, Turn
from beffroi.during.dispatch import queries
from beffroi.during.dispatch.shown import MissionView, RankingView
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.shown import IncidentView, Sheet
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView

SIGNS_SHOWN = 3
NOTES_SHOWN = 2
#: A name belongs to a street when it is this near (m) to a point of the way.
STREET_M = 20.0
ROUNDED_S = 5


def task(mission: MissionView, unit: UnitView, now: datetime) -> Task:
    """The mission of a unit, as its phone shows it."""
    sheet = incidents.sheet(mission.incident)
    incident = sheet.incident
    ranking = queries.ranking(mission.incident)
    place, _comma, street = incident.place_text.partition(", ")
    there = mission.state == "on_scene"
    way = () if there else _way(unit, incident)
    fresh = not units.is_stale(unit.position_at, now)
    due = None if there else mission.expected_at
    return Task(
        id=str(mission.id),
        incident=str(mission.incident),
        reference=mission.reference,
        state=mission.state,
        title=words.title(incident.act, incident.state),
        life=incident.life,
        place=place or gettext("Place not known"),
        access=_access(incident, street),
        due=due.replace(second=due.second // ROUNDED_S * ROUNDED_S, microsecond=0) if due else None,
        due_words="" if due or there else gettext("Road time not known"),
        there_since=mission.on_scene_at if there else None,
        arrive=None if there else _chance(ranking, unit.key),
        arrive_missing="" if there or incident.life else _no_chance(ranking),
        signs=believing.signs(sheet.signs)[:SIGNS_SHOWN],
        notes=_notes(sheet),
        others=_others(mission, now),
        turn=_turn(unit.territory, way) if way and fresh else None,
        way=way,
        lat=incident.lat,
        lon=incident.lon,
    )


def _access(incident: IncidentView, street: str) -> tuple[str, ...]:
    """The street where the place has a name of its own, and the device that tells: often a door.

    A panel stands somewhere in a cupboard: its name leads nobody in.
    """
    parts = [street] if street else []
    try:
        device = territory.device(incident.territory, incident.device) if incident.device else None
    except NotFound:
        device = None
    if device is not None and device.kind != "panel" and device.name not in ("", incident.place_text):
        parts.append(device.name)
    if not incident.place_text:
        parts.append(gettext("Ask the duty desk by radio."))
    return tuple(parts)


def _chance(ranking: RankingView | None, unit: str) -> Chance | None:
    """The chance that this unit arrives before they leave."""
    for row in ranking.coming if ranking else ():
        if row.unit == unit and None not in (row.chance, row.chance_low, row.chance_high):
            return Chance(
                *(spelling.percent(each or 0.0) for each in (row.chance, row.chance_low, row.chance_high))
            )
    return None


def _no_chance(ranking: RankingView | None) -> str:
    if ranking is None:
        return gettext("Not computed yet.")
    return reasons.said(ranking.no_race.code, ranking.no_race.params) if ranking.no_race else ""


def _notes(sheet: Sheet) -> tuple[tuple[datetime, str], ...]:
    return tuple((each.at, each.text) for each in sheet.notes[:NOTES_SHOWN])


def _others(mission: MissionView, now: datetime) -> tuple[str, ...]:
    """Who else is on it, and when they are there."""
    return tuple(
        _other(each, now)
        for each in queries.missions_of(mission.incident)
        if each.ended_at is None and each.unit != mission.unit
    )


def _other(each: MissionView, now: datetime) -> str:
    state = words.said(words.TAPS, each.state) if each.state != "sent" else gettext("sent")
    said = f"{each.unit}, {state.lower()}"
    if each.state == "on_scene" or each.expected_at is None:
        return said
    left = spelling.about(max(0.0, (each.expected_at - now).total_seconds()))
    return gettext("%(unit)s, there in %(time)s") % {"unit": said, "time": left}


def _way(unit: UnitView, incident: IncidentView) -> tuple[tuple[float, float], ...]:
    """The fastest way from the unit's last position; nothing where either place is not known."""
    if unit.position is None or incident.lat is None or incident.lon is None:
        return ()
    try:
        found = territory.streets(unit.territory).route(unit.position, Position(incident.lat, incident.lon))
    except NotFound:  # a territory without a map yet
        return ()
    return tuple(found.points) if found else ()


def _turn(key: str, way: tuple[tuple[float, float], ...]) -> Turn | None:
    """The next bend into a street of another name; straight on where there is none."""
    streets = territory.streets(key)
    here = streets.street_name(*way[0], STREET_M)
    for bend in turns.bends(way):
        street = streets.street_name(*bend.after, STREET_M)
        if street != here or bend.side == "back":
            return Turn(bend.side, _said(bend.side, bend.metres), street)
    return Turn("on", _said("on", turns.length_m(way)), streets.street_name(*way[-1], STREET_M))


def _said(side: str, metres: float) -> str:
    far = {"metres": spelling.metres(metres)}
    if side == "left":
        return gettext("In %(metres)s, left") % far
    if side == "right":
        return gettext("In %(metres)s, right") % far
    if side == "back":
        return gettext("In %(metres)s, turn round") % far
    return gettext("Straight on, %(metres)s") % far
