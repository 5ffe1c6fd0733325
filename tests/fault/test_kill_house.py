"""`kill -9` of the web and engine processes at random moments, again and again.

What was acknowledged to its source is there once, the journal verifies, and a replay of the
spool gives the same interventions.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from beffroi.during.intake.connectors.dc09.frame import build
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.house.ports import free_port
from beffroi.rehearsal.methods import town
from beffroi.rehearsal.methods.osm import lines

pytestmark = pytest.mark.fault

_KILLS = int(os.environ.get("BEFFROI_KILLS", "5"))
_TOWN = "bourg-fault"
_KINDS = ("presence.person", "presence.vehicle", "intrusion.door", "intrusion.motion")


class House:
    """The two processes on one data directory, killed and started by hand."""

    def __init__(self, data: Path) -> None:
        self.port, self.panels = free_port("127.0.0.1", 0), free_port("127.0.0.1", 0)
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_PORT": str(self.port),
            "BEFFROI_DC09_PORT": str(self.panels),
            "BEFFROI_MQTT_URL": "mqtt://127.0.0.1:9",  # no broker here: HTTP and panels are what is tried
            "BEFFROI_CHECKPOINT_SECONDS": "1",
            "BEFFROI_LOG_LEVEL": "ERROR",
        }
        self.log = (data / "log").open("wb")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run `beffroi …` to its end."""
        line = [sys.executable, "-m", "beffroi", *arguments]
        return subprocess.run(line, env=self.environment, capture_output=True, check=False, timeout=300)

    def start(self, name: str) -> None:
        line = [sys.executable, "-m", f"beffroi.house.{name}"]
        self.processes[name] = subprocess.Popen(line, env=self.environment, stdout=self.log, stderr=self.log)

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def wait_for_web(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
                return
            except OSError:
                time.sleep(0.03)
        pytest.fail("the web process did not come back")


class Speakers(threading.Thread):
    """Sends over HTTP and as a panel without pause, and notes each key that was acknowledged."""

    def __init__(self, house: House, token: str, account: str, middle: tuple[float, float]) -> None:
        super().__init__(daemon=True)
        self.lat, self.lon = middle
        self.house, self.token, self.account = house, token, account
        self.acknowledged: list[str] = []
        self.panel_acknowledged = 0
        self.count = 0
        self.halt = threading.Event()

    def run(self) -> None:
        while not self.halt.is_set():
            self.count += 1
            try:
                self._post(f"k{self.count}")
                if self.count % 5 == 0:
                    self._alarm()
            except (OSError, urllib.error.URLError, ConnectionError):
                time.sleep(0.02)

    def _post(self, key: str) -> None:
        body = {
            "key": key,
            "kind": random.choice(_KINDS),
            "seen_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "lat": self.lat + random.uniform(-0.01, 0.01),
            "lon": self.lon + random.uniform(-0.01, 0.01),
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.house.port}/api/v1/observations",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status in (200, 202)
        self.acknowledged.append(key)

    def _alarm(self) -> None:
        stamp = time.strftime("%H:%M:%S,%m-%d-%Y", time.gmtime())
        said = f"#{self.account}|Nri1/BA{self.count % 900:03d}"
        body = f'"SIA-DCS"{self.count % 9999 + 1:04d}L0#{self.account}[{said}]_{stamp}'
        with socket.create_connection(("127.0.0.1", self.house.panels), timeout=5) as panel:
            panel.sendall(build(body))
            if b'"ACK"' in panel.recv(512):
                self.panel_acknowledged += 1


def _town(house: House, folder: Path) -> tuple[float, float]:
    """Import the invented town; where its middle is (degrees)."""
    drawn = town.generate(7, name="Bourg")
    file = folder / "town.osm"
    file.write_text("\n".join(lines(drawn)) + "\n", encoding="utf-8")
    done = house.command(
        "territory", "import", "--name", "Bourg", "--key", _TOWN, "--osm", str(file), "--exercise", "--json"
    )
    assert done.returncode == 0, done.stderr
    return drawn.lat, drawn.lon


def _declared(house: House, key: str, connector: str, *more: str) -> str:
    done = house.command(
        "source",
        "add",
        "--territory",
        _TOWN,
        "--key",
        key,
        "--connector",
        connector,
        "--exercise",
        "--json",
        *more,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["token"]


def _wait_until_folded(house: House) -> None:
    ask = (
        "import django; django.setup()\n"
        "from beffroi.during.fusion.engine import cursor\n"
        "from beffroi.during.intake.spool import shared\n"
        "raise SystemExit(0 if cursor().position == shared().head() else 3)"
    )
    environment = {**house.environment, "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings"}
    for _ in range(40):
        if subprocess.run([sys.executable, "-c", ask], env=environment, check=False).returncode == 0:
            return
        time.sleep(0.5)
    pytest.fail("the engine did not catch up: " + Path(house.log.name).read_text()[-2000:])


def test_nothing_acknowledged_is_lost_or_doubled(tmp_path):
    house = House(tmp_path)
    prepared = subprocess.run(
        [sys.executable, "-m", "beffroi.house.prepare"],
        env=house.environment,
        capture_output=True,
        check=False,
    )
    assert prepared.returncode == 0, prepared.stderr
    middle = _town(house, tmp_path)
    token = _declared(house, "probe", "http")
    _declared(house, "panel", "dc09", "--address", "FA17")
    for name in ("web", "engine"):
        house.start(name)
    house.wait_for_web()
    speakers = Speakers(house, token, "FA17", middle)
    speakers.start()
    try:
        for _ in range(_KILLS):
            time.sleep(random.uniform(0.05, 0.6))
            victims = random.choice((("web",), ("engine",), ("web", "engine")))
            for name in victims:
                house.kill(name)
            for name in victims:
                house.start(name)
            if "web" in victims:
                house.wait_for_web()
        time.sleep(0.5)
        speakers.halt.set()
        speakers.join(10)
        _wait_until_folded(house)
    finally:
        speakers.halt.set()
        for name in house.processes:
            house.kill(name)
    spool = SqliteSpool(tmp_path / "spool.sqlite3")
    kept = [each for _, each in spool.read(0, 1_000_000)]
    keys = [each.key for each in kept if each.source == "probe"]
    assert len(keys) == len(set(keys)), "an observation is there twice"
    lost = set(speakers.acknowledged) - set(keys)
    assert not lost, f"{len(lost)} acknowledged observations are lost, such as {sorted(lost)[:3]}"
    assert speakers.acknowledged, "nothing was ever acknowledged: the test tried nothing"
    panel = [each.key for each in kept if each.source == "panel"]
    assert len(panel) == len(set(panel)) >= speakers.panel_acknowledged > 0
    verified = house.command("journal", "verify", "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    replayed = house.command("replay", "--territory", _TOWN, "--from-start", "--json")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
