"""`beffroi order`, `beffroi agent`: what the law asks to be registered before anybody looks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from uuid import UUID

import click

from beffroi.foundation.errors import Invalid
from beffroi.people.orders import actions, queries, rules
from beffroi.people.orders.errors import BadAgent
from beffroi.people.queries import member_by_email
from beffroi.territory import queries as territory_queries

TERRITORY = click.option("--territory", "key", required=True, help="Key of the territory.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


class Day(click.ParamType):
    """A day, as YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a clear complaint."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is not a day: write 2026-11-30", param, ctx)


DAY = Day()


def corners(path: Path | None) -> list[tuple[float, float]]:
    """The corners of the one polygon of a GeoJSON file, as (latitude, longitude). Raises Invalid."""
    if path is None:
        return []
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        found = found["features"][0]["geometry"] if found["type"] == "FeatureCollection" else found
        found = found["geometry"] if found["type"] == "Feature" else found
        if found["type"] != "Polygon" or len(found["coordinates"]) != 1:
            raise Invalid(where=str(path), why="holds no single polygon without holes")
        ring = [(float(lat), float(lon)) for lon, lat, *_height in found["coordinates"][0]]
    except (OSError, ValueError, KeyError, IndexError, TypeError) as wrong:
        raise Invalid(where=str(path), why=f"is not a GeoJSON polygon ({wrong})") from None
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


@click.group()
def order() -> None:
    """The prefect's orders: no camera is looked through that none covers."""


@order.command()
@TERRITORY
@click.option("--number", required=True, help="The order's number.")
@click.option("--authority", required=True, help="Who signed it.")
@click.option(
    "--purpose", "purposes", required=True, multiple=True, type=click.Choice(rules.PURPOSES),
    help="A purpose of CSI L251-2; may be given several times.",
)  # fmt: skip
@click.option("--from", "starts_on", required=True, type=DAY, help="First day.")
@click.option("--until", "ends_on", required=True, type=DAY, help="Last day: five years at most.")
@click.option(
    "--days", default=rules.LONGEST_RETENTION_DAYS, show_default=True, help="Days that images are kept."
)
@click.option("--camera", "devices", multiple=True, help="Key of a camera that it names; several times.")
@click.option(
    "--perimeter", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="GeoJSON polygon within which it allows any camera.",
)  # fmt: skip
@click.option("--places", default="", help="Its places, in words, as the public page shows them.")
@click.option("--state-access", is_flag=True, help="It lets designated agents of the State have the images.")
@click.option(
    "--copy", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The signed copy: its SHA-256 is kept, the file is not.",
)  # fmt: skip
def register(
    *, key: str, perimeter: Path | None, copy: Path | None, purposes: tuple[str, ...],
    devices: tuple[str, ...], number: str, authority: str, starts_on: date, ends_on: date, days: int,
    places: str, state_access: bool,
) -> None:  # fmt: skip
    """Register an order as the prefecture signed it.

    Example: beffroi order register --territory redon --number 35-2025-0117
    --authority "Préfecture d'Ille-et-Vilaine" --purpose public_safety --purpose rescue
    --from 2025-03-01 --until 2030-02-28 --days 15 --camera C-12
    """
    territory_queries.territory(key)
    for device in devices:
        territory_queries.device(key, device)
    text = actions.OrderText(
        number=number,
        authority=authority,
        purposes=purposes,
        starts_on=starts_on,
        ends_on=ends_on,
        retention_days=days,
        devices=devices,
        perimeter=corners(perimeter),
        places=places,
        state_access=state_access,
        document_sha256=_sha256(copy) if copy else "",
    )
    click.echo(_order_line(actions.register_order(territory=key, text=text)))


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@order.command()
@TERRITORY
@click.option("--number", required=True, help="The order's number.")
@click.option("--camera", "devices", multiple=True, required=True, help="Every camera that it names now.")
def cover(key: str, number: str, devices: tuple[str, ...]) -> None:
    """Say which cameras an order names now: it was amended.

    Example: beffroi order cover --territory redon --number 35-2025-0117 --camera C-12 --camera C-13
    """
    for device in devices:
        territory_queries.device(key, device)
    click.echo(_order_line(actions.cover(territory=key, number=number, devices=devices)))


@order.command()
@TERRITORY
@click.option("--number", required=True, help="The order's number.")
@click.option(
    "--from", "from_day", type=DAY, default=None, help="First day on which it holds no more: today."
)
def withdraw(key: str, number: str, from_day: date | None) -> None:
    """An order covers nothing any more.

    Example: beffroi order withdraw --territory redon --number 35-2025-0117
    """
    click.echo(_order_line(actions.withdraw_order(territory=key, number=number, from_day=from_day)))


@order.command(name="list")
@TERRITORY
@JSON
def list_orders(key: str, as_json: bool) -> None:
    """List the orders, those that stand first.

    Example: beffroi order list --territory redon
    """
    territory_queries.territory(key)
    found = queries.orders([key])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        click.echo(_order_line(each))
    if not found:
        click.echo("No order is registered: nobody may look through a camera. `beffroi order register`.")


def _order_line(each: queries.OrderView) -> str:
    what = f"{len(each.devices)} cameras" + (", a perimeter" if each.perimeter else "")
    soon = f", ends within {each.ends_within} days" if each.ends_within else ""
    term = f"{each.starts_on} to {each.ends_on}{soon}"
    return (
        f"{each.number}  {each.state}  {term}  {what}  {each.retention_days} days  {', '.join(each.purposes)}"
    )


@click.group()
def agent() -> None:
    """Who may look, by name: agents of the service, agents designated by the State."""


@agent.command()
@click.option("--territory", "keys", required=True, multiple=True, help="Key of a territory; several times.")
@click.option("--member", "email", required=True, help="The member's e-mail address.")
@click.option("--kind", type=click.Choice(rules.KINDS), default=rules.AGENT, show_default=True,
              help="An agent of the service, or one whom the State designated.")  # fmt: skip
@click.option("--number", required=True, help="Number of the accreditation.")
@click.option("--authority", required=True, help="Who signed it.")
@click.option("--from", "starts_on", required=True, type=DAY, help="First day.")
@click.option("--until", "ends_on", required=True, type=DAY, help="Last day: five years at most.")
@click.option("--service", default="", help="The State's service.")
@click.option(
    "--order", "number_of_order", default="", help="For the State: the order that lets it have images."
)
def accredit(
    *, keys: tuple[str, ...], email: str, kind: str, number: str, authority: str, starts_on: date,
    ends_on: date, service: str, number_of_order: str,
) -> None:  # fmt: skip
    """Let a member look at images in these territories.

    Example: beffroi agent accredit --territory redon --member camille@redon.example --number H-2026-4
    --authority "Préfecture d'Ille-et-Vilaine" --from 2026-01-01 --until 2030-12-31
    """
    if kind == rules.STATE and not number_of_order:
        raise BadAgent(where="order", why="a designated agent of the State rests upon an order")
    member = member_by_email(email)
    text = actions.AgentText(
        kind=kind,
        number=number,
        authority=authority,
        starts_on=starts_on,
        ends_on=ends_on,
        service=service,
        order=number_of_order,
    )
    for key in keys:
        territory_queries.territory(key)
        identifier = actions.accredit(territory=key, member=member, text=text)
        click.echo(f"{key}  {number}  {identifier}")


@agent.command(name="withdraw")
@TERRITORY
@click.option("--id", "identifier", required=True, type=click.UUID, help="See `beffroi agent list`.")
@click.option(
    "--from", "from_day", type=DAY, default=None, help="First day on which it holds no more: today."
)
def withdraw_agent(key: str, identifier: UUID, from_day: date | None) -> None:
    """An accreditation holds no more.

    Example: beffroi agent withdraw --territory redon --id 0198f2b2-0000-7000-8000-000000000000
    """
    actions.withdraw_agent(territory=key, identifier=identifier, from_day=from_day)
    click.echo("withdrawn")


@agent.command(name="list")
@TERRITORY
@JSON
def list_agents(key: str, as_json: bool) -> None:
    """List who may look, those whose accreditation stands first.

    Example: beffroi agent list --territory redon
    """
    territory_queries.territory(key)
    found = queries.agents([key])
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, ensure_ascii=False))
        return
    for each in found:
        term = f"{each.starts_on} to {each.ends_on}"
        click.echo(f"{each.name}  {each.kind}  {each.number}  {each.state}  {term}  {each.id}")
    if not found:
        click.echo("Nobody is accredited: nobody may look through a camera. `beffroi agent accredit`.")
