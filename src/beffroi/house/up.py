"""`beffroi up`: everything a village needs, or a centre on one machine, in one command.

Processes of ours beside the broker: `web` (pages, live stream, and in a village intake from HTTP, panels and
broker), in a centre `intake`, and `engine` (what observations mean, signed heads). The parent only watches
them.
"""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import running
from beffroi.house.only import prepare
from beffroi.house.ports import free_port, is_loopback
from beffroi.house.processes import Household, allow_many_files, python

_READY_S = 30.0
_WATCH_S = 0.2


class NotReady(BeffroiError):
    """A process that should answer does not."""

    code = "house.not_ready"
    message = "{what} did not start within {seconds} s."
    advice = "Read the lines above; `beffroi doctor` says what is wrong."


class AlreadyRunning(BeffroiError):
    """Another `beffroi up` works on this data directory."""

    code = "house.already_running"
    message = "Beffroi already runs on {data} (process {pid}, {url})."
    advice = "Stop it first, or set BEFFROI_DATA_DIR to another folder."


def _ports(settings: configuration.Settings) -> list[tuple[str, str]]:
    """The settings that hold a port, each with the address that it is of."""
    found = [("port", settings.host), ("mqtt_port", settings.mqtt_host), ("dc09_port", settings.dc09_host)]
    return [*found, ("intake_port", settings.intake_host)] if settings.profile == "centre" else found


def _take_ports(settings: configuration.Settings, say: Callable[[str], None]) -> configuration.Settings:
    taken: dict[str, int] = {}
    for what, host in _ports(settings):
        wanted = getattr(settings, what)
        taken[what] = free_port(host, wanted, datagrams=what == "dc09_port")
        if wanted and taken[what] != wanted:
            say(f"Port {wanted} is in use: {what} is {taken[what]}.")
    return replace(settings, **taken)


def _environment(settings: configuration.Settings) -> dict[str, str]:
    chosen = {f"BEFFROI_{name.upper()}": str(getattr(settings, name)) for name, _ in _ports(settings)}
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
        prepared = prepare(self.settings, environment)
        self.household.environment = environment
        if prepared.broker:
            self.household.start("broker", prepared.broker)
        if self.settings.profile == "centre":
            self.household.start("intake", python("beffroi.house.intake"))
        self.household.start("web", python("beffroi.house.web"))
        self.household.start("engine", python("beffroi.house.engine"))
        self.url = self._answers(self.settings.host, self.settings.port, "The web server")
        intake = ""
        if self.settings.profile == "centre":
            intake = self._answers(self.settings.intake_host, self.settings.intake_port, "Intake")
        running.write(
            data,
            running.Running(
                pid=os.getpid(),
                url=self.url,
                intake_url=intake or self.url,
                mqtt_host=self.settings.mqtt_host,
                mqtt_port=self.settings.mqtt_port,
                dc09_host=self.settings.dc09_host,
                dc09_port=self.settings.dc09_port,
            ),
        )

    def _answers(self, host: str, port: int, what: str) -> str:
        """Wait until a process of HTTP answers; its address."""
        reached = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 - compared
        _wait_for(reached, port, self.household, what)
        return f"{'http' if is_loopback(host) else 'https'}://{reached}:{port}"

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
