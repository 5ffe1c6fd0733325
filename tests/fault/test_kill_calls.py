"""`kill -9` of the engine between sending a call and marking it as sent, again and again.

The gateway is a real one on loopback that knows identifiers again: whoever is to be woken is woken, and
once; the incident's calls go on where they stood.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.during.oncall.peers import Gateway, gateway
from tests.territory.towns import cross

pytestmark = pytest.mark.fault

#: Each kill is an attempt, and attempts wait longer and longer: twenty are an hour of a bad night.
KILLS = min(int(os.environ.get("BEFFROI_KILLS", "5")), 20)
TOWN = "village-fault"
MAKE = """
import django; django.setup()
from datetime import date, time, timedelta
from django.db import transaction
from beffroi.during.fusion import actions as fusion
from beffroi.during.intake.facts import Observation
from beffroi.during.intake import spool
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
now = clock.now()
spool.shared().append_many([
    Observation(id=uuid7(), territory="village-fault", source="p", key="1", kind="panic.holdup",
                seen_at=now, received_at=now, lat=47.65, lon=-2.08, device="P-1"),
])
"""
READ = """
import django, json; django.setup()
from beffroi.during.oncall import models
from beffroi.journal import queries as journal
rows = [[str(m.id), m.state, m.attempts, m.round] for m in models.Message.objects.order_by("made_at")]
called = [e.body["round"] for e in journal.numbered("territory:village-fault", after=0, limit=999)
          if e.fact == "oncall.called"]
print(json.dumps({"rows": rows, "called": called}))
"""


class Village:
    """One data directory, its engine, a gateway that it calls over."""

    def __init__(self, data: Path, url: str) -> None:
        (data / "gateways.toml").write_text(
            f'[sms]\nurl = "{url}"\njson = {{ id = "{{id}}", to = "{{to}}", text = "{{text}}" }}\n'
        )
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_MQTT_URL": "mqtt://127.0.0.1:9",
            "BEFFROI_ONCALL_GATEWAYS": str(data / "gateways.toml"),
            "BEFFROI_ONCALL_TIMEOUT_SECONDS": "1",
            "BEFFROI_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
        }
        self.log = (data / "log").open("wb")
        self.engine: subprocess.Popen[bytes] | None = None

    def run(self, *line: str) -> str:
        done = subprocess.run(
            [sys.executable, *line],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def start(self) -> None:
        line = [sys.executable, "-m", "beffroi.house.engine"]
        self.engine = subprocess.Popen(line, env=self.environment, stdout=self.log, stderr=self.log)

    def kill(self) -> None:
        """End the engine at once; nothing where there is none."""
        if self.engine is not None:
            self.engine.send_signal(signal.SIGKILL)
            self.engine.wait()
            self.engine = None


@pytest.fixture
def peer() -> Iterator[Gateway]:
    """The gateway that is called."""
    with gateway() as made:
        yield made


@pytest.fixture
def village(tmp_path: Path, peer: Gateway) -> Iterator[Village]:
    """A village whose engine does not outlive its test."""
    made = Village(tmp_path, peer.url)
    yield made
    made.kill()


def test_a_call_is_sent_at_least_once_and_never_doubled(
    tmp_path: Path, village: Village, peer: Gateway
) -> None:
    peer.slow_s = 0.8
    village.run("-m", "beffroi.house.prepare")
    file = cross(tmp_path / "cross.osm")
    village.run("-m", "beffroi", "territory", "import", "--name", "V", "--key", TOWN, "--osm", str(file))
    village.run(
        "-m", "beffroi", "people", "invite", "--email", "maire@v.example", "--name", "M",
        "--role", "elected", "--organisation", "Mairie", "--territory", TOWN,
    )  # fmt: skip
    village.run(
        "-m", "beffroi", "oncall", "add", "--territory", TOWN, "--email", "maire@v.example",
        "--days", "0-7", "--from", "08:00", "--to", "08:00", "--first", "2026-01-01",
        "--mobile", "0612345601",
    )  # fmt: skip
    village.run("-c", MAKE)
    peer.plan = ["slow"] * KILLS  # the gateway takes it, and answers too late: the engine is dead by then
    for turn in range(KILLS):
        village.start()
        end = time.monotonic() + 40
        while len(peer.got) <= turn and time.monotonic() < end:
            time.sleep(0.02)
        assert len(peer.got) > turn, (tmp_path / "log").read_text()[-2000:]
        village.kill()
    village.start()
    end = time.monotonic() + 30
    told = {"rows": [["", "", 0, 0]], "called": []}
    while told["rows"][0][1] != "sent" and time.monotonic() < end:
        time.sleep(1)
        told = json.loads(village.run("-c", READ))
    village.kill()
    first = told["rows"][0]
    # The kills last longer than the patience for an answer: some of them met the second round's call.
    assert first[1] == "sent" and first[2] > 1, told
    assert sum(attempts for _, _, attempts, _ in told["rows"]) >= KILLS, told
    assert len({key for key, *_ in told["rows"]}) == len(told["rows"]) == len(told["called"]), told
    sent = {key for key, state, *_ in told["rows"] if state == "sent"}
    # A later round may just have been accepted when the engine was ended for the last time.
    assert sent <= set(peer.accepted) <= {key for key, *_ in told["rows"]}
    assert sum(each.json["id"] == first[0] for each in peer.got) >= first[2] - 1, (
        "sent each time it was taken up"
    )
    assert len(peer.got) >= KILLS
