"""`beffroi trust`: how long data is kept, what is held, and the erasure of what is over its term."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

import click

from beffroi.cli.register import JSON
from beffroi.territory import queries as territory_queries
from beffroi.trust.retention import actions, expiring, queries, rules
from beffroi.trust.retention.terms import INSTALLATION, kinds

_WHERE = click.option(
    "--territory", "key", default=INSTALLATION, show_default=True, help="Key of the territory."
)
_INSTANT = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"])


def _known(key: str) -> str:
    if key != INSTALLATION:
        territory_queries.territory(key)
    return key


@click.group()
def trust() -> None:
    """How long data is kept; holds; erasures with their proof."""


@trust.command()
@click.option("--dry-run", is_flag=True, help="Say what would go; change nothing.")
@click.option("--territory", "keys", multiple=True, help="Only there (`installation` for what lies nowhere).")
@JSON
def expire(*, dry_run: bool, keys: tuple[str, ...], as_json: bool) -> None:
    """Erase what is over its term, but for what a hold keeps; the engine does the same each hour.

    Each batch is told in the journal once it is gone. Exit status 0 only when nothing is left to erase.

    Example: beffroi trust expire --dry-run
    """
    done = expiring.expire(where=[_known(each) for each in keys], dry_run=dry_run)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in done], default=str, ensure_ascii=False))
        return
    verb = "would be erased" if dry_run else "erased"
    for each in done:
        held = f", {each.held} under a hold" if each.held else ""
        late = f", {each.late} of them late" if each.late else ""
        kept = f"{each.kind} ({each.store}, {each.days} days)"
        click.echo(f"{each.where}  {kept}: {each.count} {verb}{held}{late}")
    if not any(each.count for each in done):
        click.echo("Nothing is over its term.")
    if not dry_run and queries.late():
        sys.exit(1)


@trust.command()
@_WHERE
@JSON
def terms(key: str, as_json: bool) -> None:
    """Say how long each kind of data is kept, the limit, and what they rest on.

    Example: beffroi trust terms --territory redon
    """
    found = queries.terms(_known(key))
    if as_json:
        rows = [
            {"kind": each.kind.key, "days": each.days, "chosen": each.chosen, "most": each.kind.most}
            | {"law": each.kind.law, "basis": each.kind.basis_fr}
            for each in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in found:
        chosen = " (chosen)" if each.chosen else ""
        kept = f"{each.days:>5} days{chosen}, at most {each.kind.most}"
        click.echo(f"{each.kind.key:<13} {kept}: {each.kind.en}")


@trust.command(name="set-term")
@_WHERE
@click.option("--kind", required=True, type=click.Choice(sorted(kinds())), help="The kind of data.")
@click.option("--days", required=True, type=int, help="How long it is kept, in days.")
def set_term(*, key: str, kind: str, days: int) -> None:
    """Keep a kind of data shorter, or longer up to its limit.

    Example: beffroi trust set-term --territory redon --kind signals --days 180
    """
    actions.set_term(where=_known(key), kind=kind, days=days)
    click.echo(f"{kind}: {days} days")


@trust.command()
@_WHERE
@click.option("--subject", required=True, help="What is kept: incident:…, device:C-4, signal:…, member:…")
@click.option("--ground", required=True, type=click.Choice(rules.GROUNDS), help="What the hold rests on.")
@click.option("--reference", required=True, help="The number of the requisition or of the request.")
@click.option("--kind", default="", help="Only this kind of data.")
@click.option("--since", type=_INSTANT, default=None, help="From this instant on, in UTC.")
@click.option("--until", type=_INSTANT, default=None, help="Up to this instant, in UTC.")
def hold(
    *, key: str, subject: str, ground: str, reference: str, kind: str, since: datetime | None,
    until: datetime | None,
) -> None:  # fmt: skip
    """Let nothing that is named be erased until the hold is released.

    Example: beffroi trust hold --territory redon --subject device:C-4 --ground requisition
    --reference PV-2026-117 --since 2026-03-14T21:00 --until 2026-03-14T23:00
    """
    text = actions.HoldText(
        subject=subject,
        ground=ground,
        reference=reference,
        kind=kind,
        since=_utc(since),
        until=_utc(until),
    )
    click.echo(actions.place_hold(where=_known(key), text=text))


@trust.command()
@_WHERE
@click.option("--hold", "identifier", required=True, type=click.UUID, help="Its identifier.")
def release(key: str, identifier: UUID) -> None:
    """Let go of what a hold kept.

    Example: beffroi trust release --territory redon --hold 019b0000-0000-7000-8000-000000000000
    """
    actions.release_hold(where=_known(key), hold=identifier)
    click.echo("released")


@trust.command()
@_WHERE
@JSON
def holds(key: str, as_json: bool) -> None:
    """List the holds that stand.

    Example: beffroi trust holds --territory redon
    """
    found = queries.holds([_known(key)])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each.id}  {each.subject}  {each.kind or 'everything'}  {each.ground} {each.reference}")


def _utc(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=UTC) if instant else None
