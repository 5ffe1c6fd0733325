"""`beffroi replay`: the same spool gives the same incidents, or says where it does not."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from beffroi.during.fusion.replay import Replay
from beffroi.during.fusion.replay import replay as fold_again
from beffroi.foundation.errors import BeffroiError
from beffroi.territory import queries as territories


class SpoolTooShort(BeffroiError):
    """Old observations were erased when their time was over."""

    code = "replay.spool_too_short"
    message = "The spool no longer reaches back to position {first}: its oldest observation is {oldest}."
    advice = "Replay without --from-start: from the oldest snapshot that is kept."


@click.command("replay")
@click.option("--territory", required=True, help="Key of the territory, such as saint-jean-la-poterie.")
@click.option("--from-start", is_flag=True, help="From the very first observation, not the oldest snapshot.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def replay(*, territory: str, from_start: bool, as_json: bool) -> None:
    """Fold the observations of a territory again and compare with its incidents; changes nothing.

    Exit status 0 only when the replay gives exactly what was written.

    Example: beffroi replay --territory saint-jean-la-poterie --from-start
    """
    territories.territory(territory)
    if as_json:
        done = fold_again(territory, from_start=from_start)
        click.echo(msgspec.json.encode(_plain(done)).decode())
    else:
        done = _with_progress(territory, from_start)
        _say(done)
    if not done.reaches_back:
        raise SpoolTooShort(first=done.after + 1, oldest=done.oldest)
    if not done.same:
        sys.exit(1)


def _with_progress(territory: str, from_start: bool) -> Replay:
    with click.progressbar(length=1, label=territory, file=sys.stderr) as bar:
        shown = 0

        def go_on(position: int) -> None:
            nonlocal shown
            bar.length = max(bar.length or 1, position)
            bar.update(position - shown)
            shown = position

        done = fold_again(territory, from_start=from_start, progress=go_on)
        bar.length = max(done.until, 1)
        bar.update(bar.length - shown)
    return done


def _plain(done: Replay) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(done)
    return plain | {"same": done.same}


def _say(done: Replay) -> None:
    click.echo(
        f"{done.territory}: {done.observations} observations and {done.decisions} decisions folded again, "
        f"from position {done.after + 1} to {done.until}: {done.incidents} incidents, {done.signs} signs."
    )
    for each in done.differences:
        sign = f", observation {each.sign}" if each.sign else ""
        click.echo(
            f"  incident {each.hypothesis}{sign}: {each.what}: "
            f"written {each.written}, replayed {each.replayed}"
        )
    if done.reaches_back:
        click.echo(f"The same: {done.digest}" if done.same else f"{len(done.differences)} differences.")
