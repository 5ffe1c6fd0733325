"""`beffroi token`: programs that may use the API, each with its scopes, its reach and its end."""

from __future__ import annotations

import json
from typing import Any

import click

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.people import programs
from beffroi.people.models import Centre, Organisation, Program


@click.group()
def token() -> None:
    """Tokens of programs: what each may do through /api/v1, where, and until when.

    Example: beffroi token list
    """


def _tell(made: programs.Entrusted, as_json: bool) -> None:
    if as_json:
        told = {
            "program": str(made.member.pk),
            "token": made.token,
            "expires_at": made.expires_at.isoformat(),
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"Program {made.member.display_name} ({made.member.pk})")
    click.echo(f"Token (shown this once, works until {made.expires_at:%Y-%m-%d}): {made.token}")


@token.command()
@click.option("--name", required=True, help="What the program is, for people.")
@click.option("--organisation", required=True, help="The organisation that answers for it, by name.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help=f"What it may do: {', '.join(programs.SCOPES)}."
)
@click.option("--territory", "territories", multiple=True, help="A territory that it reaches.")
@click.option("--centre", "centres", multiple=True, help="A centre: it reaches what that centre watches.")
@click.option("--days", type=int, required=True, help="How many days the token lasts, 365 at most.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def add(
    *,
    name: str,
    organisation: str,
    scopes: tuple[str, ...],
    territories: tuple[str, ...],
    centres: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """Entrust a program with a token, and print it.

    Example: beffroi token add --name 'SIG' --organisation 'Redon Agglomération' --scope incidents:read
    --territory redon --days 180
    """
    found = Organisation.objects.filter(name=organisation).first()
    if found is None:
        raise Invalid(where="organisation", why=f"there is none called {organisation!r}")
    reached = list(Centre.objects.filter(key__in=centres))
    if len(reached) != len(set(centres)):
        raise Invalid(where="centre", why="one of them is not there")
    made = programs.make_program(
        name=name,
        organisation=found,
        scopes=scopes,
        days=days,
        territories=territories,
        centres=reached,
    )
    _tell(made, as_json)


@token.command()
@click.argument("program")
@click.option("--days", type=int, required=True, help="How many days the new token lasts, 365 at most.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def renew(program: str, days: int, as_json: bool) -> None:
    """Give a program another token; the former one ends at once.

    Example: beffroi token renew SIG --days 365
    """
    _tell(programs.renew(program=programs.program(program), days=days), as_json)


@token.command()
@click.argument("program")
def revoke(program: str) -> None:
    """End a program: its next request is refused, its notifications stop.

    Example: beffroi token revoke SIG
    """
    found = programs.program(program)
    programs.revoke(program=found)
    click.echo(f"{found.member.display_name} is revoked.")


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_tokens(as_json: bool) -> None:
    """Programs, what each may do and where, when its token ends and was last used. Never a token.

    Example: beffroi token list --json
    """
    rows = [_row(each) for each in programs.programs()]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo(
            f"{row['name']} ({row['organisation']}) {row['state']}, until {str(row['expires_at'])[:10]}, "
            f"last used {str(row['last_used_at'] or 'never')[:16]}"
        )
        click.echo(f"    {', '.join(row['scopes'])}  @ {', '.join(row['reach'])}")
    if not rows:
        click.echo("No program yet: beffroi token add --help")


def _row(each: Program) -> dict[str, Any]:
    state = "revoked" if each.revoked_at else "ended" if each.expires_at <= clock.now() else "live"
    return {
        "program": str(each.pk),
        "name": each.member.display_name,
        "organisation": each.member.organisation.name,
        "state": state,
        "scopes": list(each.scopes),
        "reach": programs.reach_of(each),
        "expires_at": each.expires_at.isoformat(),
        "last_used_at": each.last_used_at.isoformat() if each.last_used_at else None,
    }
