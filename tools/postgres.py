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


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the block."""
    programs, who, port = _programs(), _as_server_user(), _free_port()
    folder = Path(tempfile.mkdtemp(prefix="beffroi-postgres-"))
    if who:
        os.chown(folder, int(str(who["user"])), int(str(who["group"])))
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(  # type: ignore[call-overload] - user and group as the platform has them
            [str(programs / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder, **who
        )

    try:
        run("initdb", "-D", str(data), "-A", "trust", "-U", "beffroi", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield f"postgresql://beffroi@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
