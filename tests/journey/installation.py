"""A whole installation, started and asked as an administrator would: through its command line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tests.several import Line, several
from tools.postgres import Postgres

_ADDRESS = re.compile(r"https?://[\d.]+:\d+")
READY_S = 60.0


class Installation:
    """`beffroi …` on a data directory of its own; `start` and `stop` its processes.

    `more` is what a profile adds to its environment; `database` is a centre's.
    """

    def __init__(
        self, data: Path, more: dict[str, str] | None = None, database: Postgres | None = None
    ) -> None:
        self.data, self.database = data, database
        self.environment = {
            **os.environ,
            "BEFFROI_DATA_DIR": str(data),
            "BEFFROI_CONFIG": os.devnull,
            "BEFFROI_PORT": "0",
            "BEFFROI_MQTT_PORT": "0",
            "BEFFROI_DC09_PORT": "0",
            "BEFFROI_CHECKPOINT_SECONDS": "2",
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
            **(more or {}),
        }
        self.url = ""
        self.said: list[str] = []
        self._up: subprocess.Popen[str] | None = None

    def command(self, *arguments: str, typed: str = "") -> str:
        """Run `beffroi …` and return what it printed; fails the test with what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "beffroi", *arguments],
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"beffroi {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def answer(self, *arguments: str, typed: str = "") -> Any:
        """The JSON that a command prints."""
        return json.loads(self.command(*arguments, "--json", typed=typed))

    def set_up(self, *lines: Line) -> list[str]:
        """Make the tables, as the first start does, then run commands (words, what is typed) at one go."""
        return several(self.environment, lines)

    def start(self) -> None:
        """Start everything and wait until the first page can be asked for."""
        self._up = self.launched([sys.executable, "-m", "beffroi", "up"])
        end = time.monotonic() + READY_S
        while time.monotonic() < end and self._up.poll() is None:
            found = next((line for line in self.said if "ready" in line and _ADDRESS.search(line)), "")
            if found:
                self.url = _ADDRESS.search(found)[0]  # type: ignore[index] - searched a line above
                return
            time.sleep(0.05)
        raise AssertionError("beffroi up did not get ready:\n" + "".join(self.said[-40:]))

    def launched(self, line: list[str]) -> subprocess.Popen[str]:
        """A process of this installation, whose every line is heard."""
        process = subprocess.Popen(
            line,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()
        return process

    def _listen(self, out: IO[str]) -> None:
        for line in out:
            self.said.append(line)

    @property
    def listens(self) -> dict[str, Any]:
        """Where the broker and the panels' port are."""
        return json.loads((self.data / "running.json").read_text())

    @property
    def intake_url(self) -> str:
        """Where programs send observations."""
        return self.url

    def remains(self) -> Iterator[tuple[str, bytes]]:
        """All that the installation keeps, but for the broker's: each file, and what its tables say."""
        folder = self.data if self.database is None else self.data.parent
        for file in folder.rglob("*"):
            if file.is_file() and "broker" not in file.relative_to(folder).parts:
                yield str(file), file.read_bytes()
        if self.database is not None:
            yield "PostgreSQL", self.database.dump()

    def stop(self) -> None:
        """Stop everything; fails when a process had to be ended by force."""
        if self._up is None or self._up.poll() is not None:
            return
        self._up.send_signal(signal.SIGINT)
        try:
            self._up.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._up.pid, signal.SIGKILL)
            raise AssertionError("beffroi up did not stop in 30 s") from None
