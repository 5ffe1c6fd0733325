"""An OpenStreetMap file read once into plain values: ways, restrictions, areas, points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from beffroi.territory.methods import osm_file, osm_order, places
from beffroi.territory.methods.restrictions import Restriction
from beffroi.territory.methods.streets import Point, Way

Ring = list[tuple[float, float]]  # (latitude, longitude), closed
_AREA_KEYS = ("building", "natural", "landuse", "leisure", "waterway", "boundary", "amenity", "shop")
_POINT_KEYS = ("man_made", "highway", "amenity", "barrier")
_POINTS = {
    ("man_made", "surveillance"), ("highway", "street_lamp"), ("amenity", "police"),
    ("amenity", "fire_station"), ("amenity", "townhall"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """A node of interest, or the middle of an area of interest. `osm`: n123, w123 or r123."""

    osm: str
    lat: float
    lon: float
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """An area: outer rings, each with its holes."""

    osm: str
    rings: list[tuple[Ring, list[Ring]]]
    tags: dict[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A railway or a watercourse, for the map."""

    osm: str
    points: Ring
    tags: dict[str, str]


@dataclass
class OsmTown:
    """What a file holds."""

    ways: list[Way] = field(default_factory=list)
    barriers: dict[int, dict[str, str]] = field(default_factory=dict)
    restrictions: list[Restriction] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    places: list[Spot] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    objects: Counter[str] = field(default_factory=Counter)
    broken_areas: int = 0
    dated: datetime | None = None


def read(path: Path) -> OsmTown:
    """Read a file. Raises osm_file.Unreadable, whose text says what is wrong with it."""
    kind = osm_file.recognise(path)
    dated = osm_file.dated(path, kind)
    with _explained(path):
        try:
            town = _read(path, kind)
        except RuntimeError as error:
            if "out of order" not in str(error):
                raise
            with TemporaryDirectory() as folder:
                ordered = Path(folder) / "ordered.osm.pbf"
                osm_order.sort(path, kind, ordered)
                town = _read(ordered, "osm.pbf")
    town.dated = dated
    return town


def _read(path: Path, kind: str) -> OsmTown:
    import osmium  # loaded late: only an import needs it

    town = OsmTown()
    relations: set[int] = set()
    wanted = osmium.filter.KeyFilter(*_AREA_KEYS)
    each: Any
    for each in osmium.FileProcessor(osmium.io.File(str(path), kind)).with_locations().with_areas(wanted):
        if each.is_node():
            _node(town, each)
        elif each.is_way():
            _way(town, each)
        elif each.is_relation():
            _relation(town, each, relations)
        elif each.is_area():
            _area(town, each, relations)
    town.broken_areas = len(relations)
    return town


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """osmium tells of a bad file by RuntimeError and its kin; say it as one error with the file's name."""
    try:
        yield
    except (RuntimeError, OSError, ValueError) as error:
        raise osm_file.Unreadable(osm_file.reason(path, str(error))) from error


def _node(town: OsmTown, each: Any) -> None:
    town.objects["nodes"] += 1
    if not len(each.tags):
        return
    tags = dict(each.tags)
    if not each.location.valid():
        return
    if "barrier" in tags:
        town.barriers[each.id] = tags
    if any((key, tags.get(key)) in _POINTS for key in _POINT_KEYS):
        town.spots.append(Spot(f"n{each.id}", each.lat, each.lon, tags))
    if places.is_place(tags):
        town.places.append(Spot(f"n{each.id}", each.lat, each.lon, tags))


def _way(town: OsmTown, each: Any) -> None:
    town.objects["ways"] += 1
    tags = dict(each.tags)
    if tags.get("building", "no") != "no":
        town.objects["building ways"] += 1
    if "highway" in tags:
        town.ways.append(Way(each.id, _points(each), tags))
    elif tags.get("route") == "ferry":
        town.objects["ferries"] += 1
    elif tags.get("railway") in ("rail", "tram", "light_rail", "subway") or "waterway" in tags:
        points = [(lat, lon) for _, lat, lon in _points(each) if not isnan(lat)]
        if len(points) > 1:
            town.lines.append(Line(f"w{each.id}", points, tags))


def _points(each: Any) -> list[Point]:
    nan = float("nan")
    return [
        (n.ref, n.location.lat, n.location.lon) if n.location.valid() else (n.ref, nan, nan)
        for n in each.nodes
    ]


def _relation(town: OsmTown, each: Any, relations: set[int]) -> None:
    town.objects["relations"] += 1
    tags = dict(each.tags)
    if tags.get("type") in ("multipolygon", "boundary") and any(key in tags for key in _AREA_KEYS):
        relations.add(each.id)
    if tags.get("type") != "restriction":
        return
    members: dict[str, list[tuple[str, int]]] = {}
    for member in each.members:
        members.setdefault(member.role, []).append((member.type, member.ref))
    via = members.get("via", [])
    town.restrictions.append(
        Restriction(
            each.id,
            tags,
            [ref for _, ref in members.get("from", [])],
            [ref for _, ref in members.get("to", [])],
            next((ref for kind, ref in via if kind == "n"), None),
            [ref for kind, ref in via if kind == "w"],
        )
    )


def _area(town: OsmTown, each: Any, relations: set[int]) -> None:
    tags = dict(each.tags)
    if not each.from_way():
        relations.discard(each.orig_id())
    if not any(key in tags for key in _AREA_KEYS):
        return
    osm = f"{'w' if each.from_way() else 'r'}{each.orig_id()}"
    rings = [
        (_ring(outer), [_ring(hole) for hole in each.inner_rings(outer)]) for outer in each.outer_rings()
    ]
    rings = [(outer, holes) for outer, holes in rings if len(outer) > 3]
    if not rings:
        return
    town.areas.append(Area(osm, rings, tags))
    outer = rings[0][0][:-1]
    lat, lon = (sum(p[k] for p in outer) / len(outer) for k in (0, 1))
    if ("amenity", tags.get("amenity")) in _POINTS:
        town.spots.append(Spot(osm, lat, lon, tags))
    if places.is_place(tags):
        town.places.append(Spot(osm, lat, lon, tags))


def _ring(ring: Any) -> Ring:
    return [(n.lat, n.lon) for n in ring]
