"""`kill -9` of the engine between writing a command and knowing that it was sent.

The broker takes the message and never says so: at that moment nobody can know whether the thing was told.
Lamps are told again; a bollard is told once, and the desk says that nobody knows.
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
from tests.during.acting.declarations import BOLLARD, LAMPS
from tests.during.acting.peers import DeafBroker, deaf_broker
from tests.territory.towns import cross

pytestmark = pytest.mark.fault

TOWN = "town-fault"
MAKE = """
import django; django.setup()
from pathlib import Path
from beffroi.during.acting import actions
from beffroi.foundation import clock
from beffroi.people.queries import member_by_email
from beffroi.territory import models as territory
row = territory.Territory.objects.get(key="town-fault")
for key, kind in (("L-1", "lamp"), ("B-1", "barrier")):
    territory.Device.objects.create(territory=row, key=key, kind=kind, lat=47.65, lon=-2.08, origin="test",
                                    valid_from=clock.now())
for key, device in (("lamps", "L-1"), ("bollard", "B-1")):
    actions.declare(territory="town-fault", key=key, device=device,
                    declaration=(Path("%s") / f"{key}.toml").read_text())
"""
ASK = """
import django; django.setup()
from beffroi.during.acting import actions
from beffroi.people.queries import member_by_email
who = member_by_email("camille@town.example")
for key, act in (("lamps", "brighten"), ("bollard", "lower")):
    actions.ask(member=who, territory="town-fault", actuator=key, act=act, purpose="safety", seen="camera",
                sure=True)
"""
READ = """
import django, json; django.setup()
from beffroi.during.acting import models
from beffroi.journal import queries as journal
rows = {c.actuator.key: [c.state, c.attempts] for c in models.Command.objects.all()}
log = journal.numbered("territory:town-fault", after=0, limit=999)
facts = [e.fact + ":" + e.body["actuator"] for e in log
         if e.fact.startswith("acting.") and "actuator" in (e.body or {})]
print(json.dumps({"rows": rows, "facts": facts}))
"""


class Installation:
    """One data directory and its engine, whose broker is the deaf one."""

    def __init__(self, data: Path, port: int) -> None:
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_MQTT_URL": f"mqtt://127.0.0.1:{port}",
            "BEFFROI_ACTING_SEND_SECONDS": "60",
            "BEFFROI_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
        }
        self.engine: subprocess.Popen[bytes] | None = None

    def run(self, *line: str) -> str:
        done = subprocess.run(
            [sys.executable, *line], env=self.environment, capture_output=True, text=True, timeout=120,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def read(self) -> dict[str, dict[str, list[object]]]:
        found: dict[str, dict[str, list[object]]] = json.loads(self.run("-c", READ))
        return found

    def start(self) -> None:
        self.engine = subprocess.Popen([sys.executable, "-m", "beffroi.house.engine"], env=self.environment)

    def kill(self) -> None:
        if self.engine is not None:
            self.engine.send_signal(signal.SIGKILL)
            self.engine.wait()
            self.engine = None


@pytest.fixture
def peer() -> Iterator[DeafBroker]:
    """The broker that takes and says nothing."""
    with deaf_broker() as made:
        yield made


@pytest.fixture
def house(tmp_path: Path, peer: DeafBroker) -> Iterator[Installation]:
    """An installation whose engine does not outlive its test."""
    made = Installation(tmp_path, peer.port)
    yield made
    made.kill()


def wait(peer: DeafBroker, count: int) -> None:
    end = time.monotonic() + 40
    while len(peer.got) < count and time.monotonic() < end:
        time.sleep(0.05)
    assert len(peer.got) >= count, peer.got


def test_after_a_kill_lamps_are_told_again_and_a_bollard_is_not(
    tmp_path: Path, house: Installation, peer: DeafBroker
) -> None:
    house.run("-m", "beffroi.house.prepare")
    file = cross(tmp_path / "cross.osm")
    house.run("-m", "beffroi", "territory", "import", "--name", "V", "--key", TOWN, "--osm", str(file))
    house.run(
        "-m", "beffroi", "people", "invite", "--email", "camille@town.example", "--name", "C",
        "--role", "operator", "--organisation", "Town", "--territory", TOWN,
    )  # fmt: skip
    for key, text in (("lamps", LAMPS), ("bollard", BOLLARD)):
        (tmp_path / f"{key}.toml").write_text(text)
    house.run("-c", MAKE % tmp_path)
    house.run("-c", ASK)
    told = house.read()
    assert told["rows"] == {"lamps": ["asked", 0], "bollard": ["asked", 0]}
    assert told["facts"] == ["acting.asked:lamps", "acting.asked:bollard"]  # before anything left
    house.start()
    wait(peer, 2)
    house.kill()
    assert {state for state, _ in house.read()["rows"].values()} == {"sending"}
    house.start()
    wait(peer, 3)
    house.kill()
    told = house.read()
    assert told["rows"]["bollard"] == ["unsure", 1] and "acting.unsure:bollard" in told["facts"]
    assert told["rows"]["lamps"][1] == 2
    to_bollard = [each for each in peer.got if b"bornes" in each]
    assert len(to_bollard) == 1 and len(peer.got) == 3
