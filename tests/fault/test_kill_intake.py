"""`kill -9` of the web process and of the broker while many sources speak at once, over every way in.

What was answered as kept is there exactly once: batches over HTTP from several programs, alarms of panels
that repeat what was not acknowledged, and messages that the broker acknowledged to a recorder.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from beffroi.during.intake.connectors.dc09.frame import build
from beffroi.during.intake.spool_sqlite import SqliteSpool

pytestmark = [pytest.mark.fault, pytest.mark.service]

KILLS = int(os.environ.get("BEFFROI_KILLS", "5"))
TOWN = "bourg-intake"
EVENT = (
    Path(__file__).parents[1] / "during/intake/connectors/frigate/messages/event-person.json"
).read_bytes()


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


class Speaker(threading.Thread):
    """One source that speaks without pause and notes what it was told is kept."""

    def __init__(self, house: House, name: str) -> None:
        super().__init__(daemon=True, name=name)
        self.house, self.halt = house, threading.Event()
        self.told: set[str] = set()

    def run(self) -> None:
        number = 0
        while not self.halt.is_set():
            number += 1
            try:
                self.told |= self.speak(number)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
            time.sleep(0.002)  # leaves the machine's cores to those who are tried

    def speak(self, number: int) -> set[str]:
        raise NotImplementedError


class Program(Speaker):
    """Batches over HTTP; one that was not answered is sent again, as programs do."""

    again: list[str] | None = None

    def speak(self, number: int) -> set[str]:
        keys = self.again or [f"{self.name}-{number}-{i}" for i in range(random.randint(1, 20))]
        self.again = keys
        items = [{"key": key, "kind": "presence.person", "device": "C-1"} for key in keys]
        connection = http.client.HTTPConnection("127.0.0.1", self.house.ports["PORT"], timeout=5)
        headers = {"Authorization": f"Bearer {self.house.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/observations", json.dumps({"observations": items}), headers)
        answer = connection.getresponse()
        results = json.loads(answer.read())["results"]
        connection.close()
        self.again = None
        return {keys[each["index"]] for each in results if "position" in each}


class Panel(Speaker):
    """An alarm panel that repeats an alarm until it is acknowledged."""

    pending = ""
    zone = 0

    def speak(self, number: int) -> set[str]:
        if not self.pending:
            self.zone += 1
            stamp = time.strftime("_%H:%M:%S,%m-%d-%Y", time.gmtime())
            self.pending = f'"SIA-DCS"{self.zone % 10_000:04d}L0#FA17[#FA17|Nri1/BA{self.zone:X}]{stamp}'
        with socket.create_connection(("127.0.0.1", self.house.ports["DC09_PORT"]), timeout=3) as line:
            line.sendall(build(self.pending))
            answer = line.recv(512)
        if b'"NAK"' in answer:
            self.pending = ""  # waited too long for a house that was down: told again with a new time
        if b'"ACK"' not in answer:
            return set()
        self.pending = ""
        return {f"{self.zone:X}"}


class Recorder(Speaker):
    """Frigate: messages of QoS 1, noted when the broker acknowledges them."""

    def __init__(self, house: House, name: str) -> None:
        super().__init__(house, name)
        self.sent: dict[int, str] = {}
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(house.frigate["login"], house.frigate["token"])
        self.client.reconnect_delay_set(1, 1)
        self.client.on_publish = self.published
        self.client.connect_async("127.0.0.1", house.ports["MQTT_PORT"])
        self.client.loop_start()

    def published(self, _client: object, _data: object, mid: int, *_: object) -> None:
        if mid in self.sent:
            self.told.add(self.sent.pop(mid))

    def speak(self, number: int) -> set[str]:
        if len(self.sent) < 50 and self.client.is_connected():
            track = f"1772403300.5-bbb{number}"
            told = self.client.publish(
                "frigate/events", EVENT.replace(b"1772403300.5-aaa111", track.encode()), 1
            )
            self.sent[told.mid] = track
        time.sleep(0.01)
        return set()


def _kept(data: Path) -> dict[str, list[str]]:
    spool = SqliteSpool(data / "spool.sqlite3")
    kept: dict[str, list[str]] = {"program": [], "panel": [], "frigate": []}
    after = 0
    while part := spool.read(after, 5_000):
        for position, each in part:
            assert position == after + 1, "positions follow each other"
            after = position
            name = {"panel": "zone", "frigate": "track"}.get(each.source)
            kept[each.source].append(str(each.content[name]) if name else each.key)
    spool.close()
    return kept


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
        _settle(tmp_path, recorder)
    finally:
        recorder.client.loop_stop()
        for name in house.running:
            house.kill(name)
    kept = _kept(tmp_path)
    for source, told in (
        ("program", set().union(*(each.told for each in programs))),
        ("panel", panel.told),
        ("frigate", recorder.told),
    ):
        assert told, f"{source} was never answered: nothing was tried"
        lost = told - set(kept[source])
        assert not lost, (
            f"{source}: {len(lost)} of {len(told)} acknowledged are lost, such as {sorted(lost)[:3]}"
        )
        doubled = [key for key, times in Counter(kept[source]).items() if times > 1]
        assert not doubled, f"{source}: there twice: {doubled[:3]}"


def _settle(data: Path, recorder: Recorder, seconds: float = 60) -> None:
    """Wait until what the broker holds has come through (it redelivers after its own time)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not recorder.told <= set(_kept(data)["frigate"]):
        time.sleep(0.5)
