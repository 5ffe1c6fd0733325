"""`beffroi source show|remap|try`: what the messages of a source mean, looked at, changed and tried."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import IO

import click

from beffroi.during.intake import actions, queries
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors import WebMessage
from beffroi.during.intake.connectors.mapped.connector import MappedConnector
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.identifiers import uuid7

_LONGEST = 1_048_576


@click.command()
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show(territory: str, key: str, as_json: bool) -> None:
    """A source as it was declared: its connector, its own names of devices, and its mapping.

    Example: beffroi source show --territory redon --key lora
    """
    found = next((each for each in queries.sources([territory]) if each.key == key), None)
    if found is None:
        raise NotFound(what=f"source {key} of {territory}")
    devices, mapping = queries.devices_of(territory, key), queries.mapping_of(territory, key)
    if as_json:
        names = ("territory", "key", "connector", "address", "name", "exercise", "active", "guaranteed")
        told = {name: getattr(found, name) for name in names}
        click.echo(json.dumps({**told, "devices": devices, "mapping": mapping}))
        return
    state = "" if found.active else " (revoked)"
    safe = "guaranteed" if found.guaranteed else "not guaranteed"
    click.echo(f"{territory}/{key}{state}  {found.connector} {found.address}  {safe}  {found.name}".rstrip())
    for name, device in devices.items():
        click.echo(
            f"  {name} = {device['device']}:{device['kind']}"
            if isinstance(device, dict)
            else f"  {name} = {device}"
        )
    if mapping:
        click.echo("Mapping:")
        click.echo(mapping.rstrip())


@click.command()
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
@click.option("--mapping", type=click.File("r"), required=True, help="The file that says what messages mean.")
def remap(territory: str, key: str, mapping: IO[str]) -> None:
    """Declare anew what a source's messages mean; it holds within seconds.

    Example: beffroi source remap --territory redon --key lora --mapping door.toml
    """
    actions.remap_source(territory=territory, key=key, mapping=mapping.read(_LONGEST))
    click.echo(f"Source {key} of {territory}: the new mapping holds.")


@click.command("try")
@click.option("--mapping", type=click.File("r"), required=True, help="The file that says what messages mean.")
@click.option(
    "--message", type=click.File("rb"), required=True, help="A message as it is sent; - reads it here."
)
@click.option("--topic", default="", help="The MQTT topic below the source's prefix.")
@click.option("--path", default="", help="What follows /api/v1/in/mapped/ in the address.")
@click.option("--query", "pairs", multiple=True, help="A parameter of the address: NAME=VALUE.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def try_out(
    *, mapping: IO[str], message: IO[bytes], topic: str, path: str, pairs: tuple[str, ...], as_json: bool
) -> None:
    """What a message would become under a mapping; nothing is kept and nobody is told.

    Example: beffroi source try --mapping door.toml --message uplink.json --query event=up
    """
    connector = MappedConnector(quiet=False)
    text = mapping.read(_LONGEST)
    speaker = Speaker(
        id=uuid7(), key="try", territory="try", connector="mapped", mapping=dict(connector.mapping(text))
    )
    body, now = message.read(_LONGEST), clock.now()
    if topic:
        found = connector.read(speaker, topic, body, now)
    else:
        web = WebMessage("", body, path, dict(_pair(each) for each in pairs))
        found = list(connector.read_web(speaker, web, now))
    _tell(found, as_json)


def _pair(given: str) -> tuple[str, str]:
    name, found, value = given.partition("=")
    if not found or not name:
        raise BadSource(where="query", why=f"{given!r} is not NAME=VALUE")
    return name, value


def _tell(found: Sequence[Draft | Unreadable], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([_row(each) for each in found]))
        return
    for number, each in enumerate(found, 1):
        if isinstance(each, Unreadable):
            click.echo(f"{number}. cannot be read: {each.fields['why']}")
            continue
        seen = f"{each.seen_at:%Y-%m-%d %H:%M:%S} UTC" if each.seen_at else "when it is received"
        place = f"  at {each.lat}, {each.lon}" if each.lat is not None else ""
        sure = f"  certainty {each.certainty:g}" if each.certainty is not None else ""
        device = each.name or "(the one of the source)"
        click.echo(f"{number}. {each.kind}  device {device}  seen {seen}{place}{sure}")
        click.echo(f"   key {each.key}")
        click.echo("   " + "  ".join(f"{name} {value}" for name, value in each.content.items()))
    if not found:
        click.echo("Nothing: this mapping ignores the message.")


def _row(each: Draft | Unreadable) -> dict[str, object]:
    if isinstance(each, Unreadable):
        return {"error": each.as_dict()}
    names = ("key", "kind", "name", "lat", "lon", "radius_m", "certainty")
    told: dict[str, object] = {name: getattr(each, name) for name in names}
    seen = each.seen_at.isoformat() if each.seen_at else None
    return {**told, "seen_at": seen, "content": dict(each.content)}
