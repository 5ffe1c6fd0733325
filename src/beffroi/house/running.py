"""What runs and where: a small file that the command line and the rehearsal read.

`data_dir/running.json` is written by `beffroi up` once its ports are known and removed when it stops.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses of a running installation; `pid` 0 where no one process holds the others."""

    pid: int
    url: str
    mqtt_host: str
    mqtt_port: int
    dc09_host: str
    dc09_port: int
    intake_url: str = ""


def _file(data: Path) -> Path:
    return data / "running.json"


def write(data: Path, running: Running) -> None:
    """Say what runs, in one move: a reader never sees half a file."""
    draft = data / f"running.{os.getpid()}.tmp"
    draft.write_bytes(msgspec.json.encode(running))
    draft.replace(_file(data))


def clear(data: Path) -> None:
    """Say that nothing runs any more."""
    _file(data).unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read(data: Path) -> Running | None:
    """What runs on this data directory, or None (a file left by a killed process counts as none)."""
    try:
        running = msgspec.json.decode(_file(data).read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return running if _alive(running.pid) else None
