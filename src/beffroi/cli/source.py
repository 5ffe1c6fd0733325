"""`beffroi source`: who may send observations, and with which token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

import click

from beffroi.cli import mapping as mappings
from beffroi.during.intake import actions, queries
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors import AddressedConnector, WebConnector, registry

_WITH_ADDRESS = [name for name, each in registry().items() if isinstance(each, AddressedConnector)]
_BY_WEB = [name for name, each in registry().items() if isinstance(each, WebConnector)]

_KEY_MOST = 100


@click.group()
def source() -> None:
    """Sensors, panels, recorders and programs that may send observations.

    Example: beffroi source add --territory saint-jean-la-poterie --key PANEL-MAIRIE --connector dc09
    --address 1234AB
    """


for _command in (mappings.show, mappings.remap, mappings.try_out):
    source.add_command(_command)


def devices_of(pairs: tuple[str, ...]) -> dict[str, object]:
    """`NAME=DEVICE`, `NAME=DEVICE:KIND` or `NAME=:KIND` as the source's map."""
    made: dict[str, object] = {}
    for pair in pairs:
        name, _, meant = pair.partition("=")
        device, found, kind = meant.partition(":")
        if not name or not (kind if found else device):
            raise BadSource(where="map", why=f"{pair!r} is not NAME=DEVICE, NAME=DEVICE:KIND or NAME=:KIND")
        made[name] = {"device": device, "kind": kind} if kind else device
    return made


KEY_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


def key_in(file: Path | None) -> str:
    """What a key file holds; never taken from the command line, which every user of the machine can list."""
    if file is None:
        return ""
    with click.open_file(str(file)) as given:
        text = given.read(_KEY_MOST + 1).strip()
    if not text or len(text) > _KEY_MOST:
        raise BadSource(where="panel key", why=f"{file} holds no key")
    return text


def _tell(declared: actions.Declared, as_json: bool) -> None:
    if as_json:
        told = {"territory": declared.territory, "key": declared.key, "token": declared.token}
        click.echo(json.dumps({**told, "login": declared.login}))
        return
    click.echo(f"Source {declared.key} of {declared.territory}")
    click.echo(f"Token (shown this once): {declared.token}")
    click.echo(f"MQTT sign-in: user {declared.login}, the token as password")


@source.command()
@click.option("--territory", required=True, help="The territory that it speaks for.")
@click.option("--key", required=True, help="Its name, unique within the territory.")
@click.option(
    "--connector",
    required=True,
    help=f"Its language: {', '.join(registry())}. Posted to /api/v1/in/NAME: {', '.join(_BY_WEB)}.",
)
@click.option(
    "--address",
    default="",
    help="How its messages name it (MQTT prefix, panel account …), or where it is called, for "
    f"{', '.join(_WITH_ADDRESS)} only.",
)
@click.option("--name", default="", help="A name for people.")
@click.option("--device", default="", help="The device that speaks where a message names none.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    help="""What one of its own names (a camera, a zone, a code) means: NAME=DEVICE,
    NAME=DEVICE:KIND, or NAME=:KIND for the kind alone.""",
)
@click.option("--mapping", type=click.File("r"), help="What its messages mean (mapped): a TOML file.")
@click.option(
    "--panel-key-file",
    type=KEY_FILE,
    help="A file that holds the key of what it encrypts (dc09), or NAME:PASSWORD (onvif_pullpoint).",
)
@click.option("--expects-every", type=int, help="It should speak this often (seconds): else it is silent.")
@click.option("--exercise", is_flag=True, help="Whatever it says is an exercise.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def add(
    *,
    territory: str,
    key: str,
    connector: str,
    address: str,
    name: str,
    device: str,
    pairs: tuple[str, ...],
    mapping: IO[str] | None,
    panel_key_file: Path | None,
    expects_every: int | None,
    exercise: bool,
    as_json: bool,
) -> None:
    """Let a source speak for a territory, and print its token.

    Example: beffroi source add --territory redon --key frigate-1 --connector frigate --address frigate
    --map front_door=C-08
    """
    declared = actions.declare_source(
        territory=territory,
        key=key,
        connector=connector,
        address=address,
        name=name,
        device=device,
        devices=devices_of(pairs),
        mapping=mapping.read() if mapping else "",
        exercise=exercise,
        panel_key=key_in(panel_key_file),
        expects_every_s=expects_every,
    )
    _tell(declared, as_json)


@source.command()
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def token(territory: str, key: str, as_json: bool) -> None:
    """Give a source a new token; the former one stops working within seconds.

    Example: beffroi source token --territory redon --key frigate-1
    """
    _tell(actions.renew_token(territory=territory, key=key), as_json)


@source.command("panel-key")
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
@click.option("--panel-key-file", type=KEY_FILE, help="A file that holds the new encryption key.")
@click.option("--remove", is_flag=True, help="It encrypts no longer.")
def set_panel_key(territory: str, key: str, panel_key_file: Path | None, remove: bool) -> None:
    """Give a panel another encryption key, or none; in force within seconds.

    Example: beffroi source panel-key --territory redon --key PANEL-MAIRIE --panel-key-file mairie.key
    """
    if remove == (panel_key_file is not None):
        raise BadSource(where="panel key", why="give a file, or --remove")
    actions.set_panel_key(territory=territory, key=key, panel_key=key_in(panel_key_file))
    click.echo(f"{key} of {territory}: {'sends in clear' if remove else 'a new key is in force'}.")


@source.command()
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
@click.option("--every", type=int, help="It should speak this often (seconds); without it: as it likes.")
def expect(territory: str, key: str, every: int | None) -> None:
    """Say how often a source should speak: its silence is then an event.

    Example: beffroi source expect --territory redon --key PANEL-MAIRIE --every 90
    """
    actions.expect(territory=territory, key=key, every_s=every)
    click.echo(f"{key} of {territory}: {f'expected every {every} s' if every else 'not expected'}.")


@source.command()
@click.option("--territory", required=True, help="Its territory.")
@click.option("--key", required=True, help="Its key.")
def revoke(territory: str, key: str) -> None:
    """Refuse what a source sends from now on (within seconds).

    Example: beffroi source revoke --territory redon --key frigate-1
    """
    actions.revoke_source(territory=territory, key=key)
    click.echo(f"Source {key} of {territory} is revoked.")


@source.command("list")
@click.option("--territory", "territories", multiple=True, help="Only these territories.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_sources(territories: tuple[str, ...], as_json: bool) -> None:
    """Sources, when each last spoke, how often, and whether what it is told is kept.

    Example: beffroi source list --json
    """
    rows = queries.sources(territories or None)
    if as_json:
        click.echo(json.dumps([_row(each) for each in rows]))
        return
    for each in rows:
        state = "" if each.active else " (revoked)"
        safe = "guaranteed" if each.guaranteed else "not guaranteed"
        state += " (encrypted)" if each.encrypted else ""
        state += " (SILENT)" if each.silent_since else ""
        seen = f"{each.last_seen_at:%Y-%m-%d %H:%M:%S}" if each.last_seen_at else "never"
        click.echo(
            f"{each.territory}/{each.key}{state}  {each.connector} {each.address}  {safe}  last {seen}"
            f"  kept {each.received}, again {each.duplicates}, unread {each.unread}"
        )


def _row(each: queries.SourceView) -> dict[str, object]:
    names = ("territory", "key", "connector", "address", "exercise", "active", "guaranteed", "received")
    told: dict[str, object] = {name: getattr(each, name) for name in (*names, "duplicates", "unread")}
    told |= {"encrypted": each.encrypted, "expects_every_s": each.expects_every_s}
    times = {"last_seen_at": each.last_seen_at, "silent_since": each.silent_since}
    return {**told, **{name: at.isoformat() if at else None for name, at in times.items()}}


@source.command("unread")
@click.option(
    "--territory", "territories", multiple=True, help="Only these; without it, unknown senders too."
)
@click.option("--limit", default=20, show_default=True, help="How many, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def list_unread(territories: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Messages that could not be read: when, from whom, why, and how they begin.

    Example: beffroi source unread --territory redon --limit 5
    """
    rows = queries.unread(territories or None, limit=limit)
    if as_json:
        click.echo(json.dumps([_unread_row(each) for each in rows]))
        return
    for each in rows:
        who = f"{each.territory}/{each.source}" if each.source else f"unknown sender {each.sender}"
        click.echo(f"{each.received_at:%Y-%m-%d %H:%M:%S}  {each.connector}  {who}  {each.code}: {each.why}")
        beginning = f"beginning {each.content[:60]!r}" if each.content else "none of them kept"
        click.echo(f"    {each.size} bytes, {beginning}")
    if not rows:
        click.echo("Every message could be read.")


def _unread_row(each: queries.UnreadView) -> dict[str, object]:
    names = ("territory", "source", "connector", "sender", "code", "why", "size")
    told: dict[str, object] = {name: getattr(each, name) for name in names}
    content = each.content.decode("utf-8", "backslashreplace")
    return {**told, "received_at": each.received_at.isoformat(), "content": content}
