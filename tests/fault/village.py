"""A village of which only the engine runs, killed and started by hand: what it tells the world goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Village:
    """One data directory and its engine; `environment` is what its settings are beside."""

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_MQTT_URL": "mqtt://127.0.0.1:9",  # no broker here
            "BEFFROI_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
            **environment,
        }
        self._log = data / "log"
        self._engine: subprocess.Popen[bytes] | None = None

    def run(self, *line: str) -> str:
        """What a Python of this village prints."""
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
        """Start the engine."""
        line = [sys.executable, "-m", "beffroi.house.engine"]
        with self._log.open("ab") as said:
            self._engine = subprocess.Popen(line, env=self.environment, stdout=said, stderr=said)

    def kill(self) -> None:
        """End the engine at once; nothing where there is none."""
        if self._engine is not None:
            self._engine.send_signal(signal.SIGKILL)
            self._engine.wait()
            self._engine = None

    def said(self) -> str:
        """The end of what its engines said."""
        return self._log.read_text()[-2000:]


@contextmanager
def village(data: Path, **environment: str) -> Iterator[Village]:
    """A village with its tables, whose engine does not outlive the block."""
    made = Village(data, environment)
    made.run("-m", "beffroi.house.prepare")
    try:
        yield made
    finally:
        made.kill()
