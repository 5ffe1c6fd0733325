"""The commands that start processes or look after them: up, demo, doctor."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from beffroi.foundation import settings as configuration


def _say(line: str) -> None:
    click.echo(line)


@click.command(epilog="Example: BEFFROI_PORT=8500 beffroi up; of a centre: beffroi up --only intake")
@click.option(
    "--only",
    type=click.Choice(["intake", "engine", "web", "broker"]),
    help="A centre: be this one process, for systemd or a container to watch.",
)
def up(only: str | None) -> None:
    """Start everything: pages, intake, engine and broker, until Ctrl-C."""
    if only is not None:
        from beffroi.house.only import become

        become(only)
    from beffroi.house.up import Up

    installation = Up(_say)
    try:
        installation.start()
        _say(f"Beffroi is ready: {installation.url}/  (Ctrl-C stops it)")
        installation.serve()
    finally:
        installation.stop()
    _say("Beffroi has stopped.")


@click.command(epilog="Example: beffroi demo --osm redon.osm.gz --pace 4")
@click.option(
    "--osm", type=click.Path(path_type=Path), help="Play on this real map (.osm, .osm.gz, .osm.pbf)."
)
@click.option("--pace", default=1.0, show_default=True, help="Speed of the story: 2 plays it twice as fast.")
@click.option("--keep", is_flag=True, help="Go on from the last demo instead of starting afresh.")
@click.option(
    "--once", is_flag=True, help="Stop when the story has been told, instead of waiting for Ctrl-C."
)
def demo(osm: Path | None, pace: float, keep: bool, once: bool) -> None:
    """Play one act from end to end, as an exercise, in an invented town or on a real map."""
    from beffroi.house.demo import Demo

    Demo(osm=osm, pace=pace, keep=keep, once=once, say=_say).run()


@click.command(epilog="Example: beffroi doctor --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON list instead of a table.")
def doctor(as_json: bool) -> None:
    """Say what is well, what is not, and what to do. Exit status 1 when something is not."""
    from beffroi.house.doctor import examine

    findings = list(examine(configuration.current()))
    if as_json:
        click.echo(json.dumps([asdict(each) for each in findings]))
    else:
        for each in findings:
            click.echo(f"{'ok ' if each.well else 'NOT'}  {each.check:<22} {each.seen}")
            if not each.well:
                click.echo(f"     {'':<22} {each.advice}")
    sys.exit(0 if all(each.well for each in findings) else 1)
