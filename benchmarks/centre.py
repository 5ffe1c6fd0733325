"""A centre: observations into JetStream on one server and on three, and from a message to its meaning.

The servers, PostgreSQL and all processes share this machine and its disk; a town's have a disk each.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django
import psycopg
from benchmarks._intake_load import percentile
from benchmarks._report import Figure, at_least
from tools.nats import Nats, answers, free_port, nats
from tools.postgres import NoPostgres, Postgres

from beffroi.during.intake.facts import Observation
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.rehearsal.methods import town
from beffroi.rehearsal.methods.osm import lines

_NAME = "centre"
_TOWN = "bourg-bench"
_RATE = 1_000


def run(quick: bool) -> list[Figure]:
    """Every figure; `quick` sends less."""
    django.setup()
    with tempfile.TemporaryDirectory(prefix="beffroi-bench-") as folder:
        here, found = Path(folder), []
        for servers in (1, 3):
            with nats(here / f"nats{servers}", servers=servers) as cluster:
                found += _spool(cluster, servers, quick)
        try:
            return [*found, *_end_to_end(here, quick)]
        except NoPostgres as error:
            print(f"not measured: {error}", file=sys.stderr)
            return found


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


def _spool(cluster: Nats, servers: int, quick: bool) -> list[Figure]:
    from beffroi.during.intake.spool_jetstream import JetStreamSpool
    from beffroi.during.intake.writer import GroupWriter

    spool = JetStreamSpool(cluster.url, replicas=servers)
    many = 6_000 if quick else 40_000
    batch = [_observation(f"flat-{number}") for number in range(many)]
    began = time.perf_counter()
    for at in range(0, many, 2_000):
        spool.append_many(batch[at : at + 2_000])
    rate = many / (time.perf_counter() - began)

    async def paced() -> list[float]:
        writer, taken = GroupWriter(spool, group_ms=2), []

        async def one(number: int) -> None:
            due = start + number / _RATE
            await writer.put(_observation(f"paced-{number}"))
            taken.append(time.perf_counter() - due)

        tasks, start = [], time.perf_counter() + 0.05
        for number in range(_RATE * (3 if quick else 10)):
            await asyncio.sleep(max(0.0, start + number / _RATE - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        return taken

    taken = asyncio.run(paced())
    spool.close()
    where = (
        f"{servers} server{'s' if servers > 1 else ''}, {servers} flushed cop{'ies' if servers > 1 else 'y'}"
    )
    flat = f"{where}, flat out"
    first = (
        at_least(_NAME, flat, rate, "observations/s", 10_000)
        if servers == 1
        else Figure(_NAME, flat, rate, "observations/s")
    )
    return [
        first,
        Figure(_NAME, f"{where}, at {_RATE}/s, acknowledged, p50", percentile(taken, 0.5) * 1000, "ms"),
        Figure(_NAME, f"{where}, at {_RATE}/s, acknowledged, p99", percentile(taken, 0.99) * 1000, "ms"),
    ]


@contextmanager
def _centre(here: Path) -> Iterator[tuple[dict[str, str], Postgres]]:
    """A centre's intake and engine, on a PostgreSQL that flushes and three servers."""
    with ExitStack() as kept:
        database = Postgres(flushing=True)
        kept.callback(database.remove)
        database.make()
        cluster = kept.enter_context(nats(here / "end-to-end", servers=3))
        environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(here / "data"),
            "BEFFROI_CONFIG": os.devnull,
            "BEFFROI_PROFILE": "centre",
            "BEFFROI_DATABASE_URL": database.url,
            "BEFFROI_NATS_URL": cluster.url,
            "BEFFROI_NATS_REPLICAS": "3",
            "BEFFROI_MQTT_URL": "mqtt://127.0.0.1:9",
            "BEFFROI_INTAKE_PORT": str(free_port()),
            "BEFFROI_DC09_PORT": str(free_port()),
            "BEFFROI_LOG_LEVEL": "ERROR",
        }
        prepare = [sys.executable, "-m", "beffroi.house.prepare"]
        subprocess.run(prepare, env=environment, check=True, stdout=subprocess.DEVNULL)
        for name in ("intake", "engine"):
            process = subprocess.Popen([sys.executable, "-m", f"beffroi.house.{name}"], env=environment)
            kept.callback(process.wait)
            kept.callback(process.terminate)
        answers(int(environment["BEFFROI_INTAKE_PORT"]))
        yield environment, database


def _end_to_end(here: Path, quick: bool) -> list[Figure]:
    """From a hold-up button's message over HTTP to what it means, committed: consoles see it 40 ms later."""
    with _centre(here) as (environment, database), psycopg.connect(database.url, autocommit=True) as told:
        drawn = town.generate(7, name="Bourg")
        (here / "town.osm").write_text("\n".join(lines(drawn)) + "\n", encoding="utf-8")
        _beffroi(
            environment, "territory", "import", "--name", "Bourg", "--key", _TOWN, "--osm", f"{here}/town.osm"
        )
        where = ("--territory", _TOWN, "--key", "bench", "--connector", "http", "--json")
        token = json.loads(_beffroi(environment, "source", "add", *where))["token"]
        kept, folded = [], []
        for number in range(-5, 20 if quick else 80):
            body = {"key": str(number), "kind": "panic.holdup", "lat": drawn.lat, "lon": drawn.lon}
            began = time.perf_counter()
            position = _post(int(environment["BEFFROI_INTAKE_PORT"]), token, body)
            acknowledged = time.perf_counter() - began
            while _folded(told) < position:
                time.sleep(0.002)
            if number >= 0:  # the first ones load what is loaded once
                kept.append(acknowledged)
                folded.append(time.perf_counter() - began)
            time.sleep(0.1)
    figures = []
    for what, taken in (("acknowledgement", kept), ("incident, committed", folded)):
        for share in (0.5, 0.99):
            said = f"hold-up over HTTP to its {what}, p{share * 100:.0f}"
            figures.append(Figure(_NAME, said, percentile(taken, share) * 1000, "ms"))
    return figures


def _beffroi(environment: dict[str, str], *words: str) -> str:
    line = [sys.executable, "-m", "beffroi", *words]
    done = subprocess.run(line, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _post(port: int, token: str, body: dict[str, object]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/observations", json.dumps(body), headers)
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 202:
        raise SystemExit(f"not taken: {answer.status} {said[:200]!r}")
    connection.close()
    told = json.loads(said)
    return int(told.get("position") or told["results"][0]["position"])


def _folded(told: psycopg.Connection) -> int:
    row = told.execute("SELECT position FROM fusion_cursor").fetchone()
    return 0 if row is None else int(row[0])
