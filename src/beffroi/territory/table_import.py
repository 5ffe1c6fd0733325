"""Devices and patrol units from a table: all rows or none, unless bad ones are to be skipped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.journal import actions as journal
from beffroi.territory import models, queries
from beffroi.territory.dated import TABLE, Changes, replace_present
from beffroi.territory.errors import (
    BadRows,
    BadTable,
    LooksLikeLambert93,
    UnknownProjection,
)
from beffroi.territory.facts import DeviceImported, UnitImported
from beffroi.territory.methods import device_rows, projection, tables, unit_rows
from beffroi.territory.methods.device_rows import BadRow, DeviceRow
from beffroi.territory.methods.tables import Table

_ROWS_TOLD = 20
_FAR_DEG = 0.2

Read = TypeVar("Read", device_rows.Rows, unit_rows.Rows)


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did.

    `left`: rows skipped; `same_place`: pairs of keys that stand on one point; `far`: keys of
    devices that stand more than about 20 km outside the town's map.
    """

    changes: Changes
    left: Sequence[BadRow] = ()
    same_place: Sequence[tuple[str, str]] = ()
    far: Sequence[str] = ()


def import_devices(
    *,
    territory: str,
    file: Path,
    crs: str = "",
    kind: str = "",
    skip_bad: bool = False,
    whole: bool = False,
    actor: str = "system",
    at: datetime | None = None,
) -> Taken:
    """Take a table of devices (CSV or GeoJSON), in place from `at`.

    A key that is there already and tells something else begins anew; `whole` ends the
    devices of earlier tables that this one lacks. Devices of the map are not touched
    unless a row has their key. Raises UnknownTerritory, BadTable, BadRows,
    LooksLikeLambert93, UnknownProjection; nothing is then changed.
    """
    town = queries.territory(territory)
    found, sha256 = _read(file, skip_bad, lambda table: device_rows.devices(table, crs, kind))
    moment = at or clock.now()
    with transaction.atomic():
        row = _locked(territory)
        things = [_device(row, each) for each in found.devices]
        changes = replace_present(models.Device, row, things, at=moment, origin=TABLE, whole=whole)
        fact = DeviceImported(
            source_sha256=sha256,
            added=changes.added,
            changed=changes.changed,
            unchanged=changes.unchanged,
            removed=changes.removed,
            left=len(found.bad),
            exercise=town.exercise,
        )
        subject = f"territory:{territory}"
        journal.append(journal=subject, fact=fact, subject=subject, actor=actor, at=moment)
    return Taken(changes, found.bad, found.same_place, _far(territory, found.devices))


def import_units(
    *,
    territory: str,
    file: Path,
    crs: str = "",
    skip_bad: bool = False,
    actor: str = "system",
    at: datetime | None = None,
) -> Taken:
    """Take a table of patrol units. A unit that is known keeps its state and its position.

    Raises as `import_devices`.
    """
    town = queries.territory(territory)
    found, sha256 = _read(file, skip_bad, lambda table: unit_rows.units(table, crs))
    moment = at or clock.now()
    with transaction.atomic():
        changes = _units(_locked(territory), found.units)
        fact = UnitImported(
            source_sha256=sha256,
            added=changes.added,
            changed=changes.changed,
            unchanged=changes.unchanged,
            left=len(found.bad),
            exercise=town.exercise,
        )
        subject = f"territory:{territory}"
        journal.append(journal=subject, fact=fact, subject=subject, actor=actor, at=moment)
    return Taken(changes, found.bad)


def _read(file: Path, skip_bad: bool, take: Callable[[Table], Read]) -> tuple[Read, str]:
    """Rows of a file and its hash."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadTable(file=file.name, why=f"it cannot be opened ({error.strerror})") from error
    try:
        table = tables.read(data)
        found = take(table)
    except projection.UnknownSystem as error:
        kind = LooksLikeLambert93 if error.lambert else UnknownProjection
        raise kind(file=file.name, example=error.example) from error
    except (tables.BadFile, device_rows.MissingColumn, projection.BadSystem) as error:
        raise BadTable(file=file.name, why=str(error)) from error
    if found.bad and not skip_bad:
        told = [f"{table.unit} {bad.line}, column {bad.column}: {bad.why}" for bad in found.bad[:_ROWS_TOLD]]
        if len(found.bad) > _ROWS_TOLD:
            told.append(f"and {len(found.bad) - _ROWS_TOLD} more")
        raise BadRows(file=file.name, count=len(found.bad), rows="\n".join(told))
    if not table.rows:
        raise BadTable(file=file.name, why="it has no rows")
    return found, hashlib.sha256(data).hexdigest()


def _far(territory: str, devices: Sequence[DeviceRow]) -> list[str]:
    """Keys of devices far outside the map: a sign of the wrong coordinate system, or of the wrong town."""
    try:
        box = queries.bounds(territory)
    except NotFound:
        return []
    north_south = (box.south - _FAR_DEG, box.north + _FAR_DEG)
    west_east = (box.west - _FAR_DEG, box.east + _FAR_DEG)
    return [
        each.key
        for each in devices
        if not (north_south[0] <= each.lat <= north_south[1] and west_east[0] <= each.lon <= west_east[1])
    ]


def _locked(key: str) -> models.Territory:
    return models.Territory.objects.select_for_update().get(key=key)


def _device(territory: models.Territory, row: DeviceRow) -> models.Device:
    return models.Device(
        territory=territory,
        key=row.key,
        kind=row.kind,
        name=row.name,
        lat=row.lat,
        lon=row.lon,
        origin=TABLE,
        direction_deg=row.direction_deg,
        field_deg=row.field_deg,
        reach_m=row.reach_m,
        height_m=row.height_m,
        form=row.form,
        details=dict(row.details),
        **row.links,
    )


def _units(territory: models.Territory, rows: Sequence[unit_rows.UnitRow]) -> Changes:
    known = {unit.key: unit for unit in models.PatrolUnit.objects.filter(territory=territory)}
    added = changed = 0
    for row in rows:
        lat, lon = row.home or (None, None)
        told = {
            "name": row.name,
            "kind": row.kind,
            "abilities": list(row.abilities),
            "home_lat": lat,
            "home_lon": lon,
            "retired_at": None,
        }
        unit = known.get(row.key)
        if unit is None:
            exercise = territory.exercise
            models.PatrolUnit.objects.create(
                territory=territory, key=row.key, origin=TABLE, exercise=exercise, **told
            )
            added += 1
        elif any(getattr(unit, name) != value for name, value in told.items()):
            models.PatrolUnit.objects.filter(pk=unit.pk).update(**told)
            changed += 1
    return Changes(added, changed, len(rows) - added - changed)
