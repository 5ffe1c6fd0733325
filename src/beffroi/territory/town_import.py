"""A new version of a town from one file: all of it, or nothing.

Files are written aside, then put in place within the transaction that tells of them. A
file that cannot be used changes nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.foundation.identifiers import uuid7
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.people.actions import know_territory
from beffroi.territory import models, queries, town_files
from beffroi.territory.dated import MAP, Changes, replace_present
from beffroi.territory.errors import BadMap, NoCommunes, UnknownCommune
from beffroi.territory.facts import TerritoryImported
from beffroi.territory.methods import decoupage
from beffroi.territory.methods.furniture import Placed
from beffroi.territory.methods.layers import key_of
from beffroi.territory.methods.osm_file import Unreadable
from beffroi.territory.methods.town import METHOD, Town, town
from beffroi.territory.shown import TerritoryView, VersionView

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `fresh` is false when the town already had this very file."""

    territory: TerritoryView
    version: VersionView
    fresh: bool
    devices: Changes


@dataclass(frozen=True, slots=True)
class _Identity:
    key: str
    name: str
    commune: decoupage.Commune | None


def import_town(
    *,
    file: Path,
    insee: str = "",
    name: str = "",
    key: str = "",
    exercise: bool = False,
    actor: str = "system",
    at: datetime | None = None,
    say: Callable[[str], None] = lambda step: None,
) -> Imported:
    """Import a territory's map from an OpenStreetMap file; a version of its own, in force from `at`.

    Give `insee` in France, `name` elsewhere (with both, `name` is shown). The same file again
    adds nothing. Raises BadMap, NoCommunes, UnknownCommune, Invalid; nothing is then changed.
    """
    who = _identity(insee, name, key)
    known = models.Territory.objects.filter(key=who.key).first()
    if known is not None and known.exercise != exercise:
        kind = "an exercise" if known.exercise else "not an exercise"
        raise Invalid(
            where=f"--exercise, {who.key}", why=f"this territory is {kind}; an import cannot change that"
        )
    sha256 = _hash_of(file)
    present = known and known.versions.filter(valid_to=None).first()
    if present and present.source_sha256 == sha256 and present.report.get("method") == METHOD:
        view = queries.version_at(who.key, max(present.valid_from, clock.now()))
        return Imported(queries.territory(who.key), view, False, Changes())
    try:
        made = town(file, insee, say)
    except Unreadable as error:
        raise BadMap(file=file.name, why=str(error)) from error
    say("writing")
    return _keep(who, file.name, sha256, made, exercise=exercise, actor=actor, at=at or clock.now())


def _keep(
    who: _Identity, source: str, sha256: str, made: Town, *, exercise: bool, actor: str, at: datetime
) -> Imported:
    """Put a town in force."""
    mark = uuid7()
    root = current().data_path / "territory"
    aside, place = town_files.aside(root, mark.hex), root / who.key / mark.hex
    town_files.sweep(root)
    kept = False
    try:
        files = town_files.write(made, aside)
        with transaction.atomic():
            row = _territory(who, exercise, at)
            place.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(place)
            town_files.sync_folder(place.parent)
            folder = str(place.relative_to(current().data_path))
            version = _version(row, made, at, source=source, sha256=sha256, folder=folder, files=files)
            changes = _things(row, made, at)
            fact = TerritoryImported(
                town_version=version.number,
                source_sha256=sha256,
                files_sha256=town_files.hash_of_all(files),
                streets=made.report["taken"]["streets"],
                buildings=made.report["taken"]["buildings"],
                devices=len(made.devices),
                exercise=exercise,
            )
            subject = f"territory:{who.key}"
            know_territory(key=who.key)
            journal.append(journal=subject, fact=fact, subject=subject, actor=actor, at=at)
        kept = True
    finally:
        if not kept:
            shutil.rmtree(aside, ignore_errors=True)
            shutil.rmtree(place, ignore_errors=True)
    return Imported(queries.territory(who.key), queries.version_at(who.key, at), True, changes)


def _identity(insee: str, name: str, key: str) -> _Identity:
    if not insee and not name:
        raise Invalid(where="territory", why="give the commune's INSEE code, or a name")
    commune = find_commune(insee) if insee else None
    shown = name or (commune.name if commune else "")
    if commune is not None and not key:
        known = models.Territory.objects.filter(insee=commune.insee).first()
        key = known.key if known else _free_key(slugify(shown), commune.insee)
    key = slugify(key or shown)[:80]
    if not key:
        raise Invalid(where="name", why="it needs a letter or a digit")
    return _Identity(key, shown[:120], commune)


def _free_key(slug: str, insee: str) -> str:
    """Several communes share a name: the second to come takes its code with it."""
    taken = models.Territory.objects.filter(key=slug).exclude(insee=insee).exists()
    return f"{slug}-{insee.lower()}" if taken else slug


def find_commune(insee: str) -> decoupage.Commune:
    """The commune in force with this code. Raises NoCommunes, UnknownCommune."""
    try:
        return decoupage.find(DATA, insee)
    except FileNotFoundError as error:
        raise NoCommunes(path=error.filename) from error
    except decoupage.Unknown as error:
        raise UnknownCommune(insee=insee, hint=str(error), what=insee) from error


def _territory(who: _Identity, exercise: bool, at: datetime) -> models.Territory:
    row, _ = models.Territory.objects.select_for_update().get_or_create(
        key=who.key, defaults={"name": who.name, "exercise": exercise, "created_at": at}
    )
    row.name = who.name
    if who.commune is not None:
        row.insee, row.department = who.commune.insee, who.commune.department
        row.population = who.commune.population
        row.epci_code, row.epci_name = who.commune.epci_code, who.commune.epci_name
        row.epci_type = who.commune.epci_type
    row.save()
    return row


def _version(
    row: models.Territory,
    made: Town,
    at: datetime,
    *,
    source: str,
    sha256: str,
    folder: str,
    files: dict[str, str],
) -> models.TownVersion:
    last = row.versions.order_by("-number").first()
    if last is not None and last.valid_from >= at:
        raise Invalid(
            where="--at", why=f"the present version is in force since {last.valid_from.isoformat()}"
        )
    row.versions.filter(valid_to=None).update(valid_to=at)
    return models.TownVersion.objects.create(
        territory=row,
        number=last.number + 1 if last else 1,
        valid_from=at,
        folder=folder,
        files=files,
        source_name=source[:255],
        source_sha256=sha256,
        source_date=made.dated,
        report={"method": METHOD, **made.report},
    )


def _things(row: models.Territory, made: Town, at: datetime) -> Changes:
    """Devices and stations of the map in force from `at`; those of other origins are not touched."""
    devices = [models.Device(territory=row, **_fields(each), **_of_device(each)) for each in made.devices]
    stations = [models.Station(territory=row, **_fields(each)) for each in made.stations]
    replace_present(models.Station, row, stations, at=at, origin=MAP, whole=True)
    return replace_present(models.Device, row, devices, at=at, origin=MAP, whole=True)


def _fields(each: Placed) -> dict[str, object]:
    return {
        "key": key_of(each),
        "kind": each.kind,
        "name": each.name,
        "lat": each.lat,
        "lon": each.lon,
        "origin": MAP,
        "osm": each.osm,
    }


def _of_device(each: Placed) -> dict[str, object]:
    return {
        "direction_deg": each.direction_deg,
        "field_deg": each.field_deg,
        "height_m": each.height_m,
        "form": each.form,
        "flags": list(each.flags),
        "details": each.details,
    }


def _hash_of(file: Path) -> str:
    try:
        return town_files.hash_of(file)
    except OSError as error:
        raise BadMap(file=file.name, why=f"it cannot be opened ({error.strerror})") from error
