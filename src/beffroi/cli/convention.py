"""`beffroi convention`: what one organisation opens to another, drawn up, signed, ended."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from beffroi.cli.party import organisation_called
from beffroi.cli.register import DAY, JSON
from beffroi.people.conventions import actions, asking, helping, queries, rules


@click.group()
def convention() -> None:
    """Conventions between organisations: nothing of one's territory is open to another without."""


@convention.command()
@click.option("--reference", required=True, help="Its reference; that of one kept makes the next version.")
@click.option("--title", required=True, help="What it is called.")
@click.option("--place", "places", required=True, multiple=True, help="Key of a territory; several times.")
@click.option("--to", "receives", required=True, multiple=True, help="Name of who receives; several times.")
@click.option("--also", "gives", multiple=True, help="Name of another giving party; several times.")
@click.option(
    "--what", "matters", required=True, multiple=True, type=click.Choice(list(rules.MATTERS)),
    help="What it opens; several times.",
)  # fmt: skip
@click.option(
    "--purpose", "purposes", multiple=True, type=click.Choice(rules.PURPOSES),
    help="What images may be looked at for; several times.",
)  # fmt: skip
@click.option("--hours", multiple=True, help="As `mon-fri 21:00-06:00`; several times; none: always.")
@click.option("--from", "starts_on", required=True, type=DAY, help="First day.")
@click.option("--until", "ends_on", required=True, type=DAY, help="Last day.")
@click.option("--framework", "help_hours", type=int, default=0, help="A framework: longest help, in hours.")
@click.option("--unattended", "minutes", type=int, default=0, help="Framework: take unasked after minutes.")
@click.option("--programs", is_flag=True, help="The other's programs may read it too.")
def draw(
    *, reference: str, title: str, places: tuple[str, ...], receives: tuple[str, ...], gives: tuple[str, ...],
    matters: tuple[str, ...], purposes: tuple[str, ...], hours: tuple[str, ...], starts_on: date,
    ends_on: date, help_hours: int, minutes: int, programs: bool,
) -> None:  # fmt: skip
    """Draw a convention up, and say who must sign it.

    Example: beffroi convention draw --reference csu-2026 --title "CSU mutualisé" --place allaire
    --to "Redon Agglomération" --what incidents --what handling --from 2026-12-01 --until 2029-11-30
    """
    draft = actions.Draft(
        reference=reference,
        title=title,
        kind=rules.FRAMEWORK if help_hours else rules.STANDING,
        places=places,
        receives=[organisation_called(each) for each in receives],
        gives=[organisation_called(each) for each in gives],
        matters=matters,
        purposes=purposes,
        hours=hours,
        programs=programs,
        starts_on=starts_on,
        ends_on=ends_on,
        help_hours=help_hours,
        unattended_min=minutes,
    )
    view = queries.convention(actions.draw(draft=draft).pk)
    click.echo(f"{view.name}: draft, to be signed by {', '.join(each.name for each in view.missing)}")


@convention.command()
@click.argument("name")
@click.option("--organisation", required=True, help="Name of the party that signed.")
@click.option(
    "--document", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The signed paper: its SHA-256 is kept, the file is not.",
)  # fmt: skip
def sign(name: str, organisation: str, document: Path) -> None:
    """Keep a party's signature given on paper. On a screen each signs for themselves.

    Example: beffroi convention sign csu-2026 --organisation Allaire --document allaire.pdf
    """
    view = queries.by_name(name)
    digest = hashlib.sha256(document.read_bytes()).hexdigest()
    actions.sign(convention=view.id, organisation=organisation_called(organisation), document_sha256=digest)
    view = queries.convention(view.id)
    missing = ", ".join(each.name for each in view.missing)
    click.echo(f"{view.name}: {view.state.replace('_', ' ')}" + (f", awaits {missing}" if missing else ""))


@convention.command()
@click.argument("name")
def end(name: str) -> None:
    """End a convention now, or take a draft away.

    Example: beffroi convention end csu-2026
    """
    view = queries.by_name(name)
    if view.state == "draft":
        actions.withdraw(convention=view.id)
    else:
        actions.end(convention=view.id)
    click.echo(f"{view.name}: ended")


@convention.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List every version with its state.

    Example: beffroi convention list
    """
    found = queries.conventions(everything=True)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        who = ", ".join(part.name for part in each.parts if part.receives)
        state = each.state.replace("_", " ")
        click.echo(f"{each.name}  {state}  {each.starts_on} to {each.ends_on}  {each.title}  to {who}")
    if not found:
        click.echo("No convention: each organisation sees its own.")


@convention.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the policies that a version compiles to, as the doors read them.

    Example: beffroi convention show csu-2026
    """
    click.echo(queries.by_name(name).policy)


@convention.command()
@click.argument("name")
def diff(name: str) -> None:
    """Say who gains and who loses what by a draft, before it is agreed.

    Example: beffroi convention diff csu-2026
    """
    found = asking.changes(queries.by_name(name))
    for each in found:
        click.echo(f"{each.name}, {each.organisation}")
        for mark, rows in (("+", each.gains), ("-", each.loses)):
            for action, keys in rows:
                click.echo(f"  {mark} {action}: {', '.join(keys)}")
    if not found:
        click.echo("Nobody gains or loses anything today.")


@convention.command()
@click.option("--action", required=True, help="Key of an action, such as camera.look.")
@click.option("--territory", required=True, help="Key of the territory.")
@click.option(
    "--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), default=None, help="Day and hour of the town; now."
)
@JSON
def who(action: str, territory: str, at: object, as_json: bool) -> None:
    """Who could do that there, and why.

    Example: beffroi convention who --action camera.look --territory redon --at 2026-11-29T23:00
    """
    from datetime import datetime

    from django.utils import timezone

    from beffroi.foundation.errors import Invalid
    from beffroi.people.catalogue import catalogue

    if action not in catalogue().actions:
        raise Invalid(where="action", why=f"{action!r} is no action: see `beffroi people roles`")
    when = timezone.make_aware(at) if isinstance(at, datetime) else None
    found = asking.who_could(action, territory, when)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        by = ", ".join([*each.roles, *each.conventions])
        besides = f"; must give {', '.join(each.grounds)}" if each.grounds else ""
        stopped = "; NOT accredited" if each.accredited is False else ""
        click.echo(f"{each.name}, {each.organisation}: by {by}{besides}{stopped}")
    if not found:
        click.echo("Nobody.")


@convention.command()
@click.option("--territory", required=True, help="Key of the territory whose queue is entrusted.")
@click.option("--to", "helper", required=True, help="Name of the organisation of the other centre.")
@click.option("--hours", default=12, show_default=True, help="For how long.")
def entrust(territory: str, helper: str, hours: int) -> None:
    """Entrust a queue to another centre under a framework in force.

    Example: beffroi convention entrust --territory allaire --to "Redon Agglomération" --hours 10
    """
    row = helping.begin(territory=territory, helper=organisation_called(helper).pk, hours=hours)
    click.echo(f"{territory}: {helper} has the queue until {row.ends_at.isoformat(timespec='minutes')}")


@convention.command()
@click.option("--territory", required=True, help="Key of the territory.")
def take_back(territory: str) -> None:
    """Take a queue back that another centre has.

    Example: beffroi convention take-back --territory allaire
    """
    going = queries.helps(territories=[territory])
    for each in going:
        helping.hand_back(help_id=each.id)
        click.echo(f"{territory}: taken back from {each.helper_name}")
    if not going:
        click.echo("No other centre has that queue.")
