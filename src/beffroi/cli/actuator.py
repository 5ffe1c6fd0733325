"""`beffroi actuator`: what the town can switch, and what became of what was asked."""

from __future__ import annotations

import json
from typing import IO

import click

from beffroi.during.acting import actions, queries
from beffroi.territory import queries as territories


@click.group()
def actuator() -> None:
    """Lamps, bollards, barriers and loudspeakers that people may command.

    Example: beffroi actuator add --territory redon --key lampes-nord --device L-12 lampes-nord.toml
    """


@actuator.command()
@click.option("--territory", required=True, help="Key of the territory.")
@click.option("--key", required=True, help="Its name, unique within the territory.")
@click.option("--device", required=True, help="The device of the territory that it is (its key).")
@click.option("--name", default="", help="A name for people; empty: the device's.")
@click.option("--account", default="", help="The account of a gateway that several share; empty: its own.")
@click.option(
    "--exercise", is_flag=True, help="For training only: exercises may command it, real incidents not."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.argument("file", type=click.File("r"))
def add(
    *,
    territory: str,
    key: str,
    device: str,
    name: str,
    account: str,
    exercise: bool,
    as_json: bool,
    file: IO[str],
) -> None:
    """Declare what can be switched, from a TOML file (docs/design/acting.md), and print its account.

    Example: beffroi actuator add --territory redon --key lampes-nord --device L-12 lampes-nord.toml
    """
    made = actions.declare(
        territory=territory,
        key=key,
        device=device,
        declaration=file.read(),
        name=name,
        account=account,
        exercise=exercise,
    )
    _tell(key, made, as_json)


@actuator.command()
@click.option("--territory", required=True, help="Key of the territory.")
@click.option("--account", required=True, help="The account, as `list` shows it after the colon.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def token(territory: str, account: str, as_json: bool) -> None:
    """Give a device's account a new token; the former one no longer works.

    Example: beffroi actuator token --territory redon --account lampes-nord
    """
    _tell(account, actions.renew(territory=territory, account=account), as_json)


def _tell(key: str, made: actions.Made, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"key": key, "login": made.login, "token": made.token}))
        return
    click.echo(f"Actuator {key}: MQTT user {made.login}")
    click.echo(f"Token (shown this once): {made.token}" if made.token else "Its account keeps its token.")


@actuator.command()
@click.option("--territory", required=True, help="Key of the territory.")
@click.option("--key", required=True, help="Which one.")
def remove(territory: str, key: str) -> None:
    """Let nobody command it any more; its topics and account close within seconds.

    Example: beffroi actuator remove --territory redon --key lampes-nord
    """
    actions.retire(territory=territory, key=key)
    click.echo(f"{key} can no longer be commanded.")


@actuator.command("list")
@click.option("--territory", required=True, help="Key of the territory.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_(territory: str, as_json: bool) -> None:
    """What can be switched, in which state it last said to be, and the last command.

    Example: beffroi actuator list --territory redon
    """
    territories.territory(territory)
    found = queries.actuators(territory)
    if as_json:
        click.echo(json.dumps([_row(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        last = f"{each.last.act} {each.last.state}" if each.last else "never commanded"
        drill = " (training)" if each.exercise else ""
        said = each.said or "state unknown"
        click.echo(f"{each.key}{drill}  {each.kind}  {each.name}  {each.account}  {said}  {last}")
    if not found:
        click.echo("Nothing can be switched here: beffroi actuator add --help")


def _row(each: queries.ActuatorView) -> dict[str, object]:
    names = ("key", "name", "kind", "device", "account", "exercise", "hazard", "said")
    last = {"act": each.last.act, "state": each.last.state} if each.last else None
    acts = {choice.name: {"moves": choice.like.moves, "minutes": choice.minutes} for choice in each.choices}
    return {**{name: getattr(each, name) for name in names}, "acts": acts, "last": last}
