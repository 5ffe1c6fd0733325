"""`beffroi crisis`: the town's plan communal de sauvegarde, and who holds which cell."""

from __future__ import annotations

from typing import IO

import click

from beffroi.during.crisis import keeping, plans, queries
from beffroi.during.crisis.rules.people import DEPUTY, LEAD, MEMBER
from beffroi.people.queries import member_by_email
from beffroi.territory import queries as territories


@click.group()
def crisis() -> None:
    """The plan communal de sauvegarde: its text, and its people.

    Example: beffroi crisis seat --territory redon --cell command --email maire@redon.example --lead
    """


@crisis.command()
@click.option("--territory", required=True, help="Key of the territory.")
def plan(territory: str) -> None:
    """Print the plan in force (TOML): the town's own, else the template.

    Example: beffroi crisis plan --territory redon > pcs.toml
    """
    territories.territory(territory)
    click.echo(plans.of(territory).toml, nl=False)


@crisis.command()
@click.option("--territory", required=True, help="Key of the territory.")
@click.argument("file", type=click.File("r"))
def put(territory: str, file: IO[str]) -> None:
    """Put another version of the town's plan in force; a crisis at work keeps its own.

    Example: beffroi crisis put --territory redon pcs.toml
    """
    click.echo(f"{keeping.put_plan(territory=territory, toml=file.read())} is in force.")


@crisis.command()
@click.option("--territory", required=True, help="Key of the territory.")
@click.option("--cell", required=True, help="Which cell of the plan.")
@click.option("--email", required=True, help="The member, by the address that they sign in with.")
@click.option("--lead", is_flag=True, help="They answer for the cell.")
@click.option("--deputy", is_flag=True, help="They stand in for who leads it.")
@click.option("--remove", is_flag=True, help="Take the seat away.")
def seat(territory: str, cell: str, email: str, *, lead: bool, deputy: bool, remove: bool) -> None:
    """Give a member a seat in a cell: they are in the call tree.

    Example: beffroi crisis seat --territory redon --cell command --email maire@redon.example --lead
    """
    member = member_by_email(email)
    if remove:
        keeping.unseat(territory=territory, cell=cell, member=member)
    else:
        role = LEAD if lead else DEPUTY if deputy else MEMBER
        keeping.seat(territory=territory, cell=cell, member=member, role=role)
    for key, words, seats in queries.roster(territory):
        named = ", ".join(f"{each.name}{f' ({each.role})' if each.role != MEMBER else ''}" for each in seats)
        click.echo(f"{key}  {words}: {named or 'nobody'}")
