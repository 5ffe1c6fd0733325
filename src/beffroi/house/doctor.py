"""`beffroi doctor`: what is well and what is not, each with what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from beffroi.foundation import settings as configuration
from beffroi.house import running

_LOW_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it is well, what was seen, and what to do if it is not."""

    check: str
    well: bool
    seen: str
    advice: str = ""


def _data_directory(settings: configuration.Settings) -> Finding:
    data = settings.data_path
    if not data.exists():
        return Finding(
            "data directory", False, f"{data} is not there", "Start `beffroi up` once: it makes it."
        )
    if not os.access(data, os.W_OK):
        return Finding(
            "data directory", False, f"{data} cannot be written", "Give it to the user who runs Beffroi."
        )
    return Finding("data directory", True, str(data))


def _disk(settings: configuration.Settings) -> Finding:
    place = settings.data_path if settings.data_path.exists() else Path.cwd()
    free = shutil.disk_usage(place).free
    return Finding(
        "disk",
        free > _LOW_DISK_BYTES,
        f"{free / 1024**3:.1f} GiB free",
        "Under 2 GiB, observations will soon be refused: free some space.",
    )


def _assets(_settings: configuration.Settings) -> Finding:
    there = resources.files("beffroi.desks").joinpath("static", "vendor").is_dir()
    return Finding("screens", there, "fonts and map library" if there else "missing", "Run `make setup`.")


def _communes(_settings: configuration.Settings) -> Finding:
    there = resources.files("beffroi.territory").joinpath("data", "communes.json").is_file()
    return Finding("list of communes", there, "there" if there else "missing", "Run `make setup`.")


def _tables(_settings: configuration.Settings) -> Finding:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding("database", False, str(error), "Check `database_url` and that the server answers.")
    seen = "tables are up to date" if not waiting else f"{waiting} changes of tables wait"
    return Finding("database", not waiting, seen, "Start `beffroi up`: it brings them up to date.")


def _processes(settings: configuration.Settings) -> Finding:
    found = running.read(settings.data_path)
    if found is None:
        return Finding("running", False, "nothing runs on this data directory", "Start `beffroi up`.")
    return Finding(
        "running", True, f"{found.url}, panels on port {found.dc09_port}, MQTT on {found.mqtt_port}"
    )


def _python(_settings: configuration.Settings) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= (3, 11), version, "Install Python 3.11 or later.")


CHECKS: tuple[Callable[[configuration.Settings], Finding], ...] = (
    _python,
    _data_directory,
    _disk,
    _assets,
    _communes,
    _tables,
    _processes,
)


def examine(settings: configuration.Settings) -> Iterator[Finding]:
    """Every check in order (Django must be set up)."""
    for check in CHECKS:
        yield check(settings)
