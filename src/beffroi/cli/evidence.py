"""`beffroi evidence`: seal what happened, verify a package."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from uuid import UUID

import click

from beffroi.after.evidence import actions
from beffroi.after.evidence import verify as verifier
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.models import Incident
from beffroi.foundation.errors import NotFound
from beffroi.journal import notes
from beffroi.people.models import Member


@click.group()
def evidence() -> None:
    """Sealed packages that anyone verifies without us.

    Example: beffroi evidence seal --incident I-12 --out sealed
    """


def _incident(named: str, territory: str) -> UUID:
    try:
        return incidents.incident(UUID(named)).id
    except ValueError:
        pass
    digits = named.upper().removeprefix("I-")
    rows = Incident.objects.filter(number=int(digits)) if digits.isdigit() else Incident.objects.none()
    found = list(rows.filter(territory_key=territory) if territory else rows)
    if len(found) != 1:
        why = "several territories have one: add --territory" if found else "there is none"
        raise NotFound(what=f"incident {named} ({why})")
    return found[0].pk


@evidence.command()
@click.option(
    "--incident", "named", required=True, help="The incident: its identifier, or I- and its number."
)
@click.option("--territory", default="", help="The territory's key, where several have that number.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=".", help="Where to write.")
@click.option("--as", "email", default="", help="Address of the member who seals; else the server's account.")
@click.option("--folder", is_flag=True, help="Write a folder rather than a .zip.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def seal(*, named: str, territory: str, out: Path, email: str, folder: bool, as_json: bool) -> None:
    """Seal an incident: observations, entries with proofs, timeline, and what verifies them.

    Example: beffroi evidence seal --incident I-12 --out sealed --as chief@mairie.example
    """
    member = None
    if email:
        member = Member.objects.filter(email__iexact=email, is_active=True).first()
        if member is None:
            raise NotFound(what=f"member {email}")
    sealed = actions.seal(incident=_incident(named, territory), out=out, member=member, folder=folder)
    if as_json:
        told = {
            "package": str(sealed.path),
            "fingerprint": sealed.fingerprint,
            "statement": sealed.statement,
            "entries": sealed.entries,
            "observations": sealed.observations,
            "exercise": sealed.exercise,
        }
        click.echo(json.dumps(told))
        return
    if sealed.exercise:
        click.echo("EXERCISE")
    click.echo(f"{sealed.path}: {sealed.observations} observations, {sealed.entries} entries")
    click.echo("Give the receiver, by another way, the fingerprint of the key:")
    click.echo(f"  {notes.spoken(sealed.fingerprint)}")


@evidence.command()
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--fingerprint", default="", help="The key's fingerprint, obtained elsewhere; else our own keys."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def verify(*, package: Path, fingerprint: str, as_json: bool) -> None:
    """Verify a package: accepted (exit status 0) or refused, and why.

    Without a fingerprint, the keys of this installation are those that are trusted.

    Example: beffroi evidence verify beffroi-preuve-I-12-20260501T120000Z.zip
    """
    asked = [str(package), "--fingerprint", fingerprint or _own_key(package)]
    sys.exit(verifier.main([*asked, "--json"] if as_json else asked))


def _own_key(package: Path) -> str:
    """The fingerprint of the package's key where that is one of ours; else of our present one."""
    from beffroi.journal import queries

    ours = [key.fingerprint for key in queries.signing_keys()]
    try:
        named = verifier.fingerprint(verifier.public_key(verifier.load(str(package))))
    except verifier.Refused:
        return ours[-1] if ours else ""
    return named if named in ours else (ours[-1] if ours else "")
