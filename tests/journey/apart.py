"""A centre as a town runs it: each process started alone by `beffroi up --only`, none the others' parent."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests import centre
from tests.journey.installation import READY_S, Installation
from tools.postgres import Postgres

_PORTS = ("PORT", "INTAKE_PORT", "MQTT_PORT", "DC09_PORT")
#: In the order in which a unit each would be stopped.
_PROCESSES = ("intake", "web", "engine", "broker")


class Apart(Installation):
    """A centre on a PostgreSQL and a NATS of its own, its processes apart."""

    def __init__(self, data: Path, database: Postgres, servers: centre.Nats) -> None:
        self.ports = {name: centre.free_port() for name in _PORTS}
        more = {
            "BEFFROI_PROFILE": "centre",
            "BEFFROI_DATABASE_URL": database.url,
            "BEFFROI_NATS_URL": servers.url,
            **{f"BEFFROI_{name}": str(port) for name, port in self.ports.items()},
        }
        super().__init__(data, more, database)
        self._running: dict[str, subprocess.Popen[str]] = {}

    def start(self) -> None:
        """Start every process, as units of systemd would be, and wait until each does its work."""
        for name in _PROCESSES:
            line = [sys.executable, "-m", "beffroi", "up", "--only", name]
            self._running[name] = self.launched(line)
        self.url = f"http://127.0.0.1:{self.ports['PORT']}"
        end = time.monotonic() + READY_S
        for port in self.ports.values():
            centre.answers(port, within_s=end - time.monotonic())
        while not any('"active"' in line for line in self.said):
            assert time.monotonic() < end, "no engine is active:\n" + "".join(self.said[-40:])
            time.sleep(0.05)

    @property
    def intake_url(self) -> str:
        """The intake process's own port."""
        return f"http://127.0.0.1:{self.ports['INTAKE_PORT']}"

    @property
    def listens(self) -> dict[str, Any]:
        """Where sources are told to call: nobody wrote it down, the settings say it."""
        ports = {"mqtt_port": self.ports["MQTT_PORT"], "dc09_port": self.ports["DC09_PORT"]}
        return {"mqtt_host": "127.0.0.1", "dc09_host": "127.0.0.1", **ports}

    def stop(self) -> None:
        """Stop every process as systemd does; fails when one had to be ended by force, or ended badly."""
        running, self._running = self._running, {}
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        try:
            ended = {name: process.wait(30) for name, process in running.items()}
        finally:
            for process in running.values():
                if process.poll() is None:
                    process.kill()
        # uvicorn ends its work, then lets the signal have its way.
        assert set(ended.values()) <= {0, -signal.SIGTERM}, ended
