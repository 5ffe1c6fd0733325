"""`beffroi camera recordings`: what a camera's recorder holds, asked of the recorder itself."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import click

from beffroi.eyes import queries, replaying
from beffroi.eyes.replaying import Held


@click.command()
@click.option("--territory", "key", required=True, help="Key of the territory.")
@click.option("--device", required=True, help="Key of the camera among the territory's devices.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def recordings(key: str, device: str, as_json: bool) -> None:
    """Ask a camera's recorder (ONVIF) what it holds, and which recording is the camera's.

    `--recording` of `camera declare` takes the token where the name does not tell.

    Example: beffroi camera recordings --territory redon --device C-12
    """
    held = asyncio.run(replaying.held(queries.recorder(key, device)))
    if as_json:
        click.echo(json.dumps(_plain(held), ensure_ascii=False))
        return
    for each in held.recordings:
        mark = "*" if each == held.chosen else " "
        span = f"{_said(each.earliest)} to {_said(each.latest)}"
        click.echo(f"{mark} {each.token}  {each.source}  {each.name}  {span}")
    ahead = held.offset.ahead.total_seconds() if held.offset.matters else 0.0
    click.echo(
        f"{len(held.recordings)} recordings with images; its clock is {ahead:+.0f} s off ours, minded."
    )
    if held.chosen is None:
        click.echo("None is known to be this camera's: beffroi camera declare --recording TOKEN.")


def _said(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else "?"


def _plain(held: Held) -> dict[str, object]:
    rows = [
        {
            "token": each.token,
            "source": each.source,
            "name": each.name,
            "earliest": each.earliest.isoformat() if each.earliest else None,
            "latest": each.latest.isoformat() if each.latest else None,
            "chosen": each == held.chosen,
        }
        for each in held.recordings
    ]
    summary = {
        "recordings": held.summary.recordings,
        "earliest": held.summary.earliest.isoformat() if held.summary.earliest else None,
        "latest": held.summary.latest.isoformat() if held.summary.latest else None,
    }
    return {"summary": summary, "recordings": rows, "clock_ahead_s": held.offset.ahead.total_seconds()}
