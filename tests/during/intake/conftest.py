"""Spools of both profiles, and a real nats-server from its wheel."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from beffroi.during.intake import broker
from beffroi.during.intake.spool import Spool
from beffroi.during.intake.spool_sqlite import SqliteSpool


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JetStream server that flushes every message, on a port of its own choice."""
    folder = tmp_path_factory.mktemp("nats")
    config = {
        "host": "127.0.0.1",
        "port": -1,
        "ports_file_dir": str(folder),
        "jetstream": {"store_dir": str(folder / "store"), "sync_interval": "always"},
    }
    (folder / "nats.json").write_text(json.dumps(config))
    process = subprocess.Popen([broker.program(), "-c", str(folder / "nats.json")], stderr=subprocess.DEVNULL)
    try:
        yield _url(folder)
    finally:
        broker.stop(process)


def _url(folder: Path) -> str:
    for _ in range(200):
        for file in folder.glob("*.ports"):
            return str(json.loads(file.read_text())["nats"][0])
        time.sleep(0.05)
    raise AssertionError("nats-server did not start")


@pytest.fixture(params=["sqlite", pytest.param("jetstream", marks=pytest.mark.service)])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Spool]:
    """An empty spool of each profile."""
    made: Spool
    if request.param == "sqlite":
        made = SqliteSpool(tmp_path / "spool.sqlite3")
    else:
        from beffroi.during.intake.spool_jetstream import JetStreamSpool

        made = JetStreamSpool(request.getfixturevalue("nats_url"), stream=f"T{tmp_path.name}{time.time_ns()}")
    yield made
    made.close()
