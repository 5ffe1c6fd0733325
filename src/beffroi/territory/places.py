"""Places of a town found by what people say: an address, a street, a building, a landmark."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position, distance_m
from beffroi.territory import queries
from beffroi.territory.methods.place_search import Entry, PlaceIndex, asked, fold

ADDRESS_M, LANDMARK_M, NEAR_M, STREET_MOST_M = 15.0, 30.0, 80.0, 500.0
LONGEST = 80


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that bears what was asked: its name, its kind as the map says it, where, its doubt (m).

    `kind` is `street`, `building`, `address` or the map's own word (`bakery`); `near`: said to be near it.
    """

    name: str
    kind: str
    beside: str
    position: Position
    near: bool


def find(key: str, query: str, limit: int = 8) -> list[FoundPlace]:
    """The places of a territory that bear every word of `query`, the likeliest first.

    Accents, capitals and little words do not count. A territory without a map has none.
    """
    try:
        version = queries.version_at(key)
    except NotFound:
        return []
    said = query[:LONGEST]
    near = asked(said)[1]
    return [_found(each, near) for each in index(key, version.number, version.folder).search(said, limit)]


def _found(entry: Entry, near: bool) -> FoundPlace:
    radius = max(entry.radius_m, NEAR_M) if near else entry.radius_m
    return FoundPlace(
        entry.name, entry.kind, entry.beside, Position(entry.lat, entry.lon, round(radius)), near
    )


@lru_cache(maxsize=16)
def index(key: str, version: int, folder: str) -> PlaceIndex:
    """Every place of one version of a town; made at the first question, kept for the process."""
    return PlaceIndex(_once([*_streets(key, version), *_places(key, version), *_buildings(key, version)]))


def _once(entries: list[Entry]) -> Iterator[Entry]:
    """Each name once a neighbourhood (about 1 km): a school is a building too, a stop has two sides."""
    seen: set[tuple[object, ...]] = set()
    for each in entries:
        here = (fold(each.name), round(each.lat, 2), round(each.lon, 2))
        # The town hall and the station may both be called after the town; a building is what stands there.
        alike = (here,) if each.kind == "building" else ((*here, each.kind),)
        if not each.name or not seen.intersection(alike):
            seen.update((here, (*here, each.kind)) if each.kind != "street" else alike)
            yield each


def _features(key: str, name: str, version: int) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = queries.read_layer(key, name, version)["features"]
    except NotFound:  # a town imported before this layer was made, or one that has nothing of it
        return []
    return found


def _streets(key: str, version: int) -> Iterator[Entry]:
    """Each named street once: its middle is that of its longest piece, its doubt half its whole length."""
    pieces: dict[str, list[tuple[float, float, float]]] = {}
    for feature in _features(key, "streets", version):
        if name := feature["properties"].get("name"):
            line = feature["geometry"]["coordinates"]
            length = sum(
                distance_m(Position(a[1], a[0]), Position(b[1], b[0])) for a, b in itertools.pairwise(line)
            )
            lon, lat = line[len(line) // 2][:2]
            pieces.setdefault(name, []).append((length, lat, lon))
    for name, each in pieces.items():
        _length, lat, lon = max(each)
        whole = sum(length for length, _lat, _lon in each)
        yield Entry(name, "street", "", lat, lon, min(max(whole / 2, LANDMARK_M), STREET_MOST_M), 0)


def _buildings(key: str, version: int) -> Iterator[Entry]:
    for feature in _features(key, "buildings", version):
        name, geometry = feature["properties"].get("name"), feature["geometry"]
        if not name:
            continue
        ring = geometry["coordinates"][0]
        ring = ring[0] if geometry["type"] == "MultiPolygon" else ring
        south, north = min(p[1] for p in ring), max(p[1] for p in ring)
        west, east = min(p[0] for p in ring), max(p[0] for p in ring)
        half = distance_m(Position(south, west), Position(north, east)) / 2
        middle = ((south + north) / 2, (west + east) / 2)
        yield Entry(name, "building", "", *middle, max(math.ceil(half), LANDMARK_M), 1)


def _places(key: str, version: int) -> Iterator[Entry]:
    for feature in _features(key, "places", version):
        told = feature["properties"]
        lon, lat = feature["geometry"]["coordinates"]
        number, street = told.get("number", ""), told.get("street", "")
        address = f"{number} {street}".strip()
        name, kind = told.get("name", ""), told.get("kind", "")
        if name or kind:
            yield Entry(name, kind, address, lat, lon, LANDMARK_M, 1)
        if number and street:
            yield Entry(address, "address", "", lat, lon, ADDRESS_M, 2)
