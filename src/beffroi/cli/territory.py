"""`beffroi territory`: import a town, its patrol units, and show what is known of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from beffroi.foundation.errors import Invalid, NotFound
from beffroi.territory import queries
from beffroi.territory.table_import import Taken, import_units
from beffroi.territory.town_import import Imported, import_town

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_STEPS = ("reading", "streets", "buildings and devices", "layers", "writing")


@click.group()
def territory() -> None:
    """The town: its streets, buildings, devices and patrol units."""


@territory.command(name="import")
@click.option("--insee", default="", help="INSEE code of the commune, such as 56223.")
@click.option("--name", default="", help="Name of the territory; needed outside France.")
@click.option("--key", default="", help="Short name used everywhere; made from the name when absent.")
@click.option(
    "--osm", "file", type=FILE, required=True, help="OpenStreetMap file: .osm, .osm.gz or .osm.pbf."
)
@click.option("--exercise", is_flag=True, help="Mark the territory as an exercise, for good.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(*, insee: str, name: str, key: str, file: Path, exercise: bool, as_json: bool) -> None:
    """Import a town from an OpenStreetMap file.

    Example: beffroi territory import --insee 56223 --osm saint-jean-la-poterie.osm.gz
    """
    with _progress() as say:
        done = import_town(file=file, insee=insee, name=name, key=key, exercise=exercise, say=say)
    if as_json:
        click.echo(json.dumps(_imported(done), ensure_ascii=False))
    else:
        _tell(done)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Steps of an import on a bar, where someone looks."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    with click.progressbar(length=len(_STEPS), label="Importing", file=sys.stderr) as bar:

        def say(step: str) -> None:
            bar.label = f"Importing: {step}"
            bar.update(0 if step == _STEPS[0] else 1)

        yield say
        bar.update(1)


@territory.command()
@click.argument("key", required=False)
@click.option("--at", default="", help="As it was at this time: 2026-03-01, or 2026-03-01T14:00+01:00.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def show(key: str | None, at: str, as_json: bool) -> None:
    """Show a territory, or list them all.

    Example: beffroi territory show saint-jean-la-poterie --at 2026-03-01
    """
    if key is None:
        known = queries.territories()
        if as_json:
            click.echo(json.dumps([asdict(each) for each in known], ensure_ascii=False))
        elif not known:
            click.echo("No territory yet: beffroi territory import --insee CODE --osm FILE")
        for each in known if not as_json else []:
            click.echo(f"{each.key}  {each.name}{'  EXERCISE' if each.exercise else ''}")
        return
    shown = _shown(key, moment(at))
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, default=str))
    else:
        _describe(shown)


@territory.group(name="units")
def units() -> None:
    """Patrol units of a territory."""


@units.command(name="import")
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--crs", default="", help="Coordinate system of the file, such as EPSG:2154.")
@click.option("--skip-bad", is_flag=True, help="Take the good rows, leave the others.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.argument("file", type=FILE)
def import_units_(key: str, crs: str, skip_bad: bool, as_json: bool, file: Path) -> None:
    """Import patrol units from CSV or GeoJSON.

    Example: beffroi territory units import --territory saint-jean-la-poterie patrols.csv
    """
    tell_taken(import_units(territory=key, file=file, crs=crs, skip_bad=skip_bad), "units", as_json)


def moment(text: str) -> datetime | None:
    """An instant as typed; a bare date is its end in UTC, a time without offset is UTC."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return datetime.fromisoformat(f"{text}T23:59:59+00:00")
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(where="--at", why=f"{text!r} is not a date such as 2026-03-01T14:00+01:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def tell_taken(taken: Taken, what: str, as_json: bool) -> None:
    """Say what an import of a table did."""
    if as_json:
        click.echo(json.dumps(asdict(taken), ensure_ascii=False))
        return
    c = taken.changes
    click.echo(f"{what}: {c.added} added, {c.changed} changed, {c.unchanged} as they were, {c.removed} ended")
    for bad in taken.left:
        click.echo(f"left: row {bad.line}, column {bad.column}: {bad.why}")
    for first, second in taken.same_place:
        click.echo(f"same place: {first} and {second}")
    if taken.far:
        told = ", ".join(taken.far[:8])
        click.echo(f"far outside the map, {len(taken.far)}: {told} (is it the right town, the right --crs?)")


def _imported(done: Imported) -> dict[str, Any]:
    return {
        "territory": asdict(done.territory),
        "version": done.version.number,
        "fresh": done.fresh,
        "source_sha256": done.version.source_sha256,
        "devices": asdict(done.devices),
        "report": done.version.report,
    }


def _tell(done: Imported) -> None:
    town, version = done.territory, done.version
    if not done.fresh:
        click.echo(f"{town.name} has this very file already (version {version.number}); nothing was added.")
        return
    click.echo(f"{town.name} ({town.key}), version {version.number}{', EXERCISE' if town.exercise else ''}")
    if town.population is not None:
        click.echo(f"  {town.population} inhabitants; {town.epci_name or 'in no EPCI'} {town.epci_code}")
    _report(version.report)
    c = done.devices
    click.echo(
        f"devices: {c.added} added, {c.changed} changed, {c.unchanged} as they were, {c.removed} ended"
    )


def _report(report: dict[str, Any]) -> None:
    click.echo("taken: " + ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in report["taken"].items()))
    for what in ("slowed", "barriers"):
        if report[what]:
            click.echo(f"{what}: " + ", ".join(f"{why} {n}" for why, n in report[what].items()))
    for what, reasons in report["left"].items():
        if reasons:
            click.echo(f"left, {what}: " + ", ".join(f"{why} {n}" for why, n in reasons.items()))
    lost, flags = report["unreached"], report["flags"]
    if lost["pieces"]:
        names = ", ".join(lost["names"][:8])
        click.echo(f"no route reaches {lost['pieces']} pieces of street ({lost['km']} km): {names}")
    if lost["no_way_back"]["pieces"]:
        away = lost["no_way_back"]
        click.echo(f"no way back from {away['pieces']} pieces of street ({away['km']} km)")
    if flags["count"]:
        click.echo(f"read and not believed: {flags['count']}")
        for each in flags["first"][:8]:
            click.echo(f"  {each['what']}: {each['flag']}")


def _shown(key: str, at: datetime | None) -> dict[str, Any]:
    town = queries.territory(key)
    try:
        version = queries.version_at(key, at)
        of_version: dict[str, Any] | None = asdict(version)
    except NotFound:
        if at is not None:
            raise
        of_version = None
    kinds: dict[str, int] = {}
    for device in queries.devices(key, at):
        kinds[device.kind] = kinds.get(device.kind, 0) + 1
    return {
        **asdict(town),
        "version": of_version,
        "versions": len(queries.versions(key)),
        "devices": kinds,
        "stations": [asdict(each) for each in queries.stations(key, at)],
        "units": [asdict(each) for each in queries.units(key)],
    }


def _describe(shown: dict[str, Any]) -> None:
    click.echo(f"{shown['name']} ({shown['key']}){'  EXERCISE' if shown['exercise'] else ''}")
    if shown["insee"]:
        click.echo(f"  INSEE {shown['insee']}, {shown['population']} inhabitants, {shown['epci_name']}")
    version = shown["version"]
    if version:
        click.echo(f"  version {version['number']} of {shown['versions']}, from {version['source_name']}")
        click.echo(f"  in force from {version['valid_from']} to {version['valid_to'] or 'now'}")
        _report(version["report"])
    for what in ("devices",):
        if shown[what]:
            click.echo(f"{what}: " + ", ".join(f"{kind} {n}" for kind, n in sorted(shown[what].items())))
    for unit in shown["units"]:
        click.echo(f"unit {unit['key']}: {unit['name']}, {unit['kind']}, {unit['state']}")
