"""`beffroi camera presets`: whether a camera can be moved, asked of the camera itself."""

from __future__ import annotations

import asyncio
import json

import click

from beffroi.eyes import moving, queries, turning


@click.command()
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--device", required=True, help="Key of the camera among the territory's devices.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def presets(key: str, device: str, as_json: bool) -> None:
    """Ask a camera for its presets: token and name of each, as `--home` of `camera declare` takes it.

    Example: beffroi camera presets --territory redon --device C-12
    """
    found = asyncio.run(turning.presets(moving.way_of(queries.row(key, device))))
    if as_json:
        click.echo(json.dumps([{"token": each.token, "name": each.name} for each in found]))
        return
    for each in found:
        click.echo(f"{each.token}  {each.name}")
    if not found:
        click.echo("It can be moved, and has no presets.")
