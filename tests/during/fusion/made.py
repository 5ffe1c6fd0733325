"""Observations and a town made up for the fold's tests: a plane grid of streets, devices where told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import Change, FoldState, Hypothesis, Parameters, Place
from beffroi.during.intake.facts import Observation
from beffroi.foundation.geography import LocalPlane, Position, distance_m
from beffroi.foundation.identifiers import derived_uuid7

NOON = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 12, 1, 38, tzinfo=UTC)
PLANE = LocalPlane(47.65, -2.08)


def at(east_m: float, north_m: float) -> tuple[float, float]:
    """Degrees of a place so many metres from the middle of the town."""
    lat, lon = PLANE.to_lat_lon(east_m, north_m)
    return float(lat), float(lon)


@dataclass
class Town:
    """A scene whose roads are `detour` times the straight line; None: no streets known."""

    devices: dict[str, tuple[float, float]] = field(default_factory=dict)
    detour: float | None = 1.2
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("Europe/Paris"))
    asked: int = 0

    def device(self, key: str) -> Place | None:
        """Where a device stands."""
        where = self.devices.get(key)
        return Place(key, *at(*where)) if where else None

    def road_m(self, one: Place, other: Place) -> int | None:
        """Metres by road."""
        self.asked += 1
        if self.detour is None:
            return None
        return round(self.detour * distance_m(Position(one.lat, one.lon), Position(other.lat, other.lon)))


class Night:
    """A fold fed by hand: each `say` is one observation, `seconds` after the start."""

    def __init__(self, town: Town, start: datetime = NIGHT, parameters: Parameters | None = None) -> None:
        self.town, self.start = town, start
        self.fold = Fold(FoldState(territory="town", parameters=parameters or Parameters()), town)
        self.position = 0
        self.changes: list[Change] = []

    def say(self, kind: str, device: str, seconds: float, **more: Any) -> list[Change]:
        """Fold one observation of a device."""
        self.position += 1
        made = observation(self.position, kind, device, self.start, seconds, **more)
        changes = self.fold.observe(self.position, made)
        self.changes += changes
        return changes

    @property
    def shown(self) -> list[Hypothesis]:
        """What people would see."""
        return [each for each in self.fold.state.hypotheses.values() if each.shown]


def observation(
    number: int,
    kind: str,
    device: str,
    start: datetime,
    seconds: float,
    *,
    late: float = 0.2,
    place: tuple[float, float] | None = None,
    source: str = "",
    territory: str = "town",
    **more: Any,
) -> Observation:
    """One observation: seen `seconds` after `start`, received `late` seconds after that."""
    seen = start + timedelta(seconds=seconds)
    lat, lon = at(*place) if place else (None, None)
    return Observation(
        id=named(number),
        territory=territory,
        source=source or "source-of-" + device,
        key=str(number),
        kind=kind,
        seen_at=seen,
        received_at=seen + timedelta(seconds=late),
        device=device,
        lat=lat,
        lon=lon,
        **more,
    )


def named(number: int) -> UUID:
    """The identifier of observation `number`."""
    return derived_uuid7(NOON, "observation", str(number))
