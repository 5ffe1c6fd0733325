"""`beffroi replay`: the same spool gives the same incidents, or says where it does not."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from beffroi.cli.fusion_rules import FILE, rules_of
from beffroi.during.fusion.replay import Replay
from beffroi.during.fusion.replay import replay as fold_again
from beffroi.during.fusion.trial import Side, trial
from beffroi.foundation import clock
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
@click.option("--rules", "file", type=FILE, help="Changed rules (TOML): what they would have made otherwise.")
@click.option("--since", default="", help="With --rules: from this time on; a day ago where left out.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def replay(*, territory: str, from_start: bool, file: Path | None, since: str, as_json: bool) -> None:
    """Fold the observations of a territory again and compare with its incidents; changes nothing.

    Exit status 0 only when the replay gives exactly what was written. With --rules, the past goes through
    changed rules beside those in force, and what would be otherwise is told: exit status 0.

    Example: beffroi replay --territory saint-jean-la-poterie --since 2026-11-01 --rules trial.toml
    """
    territories.territory(territory)
    if since and file is None:
        raise click.UsageError("--since goes with --rules")
    if file is not None:
        _try(territory, file, since, as_json)
        return
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


def _try(territory: str, file: Path, since: str, as_json: bool) -> None:
    start = _start(since)
    done = trial(territory, rules=rules_of(file), since=start)
    if not done.reaches_back:
        raise SpoolTooShort(first=done.first, oldest=done.oldest)
    if as_json:
        click.echo(msgspec.json.encode(done).decode())
        return
    click.echo(
        f"{territory}, rules {done.rules}, {done.observations} observations since {start:%Y-%m-%d %H:%M}: "
        f"{done.before} incidents as it was, {done.after} by these rules."
    )
    for each in done.differences:
        sides = " -> ".join(", ".join(map(_side, side)) or "nothing" for side in (each.before, each.after))
        click.echo(f"  {each.at:%Y-%m-%d %H:%M:%S}  {each.what:<8}  {each.kind} of {each.device}: {sides}")
    if not done.differences:
        click.echo("No difference.")


def _start(text: str) -> datetime:
    if not text:
        return clock.now() - timedelta(days=1)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date such as 2026-11-01", param_hint="--since") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _side(one: Side) -> str:
    return f"{one.act} {one.state} {100 * one.probability:.0f} % ({one.signs} signs)"


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
