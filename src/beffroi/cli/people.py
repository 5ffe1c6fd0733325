"""`beffroi people`: who may sign in, with which roles, where."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from django.db import transaction

from beffroi.foundation import settings as configuration
from beffroi.people import actions, queries
from beffroi.people.catalogue import catalogue
from beffroi.people.methods import policy_text
from beffroi.people.models import Centre, Member, Organisation
from beffroi.people.web_address import web_address


@click.group()
def people() -> None:
    """Members, their roles and where they hold.

    Example: beffroi people invite --email a@mairie.example --name 'A. Le Goff' --role operator
    --organisation 'Police municipale' --territory saint-jean-la-poterie
    """


def _tell(data: Any, lines: list[str], as_json: bool) -> None:
    click.echo(json.dumps(data, ensure_ascii=False) if as_json else "\n".join(lines))


def _organisation(name: str, kind: str) -> Organisation:
    return Organisation.objects.filter(name=name).first() or actions.create_organisation(name=name, kind=kind)


def _centres(keys: tuple[str, ...]) -> list[Centre]:
    found = {centre.key: centre for centre in Centre.objects.filter(key__in=keys)}
    for key in keys:
        if key not in found:
            raise click.BadParameter(f"there is no centre {key}", param_hint="--centre")
    return list(found.values())


def _address() -> str:
    return web_address(configuration.current())


@people.command()
@click.option("--email", required=True, help="The address the member signs in with.")
@click.option("--name", required=True, help="The name shown on screens.")
@click.option("--role", "roles", multiple=True, required=True, help="A role's key; may be given again.")
@click.option("--organisation", required=True, help="Its name; made when there is none of that name.")
@click.option("--kind", default="commune", show_default=True, help="Kind of an organisation that is made.")
@click.option("--territory", "territories", multiple=True, help="Where the roles hold; may be given again.")
@click.option("--centre", "centres", multiple=True, help="Over what a centre watches; may be given again.")
@click.option("--everywhere", is_flag=True, help="Over the whole installation.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input: no link is made.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def invite(
    *,
    email: str,
    name: str,
    roles: tuple[str, ...],
    organisation: str,
    kind: str,
    territories: tuple[str, ...],
    centres: tuple[str, ...],
    everywhere: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Make a member, and print the one-use link with which they choose a password.

    Example: beffroi people invite --email a@mairie.example --name 'A. Le Goff' --role operator
    --organisation 'Police municipale' --kind police_municipale --centre redon
    """
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    with transaction.atomic():
        member = actions.create_member(
            email=email,
            display_name=name,
            organisation=_organisation(organisation, kind),
            password=password,
            roles=roles,
            territories=territories,
            centres=_centres(centres),
            everywhere=everywhere,
        )
        link = "" if password_stdin else _address() + actions.invite(member=member)
    told = {"member": str(member.id), "email": member.email, "link": link}
    lines = [f"{member.display_name} <{member.email}>"]
    lines += [f"Link, to be used once within 72 h: {link}"] if link else ["Signs in with the password given."]
    _tell(told, lines, as_json)


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_members(as_json: bool) -> None:
    """Members, their organisation and the roles they hold now.

    Example: beffroi people list --json
    """
    rows = [
        {
            "email": member.email,
            "name": member.display_name,
            "organisation": member.organisation.name,
            "open": member.is_active,
            "second_factor": queries.has_second_factor(member),
            "roles": [f"{role} @ {where}" for role, where in queries.role_keys(member)],
        }
        for member in Member.objects.filter(program=None).select_related("organisation").order_by("email")
    ]
    lines = [
        f"{row['email']:<36} {row['organisation']}: {', '.join(row['roles']) if row['open'] else 'closed'}"
        for row in rows
    ]
    _tell(rows, lines or ["No member yet: beffroi people invite --help"], as_json)


@people.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def roles(as_json: bool) -> None:
    """Roles, and what each opens.

    Example: beffroi people roles
    """
    known = catalogue().roles.values()
    rows = [
        {"key": r.key, "fr": r.fr, "en": r.en, "second_factor": r.second_factor, "actions": r.actions}
        for r in known
    ]
    lines = []
    for role in known:
        lines.append(f"{role.key}: {role.fr}{' (second factor)' if role.second_factor else ''}")
        lines.append(f"    {', '.join(role.actions)}")
    _tell(rows, lines, as_json)


@people.command()
@click.option("--email", required=True, help="The member.")
@click.option("--role", "roles", multiple=True, required=True, help="A role's key; may be given again.")
@click.option("--territory", default=None, help="Over this territory.")
@click.option("--centre", default=None, help="Over what this centre watches.")
@click.option("--everywhere", is_flag=True, help="Over the whole installation.")
@click.option("--until", default=None, help="ISO date and time, with its offset, at which the role ends.")
def give(
    *,
    email: str,
    roles: tuple[str, ...],
    territory: str | None,
    centre: str | None,
    everywhere: bool,
    until: str | None,
) -> None:
    """Give a member a role.

    Example: beffroi people give --email a@mairie.example --role supervisor --centre redon
    --until 2027-01-01T00:00:00+01:00
    """
    if [bool(territory), bool(centre), everywhere].count(True) != 1:
        raise click.UsageError("Say where: one of --territory, --centre, --everywhere.")
    member, over = queries.member_by_email(email), _centres((centre,))[0] if centre else None
    ends_at = _instant(until)
    with transaction.atomic():
        for role in roles:
            actions.give_role(member=member, role=role, territory=territory, centre=over, ends_at=ends_at)
    click.echo(f"{member.email}: {', '.join(roles)}")


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is not an ISO date and time", param_hint="--until") from None
    if instant.tzinfo is None:
        raise click.BadParameter("give its offset, such as +01:00", param_hint="--until")
    return instant


@people.command()
@click.option("--email", required=True, help="The member.")
@click.option("--role", default=None, help="This role only, wherever it holds.")
@click.option("--account", is_flag=True, help="Close the account too: every role ends, nobody signs in.")
def revoke(email: str, role: str | None, account: bool) -> None:
    """End a member's roles now, or close the account.

    Example: beffroi people revoke --email a@mairie.example --role operator
    """
    if bool(role) == account:
        raise click.UsageError("Say what: either --role or --account.")
    member = queries.member_by_email(email)
    if account:
        actions.close_member(member=member)
        click.echo(f"{member.email}: closed")
        return
    ended = [held for held in queries.roles_held(member) if held.role_id == role]
    if not ended:
        raise click.ClickException(f"{member.email} does not hold the role {role}.")
    for held in ended:
        actions.end_role(held=held)
    click.echo(f"{member.email}: {role} ended ({len(ended)})")


@people.command("link")
@click.option("--email", required=True, help="The member.")
def new_link(email: str) -> None:
    """Print another one-use link with which a member chooses a password.

    Example: beffroi people link --email a@mairie.example
    """
    click.echo(_address() + actions.invite(member=queries.member_by_email(email)))


@people.command("totp-reset")
@click.option("--email", required=True, help="The member.")
def totp_reset(email: str) -> None:
    """Take a member's second factor away, when the phone is lost: they set up another.

    Example: beffroi people totp-reset --email a@mairie.example
    """
    removed = actions.reset_second_factor(member=queries.member_by_email(email))
    click.echo(f"{email}: {removed} removed")


@people.command()
@click.option("--write", is_flag=True, help="Write the files instead of comparing them.")
def policies(write: bool) -> None:
    """Compare the Cedar policies with the catalogue of roles they are generated from.

    Example: beffroi people policies
    """
    wanted = policy_text.files(catalogue())
    stray = {file.name for file in queries.POLICIES.glob("*.cedar")} - set(wanted)
    differing = [n for n, text in wanted.items() if not _is(queries.POLICIES / n, text)]
    if write:
        for name in differing:
            (queries.POLICIES / name).write_text(wanted[name], encoding="utf-8")
        click.echo(f"{len(differing)} written, {len(wanted) - len(differing)} as they were")
    elif differing or stray:
        raise click.ClickException(f"not as the catalogue says: {', '.join(sorted({*differing, *stray}))}")
    else:
        click.echo(f"{len(wanted)} files, all as the catalogue says")


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text
