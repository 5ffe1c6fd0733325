"""Layers of the map as GeoJSON: coordinates to six decimals (11 cm), only what is drawn."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from beffroi.territory.methods import furniture, places
from beffroi.territory.methods.driving import Tags
from beffroi.territory.methods.osm import Area, OsmTown, Ring
from beffroi.territory.methods.streets import Streets, Way

Feature = dict[str, Any]

_WATER = {("natural", "water"), ("waterway", "riverbank"), ("landuse", "basin"), ("landuse", "reservoir")}
_GREEN_LANDUSE = {
    "grass", "forest", "meadow", "village_green", "recreation_ground", "cemetery", "allotments", "orchard",
    "vineyard", "flowerbed",
}  # fmt: skip
_GREEN_LEISURE = {"park", "garden", "golf_course", "nature_reserve", "playground", "pitch"}
_GREEN_NATURAL = {"wood", "scrub", "grassland", "heath"}
_PREFIXES = {"camera": "CAM", "lamp": "LAMP"}
_STREAMS = {"river", "canal", "stream"}


def layers(
    town: OsmTown, streets: Streets, placed: furniture.Furniture, insee: str
) -> dict[str, list[Feature]]:
    """Features of each layer; an empty layer is left out."""
    found = {
        "streets": [_street(way, streets) for way in town.ways if len(_line(way)) > 1],
        "buildings": [_building(area) for area in town.areas if is_building(area.tags)],
        "water": [
            *(_area(area) for area in town.areas if any((k, area.tags.get(k)) in _WATER for k, _ in _WATER)),
            *(_run(line.points) for line in town.lines if line.tags.get("waterway") in _STREAMS),
        ],
        "green": [_area(area) for area in town.areas if _is_green(area.tags)],
        "rail": [_run(line.points) for line in town.lines if "railway" in line.tags],
        "limit": [_area(area) for area in town.areas if _is_limit(area.tags, insee)],
        "lamps": [_device(each) for each in placed.devices if each.kind == "lamp"],
        "cameras": [_device(each) for each in placed.devices if each.kind == "camera"],
        "stations": [_device(each) for each in placed.stations],
        "places": list(_places(town)),
    }
    return {name: features for name, features in found.items() if features}


def write(features: dict[str, list[Feature]], folder: Path) -> list[Path]:
    """One gzipped GeoJSON file a layer; the same features always give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, each in features.items():
        path = folder / f"{name}.geojson.gz"
        text = json.dumps(
            {"type": "FeatureCollection", "features": each}, ensure_ascii=False, separators=(",", ":")
        )
        path.write_bytes(gzip.compress(text.encode(), 6, mtime=0))
        written.append(path)
    return written


def is_building(tags: Tags) -> bool:
    """Whether an area is a building that stands."""
    return tags.get("building", "no") not in ("no", "roof", "demolished", "razed", "proposed", "construction")


def _is_green(tags: Tags) -> bool:
    return (
        tags.get("landuse") in _GREEN_LANDUSE
        or tags.get("leisure") in _GREEN_LEISURE
        or tags.get("natural") in _GREEN_NATURAL
    )


def _is_limit(tags: Tags, insee: str) -> bool:
    administrative = tags.get("boundary") == "administrative" and tags.get("admin_level") == "8"
    return administrative and (not insee or tags.get("ref:INSEE", insee) == insee)


def _street(way: Way, streets: Streets) -> Feature:
    tags = way.tags
    properties: dict[str, Any] = {"class": tags["highway"], "driven": way.number in streets.of_way}
    if name := tags.get("name", ""):
        properties["name"] = name[:120]
    if tags.get("oneway") in ("yes", "-1", "1", "true") or tags.get("junction") == "roundabout":
        properties["oneway"] = -1 if tags.get("oneway") == "-1" else 1
    return _feature("LineString", _pairs(_line(way)), properties)


def _line(way: Way) -> Ring:
    return [(lat, lon) for _, lat, lon in way.points if isfinite(lat) and isfinite(lon)]


def _building(area: Area) -> Feature:
    height, _ = furniture.building_height(area.tags)
    properties: dict[str, Any] = {} if height is None else {"height": round(height, 1)}
    if name := area.tags.get("name", ""):
        properties["name"] = name[:120]
    return _area(area, properties)


def _area(area: Area, properties: dict[str, Any] | None = None) -> Feature:
    polygons = [[_pairs(outer), *(_pairs(hole) for hole in holes)] for outer, holes in area.rings]
    if len(polygons) == 1:
        return _feature("Polygon", polygons[0], properties)
    return _feature("MultiPolygon", polygons, properties)


def _run(points: Ring) -> Feature:
    return _feature("LineString", _pairs(points))


def _device(each: furniture.Placed) -> Feature:
    properties = {
        "key": key_of(each), "kind": each.kind, "name": each.name, "direction": each.direction_deg,
        "form": each.form, "height": each.height_m,
    }  # fmt: skip
    kept = {name: value for name, value in properties.items() if value not in (None, "")}
    return _feature("Point", _pairs([(each.lat, each.lon)])[0], kept)


def _places(town: OsmTown) -> Iterator[Feature]:
    found = ((each.lat, each.lon, places.properties(each.tags)) for each in town.places)
    for lat, lon, kept in places.once(found):
        yield _feature("Point", _pairs([(lat, lon)])[0], kept)


def key_of(each: furniture.Placed) -> str:
    """The key of what was read from the map: its OpenStreetMap identity, which a new import finds again.

    With its kind, as one node may be a lamp and carry a camera.
    """
    return f"{_PREFIXES.get(each.kind, each.kind.upper())}-{each.osm}"


def _pairs(points: Iterable[tuple[float, float]]) -> list[list[float]]:
    return [[round(lon, 6), round(lat, 6)] for lat, lon in points]


def _feature(kind: str, coordinates: Sequence[Any], properties: dict[str, Any] | None = None) -> Feature:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties or {}, "geometry": geometry}
