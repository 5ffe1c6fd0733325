"""Towns as the desks show them: where they are, what stands there, which streets have a name."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from beffroi.foundation.geography import Position, distance_m
from beffroi.territory import queries as territory
from beffroi.territory.shown import Overview

REACH_MARGIN_M = 1500.0


@dataclass(frozen=True, slots=True)
class Town:
    """A territory with its present map; `version` 0 when it has none yet."""

    key: str
    name: str
    exercise: bool
    population: int | None
    version: int = 0
    lat: float = 46.6
    lon: float = 2.4
    reach_m: float = 0.0

    @property
    def centre(self) -> Position:
        """The middle of the town."""
        return Position(self.lat, self.lon)


def towns(keys: Iterable[str]) -> list[Town]:
    """Several towns, by name; those that were never imported are left out."""
    return [_town(each) for each in territory.overview(frozenset(keys))]


def _town(each: Overview) -> Town:
    view = each.territory
    plain = Town(view.key, view.name, view.exercise, view.population)
    if not each.version or each.bounds is None:
        return plain
    middle = each.bounds.centre
    reach = distance_m(middle, Position(each.bounds.north, each.bounds.east)) + REACH_MARGIN_M
    return replace(plain, version=each.version, lat=middle.lat, lon=middle.lon, reach_m=reach)


@dataclass(frozen=True, slots=True)
class Installed:
    """What stands in a town, counted from the rows in force."""

    town: Town
    counts: Mapping[str, int]

    @property
    def cameras(self) -> int:
        """How many cameras."""
        return self.counts.get("camera", 0)

    @property
    def lamps(self) -> int:
        """How many street lamps."""
        return self.counts.get("lamp", 0) + self.counts.get("street_lamp", 0)

    @property
    def detectors(self) -> int:
        """How many alarm panels and detectors."""
        return sum(self.counts.get(kind, 0) for kind in ("panel", "detector", "sensor", "alarm"))


def installed() -> list[Installed]:
    """Every town with its devices, counted by kind."""
    return [Installed(_town(each), each.devices) for each in territory.overview()]


def named_streets(key: str, version: int) -> Mapping[str, Position]:
    """The streets that have a name, by name, with the middle of their longest piece."""
    return _named_streets(key, version) if version else {}


@lru_cache(maxsize=16)
def _named_streets(key: str, version: int) -> dict[str, Position]:
    longest: dict[str, tuple[float, Position]] = {}
    for feature in territory.read_layer(key, "streets", version)["features"]:
        name = feature["properties"].get("name")
        if not name:
            continue
        length, middle = _middle(feature["geometry"])
        if length > longest.get(name, (-1.0, middle))[0]:
            longest[name] = (length, middle)
    return {name: place for name, (_length, place) in sorted(longest.items())}


def _middle(geometry: dict[str, Any]) -> tuple[float, Position]:
    """The length (m) of a line and the point half-way, its radius half of that length."""
    line = geometry["coordinates"]
    if geometry["type"] == "MultiLineString":
        line = max(line, key=len)
    points = [Position(lat, lon) for lon, lat, *_ in line]
    steps = [distance_m(a, b) for a, b in itertools.pairwise(points)]
    half, walked = sum(steps) / 2, 0.0
    for start, step in zip(points, steps, strict=False):
        if walked + step >= half:
            return sum(steps), Position(start.lat, start.lon, half)
        walked += step
    return sum(steps), points[0]
