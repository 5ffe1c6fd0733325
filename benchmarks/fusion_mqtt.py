"""From MQTT to folded, on disk, beside Node-RED on the same messages: ceiling, and delays at 6,000/s."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import paho.mqtt.client as paho
from benchmarks import _node_red as node_red
from benchmarks._intake_load import percentile
from benchmarks._mqtt_load import CAMERAS, MARKED, TWICE, name
from benchmarks._report import Figure, at_least, at_most
from benchmarks.intake import _free_port, _installation, _wait_for

from beffroi.foundation.geography import LocalPlane

_NAME = "fusion-mqtt"
_RATE = 6_000
_PATIENCE_S, _QUICK_S = 60.0, 6.0
_LOOK_S = 0.004
_ROUNDS = 3


@dataclass
class Run:
    """One load: when it began, and for each message that can be followed when it was dealt with (s)."""

    began: float
    count: int
    at: dict[int, float] = field(default_factory=dict)
    processor_s: float = 0.0  # that the side spent, its broker's and the load's left out

    @property
    def rate(self) -> float:
        """Messages a second until the last was dealt with."""
        return self.count / (max(self.at.values()) - self.began) if self.at else 0.0

    def delays(self, rate: float) -> list[float]:
        """Seconds from when each message was due, the first second left out: things warm up."""
        return [at - self.began - n / rate for n, at in self.at.items() if n > rate]


@dataclass
class Round:
    """Both sides, one after the other: the ceiling and the paced load of each."""

    ours: tuple[Run, Run]
    peer: tuple[Run, Run] | None


def run(quick: bool) -> list[Figure]:
    """Ours through the town's own broker and through the built-in one; the peer through the town's own."""
    mosquitto = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if mosquitto is None:
        print("mosquitto is not here: nothing to compare on")
        return []
    flat, paced = (6_000, 2 * _RATE) if quick else (60_000, 15 * _RATE)
    loads, patience_s = _loads(flat, paced), _QUICK_S if quick else _PATIENCE_S
    rounds: list[Round] = []
    for number in range(1 if quick else _ROUNDS):
        with tempfile.TemporaryDirectory(prefix="beffroi-bench-") as folder:
            here = Path(folder)
            peer = _peer(here, mosquitto, loads, patience_s)
            ours = _ours(here / "foreign", mosquitto, loads, patience_s)
        rounds.append(Round(ours, peer))
        print(f"round {number + 1}: {_said(rounds[-1])}", file=sys.stderr)
    return _figures(rounds)


def _said(one: Round) -> str:
    sides = [("ours", one.ours), *([("node-red", one.peer)] if one.peer else [])]
    told = [f"{name} {runs[0].rate:.0f}/s, {_tail(runs[1], 0.99):.0f} ms" for name, runs in sides]
    return f"{'; '.join(told)}; load average {os.getloadavg()[0]:.1f}"


def _tail(run: Run, share: float) -> float:
    return 1000 * percentile(run.delays(_RATE) or [float("inf")], share)


def _cost(run: Run) -> float:
    return 1e6 * run.processor_s / run.count


def _figures(rounds: list[Round]) -> list[Figure]:
    """Medians over the rounds: in each both sides ran one after the other, so that the machine was alike."""

    def of(what: Callable[[tuple[Run, Run]], float]) -> tuple[float, float | None]:
        theirs = [what(each.peer) for each in rounds if each.peer is not None]
        return median(what(each.ours) for each in rounds), median(theirs) if theirs else None

    what = "MQTT to folded, on disk"
    ceiling, their_ceiling = of(lambda runs: runs[0].rate)
    cost, their_cost = of(lambda runs: _cost(runs[0]))
    p50, their_p50 = of(lambda runs: _tail(runs[1], 0.5))
    p99, their_p99 = of(lambda runs: _tail(runs[1], 0.99))
    on_time, _ = of(lambda runs: 100 * len(runs[1].at) / (runs[1].count - runs[1].count // TWICE))
    found = [
        Figure(_NAME, f"{what}: ceiling", ceiling, "messages/s", peer=their_ceiling),
        Figure(_NAME, f"{what}: processor time of a message, brokers left out", cost, "µs", peer=their_cost),
        Figure(_NAME, f"{what}: at {_RATE}/s, median", p50, "ms", peer=their_p50),
        Figure(_NAME, f"{what}: at {_RATE}/s, dealt with", on_time, "%"),
    ]
    if their_p99 is None:
        return [*found, Figure(_NAME, f"{what}: at {_RATE}/s, p99", p99, "ms")]
    share = median(each.ours[0].rate / each.peer[0].rate for each in rounds if each.peer is not None)
    return [
        *found,
        at_most(_NAME, f"{what}: at {_RATE}/s, p99", p99, "ms", their_p99, peer=their_p99),
        at_least(_NAME, f"{what}: ceiling, of Node-RED's (which keeps nothing)", share, "times", 1.2),
    ]


@contextmanager
def _broker(home: Path, program: str) -> Iterator[int]:
    """The town's own broker, which lets both sides wait as long as they need."""
    home.mkdir()
    port = _free_port()
    (home / "conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        "max_inflight_messages 4096\nlog_type none\n"
    )
    server = subprocess.Popen([program, "-c", str(home / "conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


@dataclass(frozen=True)
class Side:
    """Where messages go, and the processes that deal with them."""

    port: int
    processes: tuple[int, ...]
    patience_s: float

    def spent(self) -> float:
        """Processor seconds of its processes until now."""
        ticks = 0
        for each in self.processes:
            told = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += int(told[11]) + int(told[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def loaded(self, load: Load, done: Callable[[Run], bool], made: Run) -> Run:
        """Send, and wait until all was dealt with, or patience ends."""
        before = self.spent()
        told = [str(self.port), str(load.count), str(load.rate), load.name]
        command = [sys.executable, "-m", "benchmarks._mqtt_load", *told]
        sending = subprocess.Popen(command, stdout=subprocess.PIPE)
        end = time.monotonic() + self.patience_s
        while not done(made) and time.monotonic() < end:
            time.sleep(_LOOK_S)
        made.processor_s = self.spent() - before
        out, _ = sending.communicate(timeout=_PATIENCE_S)
        made.began = float(json.loads(out)["began"])
        return made


@dataclass(frozen=True)
class Load:
    """So many messages at so many a second (0: as fast as they go), and a name that sets them apart."""

    name: str
    count: int
    rate: int


def _loads(flat: int, paced: int) -> list[Load]:
    return [Load("w", 2_000, 0), Load("f", flat, 0), Load("p", paced, _RATE)]


def _peer(here: Path, mosquitto: str, loads: list[Load], patience_s: float) -> tuple[Run, Run] | None:
    """Node-RED; None where it is not installed."""
    if node_red.program() is None:
        print("node-red is not here (python -m benchmarks._node_red installs it): the peer is left out")
        return None
    with (
        _broker(here / "peer", mosquitto) as port,
        node_red.running(here / "node", port, _free_port()) as process,
    ):
        side, runs = Side(port, (process,), patience_s), []
        for load in loads:
            last = (load.count - 1) // MARKED * MARKED
            with _listening(port, load.name, load.count) as made:
                runs.append(side.loaded(load, lambda run, last=last: last in run.at, made))
    return runs[1], runs[2]


@contextmanager
def _listening(port: int, run: str, count: int) -> Iterator[Run]:
    """What Node-RED tells on, with its time."""
    made = Run(0.0, count)
    subscribed = threading.Event()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    marked = {f"{run}{name(number)}": number for number in range(0, count, MARKED)}

    def heard(_client: object, _data: object, message: paho.MQTTMessage) -> None:
        number = marked.get(json.loads(message.payload)["id"])
        if number is not None:
            made.at.setdefault(number, time.time())

    client.on_message = heard
    client.on_subscribe = lambda *_: subscribed.set()
    client.connect("127.0.0.1", port)
    client.subscribe(node_red.OUT)
    client.loop_start()
    subscribed.wait(5)
    yield made
    client.loop_stop()
    client.disconnect()


def _ours(data: Path, mosquitto: str, loads: list[Load], patience_s: float) -> tuple[Run, Run]:
    with (
        _broker(data.with_name("own"), mosquitto) as port,
        _installation(data, f"mqtt://127.0.0.1:{port}") as served,
    ):
        _town(data, served.environment)
        engine = subprocess.Popen([sys.executable, "-m", "beffroi.house.engine"], env=served.environment)
        try:
            time.sleep(3.0)
            own = (engine.pid, *(each.pid for each in served.processes))
            side = Side(port, own, patience_s)
            runs = [_followed(data, side, load) for load in loads]
        finally:
            engine.terminate()
            engine.wait(20)
    return runs[1], runs[2]


def _town(data: Path, environment: dict[str, str]) -> None:
    """The same cameras as the peer's, on a grid of streets, in the territory that the source speaks of."""
    plane = LocalPlane(47.65, -2.08)
    where = [plane.to_lat_lon(*node_red.place(camera)) for camera in range(CAMERAS)]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    lines += [
        f'<node id="{n}" lat="{float(lat):.7f}" lon="{float(lon):.7f}"/>'
        for n, (lat, lon) in enumerate(where, 1)
    ]
    rows = [range(first, first + node_red.SIDE) for first in range(1, CAMERAS, node_red.SIDE)]
    columns = [range(first, CAMERAS + 1, node_red.SIDE) for first in range(1, node_red.SIDE + 1)]
    for number, way in enumerate([*rows, *columns], 1):
        refs = "".join(f'<nd ref="{ref}"/>' for ref in way)
        lines.append(f'<way id="{number}">{refs}<tag k="highway" v="residential"/></way>')
    (data / "grid.osm").write_text("\n".join([*lines, "</osm>"]))
    table = [
        "key,kind,lat,lon",
        *(f"C-{n},camera,{float(a):.7f},{float(b):.7f}" for n, (a, b) in enumerate(where)),
    ]
    (data / "cameras.csv").write_text("\n".join(table))
    beffroi = [sys.executable, "-m", "beffroi"]
    for words in (
        ["territory", "import", "--name", "Bourg Bench", "--osm", str(data / "grid.osm")],
        ["device", "import", "--territory", "bourg-bench", str(data / "cameras.csv")],
    ):
        subprocess.run([*beffroi, *words], env=environment, check=True, capture_output=True)


def _followed(data: Path, side: Side, load: Load) -> Run:
    """A load, followed by how far the engine has committed: what lies before that is folded and on disk."""
    state = sqlite3.connect(f"file:{data / 'beffroi.sqlite3'}?mode=ro", uri=True)
    spool = sqlite3.connect(f"file:{data / 'spool.sqlite3'}?mode=ro", uri=True)
    before = _one(spool, "SELECT coalesce(max(position), 0) FROM observation")
    kept = load.count - load.count // TWICE  # those said twice are one
    steps: list[tuple[int, float]] = []

    def done(_made: Run) -> bool:
        position = _one(state, "SELECT coalesce(max(position), 0) FROM fusion_cursor")
        if not steps or steps[-1][0] != position:
            steps.append((position, time.time()))
        return position >= before + kept

    made = side.loaded(load, done, Run(0.0, load.count))
    numbers = [n for n in range(load.count) if n % TWICE != TWICE - 1]
    at = 0
    for position, when in steps:
        upto = min(position - before, len(numbers))
        for number in numbers[max(at, 0) : max(upto, 0)]:
            made.at[number] = when
        at = max(at, upto)
    state.close()
    spool.close()
    return made


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])
