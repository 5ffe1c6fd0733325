"""Reads of the territory: towns, streets, devices, stations, units, layers of the map.

Light on purpose: scipy is loaded by the first journey, nothing else heavy at all.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.foundation.settings import current
from beffroi.territory import models, town_files
from beffroi.territory.errors import DamagedTown, NoTown, UnknownDevice, UnknownTerritory, UnknownUnit
from beffroi.territory.methods.buildings import Buildings
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.sight import view_of
from beffroi.territory.shown import (
    Bounds,
    DeviceView,
    Overview,
    StationView,
    TerritoryView,
    UnitView,
    VersionView,
)

LAYERS = ("streets", "buildings", "water", "green", "rail", "lamps", "cameras", "stations", "limit", "places")


def territories() -> list[TerritoryView]:
    """Every territory, by name."""
    return [_territory(row) for row in models.Territory.objects.order_by("name", "key")]


def territory(key: str) -> TerritoryView:
    """The territory called `key`. Raises UnknownTerritory."""
    return _territory(row(key))


def overview(keys: Iterable[str] | None = None) -> list[Overview]:
    """Territories by name (all, or those of `keys`) with what a list shows of each: four queries in all."""
    towns = models.Territory.objects.order_by("name", "key")
    if keys is not None:
        towns = towns.filter(key__in=set(keys))
    present = models.TownVersion.objects.filter(valid_to=None, territory__in=towns)
    versions = {v.territory_id: v for v in present.only("territory", "number", "report")}
    devices: dict[UUID, dict[str, int]] = {}
    of_kind = models.Device.objects.filter(valid_to=None, territory__in=towns).order_by()
    for town_id, kind, count in of_kind.values_list("territory", "kind").annotate(n=Count("id")):
        devices.setdefault(town_id, {})[kind] = count
    on_duty = models.PatrolUnit.objects.filter(retired_at=None, territory__in=towns).order_by()
    units = dict(on_duty.values_list("territory").annotate(n=Count("id")))
    return [
        Overview(
            _territory(town),
            versions[town.id].number if town.id in versions else 0,
            Bounds(*versions[town.id].report["bounds"]) if town.id in versions else None,
            devices.get(town.id, {}),
            units.get(town.id, 0),
        )
        for town in towns
    ]


def row(key: str) -> models.Territory:
    """The table's row, for the actions of this room."""
    found = models.Territory.objects.filter(key=key).first()
    if found is None:
        raise UnknownTerritory(key=key, what=key)
    return found


def versions(key: str) -> list[VersionView]:
    """Every version of a town, the newest first."""
    return [_version(v) for v in _versions(key).order_by("-number")]


def version_at(key: str, at: datetime | None = None) -> VersionView:
    """The version of the town in force at `at` (default: now). Raises UnknownTerritory, NoTown."""
    territory(key)
    moment = at or clock.now()
    found = _versions(key).filter(_in_force(moment)).order_by("-number").first()
    if found is None and at is None:
        # Taken up before the machine's clock was set back: the town has no other map than this.
        found = _versions(key).order_by("number").first()
    if found is None:
        raise NoTown(key=key, at=moment.isoformat(timespec="minutes"), what=key)
    return _version(found)


def streets(key: str, at: datetime | None = None) -> StreetGraph:
    """The street graph in force at `at`; mapped into memory, one per version and process."""
    return _streets(version_at(key, at).folder)


def buildings(key: str, at: datetime | None = None) -> Buildings:
    """The buildings of the town in force at `at`. Raises UnknownTerritory, NoTown."""
    return _buildings(version_at(key, at).folder)


def devices(
    key: str,
    at: datetime | None = None,
    kinds: Iterable[str] | None = None,
    keys: Iterable[str] | None = None,
) -> list[DeviceView]:
    """Devices in place at `at` (default: now), by key; `kinds` and `keys` keep only those."""
    rows = models.Device.objects.filter(_in_force(at or clock.now()), territory__key=key)
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return [device_view(each, key) for each in rows.order_by("key")]


def devices_again(
    key: str, at: datetime, kinds: Iterable[str], known: Sequence[DeviceView] = ()
) -> Sequence[DeviceView]:
    """`devices`, for who asks many times a second: `known` where that, a former answer, still stands."""
    rows = models.Device.objects.filter(_in_force(at), territory__key=key, kind__in=list(kinds))
    told = rows.order_by("key").values_list("key", "valid_from")
    if [(each.key, each.valid_from) for each in known] == list(told):
        return known
    return devices(key, at, kinds)


def devices_page(
    keys: Iterable[str], *, limit: int, kinds: Iterable[str] = (), after: tuple[str, str] | None = None
) -> list[DeviceView]:
    """Devices in place now in several territories, by territory and key: a page, in one query.

    `after`: the territory and key of the last one of the page before.
    """
    rows = models.Device.objects.filter(_in_force(clock.now()), territory__key__in=sorted(keys))
    wanted = sorted(kinds)
    if wanted:
        rows = rows.filter(kind__in=wanted)
    if after is not None:
        rows = rows.filter(Q(territory__key__gt=after[0]) | Q(territory__key=after[0], key__gt=after[1]))
    rows = rows.select_related("territory").order_by("territory__key", "key")
    return [device_view(each, each.territory.key) for each in rows[:limit]]


def units_of(keys: Iterable[str]) -> list[UnitView]:
    """Patrol units of several territories, by territory and key, in one query."""
    rows = models.PatrolUnit.objects.filter(territory__key__in=sorted(keys), retired_at=None)
    rows = rows.select_related("territory").order_by("territory__key", "key")
    return [unit_view(each, each.territory.key) for each in rows]


def device(key: str, device_key: str, at: datetime | None = None) -> DeviceView:
    """One device as it was at `at` (default: now). Raises UnknownDevice."""
    found = models.Device.objects.filter(
        _in_force(at or clock.now()), territory__key=key, key=device_key
    ).first()
    if found is None:
        raise UnknownDevice(territory=key, device=device_key, what=device_key)
    return device_view(found, key)


def stations(key: str, at: datetime | None = None) -> list[StationView]:
    """Police and fire stations and town halls at `at` (default: now)."""
    rows = models.Station.objects.filter(_in_force(at or clock.now()), territory__key=key)
    return [StationView(s.key, s.kind, s.name, _position(s.lat, s.lon)) for s in rows.order_by("kind", "key")]


def units(key: str) -> list[UnitView]:
    """Patrol units of a territory, by key."""
    rows = models.PatrolUnit.objects.filter(territory__key=key, retired_at=None).order_by("key")
    return [unit_view(each, key) for each in rows]


def unit(key: str, unit_key: str) -> UnitView:
    """One patrol unit. Raises UnknownUnit."""
    found = models.PatrolUnit.objects.filter(territory__key=key, key=unit_key, retired_at=None).first()
    if found is None:
        raise UnknownUnit(territory=key, unit=unit_key, what=unit_key)
    return unit_view(found, key)


def place_name(key: str, lat: float, lon: float, at: datetime | None = None) -> str:
    """Words for a place: a named building there, the nearest named street, or an empty text."""
    try:
        version = version_at(key, at)
    except NotFound:
        return ""
    building = _buildings(version.folder).name_at(lat, lon)
    street = _streets(version.folder).street_name(lat, lon)
    return ", ".join(part for part in (building, street) if part)


def layers(key: str, version: int | None = None) -> dict[str, Path]:
    """The map's layers as gzipped GeoJSON files, by name; those that the town lacks are left out.

    Raises NoTown when there is no such version.
    """
    view = version_at(key) if version is None else _numbered(key, version)
    folder = _path(view.folder) / "layers"
    return {name: path for name in LAYERS if (path := folder / f"{name}.geojson.gz").exists()}


def layer(key: str, name: str, version: int | None = None) -> bytes:
    """One layer of the map, as gzipped GeoJSON. Raises NotFound."""
    path = layers(key, version).get(name)
    if path is None:
        raise NotFound(what=f"{key}/{name}")
    return path.read_bytes()


def bounds(key: str, at: datetime | None = None) -> Bounds:
    """The rectangle that the town's streets fill."""
    return Bounds(*version_at(key, at).report["bounds"])


def views(key: str, at: datetime | None = None) -> dict[str, Any]:
    """What each camera can see, as a GeoJSON collection of polygons clipped by buildings.

    Cameras whose direction is unknown and whose form does not turn all round have no view.
    """
    folder = version_at(key, at).folder
    features = []
    for each in devices(key, at, kinds=["camera"]):
        ring = _view(folder, _camera(each)) if each.position is not None else []
        if ring:
            geometry = {"type": "Polygon", "coordinates": [ring]}
            features.append({"type": "Feature", "properties": {"key": each.key}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def view_rings(key: str, at: datetime | None, cameras: Collection[str]) -> dict[str, list[list[float]]]:
    """What some cameras can see, as closed rings of [longitude, latitude]; empty where nothing tells it."""
    if not cameras:
        return {}
    folder = version_at(key, at).folder
    found = [each for each in devices(key, at, kinds=["camera"]) if each.key in set(cameras)]
    return {each.key: _view(folder, _camera(each)) for each in found if each.position is not None}


def _camera(device: DeviceView) -> tuple[Any, ...]:
    where = device.position or Position(0.0, 0.0)
    return where.lat, where.lon, device.direction_deg, device.field_deg, device.reach_m, device.form


@lru_cache(maxsize=4096)
def _view(folder: str, camera: tuple[Any, ...]) -> list[list[float]]:
    lat, lon, direction, width, reach, form = camera
    return view_of(
        _buildings(folder), lat, lon, direction_deg=direction, field_deg=width, reach_m=reach, form=form
    )


@lru_cache(maxsize=64)
def _streets(folder: str) -> StreetGraph:
    try:
        return StreetGraph.open(_path(folder) / "streets")
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        raise DamagedTown(folder=folder, why=error) from error


@lru_cache(maxsize=64)
def _buildings(folder: str) -> Buildings:
    try:
        return Buildings.open(_path(folder) / "buildings")
    except (OSError, ValueError) as error:
        raise DamagedTown(folder=folder, why=error) from error


def altered_files(key: str) -> list[str]:
    """Files of any version of a town that are missing or no longer what they were when it was imported."""
    return [
        f"{version.folder}/{name}"
        for version in versions(key)
        for name in town_files.altered(_path(version.folder), version.files)
    ]


def read_layer(key: str, name: str, version: int | None = None) -> dict[str, Any]:
    """One layer as a GeoJSON object."""
    found: dict[str, Any] = json.loads(gzip.decompress(layer(key, name, version)))
    return found


def _path(folder: str) -> Path:
    return current().data_path / folder


def _versions(key: str) -> QuerySet[models.TownVersion]:
    return models.TownVersion.objects.filter(territory__key=key).select_related("territory")


def _numbered(key: str, number: int) -> VersionView:
    found = _versions(key).filter(number=number).first()
    if found is None:
        raise NoTown(key=key, at=f"version {number}", what=key)
    return _version(found)


def _in_force(at: datetime) -> Q:
    return Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))


def _position(lat: float | None, lon: float | None, radius_m: float = 0.0) -> Position | None:
    return None if lat is None or lon is None else Position(lat, lon, radius_m)


def _territory(row: models.Territory) -> TerritoryView:
    return TerritoryView(
        key=row.key,
        name=row.name,
        insee=row.insee,
        department=row.department,
        population=row.population,
        epci_code=row.epci_code,
        epci_name=row.epci_name,
        epci_type=row.epci_type,
        exercise=row.exercise,
    )


def _version(row: models.TownVersion) -> VersionView:
    return VersionView(
        territory=row.territory.key,
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        source_date=row.source_date,
        report=row.report,
        folder=row.folder,
        files=row.files,
    )


def device_view(row: models.Device, territory_key: str) -> DeviceView:
    """A device's row as other rooms see it."""
    return DeviceView(
        territory=territory_key,
        key=row.key,
        kind=row.kind,
        name=row.name,
        position=_position(row.lat, row.lon),
        direction_deg=row.direction_deg,
        field_deg=row.field_deg,
        reach_m=row.reach_m,
        height_m=row.height_m,
        form=row.form,
        network=row.network,
        power=row.power,
        site=row.site,
        recorder=row.recorder,
        flags=tuple(row.flags),
        details=row.details,
        origin=row.origin,
        osm=row.osm,
        exercise=row.exercise,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def unit_view(row: models.PatrolUnit, territory_key: str) -> UnitView:
    """A unit's row as other rooms see it."""
    return UnitView(
        territory=territory_key,
        key=row.key,
        name=row.name,
        kind=row.kind,
        state=row.state,
        mission=row.mission,
        position=_position(row.lat, row.lon, row.radius_m),
        position_at=row.position_at,
        heading_deg=row.heading_deg,
        home=_position(row.home_lat, row.home_lon),
        exercise=row.exercise,
        abilities=tuple(row.abilities),
    )
