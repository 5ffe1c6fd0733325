"""Reads for rehearsals: a territory as the story needs it, and the cast that it gives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from beffroi.during.dispatch.models import Mission
from beffroi.foundation.geography import LocalPlane, Position, distance_m
from beffroi.rehearsal.methods import places
from beffroi.rehearsal.methods.places import Cast, Ground, Sensor, Spot
from beffroi.territory import queries as territory_queries

_PREFIX = "EX-"
_ROUNDS_AWAY_M = 550.0
_LEAST_CORNERS = 6


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    if geometry["type"] == "Polygon":
        yield geometry["coordinates"][0]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield polygon[0]


def _spot(name: str, ring: list[list[float]]) -> Spot:
    """Middle and surface of a ring of (longitude, latitude), by the shoelace formula on a plane."""
    lon, lat = np.array(ring, dtype=np.float64).T[:2]
    plane = LocalPlane(float(lat.mean()), float(lon.mean()))
    x, y = plane.to_xy(lat, lon)
    surface = abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2
    return Spot(name, Position(plane.lat, plane.lon), round(surface, 1))


def _buildings(key: str) -> list[Spot]:
    return [
        _spot(str(feature["properties"].get("name") or ""), ring)
        for feature in territory_queries.read_layer(key, "buildings")["features"]
        for ring in _rings(feature["geometry"])
        if len(ring) >= 4
    ]


def ground(key: str) -> Ground:
    """A territory as the story needs it. Raises UnknownTerritory, NoTown."""
    streets = territory_queries.streets(key).arrays
    ways = np.diff(np.asarray(streets.walk_first))
    crossing = np.flatnonzero(ways >= 3)
    here = [each for each in territory_queries.devices(key, kinds=["camera"]) if each.position is not None]
    cameras = [
        Sensor(each.key, "camera", each.name, each.position, each.direction_deg, known=True)
        for each in here
        if each.position is not None and not each.key.startswith(_PREFIX)
    ]
    police = [
        Spot(each.name, each.position, math.nan)
        for each in territory_queries.stations(key)
        if each.kind == "police" and each.position is not None
    ]
    return Ground(
        junction_lat=np.asarray(streets.node_lat)[crossing],
        junction_lon=np.asarray(streets.node_lon)[crossing],
        buildings=_buildings(key),
        cameras=cameras,
        police=police,
    )


def cast(key: str) -> Cast:
    """Who and what plays on a territory: the same for the same town. Raises TooSmall."""
    chosen = places.choose(ground(key))
    return replace(chosen, target=_named(key, chosen.target), windy=_named(key, chosen.windy))


def _named(key: str, spot: Spot) -> Spot:
    """A building without a name is called by its street."""
    return spot if spot.name else replace(spot, name=place_name(key, spot.place))


def place_name(key: str, place: Position) -> str:
    """Words for a place of a territory."""
    return territory_queries.place_name(key, place.lat, place.lon)


def corners(key: str, away_from: Position) -> list[Position]:
    """The junctions that rounds may lead to: those away from a place, or all in a town too small for that."""
    found = ground(key)
    pairs = zip(found.junction_lat, found.junction_lon, strict=True)
    everywhere = [Position(float(lat), float(lon)) for lat, lon in pairs]
    away = [each for each in everywhere if distance_m(each, away_from) >= _ROUNDS_AWAY_M]
    return away if len(away) >= _LEAST_CORNERS else everywhere


def name(key: str) -> str:
    """The name shown for a territory. Raises UnknownTerritory."""
    return territory_queries.territory(key).name


def place_of_mission(territory: str, unit: str) -> Position | None:
    """Where the mission that a unit is on leads, or None."""
    mission = (
        Mission.objects.filter(territory_key=territory, unit=unit, ended_at=None)
        .select_related("incident")
        .first()
    )
    if mission is None or mission.incident.lat is None or mission.incident.lon is None:
        return None
    return Position(mission.incident.lat, mission.incident.lon)
