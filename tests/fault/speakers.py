"""Sources that speak without pause over every way in, and note what they were told is kept."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from pathlib import Path
from typing import Protocol

import paho.mqtt.client as paho

from beffroi.during.intake.connectors.dc09.frame import build
from beffroi.during.intake.spool_sqlite import SqliteSpool

EVENT = (
    Path(__file__).parents[1] / "during/intake/connectors/frigate/messages/event-person.json"
).read_bytes()


class Spoken(Protocol):
    """What speakers need of a house: its ports, the token of a program, the login of a recorder."""

    ports: dict[str, int]
    token: str
    frigate: dict[str, str]


class Speaker(threading.Thread):
    """One source that speaks without pause and notes what it was told is kept."""

    def __init__(self, house: Spoken, name: str) -> None:
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

    def __init__(self, house: Spoken, name: str, pause_s: float = 0.0) -> None:
        super().__init__(house, name)
        self.pause_s = pause_s

    def speak(self, number: int) -> set[str]:
        time.sleep(self.pause_s)
        keys = self.again or [f"{self.name}-{number}-{i}" for i in range(random.randint(1, 20))]
        self.again = keys
        items = [{"key": key, "kind": "presence.person", "device": "C-1"} for key in keys]
        connection = http.client.HTTPConnection("127.0.0.1", self.house.ports["PORT"], timeout=5)
        headers = {"Authorization": f"Bearer {self.house.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/observations", json.dumps({"observations": items}), headers)
        answer = connection.getresponse()
        said = json.loads(answer.read())
        connection.close()
        if answer.status == 503:
            raise ConnectionRefusedError("nothing was kept")
        results = said["results"]
        self.again = None
        return {keys[each["index"]] for each in results if "position" in each}


class Panel(Speaker):
    """An alarm panel that repeats an alarm until it is acknowledged."""

    pending = ""
    zone = 0
    refused: tuple[bytes, ...] = ()

    def speak(self, number: int) -> set[str]:
        if not self.pending:
            self.zone += 1
            stamp = time.strftime("_%H:%M:%S,%m-%d-%Y", time.gmtime())
            self.pending = f'"SIA-DCS"{self.zone % 10_000:04d}L0#FA17[#FA17|Nri1/BA{self.zone:X}]{stamp}'
        with socket.create_connection(("127.0.0.1", self.house.ports["DC09_PORT"]), timeout=3) as line:
            line.sendall(build(self.pending))
            answer = line.recv(512)
        if b'"NAK"' in answer:
            self.refused += (answer,)
            self.pending = ""  # waited too long for a house that was down: told again with a new time
        if b'"ACK"' not in answer:
            return set()
        self.pending = ""
        return {f"{self.zone:X}"}


class Recorder(Speaker):
    """Frigate: messages of QoS 1, noted when the broker acknowledges them."""

    def __init__(self, house: Spoken, name: str) -> None:
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


def kept(data: Path) -> dict[str, list[str]]:
    spool = SqliteSpool(data / "spool.sqlite3")
    found: dict[str, list[str]] = {"program": [], "panel": [], "frigate": []}
    after = 0
    while part := spool.read(after, 5_000):
        for position, each in part:
            assert position == after + 1, "positions follow each other"
            after = position
            name = {"panel": "zone", "frigate": "track"}.get(each.source)
            found[each.source].append(str(each.content[name]) if name else each.key)
    spool.close()
    return found


def settle(data: Path, recorder: Recorder, seconds: float = 60) -> None:
    """Wait until what the broker holds has come through (it redelivers after its own time)."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not recorder.told <= set(kept(data)["frigate"]):
        time.sleep(0.5)
