"""`beffroi device`: the devices of a territory."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
import msgspec

from beffroi.cli.territory import FILE, moment, tell_taken
from beffroi.during.fusion import queries as fusion
from beffroi.territory import queries
from beffroi.territory.table_import import import_devices


@click.group()
def device() -> None:
    """Cameras, lamps, panels and sensors."""


@device.command(name="import")
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--crs", default="", help="Coordinate system of the file, such as EPSG:2154 (Lambert-93).")
@click.option("--kind", default="", help="What rows without a kind are, such as camera.")
@click.option("--skip-bad", is_flag=True, help="Take the good rows, leave the others.")
@click.option("--whole", is_flag=True, help="The file is the whole list: devices that it lacks have ended.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.argument("file", type=FILE)
def import_(*, key: str, crs: str, kind: str, skip_bad: bool, whole: bool, as_json: bool, file: Path) -> None:
    """Import devices from CSV or GeoJSON (docs/reference/import-formats.md).

    Example: beffroi device import --territory montpellier --crs EPSG:2154 --kind camera cameras.geojson
    """
    taken = import_devices(territory=key, file=file, crs=crs, kind=kind, skip_bad=skip_bad, whole=whole)
    tell_taken(taken, "devices", as_json)


@device.command()
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def debts(key: str, as_json: bool) -> None:
    """List the detectors worth a repair: false alarms, alarms damped, and when one was last true.

    Example: beffroi device debts --territory saint-jean-la-poterie
    """
    queries.territory(key)
    found = fusion.debts(key)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for each in found.rows:
        true = f"last true {each.last_real:%Y-%m-%d %H:%M}" if each.last_real else "never true"
        now = f", flaps now ({each.hour} times in an hour)" if each.flaps else ""
        click.echo(
            f"{each.owed:>4}  {each.device}  {each.kind}: {each.false} false, {each.real} true, "
            f"{each.damped} damped, {true}{now}"
        )
    if not found.rows:
        click.echo(
            "Nothing to repair." if found.at else "Nothing is known yet: the engine has kept no state."
        )


@device.command(name="list")
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--kind", default="", help="Only this kind.")
@click.option("--at", default="", help="Those in place at this time.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_(key: str, kind: str, at: str, as_json: bool) -> None:
    """List the devices of a territory.

    Example: beffroi device list --territory saint-jean-la-poterie --kind camera
    """
    queries.territory(key)
    found = queries.devices(key, moment(at), [kind] if kind else None)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, default=str))
        return
    for each in found:
        place = f"{each.position.lat:.6f} {each.position.lon:.6f}" if each.position else "no position"
        click.echo(f"{each.key}  {each.kind}  {place}  {each.name}")
