"""`beffroi up`: everything a village needs, in one command.

Two processes of ours beside the broker: `web` (pages, live stream, intake from HTTP,
panels and broker) and `engine` (what observations mean, signed heads). The parent only
watches them.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import msgspec

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import running
from beffroi.house.ports import free_port, is_loopback
from beffroi.house.processes import Household, allow_many_files, python

_READY_S = 30.0
_WATCH_S = 0.2


class NotReady(BeffroiError):
    """A process that should answer does not."""

    code = "house.not_ready"
    message = "{what} did not start within {seconds} s."
    advice = "Read the lines above; `beffroi doctor` says what is wrong."


class NotPrepared(BeffroiError):
    """The tables or the data directory could not be made ready."""

    code = "house.not_prepared"
    message = "The installation in {data} could not be made ready."
    advice = "Read the lines above; `beffroi doctor` says what is wrong."


class Prepared(msgspec.Struct, frozen=True):
    """What `house.prepare` tells: the broker's command, empty where the town has its own broker."""

    broker: list[str]


class AlreadyRunning(BeffroiError):
    """Another `beffroi up` works on this data directory."""

    code = "house.already_running"
    message = "Beffroi already runs on {data} (process {pid}, {url})."
    advice = "Stop it first, or set BEFFROI_DATA_DIR to another folder."


def _take_ports(settings: configuration.Settings, say: Callable[[str], None]) -> configuration.Settings:
    taken: dict[str, int] = {}
    for what, host in (
        ("port", settings.host),
        ("mqtt_port", settings.mqtt_host),
        ("dc09_port", settings.dc09_host),
    ):
        wanted = getattr(settings, what)
        taken[what] = free_port(host, wanted, datagrams=what == "dc09_port")
        if wanted and taken[what] != wanted:
            say(f"Port {wanted} is in use: {what} is {taken[what]}.")
    return replace(settings, **taken)


def _environment(settings: configuration.Settings) -> dict[str, str]:
    changed = {"port": settings.port, "mqtt_port": settings.mqtt_port, "dc09_port": settings.dc09_port}
    chosen = {f"BEFFROI_{name.upper()}": str(value) for name, value in changed.items()}
    return {**os.environ, **chosen, "BEFFROI_DATA_DIR": str(settings.data_path), "PYTHONUNBUFFERED": "1"}


def _wait_for(host: str, port: int, household: Household, what: str) -> None:
    end = time.monotonic() + _READY_S
    while time.monotonic() < end and not household.stopping:
        household.watch()
        try:
            with socket.create_connection((host, port), timeout=0.2):
                return
        except OSError:
            time.sleep(0.05)
    if not household.stopping:
        raise NotReady(what=what, seconds=round(_READY_S))


class Up:
    """A running installation: `start`, then `serve` until stopped."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.settings = configuration.current()
        # On a terminal people read what we say; what the processes say stands in files beside the data.
        allow_many_files()
        self.household = Household({}, say, logs=self.settings.data_path / "logs")
        self.url = ""

    def start(self) -> None:
        """Prepare, start every process and return once the web server answers.

        Raises AlreadyRunning, NoFreePort, NotReady.
        """
        data = self.settings.data_path
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        other = running.read(data)
        if other is not None:
            raise AlreadyRunning(data=data, pid=other.pid, url=other.url)
        self.settings = _take_ports(self.settings, self.say)
        environment = _environment(self.settings)
        prepared = self._prepare(environment)
        self.household.environment = environment
        if prepared.broker:
            self.household.start("broker", prepared.broker)
        self.household.start("web", python("beffroi.house.web"))
        self.household.start("engine", python("beffroi.house.engine"))
        reached = "127.0.0.1" if self.settings.host in ("0.0.0.0", "") else self.settings.host  # noqa: S104 - compared
        _wait_for(reached, self.settings.port, self.household, "The web server")
        scheme = "http" if is_loopback(self.settings.host) else "https"
        self.url = f"{scheme}://{reached}:{self.settings.port}"
        running.write(
            data,
            running.Running(
                pid=os.getpid(),
                url=self.url,
                mqtt_host=self.settings.mqtt_host,
                mqtt_port=self.settings.mqtt_port,
                dc09_host=self.settings.dc09_host,
                dc09_port=self.settings.dc09_port,
            ),
        )

    def _prepare(self, environment: dict[str, str]) -> Prepared:
        # A process of its own: what it loads does not stay in memory.
        done = subprocess.run(
            python("beffroi.house.prepare"), env=environment, stdout=subprocess.PIPE, check=False
        )
        if done.returncode != 0:
            raise NotPrepared(data=self.settings.data_path)
        return msgspec.json.decode(done.stdout, type=Prepared)

    def serve(self) -> None:
        """Watch the processes until SIGINT or SIGTERM."""

        def stop(_signal: int, _frame: FrameType | None) -> None:
            self.household.stopping = True

        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        while not self.household.stopping:
            self.household.watch()
            time.sleep(_WATCH_S)

    def stop(self) -> None:
        """Stop every process and say that nothing runs any more."""
        self.household.stop()
        if (found := running.read(self.settings.data_path)) and found.pid == os.getpid():
            running.clear(self.settings.data_path)
