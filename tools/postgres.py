"""Runs a command beside a PostgreSQL of its own: python -m tools.postgres -- COMMAND …

The cluster lives in a temporary folder, listens on a Unix socket and a free loopback port,
and is removed at the end. The command finds it in BEFFROI_DATABASE_URL.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoPostgres(Exception):
    """PostgreSQL's server programs are not on this machine."""


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgres("PostgreSQL's initdb is not installed (Debian: postgresql)")
    return Path(on_path).resolve().parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_server_user() -> dict[str, object]:
    # PostgreSQL refuses to run as root: Debian's package brings the user `postgres`.
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Postgres:
    """A PostgreSQL in a temporary folder: `make` it, `stop` and `start` it as often as wished, `remove` it.

    `flushing`: it writes to disk before it says so, as a town's does; without, tests are quicker.
    """

    def __init__(self, *, flushing: bool = False) -> None:
        self._flushing = flushing
        self._port = _free_port()
        self._who: dict[str, object] = {}
        self._folder: Path | None = None

    @property
    def url(self) -> str:
        """How its superuser reaches it."""
        return f"postgresql://beffroi@127.0.0.1:{self._port}/postgres"

    def make(self) -> None:
        """Make its files and start it. Raises NoPostgres."""
        self._programs, self._who = _programs(), _as_server_user()
        self._folder = folder = Path(tempfile.mkdtemp(prefix="beffroi-postgres-"))
        if self._who:
            os.chown(folder, int(str(self._who["user"])), int(str(self._who["group"])))
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", "beffroi", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self._port} -k {self._folder}"
        options += "" if self._flushing else " -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` as a crash does: nothing is finished, and it recovers at the next start."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def let_in(self, *lines: str) -> None:
        """Take these lines of pg_hba.conf in place of all others."""
        (Path(self._data) / "pg_hba.conf").write_text("".join(f"{line}\n" for line in lines))
        self._run("pg_ctl", "-D", self._data, "reload")

    def dump(self) -> bytes:
        """All that its tables hold, as text."""
        line = [str(self._programs / "pg_dump"), "--data-only", self.url]
        return subprocess.run(line, check=True, stdout=subprocess.PIPE).stdout

    def remove(self) -> None:
        """Stop it and remove its files."""
        if self._folder is None:
            return  # it was never made
        try:
            if (self._folder / "data" / "postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> str:
        assert self._folder is not None, "made first"  # noqa: S101 - a mistake of the caller's
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(  # type: ignore[call-overload] - user and group as the platform has them
            [str(self._programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            **self._who,
        )


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the block."""
    made = Postgres()
    try:
        made.make()
        yield made.url
    finally:
        made.remove()


def main(arguments: list[str]) -> int:
    """Run the command after `--` with BEFFROI_DATABASE_URL set; its exit status is ours."""
    command = arguments[arguments.index("--") + 1 :] if "--" in arguments else arguments
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    with cluster() as url:
        return subprocess.run(
            command, env={**os.environ, "BEFFROI_DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
