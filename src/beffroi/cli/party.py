"""`beffroi party`: the organisations of the territory, what they answer for, whom to call there."""

from __future__ import annotations

import json
from dataclasses import asdict
from uuid import UUID

import click

from beffroi.cli.register import JSON
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.people import actions as people
from beffroi.people.models import Organisation
from beffroi.people.parties import actions, queries, rules


def organisation_called(name: str) -> Organisation:
    """The organisation of this name. Raises NotFound."""
    found = Organisation.objects.filter(name=name).first()
    if found is None:
        raise NotFound(what=f"organisation {name}")
    return found


@click.group()
def party() -> None:
    """Parties of the territory: communes, forces, services, companies, referents."""


@party.command()
@click.option("--name", required=True, help="Its name.")
@click.option("--kind", required=True, type=click.Choice(Organisation.Kind.values), help="What it is.")
@click.option(
    "--competence", "codes", multiple=True, type=click.Choice(rules.COMPETENCES),
    help="What it is competent for; several times.",
)  # fmt: skip
@click.option(
    "--answers-for", "keys", multiple=True, help="Key of a territory it answers for; several times."
)
def declare(name: str, kind: str, codes: tuple[str, ...], keys: tuple[str, ...]) -> None:
    """Declare a party, what it is competent for, and the territories that it answers for.

    Whoever belongs to another organisation then needs a convention in those territories.

    Example: beffroi party declare --name Allaire --kind commune --answers-for allaire
    """
    found = Organisation.objects.filter(name=name).first() or people.create_organisation(name=name, kind=kind)
    if codes:
        actions.set_competences(organisation=found, codes=codes)
    for key in keys:
        people.answer_for(key=key, organisation=found)
    click.echo(f"{found.name}: {found.kind}" + (f", answers for {', '.join(keys)}" if keys else ""))


@party.command()
@click.option("--organisation", required=True, help="Its name.")
@click.option("--role", required=True, help="What the person is there.")
@click.option("--name", default="", help="The person's name, where it is needed.")
@click.option("--telephone", default="", help="Their number.")
@click.option("--email", default="", help="Their address.")
@click.option("--shared", is_flag=True, help="Also for the organisations with which it has a convention.")
def contact(*, organisation: str, role: str, name: str, telephone: str, email: str, shared: bool) -> None:
    """Keep whom to call at an organisation.

    Example: beffroi party contact --organisation Allaire --role "Permanence" --telephone "02 99 00 00 00"
    """
    row = actions.keep_contact(
        organisation=organisation_called(organisation),
        role=role,
        name=name,
        telephone=telephone,
        email=email,
        shared=shared,
    )
    click.echo(f"{organisation}: {role} kept ({row.pk})")


@party.command()
@click.argument("contact_id")
def erase(contact_id: str) -> None:
    """Erase a contact: nothing of it is left.

    Example: beffroi party erase 0193f1c2-7b7c-7000-8000-000000000000
    """
    try:
        identifier = UUID(contact_id)
    except ValueError:
        raise Invalid(where="contact", why="is no identifier") from None
    actions.erase_contact(contact=identifier)
    click.echo(f"{contact_id}: erased")


@party.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List the parties with what they answer for and their contacts.

    Example: beffroi party list
    """
    found = queries.directory(reader=None, everything=True)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each.name}  {each.kind}  {', '.join(each.territories)}")
        for one in each.contacts:
            click.echo(f"    {one.role}  {one.name}  {one.telephone}  {one.email}  ({one.id})")
