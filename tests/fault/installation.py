"""A real `beffroi up` on a data directory of its own: its processes found, killed and asked by tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.several import several
from tests.territory.towns import cross

TOWN = "bourg-intake"
#: `BEFFROI_BAD_DAYS=long` tries each bad day in full; else as long as every change can wait.
LONG = os.environ.get("BEFFROI_BAD_DAYS") == "long"
_SIGNED_IN = """
import django; django.setup()
from django.conf import settings
from django.test import Client
from beffroi.people.models import Member
client = Client()
client.force_login(Member.objects.get(email="op@bourg.example"))
print(settings.SESSION_COOKIE_NAME + "=" + client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
_CHILDREN = {"web": "beffroi.house.web", "engine": "beffroi.house.engine", "broker": "nats-server"}


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """A town with sources of every way in, and somebody at its duty desk."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.ports = {name: free_port() for name in ("PORT", "MQTT_PORT", "DC09_PORT")}
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_CHECKPOINT_SECONDS": "1",
            "BEFFROI_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
            **{f"BEFFROI_{name}": str(port) for name, port in self.ports.items()},
            **environment,
        }
        self.parent: subprocess.Popen[bytes] | None = None
        self.token, self.cookie = "", ""
        self.frigate: dict[str, str] = {}

    def run(self, *line: str, check: bool = True) -> str:
        """What a Python of this installation prints."""
        done = subprocess.run(
            [sys.executable, *line],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def beffroi(self, *words: str, check: bool = True) -> Any:
        """What a command answers as JSON."""
        return json.loads(self.run("-m", "beffroi", *words, "--json", check=check))

    def settle(self, folder: Path) -> None:
        """Make the tables, import the town, declare its sources, sign somebody in."""
        town = cross(folder / "cross.osm")
        source = ("source", "add", "--territory", TOWN, "--json", "--key")
        lines = (
            ("territory", "import", "--name", "Bourg", "--key", TOWN, "--osm", str(town)),
            ("people", "invite", "--email", "op@bourg.example", "--name", "Op", "--role", "operator",
             "--organisation", "CSU", "--territory", TOWN),
            (*source, "panel", "--connector", "dc09", "--address", "FA17"),
            (*source, "program", "--connector", "http"),
            (*source, "frigate", "--connector", "frigate", "--address", "frigate"),
        )  # fmt: skip
        *_, program, frigate = several(self.environment, [(words, "") for words in lines])
        self.token, self.frigate = json.loads(program)["token"], json.loads(frigate)
        self.cookie = self.run("-c", _SIGNED_IN).strip().splitlines()[-1]

    def up(self) -> None:
        """Start `beffroi up` and wait until every way in answers."""
        with (self.data / "up.log").open("ab") as said:
            line = [sys.executable, "-m", "beffroi", "up"]
            self.parent = subprocess.Popen(
                line, env=self.environment, stdout=said, stderr=said, start_new_session=True
            )
        self.wait()

    def wait(self, seconds: float = 90) -> None:
        """Wait until every process runs and every port answers."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if set(self.children()) == set(_CHILDREN) and all(map(_answers, self.ports.values())):
                return
            time.sleep(0.05)
        raise AssertionError(f"not back: {self.children()} {(self.data / 'up.log').read_text()[-1500:]}")

    def children(self) -> dict[str, int]:
        """The running processes by name, without their parent."""
        assert self.parent is not None
        try:
            listed = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text().split()
        except FileNotFoundError:
            return {}
        found = {}
        for pid in map(int, listed):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            found |= {name: pid for name, part in _CHILDREN.items() if part in line}
        return found

    def kill(self, name: str) -> bool:
        """End a process at once (`parent`: the one that holds them all); whether it was there to be."""
        assert self.parent is not None
        if name == "parent":
            self.parent.kill()
            self.parent.wait()
            self.up()
            return True
        pid = self.children().get(name)
        if pid is None:
            return False
        os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 10
        while self.children().get(name) == pid and time.monotonic() < end:
            time.sleep(0.01)
        return True

    def down(self) -> None:
        """Stop everything, whatever state it is in."""
        if self.parent is not None and self.parent.poll() is None:
            self.parent.terminate()
            try:
                self.parent.wait(40)
            except subprocess.TimeoutExpired:
                self.parent.kill()  # its children end with it
                self.parent.wait()

    def folded(self, seconds: float = 90) -> None:
        """Wait until the engine has worked out the meaning of all that is kept."""
        ask = (
            "import django; django.setup()\n"
            "from beffroi.during.fusion.engine import cursor\n"
            "from beffroi.during.intake.spool import shared\n"
            "print(cursor().position, shared().head())"
        )
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            told = self.run("-c", ask).split()
            if told[0] == told[1]:
                return
            time.sleep(0.5)
        raise AssertionError(f"the engine is behind: {told}")


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
    except OSError:
        return False
    return True


class Console(threading.Thread):
    """A browser at the duty desk: follows the live feed, comes back after each cut where it stopped."""

    def __init__(self, house: Installation) -> None:
        super().__init__(daemon=True, name="console")
        self.house, self.halt = house, threading.Event()
        self.positions: list[int] = []
        self.events: dict[str, int] = {}
        self.cuts = 0
        self.refused: set[int] = set()

    def run(self) -> None:
        while not self.halt.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._follow()
            self.cuts += 1
            time.sleep(0.3)

    def _follow(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.house.ports["PORT"], timeout=20)
        headers = {"Cookie": self.house.cookie}
        if self.positions:
            headers["Last-Event-ID"] = str(self.positions[-1])
        line.request("GET", "/veille/flux?lang=fr", headers=headers)
        answer = line.getresponse()
        if answer.status != 200:
            self.refused.add(answer.status)
            line.close()
            return
        while not self.halt.is_set() and (told := answer.readline()):
            name, _, value = told.decode().strip().partition(": ")
            if name == "id":
                self.positions.append(int(value))
            elif name == "event":
                self.events[value] = self.events.get(value, 0) + 1
        line.close()
