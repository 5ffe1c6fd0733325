"""What other rooms see of a territory: frozen values, never table rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from beffroi.foundation.geography import Position


@dataclass(frozen=True, slots=True)
class TerritoryView:
    """A territory, without its map."""

    key: str
    name: str
    insee: str
    department: str
    population: int | None
    epci_code: str
    epci_name: str
    epci_type: str
    exercise: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a town's map, true from `valid_from` to `valid_to` (None: still)."""

    territory: str
    number: int
    valid_from: datetime
    valid_to: datetime | None
    source_name: str
    source_sha256: str
    source_date: datetime | None
    report: dict[str, Any]
    folder: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device; angles in degrees clockwise from north, lengths in metres, None where unknown."""

    territory: str
    key: str
    kind: str
    name: str
    position: Position | None
    direction_deg: float | None
    field_deg: float | None
    reach_m: float | None
    height_m: float | None
    form: str
    network: str
    power: str
    site: str
    recorder: str
    flags: tuple[str, ...]
    details: dict[str, Any]
    origin: str
    osm: str
    exercise: bool
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class StationView:
    """A police or fire station, a town hall (`kind`: police, fire_station, townhall)."""

    key: str
    kind: str
    name: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class UnitView:
    """A patrol unit; `position` is where it was at `position_at`, None when it was never heard."""

    territory: str
    key: str
    name: str
    kind: str
    state: str
    mission: str
    position: Position | None
    position_at: datetime | None
    heading_deg: float | None
    home: Position | None
    exercise: bool
    abilities: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Move:
    """Where a unit was at `at`; `exercise` says to which of the two worlds who tells of it belongs."""

    territory: str
    unit: str
    position: Position
    at: datetime
    heading_deg: float | None = None
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rectangle of a map and its middle, in degrees."""

    south: float
    west: float
    north: float
    east: float

    @property
    def centre(self) -> Position:
        """The middle of the rectangle."""
        return Position((self.south + self.north) / 2, (self.west + self.east) / 2)


@dataclass(frozen=True, slots=True)
class Overview:
    """A territory in a list: its present version (0: no map yet), its rectangle, devices by kind, units."""

    territory: TerritoryView
    version: int
    bounds: Bounds | None
    devices: dict[str, int]
    units: int
