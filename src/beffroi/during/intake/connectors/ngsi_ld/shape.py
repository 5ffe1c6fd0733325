"""The many ways in which brokers write one entity, read as one: plain names and plain values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from beffroi.foundation.geography import Position, distance_m, metres_per_degree

#: A place further across than this (m) is a region: its middle would point at nothing.
_RADIUS_MOST_M = 50_000.0
_POINTS_MOST = 5_000
_LAST_PART = re.compile(r"[^/#]*$")
_Point = tuple[float, float]


def short(name: str) -> str:
    """A name without its vocabulary: the last part of an IRI; the name itself where it is none."""
    found = _LAST_PART.search(name) if "://" in name else None
    return (found.group() if found else "") or name


def plain(entity: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of an entity by their short names, as values.

    Normalised, concise and key-values forms of NGSI-LD, NGSI-v2, and GeoJSON features come out alike.
    """
    inside = entity.get("properties")
    if entity.get("type") == "Feature" and isinstance(inside, Mapping):
        entity = {"location": entity.get("geometry"), **inside, "id": entity.get("id")}
    return {short(name): _value(given) for name, given in entity.items() if name != "@context"}


def _value(given: Any) -> Any:
    for _ in range(4):
        if isinstance(given, list) and given and isinstance(given[0], Mapping):
            given = given[0]  # several instances of one attribute: the first is the default one
        if not isinstance(given, Mapping):
            return given
        name = next((name for name in ("value", "@value", "object") if name in given), "")
        if not name:
            return given
        inner = given[name]
        if given.get("type") == "geo:point" and isinstance(inner, str):
            return _from_pair(inner)
        given = inner
    return given


def _from_pair(text: str) -> dict[str, Any] | None:
    """NGSI-v2's own simple point: latitude first."""
    lat, _, lon = text.partition(",")
    try:
        return {"type": "Point", "coordinates": [float(lon), float(lat)]}
    except ValueError:
        return None


def place(location: Any) -> Position | None:
    """The middle of a GeoJSON geometry and the radius (m) that covers it; None where there is none.

    Raises ValueError where it is one and cannot be read.
    """
    if isinstance(location, str):
        location = _from_pair(location)
    if location is None:
        return None
    if not isinstance(location, Mapping) or not isinstance(location.get("coordinates"), list):
        raise ValueError("a location is a GeoJSON geometry")
    coordinates, form = location["coordinates"], location.get("type")
    if form == "Point":
        lon, lat = _point(coordinates)
        return Position(lat, lon)
    # Without their holes: what is inside a ring of flood is warned too.
    rings = {
        "Polygon": coordinates[:1],
        "MultiPolygon": [each[0] for each in coordinates if isinstance(each, list) and each],
        "LineString": [coordinates],
        "MultiPoint": [coordinates],
        "MultiLineString": coordinates,
    }.get(form if isinstance(form, str) else "")
    if not rings or not all(isinstance(ring, list) and ring for ring in rings):
        raise ValueError("a location is a point, a line or a polygon")
    if sum(len(ring) for ring in rings) > _POINTS_MOST:
        raise ValueError(f"a location of more than {_POINTS_MOST} points")
    return _middle([[_point(each) for each in ring] for ring in rings], filled="Polygon" in str(form))


def _point(given: Any) -> _Point:
    if not isinstance(given, list) or len(given) < 2:
        raise ValueError("a position is longitude and latitude")
    lon, lat = given[0], given[1]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in (lon, lat)):
        raise ValueError("longitude and latitude are numbers")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("longitude and latitude are degrees")
    return float(lon), float(lat)


def _middle(rings: list[list[_Point]], *, filled: bool) -> Position | None:
    weights, lons, lats = 0.0, 0.0, 0.0
    for ring in rings:
        lon, lat, area = _centroid(ring) if filled else (*_mean(ring), 0.0)
        weight = abs(area) or 1e-12
        weights, lons, lats = weights + weight, lons + weight * lon, lats + weight * lat
    middle = Position(min(90.0, max(-90.0, lats / weights)), min(180.0, max(-180.0, lons / weights)))
    radius = max(distance_m(middle, Position(lat, lon)) for ring in rings for lon, lat in ring)
    if not math.isfinite(radius) or radius > _RADIUS_MOST_M:
        return None
    return Position(middle.lat, middle.lon, round(radius, 1))


def _mean(ring: list[_Point]) -> _Point:
    return sum(each[0] for each in ring) / len(ring), sum(each[1] for each in ring) / len(ring)


def _centroid(ring: list[_Point]) -> tuple[float, float, float]:
    """The centroid of a ring and its area (m²), in a plane through its mean; the mean if it has no area."""
    lon0, lat0 = _mean(ring)
    per_lat, per_lon = metres_per_degree(lat0)
    if per_lon < 1.0:
        return lon0, lat0, 0.0  # at a pole
    flat = [((lon - lon0) * per_lon, (lat - lat0) * per_lat) for lon, lat in ring]
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in zip(flat, [*flat[1:], flat[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross / 2, x + (x1 + x2) * cross / 6, y + (y1 + y2) * cross / 6
    if abs(area) < 1.0:
        return lon0, lat0, 0.0
    return lon0 + x / area / per_lon, lat0 + y / area / per_lat, area
