"""NATS servers of their own, real, on loopback: for tests and benchmarks of the centre profile.

They may be killed and started again on what they hold, and flush before they acknowledge.
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, *, within_s: float = 30.0) -> None:
    """Wait until something listens on a loopback port."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nothing answers on port {port}")


class Nats:
    """One server or a cluster, each on a port of its own, with a store that outlives it."""

    def __init__(
        self, folder: Path, *, servers: int = 1, jetstream: bool = True, user: str = "", password: str = ""
    ) -> None:
        self.folder, self.jetstream = folder, jetstream
        self.users = [{"user": user, "password": password}] if user else []
        self.ports = [free_port() for _ in range(servers)]
        self.routes = [free_port() for _ in range(servers)]
        self.processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """As the setting `nats_url` takes it."""
        return ",".join(f"nats://127.0.0.1:{port}" for port in self.ports)

    def start(self, number: int) -> None:
        """Start one of the servers."""
        config: dict[str, object] = {
            "server_name": f"n{number}",
            "host": "127.0.0.1",
            "port": self.ports[number],
        }
        if self.jetstream:
            store = str(self.folder / f"store{number}")
            config["jetstream"] = {"store_dir": store, "sync_interval": "always"}
        if self.users:
            config["authorization"] = {"users": self.users}
        if len(self.ports) > 1:
            config["cluster"] = {
                "name": "beffroi",
                "host": "127.0.0.1",
                "port": self.routes[number],
                "routes": [f"nats://127.0.0.1:{port}" for port in self.routes],
            }
        file = self.folder / f"{number}.json"
        file.write_text(json.dumps(config))
        log = (self.folder / f"{number}.log").open("ab")
        # Where Django is set up already: the program's place is the product's own knowledge.
        from beffroi.during.intake.broker import program

        self.processes[number] = subprocess.Popen([program(), "-c", str(file)], stderr=log)

    def start_all(self) -> None:
        """Start every server and wait until each listens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(len(self.ports)):
            self.start(number)
        for port in self.ports:
            answers(port)

    def kill(self, number: int) -> None:
        """kill -9."""
        self.processes[number].send_signal(signal.SIGKILL)
        self.processes[number].wait()

    def stop(self) -> None:
        """Leave none behind."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)


@contextmanager
def nats(
    folder: Path, *, servers: int = 1, jetstream: bool = True, user: str = "", password: str = ""
) -> Iterator[Nats]:
    """NATS servers that live as long as the block."""
    made = Nats(folder, servers=servers, jetstream=jetstream, user=user, password=password)
    try:
        made.start_all()
        yield made
    finally:
        made.stop()
