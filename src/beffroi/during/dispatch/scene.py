"""The town as the rules of dispatch see it at one instant: units, what they are on, the roads to a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from beffroi.during.dispatch import models, terms
from beffroi.during.dispatch.methods.travel import POSITION_LOST_S
from beffroi.during.dispatch.rules.shapes import Candidate
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory import queries as territory
from beffroi.territory.errors import NoTown
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.shown import DeviceView, UnitView

#: Farther by road than this (s) is out of reach.
LIMIT_S = 1800.0
#: A unit that moved less than this (m) needs no new search.
STILL_M = 15.0
#: Metres in a second of those who do not drive; they may go either way along any street.
PACES = {"foot": 1.8, "bicycle": 5.0}


#: The cameras of each territory as they were read last: hundreds of rows, and rankings follow one another.
_cameras: dict[str, Sequence[DeviceView]] = {}


@dataclass(frozen=True)
class Town:
    """One territory at one instant. `graph` and `version` are None where it has no map."""

    key: str
    version: int | None
    graph: StreetGraph | None
    units: tuple[Candidate, ...]
    at: datetime

    @cached_property
    def cameras(self) -> list[DeviceView]:
        """Cameras whose place is known."""
        found = territory.devices_again(self.key, self.at, ["camera"], _cameras.get(self.key, ()))
        _cameras[self.key] = found
        return [each for each in found if each.position is not None]

    def route(self, start: Position, end: Position) -> list[list[float]]:
        """The way as [[lat, lon], ...], to a tenth of a metre or so."""
        found = self.graph.route(start, end, LIMIT_S) if self.graph else None
        return [[round(lat, 6), round(lon, 6)] for lat, lon in found.points] if found else []


def town(key: str, at: datetime) -> Town:
    """The territory as it is at `at`. Raises UnknownTerritory."""
    try:
        version, graph = territory.version_at(key, at).number, territory.streets(key, at)
    except NoTown:
        version, graph = None, None
    busy = {
        row.unit: row
        for row in models.Mission.objects.filter(territory_key=key, ended_at=None).select_related("incident")
    }
    known = territory.units(key)
    told = terms.of_units(key, known, at)
    units = tuple(_candidate(unit, busy.get(unit.key), told[unit.key], at) for unit in known)
    return Town(key, version, graph, units, at)


def _candidate(unit: UnitView, mission: models.Mission | None, told: terms.Terms, at: datetime) -> Candidate:
    age = None if unit.position_at is None else max(0.0, (at - unit.position_at).total_seconds())
    lost = unit.position is None or age is None or age > POSITION_LOST_S
    where = unit.home if lost else unit.position
    return Candidate(
        unit=unit.key,
        name=unit.name,
        kind=unit.kind,
        state=unit.state,
        exercise=unit.exercise,
        abilities=unit.abilities,
        lat=where.lat if where else None,
        lon=where.lon if where else None,
        radius_m=where.radius_m if where else 0.0,
        position_at=None if lost else unit.position_at,
        age_s=None if lost else age,
        from_base=lost and where is not None,
        mission=str(mission.incident_id) if mission else "",
        mission_reference=mission.incident.reference if mission else "",
        mission_life=mission.incident.life if mission else False,
        off_hours=mission is None and unit.state == "free" and not told.works,
        works_again=told.duty.back,
        right=told.right,
    )


def roads(here: Town, place: Position, known: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Seconds by road from each unit to a place, as Ranking.roads keeps them, and whether they were searched.

    `known` is what an earlier ranking kept; it is used again while town, place and units stand still.
    """
    placed = [unit for unit in here.units if unit.lat is not None]
    head = {"town": here.version, "lat": place.lat, "lon": place.lon}
    if {name: known.get(name) for name in head} == head and _still(placed, known["units"]):
        return known, False
    seconds = _search(here.graph, place, placed) if here.graph else {}
    units = {unit.unit: [unit.lat, unit.lon, pace(unit), seconds.get(unit.unit)] for unit in placed}
    return {**head, "units": units}, True


def pace(unit: Candidate) -> str:
    """How a unit moves: `foot`, `bicycle`, or by road as cars do ('')."""
    return next((name for name in PACES if name in unit.abilities), "")


def _still(units: Sequence[Candidate], known: dict[str, Any]) -> bool:
    if {unit.unit for unit in units} != set(known):
        return False
    for unit in units:
        lat, lon, how, _ = known[unit.unit]
        if how != pace(unit) or distance_m(Position(lat, lon), _position(unit)) > STILL_M:
            return False
    return True


def _search(graph: StreetGraph, place: Position, units: Sequence[Candidate]) -> dict[str, float | None]:
    """One search from the place back for all who drive, one more for those who do not."""
    found: dict[str, float | None] = {}
    driving = [unit for unit in units if not pace(unit)]
    times = graph.seconds_to(place, [_position(unit) for unit in driving], LIMIT_S)
    found.update(zip((unit.unit for unit in driving), times.tolist(), strict=True))
    others = [unit for unit in units if pace(unit)]
    if others:
        metres = graph.metres_from(place, [_position(unit) for unit in others], LIMIT_S * max(PACES.values()))
        for unit, length in zip(others, metres.tolist(), strict=True):
            found[unit.unit] = length / PACES[pace(unit)]
    return {
        key: round(value, 2) if value is not None and value <= LIMIT_S else None
        for key, value in found.items()
    }


def _position(unit: Candidate) -> Position:
    return Position(unit.lat or 0.0, unit.lon or 0.0)
