"""An invented town as an OpenStreetMap file, which the importer reads as it reads any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from beffroi.foundation.geography import LocalPlane
from beffroi.rehearsal.methods.plan import Building, Point, Ring, Town

_LEVEL_M = 3.0


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


class _Sheet:
    """Nodes, ways and relations as they are numbered; OpenStreetMap wants them in that order."""

    def __init__(self, town: Town) -> None:
        self._plane = LocalPlane(town.lat, town.lon)
        self.nodes: list[str] = []
        self.ways: list[str] = []
        self.relations: list[str] = []

    def node(self, at: Point, tags: dict[str, str] | None = None) -> int:
        lat, lon = self._plane.to_lat_lon(at[0], at[1])
        number = len(self.nodes) + 1
        place = f'<node id="{number}" version="1" lat="{float(lat):.7f}" lon="{float(lon):.7f}"'
        self.nodes.append(f"{place}>{_tags(tags)}</node>" if tags else f"{place}/>")
        return number

    def way(self, nodes: Iterable[int], tags: dict[str, str]) -> int:
        number = len(self.ways) + 1
        inside = "".join(f'<nd ref="{node}"/>' for node in nodes)
        self.ways.append(f'<way id="{number}" version="1">{inside}{_tags(tags)}</way>')
        return number

    def ring(self, ring: Ring, tags: dict[str, str]) -> int:
        nodes = [self.node(point) for point in ring]
        return self.way([*nodes, nodes[0]], tags)

    def relation(self, outer: int, inner: Iterable[int], tags: dict[str, str]) -> None:
        number = len(self.relations) + 1
        members = f'<member type="way" ref="{outer}" role="outer"/>'
        members += "".join(f'<member type="way" ref="{each}" role="inner"/>' for each in inner)
        whole = {"type": "multipolygon", **tags}
        self.relations.append(f'<relation id="{number}" version="1">{members}{_tags(whole)}</relation>')


def _building(sheet: _Sheet, building: Building) -> None:
    tags = {"building:levels": str(building.levels), **building.tags}
    tags.setdefault("height", f"{building.levels * _LEVEL_M + 1.5:g}")
    if not building.courtyards:
        sheet.ring(building.outline, tags)
        return
    outer = sheet.ring(building.outline, {})
    sheet.relation(outer, [sheet.ring(each, {}) for each in building.courtyards], tags)


def _streets(sheet: _Sheet, town: Town) -> None:
    numbers = {number: sheet.node(town.points[number]) for number in sorted(_used(town))}
    for street in town.streets:
        tags = {"highway": street.kind, "name": street.name, "maxspeed": str(street.maxspeed)}
        if street.kind == "pedestrian":
            del tags["maxspeed"]
        if street.oneway:
            tags["oneway"] = "yes"
        if street.bridge:
            tags |= {"bridge": "yes", "layer": "1"}
        sheet.way([numbers[point] for point in street.points], tags)


def _used(town: Town) -> set[int]:
    return {point for street in town.streets for point in street.points}


def lines(town: Town, *, cameras: bool = True) -> Iterator[str]:
    """The file, line by line, in UTF-8 XML; without `cameras` where a table tells of them."""
    sheet = _Sheet(town)
    sheet.node((0.0, 0.0), {"place": "town", "name": town.name, "note": "exercise: this town is invented"})
    _streets(sheet, town)
    for building in town.buildings:
        _building(sheet, building)
    for thing in town.things:
        if cameras or thing.tags.get("man_made") != "surveillance":
            sheet.node(thing.at, thing.tags)
    for line in town.lines:
        sheet.way([sheet.node(point) for point in line.points], line.tags)
    for area in town.areas:
        sheet.ring(area.outline, area.tags)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<osm version="0.6" generator="Beffroi rehearsal">'
    yield from sheet.nodes
    yield from sheet.ways
    yield from sheet.relations
    yield "</osm>"
