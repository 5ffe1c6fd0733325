"""`beffroi rules`: the rules by which fusion judges, tried with `beffroi replay --rules`, then activated."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
import msgspec

from beffroi.during.fusion import actions, queries
from beffroi.during.fusion.rules.changed import BadRules, read
from beffroi.during.fusion.rules.shapes import Rules

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def rules_of(file: Path) -> Rules:
    """The rules that a file holds. Raises BadRules."""
    try:
        return read(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRules(why=f"{file.name} is not TOML: {error}") from error


@click.group()
def rules() -> None:
    """The rules by which fusion judges: thresholds, memories, opinions."""


@rules.command()
@click.argument("file", type=FILE)
def activate(*, file: Path) -> None:
    """Put the rules of a file in force, in every territory, from the next batch of the engine on.

    Try them first: beffroi replay --rules. What the file leaves out is as the settings and the starting
    opinions have it: a file with nothing but a version takes every change back. The activation is dated,
    kept in the sequence of decisions, and told in the journal.

    Example: beffroi rules activate rules-2026-12.toml
    """
    taken = rules_of(file)
    number = actions.activate_rules(rules=taken, member=None)
    click.echo(f"Rules {taken.version} are in force from the next batch on (decision {number}).")


@rules.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show(*, as_json: bool) -> None:
    """Say which rules were activated, and when; the latest is in force.

    Example: beffroi rules show
    """
    found = queries.rules_activated()
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        click.echo(f"{each.made_at:%Y-%m-%d %H:%M:%S}  {each.rules.version}  decision {each.decision}")
    if not found:
        click.echo("None was ever activated: the settings and the starting opinions are in force.")
