"""`beffroi switch`: what the law allows only where somebody decided it, for a time and a place."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from beffroi.cli.register import DAY, JSON, TERRITORY, corners
from beffroi.people.switches import actions, queries, rules
from beffroi.territory import queries as territory_queries

_CAPABILITY = click.option(
    "--capability", required=True, type=click.Choice(sorted(rules.CAPABILITIES)), help="What is allowed."
)


@click.group()
def switch() -> None:
    """Legal switches: off by default, off again when their day is over."""


@switch.command()
@TERRITORY
@_CAPABILITY
@click.option("--basis", required=True, help="The text that provides for it.")
@click.option("--authority", required=True, help="Who decided.")
@click.option("--number", required=True, help="The decision's number.")
@click.option("--from", "starts_on", required=True, type=DAY, help="First day.")
@click.option("--until", "ends_on", required=True, type=DAY, help="Last day.")
@click.option(
    "--perimeter", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="GeoJSON polygon; everywhere in the territory where none is given.",
)  # fmt: skip
@click.option("--places", default="", help="The places, in words.")
def on(
    *, key: str, capability: str, basis: str, authority: str, number: str, starts_on: date, ends_on: date,
    perimeter: Path | None, places: str,
) -> None:  # fmt: skip
    """Turn a legal switch on, from a day to another.

    Example: beffroi switch on --territory redon --capability image_sharing --basis "CSI L252-3"
    --authority "Conseil municipal" --number 2026-41 --from 2026-12-01 --until 2027-11-30
    """
    territory_queries.territory(key)
    text = actions.DecisionText(
        capability=capability,
        basis=basis,
        authority=authority,
        number=number,
        starts_on=starts_on,
        ends_on=ends_on,
        perimeter=corners(perimeter),
        places=places,
    )
    actions.turn_on(territory=key, text=text)
    click.echo(f"{capability}: on from {starts_on} to {ends_on}")


@switch.command()
@TERRITORY
@_CAPABILITY
@click.option("--number", required=True, help="The decision's number.")
@click.option("--from", "from_day", type=DAY, default=None, help="First day on which it is off: today.")
def off(key: str, capability: str, number: str, from_day: date | None) -> None:
    """Turn a legal switch off before its last day.

    Example: beffroi switch off --territory redon --capability image_sharing --number 2026-41
    """
    actions.turn_off(territory=key, capability=capability, number=number, from_day=from_day)
    click.echo(f"{capability}: off")


@switch.command(name="list")
@TERRITORY
@JSON
def list_(key: str, as_json: bool) -> None:
    """List every capability and whether it is on.

    Example: beffroi switch list --territory redon
    """
    territory_queries.territory(key)
    found = queries.switches([key])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for capability in sorted(rules.CAPABILITIES):
        holding = [each for each in found if each.capability == capability and each.on]
        for each in holding:
            where = each.places or ("a perimeter" if each.perimeter else "everywhere")
            click.echo(f"{capability}  on until {each.ends_on}  {each.number}, {each.authority}  {where}")
        if not holding:
            click.echo(f"{capability}  off")
