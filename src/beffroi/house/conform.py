"""`beffroi conform`: the kit with which an integrator tries a device against us and gets a report."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError

if TYPE_CHECKING:
    from beffroi.during.intake.conformity import Report
    from beffroi.house.trial import Wanted

KEY_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class BadTrial(BeffroiError):
    """A trial that cannot be begun as asked."""

    code = "house.bad_trial"
    message = "{where}: {why}."
    advice = "See `beffroi conform --help`."


@click.command()
@click.argument("connector")
@click.option("--source", default="", help="Watch this source of the running installation: TERRITORY/KEY.")
@click.option("--seconds", default=120.0, show_default=True, help="How long to listen; Ctrl-C ends earlier.")
@click.option("--count", default=0, help="Stop after so many messages.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=0, help="The port to listen on; without it, a free one.")
@click.option("--address", default="", help="The account (dc09) or MQTT prefix that the device uses.")
@click.option("--panel-key-file", type=KEY_FILE, help="A file that holds the key of what it encrypts (dc09).")
@click.option("--map", "pairs", multiple=True, help="Its own name of a device: NAME=DEVICE[:KIND].")
@click.option("--expects-every", type=int, help="It should speak this often (seconds).")
@click.option("--report", "file", type=click.Path(path_type=Path), help="Write the report there (Markdown).")
@click.option("--json", "as_json", is_flag=True, help="Two JSON lines: where to point it, then the report.")
def conform(
    *,
    connector: str,
    source: str,
    seconds: float,
    count: int,
    host: str,
    port: int,
    address: str,
    panel_key_file: Path | None,
    pairs: tuple[str, ...],
    expects_every: int | None,
    file: Path | None,
    as_json: bool,
) -> None:
    """Try a device: open a way in of its connector, listen, and report what holds and what does not.

    Works in a scratch installation that is thrown away, or at a source of the running one. Ends with status 0
    only when all that the connector requires holds.

    Example: beffroi conform dc09 --address 1234AB --panel-key-file panel.key --seconds 300 --report panel.md
    """
    with tempfile.TemporaryDirectory(prefix="beffroi-conform-") as folder:
        if not source:
            _scratch(Path(folder))
        _set_up(prepared=not source)
        from beffroi.cli.source import devices_of, key_in
        from beffroi.house.trial import Wanted

        wanted = Wanted(
            connector=connector,
            seconds=seconds,
            count=count,
            host=host,
            port=port,
            address=address,
            devices=devices_of(pairs),
            panel_key=key_in(panel_key_file),
            expects_every_s=expects_every,
        )
        done = _tried(wanted, source, Path(folder), as_json)
    if file is not None:
        file.write_text(done.markdown())
    click.echo(json.dumps(done.as_dict()) if as_json else "\n".join(done.lines()))
    raise SystemExit(0 if done.holds else 1)


def _scratch(folder: Path) -> None:
    """A village's installation of this trial alone, whatever this machine's own is."""
    os.environ.update(BEFFROI_DATA_DIR=str(folder), BEFFROI_PROFILE="village", BEFFROI_DATABASE_URL="")
    os.environ["BEFFROI_MQTT_URL"] = ""
    configuration.current.cache_clear()


def _set_up(*, prepared: bool) -> None:
    import django

    django.setup()
    from beffroi.house import logs
    from beffroi.house.prepare import bring_up_to_date, prepare

    logs.configure("conform")
    if prepared:
        prepare()
    else:
        bring_up_to_date()


def _tried(wanted: Wanted, source: str, folder: Path, as_json: bool) -> Report:
    from beffroi.during.intake import conformity
    from beffroi.house import trial, trial_outside

    conformity.requirements(wanted.connector)  # a connector that there is not is said before anything opens
    stopped = trial.Stopped()
    stopped.listen()

    def say(point: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps({"point": point}))
            return
        click.echo("Point the device at:", err=True)
        for name, value in point.items():
            click.echo(f"  {name:<10} {value}", err=True)
        click.echo(f"Listening for {wanted.seconds:.0f} s; Ctrl-C ends earlier.", err=True)

    if source:
        territory, found, key = source.partition("/")
        if not found:
            raise BadTrial(where="--source", why="it is TERRITORY/KEY")
        evidence = trial_outside.outside(wanted, territory, key, say, stopped)
    else:
        evidence = asyncio.run(trial.scratch(wanted, folder, say, stopped))
    return conformity.report(wanted.connector, evidence)
