"""`beffroi rehearse`: make an exercise ready, and play it on a running installation."""

from __future__ import annotations

import json
import signal
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType

import click

from beffroi.foundation.errors import NotFound


@click.group()
def rehearse() -> None:
    """Exercises: an invented town or a real map, and the story of an act."""


@rehearse.command(epilog="Example: beffroi rehearse prepare --osm redon.osm.gz --name Redon")
@click.option(
    "--osm", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Use this real map instead."
)
@click.option("--name", default="", help="The town's name; by default that of the file.")
@click.option("--seed", default=1789, show_default=True, help="Which invented town to draw.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def prepare(osm: Path | None, name: str, seed: int, as_json: bool) -> None:
    """Import the town, its devices and patrols, declare its sources, and make people who may sign in.

    The passwords are shown this once; run it again to get new ones.
    """
    from beffroi.rehearsal import actions

    ready = actions.prepare(osm=osm, name=name, seed=seed)
    if as_json:
        people = [asdict(each) for each in ready.people]
        click.echo(json.dumps({"territory": ready.territory, "town": ready.town, "sign_ins": people}))
        return
    click.echo(f"{ready.town} is ready ({ready.territory}), marked exercise.")
    for each in ready.people:
        click.echo(f"  {each.role:<11} {each.email:<32} {each.password}   {each.page}")


@rehearse.command(epilog="Example: beffroi rehearse play --pace 2")
@click.option("--territory", default="", help="The territory's key; by default the one prepared last.")
@click.option("--pace", default=1.0, show_default=True, help="Speed of the story: 2 plays it twice as fast.")
@click.option(
    "--stay/--no-stay", default=False, help="Once it is told, let the patrols go on driving until Ctrl-C."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a step.")
def play(territory: str, pace: float, stay: bool, as_json: bool) -> None:
    """Play the story through the doors that any source uses: broker, panels' port, a referent's report."""
    from beffroi.rehearsal import kept, story
    from beffroi.rehearsal.endpoints import running
    from beffroi.rehearsal.methods.script import Step

    key = territory or kept.latest()
    if key is None:
        raise NotFound(what="an exercise: run `beffroi rehearse prepare` first")

    def said(step: Step) -> None:
        if as_json:
            click.echo(json.dumps({"at_s": step.at_s, "channel": step.channel, "words": step.words}))
        else:
            click.echo(f"{step.at_s / pace:5.0f} s  {step.words}")

    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, ask_to_stop)
    signal.signal(signal.SIGTERM, ask_to_stop)
    after = None if stay else 0.0
    story.play(kept.read(key), running(), pace=pace, on_step=said, stop=stop, after=after)
