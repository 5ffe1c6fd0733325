"""Fusion's judgement on labelled days: pairs, wrong merges, delay to confirmation, alarm load; beside peers.

Rules are tuned on generator A only; B, written apart with other laws, is what the budgets judge.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from benchmarks import _days, _peers
from benchmarks._report import Figure, at_least, at_most

from beffroi.during.fusion.methods.roads import StreetScene
from beffroi.during.fusion.rules.fold import Fold
from beffroi.during.fusion.rules.shapes import FoldState, Parameters
from beffroi.foundation.settings import Settings
from beffroi.rehearsal.methods import osm
from beffroi.rehearsal.methods.days import evening, weather
from beffroi.rehearsal.methods.days.labelled import HARD, NORMAL, Day, Generator, Ground, Load, ground
from beffroi.rehearsal.methods.town import generate
from beffroi.territory.methods.town import town

_NAME = "fusion-quality"
_START = datetime(2026, 11, 12, tzinfo=UTC)
_TUNING_SEED, _REPORT_SEED = 0, 100
_IN_FORCE = Parameters(flaps=Settings().flapping_cycles, storm=Settings().storm_devices)
_GATHER_S = Settings().fusion_batch_ms / 1000


class Measured(NamedTuple):
    """What came of some days of one sort."""

    pairs: _days.Pairs
    mixed: int
    incidents: int
    delays: list[float]
    hidden: int
    loads: list[tuple[float, int]]
    falsely: int
    rate: float


def run(quick: bool) -> list[Figure]:
    """The figures; `quick` folds fewer days."""
    count = 2 if quick else 8
    figures: list[Figure] = []
    for name, place in _grounds(quick).items():
        make = _maker(place)
        peers = [
            _peers.best(each, place, _made(evening.generate, place, HARD, 0, 1 if quick else 3))
            for each in ("window", "DBSCAN")
        ]
        for letter, generator, judged in (("A", evening.generate, False), ("B", weather.generate, True)):
            seed = _REPORT_SEED if judged else _TUNING_SEED
            hard = _made(generator, place, HARD, seed, count)
            what = f"{name}, {letter}"
            scores = [_peers.scored(peer, place, hard) for peer in peers]
            figures += _judged(what, _measured(hard, make), scores, judged)
            if judged:
                normal = _made(generator, place, NORMAL, seed, count)
                figures += _normal(what, _measured(normal, make))
        figures += [_settings(name, each) for each in peers]
    return figures


def _grounds(quick: bool) -> dict[str, Ground]:
    """The simulated town and, where its file is on this machine, Geneva; both with 500 devices."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "town.osm"
        file.write_text("\n".join(osm.lines(generate(), cameras=False)))
        found = {"simulated": ground(town(file).graph, 1)}
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    real = Path(os.environ.get("BEFFROI_SHARED_DATA", shared)) / "osm"
    name, file = ("Redon", real / "redon.osm.gz") if quick else ("Geneva", real / "geneva.osm.pbf")
    if file.exists():
        found[name] = ground(town(file).graph, 2)
    else:
        print(f"skipped: {name}, for want of {file.name} (set BEFFROI_SHARED_DATA)", file=sys.stderr)
    return found


def _maker(place: Ground) -> Callable[[], Fold]:
    scene = StreetScene(place.devices, lambda: place.graph, ZoneInfo("Europe/Paris"))
    return lambda: Fold(FoldState(territory="town", parameters=_IN_FORCE), scene)


def _made(generator: Generator, place: Ground, load: Load, seed: int, count: int) -> list[Day]:
    return [generator(place, load, seed + n, _START) for n in range(count)]


def _measured(days: list[Day], make: Callable[[], Fold]) -> Measured:
    outcomes = [(day, _days.folded(day, make())) for day in days]
    lines = [(day, each) for day, outcome in outcomes for each in outcome.shown]
    return Measured(
        pairs=_days.summed(_days.pairs(day, outcome.cluster.get) for day, outcome in outcomes),
        mixed=sum(_days.mixed(day, each.held) for day, each in lines),
        incidents=len(lines),
        delays=sorted(delay for day, outcome in outcomes for delay in _days.delays(day, outcome.shown)),
        hidden=sum(_days.hidden(day, outcome.shown) for day, outcome in outcomes),
        loads=[_days.load(outcome.shown) for _, outcome in outcomes],
        falsely=sum(
            each.confirmed is not None and max(_days.events_of(day, each.held), default=0) <= 0
            for day, each in lines
        ),
        rate=float(np.median([outcome.rate for _, outcome in outcomes])),
    )


def _judged(what: str, each: Measured, scores: list[_peers.Score], judged: bool) -> list[Figure]:
    """The budgets of a hard day; on the days of tuning they are only told. Peers: the window, then DBSCAN."""
    least = at_least if judged else _told
    most = at_most if judged else _told
    wrong = 100 * each.mixed / each.incidents
    window, dbscan = scores
    late = _percentile(each.delays, 0.95) + _GATHER_S + 1 / each.rate
    prompt = 100 * sum(delay <= 1 for delay in each.delays) / len(each.delays)
    name = f"{what}: "
    return [
        least(_NAME, f"{name}pairwise F1 (peer: window)", each.pairs.f1(), "share", 0.95, peer=window.f1),
        _told(_NAME, f"{name}pairwise F1 (peer: DBSCAN)", each.pairs.f1(), "share", 0.95, peer=dbscan.f1),
        most(_NAME, f"{name}wrong merges (peer: window)", wrong, "%", 0.5, peer=100 * window.mixed),
        _told(_NAME, f"{name}wrong merges (peer: DBSCAN)", wrong, "%", 0.5, peer=100 * dbscan.mixed),
        most(_NAME, f"{name}second independent sign to confirmed, p95", late, "s", 1.0),
        _told(_NAME, f"{name}acts confirmed within 1 s of their second sign", prompt, "%", 0.0),
        _told(_NAME, f"{name}lines confirmed that were no act", each.falsely / len(each.loads), "a day", 0.0),
        most(_NAME, f"{name}acts hidden", float(each.hidden), "", 0.0),
    ]


def _normal(what: str, each: Measured) -> list[Figure]:
    hour = max(load for load, _ in each.loads)
    most = max(most for _, most in each.loads)
    mean = sum(load for load, _ in each.loads) / len(each.loads)
    name = f"{what}, normal day of 500 devices: "
    return [
        at_most(_NAME, f"{name}lines shown", mean, "an hour", 6.0),
        Figure(_NAME, f"{name}lines shown, the worst day", hour, "an hour"),
        at_most(_NAME, f"{name}most lines in any 10 minutes", float(most), "", 10.0),
        at_most(_NAME, f"{name}acts hidden", float(each.hidden), "", 0.0),
        Figure(_NAME, f"{name}pairwise F1", each.pairs.f1(), "share"),
        Figure(_NAME, f"{name}wrong merges", 100 * each.mixed / each.incidents, "%"),
    ]


def _told(
    benchmark: str, figure: str, value: float, unit: str, budget: float, *, peer: float | None = None
) -> Figure:
    """A figure that no budget judges."""
    return Figure(benchmark, figure, value, unit, peer=peer)


def _percentile(delays: list[float], share: float) -> float:
    return delays[min(len(delays) - 1, int(share * len(delays)))] if delays else 0.0


def _settings(name: str, peer: _peers.Peer) -> Figure:
    least = f", {peer.least} at least" if peer.name == "DBSCAN" else ""
    what = f"{name}: best {peer.name} on A: within {peer.seconds:g} s{least}, and within"
    return Figure(_NAME, what, peer.metres, "m")
