"""Intake: from the source's message to its acknowledgement, on disk, in process, over HTTP and over MQTT."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
from benchmarks._intake_load import Http, mqtt_flat_out, percentile
from benchmarks._report import Figure, at_least, at_most

from beffroi.during.intake.facts import Observation
from beffroi.during.intake.spool import Spool
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.writer import GroupWriter
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7

_NAME = "intake"
_RATE = 1_000
_TOWN = "bourg-bench"


def run(quick: bool) -> list[Figure]:
    """Every figure of intake; `quick` sends less."""
    django.setup()
    gc.collect()
    gc.freeze()  # as the web process does
    with tempfile.TemporaryDirectory(prefix="beffroi-bench-") as folder:
        here = Path(folder)
        figures = [_fsync(here, 200 if quick else 1_000), *_in_process(here, quick), _centre(here, quick)]
        figures += _served(here, quick)
    return figures


def _fsync(folder: Path, times: int) -> Figure:
    """The disk's own time to keep 4 KiB: no durable acknowledgement can be quicker."""
    taken = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return Figure(_NAME, "fsync of 4 KiB on this disk, p99", percentile(taken, 0.99) * 1000, "ms")


def _observation(key: str) -> Observation:
    now = clock.now()
    return Observation(
        id=uuid7(now),
        territory=_TOWN,
        source="bench",
        key=key,
        kind="intrusion.motion",
        seen_at=now,
        received_at=now,
        device="PIR-12",
        content={"zone": "12", "panel": "P-3"},
    )


def _in_process(folder: Path, quick: bool) -> list[Figure]:
    spool = SqliteSpool(folder / "in-process.sqlite3")

    async def measure() -> tuple[list[float], float]:
        writer = GroupWriter(spool, group_ms=2)
        taken: list[float] = []

        async def one(number: int) -> None:
            due = began + number / _RATE
            await writer.put(_observation(f"paced-{number}"))
            taken.append(time.perf_counter() - due)

        tasks, began = [], time.perf_counter() + 0.05
        for number in range(_RATE * (3 if quick else 15)):
            await asyncio.sleep(max(0.0, began + number / _RATE - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        many = 10_000 if quick else 50_000
        start = time.perf_counter()
        for at in range(0, many, 5_000):
            await writer.put_many([_observation(f"flat-{at + i}") for i in range(5_000)])
        return taken, many / (time.perf_counter() - start)

    taken, rate = asyncio.run(measure())
    return [
        at_most(_NAME, f"in process at {_RATE}/s, durable, p99", percentile(taken, 0.99) * 1000, "ms", 20),
        at_least(_NAME, "in process, flat out", rate, "observations/s", 3_000),
    ]


def _centre(folder: Path, quick: bool) -> Figure:
    """The centre's spool on one nats-server that flushes every batch."""
    from beffroi.during.intake.broker import program, stop
    from beffroi.during.intake.spool_jetstream import JetStreamSpool

    home = folder / "centre"
    home.mkdir()
    config = {
        "host": "127.0.0.1",
        "port": _free_port(),
        "jetstream": {"store_dir": str(home), "sync_interval": "always"},
    }
    (home / "nats.json").write_text(json.dumps(config))
    server = subprocess.Popen([program(), "-c", str(home / "nats.json")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(int(str(config["port"])))
        spool: Spool = JetStreamSpool(f"nats://127.0.0.1:{config['port']}")
        many = 10_000 if quick else 50_000
        batch = [_observation(f"centre-{i}") for i in range(many)]
        began = time.perf_counter()
        for at in range(0, many, 2_000):
            spool.append_many(batch[at : at + 2_000])
        rate = many / (time.perf_counter() - began)
        spool.close()
    finally:
        stop(server)
    return at_least(_NAME, "centre profile (JetStream), flat out", rate, "observations/s", 10_000)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


@dataclass
class Served:
    """A running installation: its web process and its broker."""

    environment: dict[str, str]
    http: Http
    mqtt_port: int
    login: str
    password: str
    processes: list[subprocess.Popen[bytes]]

    def stop(self, processes: list[subprocess.Popen[bytes]]) -> None:
        for each in processes:
            each.terminate()
        for each in processes:
            each.wait(10)


def _beffroi(environment: dict[str, str], *arguments: str) -> dict[str, str]:
    told = subprocess.run(
        [sys.executable, "-m", "beffroi", *arguments], env=environment, check=True, capture_output=True
    )
    answer: dict[str, str] = json.loads(told.stdout)
    return answer


def _add(environment: dict[str, str], key: str, connector: str, *more: str) -> dict[str, str]:
    source = ("--territory", _TOWN, "--key", key, "--connector", connector, "--json", *more)
    return _beffroi(environment, "source", "add", *source)


@contextmanager
def _installation(data: Path, mqtt_url: str = "") -> Iterator[Served]:
    """The real web process (pages, intake, gate) and broker of a village, on free ports."""
    ports = {name: _free_port() for name in ("PORT", "MQTT_PORT", "DC09_PORT")}
    environment = {
        **os.environ,
        "BEFFROI_DATA_DIR": str(data),
        "BEFFROI_CONFIG": os.devnull,
        "BEFFROI_LOG_LEVEL": "ERROR",
        **{f"BEFFROI_{name}": str(port) for name, port in ports.items()},
        "BEFFROI_MQTT_URL": mqtt_url,
    }
    prepare = [sys.executable, "-m", "beffroi.house.prepare"]
    told = subprocess.run(prepare, env=environment, check=True, capture_output=True)
    program = _add(environment, "program", "http")
    frigate = _add(environment, "frigate", "frigate", "--address", "frigate")
    processes = []
    broker = json.loads(told.stdout)["broker"]
    if broker:
        # Again: the broker's configuration learns of its source.
        subprocess.run(prepare, env=environment, check=True, capture_output=True)
        processes.append(subprocess.Popen(broker, stderr=subprocess.DEVNULL))
        _wait_for(ports["MQTT_PORT"])
    processes.append(subprocess.Popen([sys.executable, "-m", "beffroi.house.web"], env=environment))
    served = Served(
        environment,
        Http(ports["PORT"], program["token"]),
        ports["MQTT_PORT"],
        frigate["login"],
        frigate["token"],
        processes,
    )
    try:
        _wait_for(ports["PORT"])
        time.sleep(1.0)  # the gate subscribes
        yield served
    finally:
        served.stop(processes)


def _served(folder: Path, quick: bool) -> list[Figure]:
    figures = []
    with _installation(folder / "village") as village:
        http = village.http
        asyncio.run(http.flat_out("warm", requests=500))
        taken = asyncio.run(http.paced("paced", rate=_RATE, seconds=3 if quick else 15))
        p99 = percentile(taken, 0.99) * 1000
        figures.append(at_most(_NAME, f"HTTP, single, at {_RATE}/s, p99", p99, "ms", 50))
        figures.append(
            Figure(_NAME, f"HTTP, single, at {_RATE}/s, median", percentile(taken, 0.5) * 1000, "ms")
        )
        single = asyncio.run(http.flat_out("flat", requests=4_000 if quick else 20_000, connections=256))
        figures.append(at_least(_NAME, "HTTP, single, flat out", single, "observations/s", 3_000))
        batched = asyncio.run(
            http.flat_out("batch", requests=100 if quick else 400, batch=200, connections=8)
        )
        figures.append(at_least(_NAME, "HTTP, batches of 200, flat out", batched, "observations/s", 10_000))
        figures += _mqtt(folder, village, quick)
    return figures


def _mqtt(folder: Path, village: Served, quick: bool) -> list[Figure]:
    """PUBACKs a second, and what reaches the spool; the peer is mosquitto with the same client."""
    many = 1_000 if quick else 10_000
    payloads = [_event(number) for number in range(many)]
    spool = SqliteSpool(folder / "village" / "spool.sqlite3")
    before, began = spool.head(), time.perf_counter()
    ours = mqtt_flat_out(
        village.mqtt_port, "frigate/events", payloads, user=village.login, password=village.password
    )
    while spool.head() < before + many and time.perf_counter() - began < 60:
        time.sleep(0.02)
    kept = (spool.head() - before) / (time.perf_counter() - began)
    peer, peer_kept = _mosquitto(folder, payloads)
    return [
        Figure(_NAME, "MQTT QoS 1, acknowledged to the publisher", ours, "messages/s", peer=peer),
        Figure(_NAME, "MQTT QoS 1, through to the spool", kept, "messages/s", peer=peer_kept),
    ]


def _event(number: int) -> bytes:
    after = {
        "id": f"{1772403300 + number}.5-b{number:06d}",
        "camera": "mairie",
        "label": "person",
        "frame_time": time.time(),
        "start_time": time.time(),
        "score": 0.8,
        "top_score": 0.84,
        "entered_zones": ["cour"],
    }
    return json.dumps({"type": "new", "before": after, "after": after}).encode()


def _mosquitto(folder: Path, payloads: list[bytes]) -> tuple[float | None, float | None]:
    """The same messages through mosquitto (persistence on, saved every second) and the same gate."""
    program = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        return None, None
    home, port = folder / "mosquitto", _free_port()
    home.mkdir(mode=0o777)
    home.chmod(0o777)
    folder.chmod(0o755)
    (home / "conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {home}/\n"
        "autosave_interval 1\nmax_queued_messages 0\nmax_inflight_messages 4096\nlog_type none\n"
    )
    server = subprocess.Popen([program, "-c", str(home / "conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        with _installation(folder / "foreign", f"mqtt://127.0.0.1:{port}"):
            spool = SqliteSpool(folder / "foreign" / "spool.sqlite3")
            began = time.perf_counter()
            rate = mqtt_flat_out(port, "frigate/events", payloads)
            while spool.head() < len(payloads) and time.perf_counter() - began < 60:
                time.sleep(0.02)
            return rate, spool.head() / (time.perf_counter() - began)
    finally:
        server.terminate()
        server.wait(10)
