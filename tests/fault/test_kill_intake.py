"""`kill -9` of the web process and of the broker while many sources speak at once, over every way in.

What was answered as kept is there exactly once: batches over HTTP from several programs, alarms of panels
that repeat what was not acknowledged, and messages that the broker acknowledged to a recorder.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tests.fault.speakers import Panel, Program, Recorder, kept, settle

pytestmark = [pytest.mark.fault, pytest.mark.service]

KILLS = int(os.environ.get("BEFFROI_KILLS", "5"))
TOWN = "bourg-intake"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """The web process and the broker on one data directory."""

    def __init__(self, data: Path) -> None:
        self.ports = {name: free_port() for name in ("PORT", "MQTT_PORT", "DC09_PORT")}
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_LOG_LEVEL": "CRITICAL",
            **{f"BEFFROI_{name}": str(port) for name, port in self.ports.items()},
        }
        self.commands = {"web": [sys.executable, "-m", "beffroi.house.web"]}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.prepare()
        self.token = self.add("program", "http")["token"]
        self.add("panel", "dc09", "--address", "FA17")
        self.frigate = self.add("frigate", "frigate", "--address", "frigate")
        self.commands["broker"] = self.prepare()

    def prepare(self) -> list[str]:
        told = subprocess.run(
            [sys.executable, "-m", "beffroi.house.prepare"],
            env=self.environment,
            check=True,
            capture_output=True,
        )
        command: list[str] = json.loads(told.stdout)["broker"]
        return command

    def add(self, key: str, connector: str, *more: str) -> dict[str, str]:
        words = (
            "source",
            "add",
            "--territory",
            TOWN,
            "--key",
            key,
            "--connector",
            connector,
            "--json",
            *more,
        )
        told = subprocess.run(
            [sys.executable, "-m", "beffroi", *words], env=self.environment, check=True, capture_output=True
        )
        answer: dict[str, str] = json.loads(told.stdout)
        return answer

    def start(self, name: str) -> None:
        self.running[name] = subprocess.Popen(
            self.commands[name], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()

    def wait(self) -> None:
        end = time.monotonic() + 60
        for port in self.ports.values():
            while time.monotonic() < end:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
                    break
                except OSError:
                    time.sleep(0.03)
            else:
                pytest.fail(f"nothing answers on port {port}")


def test_nothing_that_was_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    house = House(tmp_path)
    for name in ("broker", "web"):
        house.start(name)
    house.wait()
    time.sleep(1)  # the gate subscribes once, for ever: from then on the broker keeps messages for it
    programs = [Program(house, f"p{i}") for i in range(4)]
    panel, recorder = Panel(house, "panel"), Recorder(house, "recorder")
    speakers = [*programs, panel, recorder]
    try:
        for each in speakers:
            each.start()
        for _ in range(KILLS):
            time.sleep(random.uniform(0.1, 1.0))
            victims = random.choice((["web"], ["web"], ["broker"], ["web", "broker"]))
            for name in victims:
                house.kill(name)
            for name in reversed(victims):
                house.start(name)
            house.wait()
        time.sleep(1)
        for each in speakers:
            each.halt.set()
            each.join(10)
        settle(tmp_path, recorder)
    finally:
        recorder.client.loop_stop()
        for name in house.running:
            house.kill(name)
    spooled = kept(tmp_path)
    for source, told in (
        ("program", set().union(*(each.told for each in programs))),
        ("panel", panel.told),
        ("frigate", recorder.told),
    ):
        assert told, f"{source} was never answered: nothing was tried"
        lost = told - set(spooled[source])
        assert not lost, (
            f"{source}: {len(lost)} of {len(told)} acknowledged are lost, such as {sorted(lost)[:3]}"
        )
        doubled = [key for key, times in Counter(spooled[source]).items() if times > 1]
        assert not doubled, f"{source}: there twice: {doubled[:3]}"
