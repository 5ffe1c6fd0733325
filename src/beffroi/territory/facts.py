"""What the territory says in the journal: counts, keys and hashes, never a person."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class TerritoryImported(Fact, fact="territory.imported", version=1):
    """A new version of the town's map is in force."""

    town_version: int
    source_sha256: str
    files_sha256: str
    streets: int
    buildings: int
    devices: int
    exercise: bool = False


class DeviceImported(Fact, fact="device.imported", version=1):
    """A table of devices was taken."""

    source_sha256: str
    added: int
    changed: int
    unchanged: int
    removed: int
    left: int
    exercise: bool = False


class UnitImported(Fact, fact="unit.imported", version=1):
    """A table of patrol units was taken."""

    source_sha256: str
    added: int
    changed: int
    unchanged: int
    left: int
    exercise: bool = False


class UnitStateChanged(Fact, fact="unit.state_changed", version=1):
    """A unit is free, sent, on scene, busy or off."""

    unit: str
    state: str
    mission: str = ""
    exercise: bool = False
