"""Before anything runs: the data directory, the tables, the roles, the journal's keys.

Run as a process of its own, so that what it loads does not stay in memory. Safe to
repeat: where nothing is to be done it does nothing.
"""

from __future__ import annotations

import json
import os
import sys

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import running

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")


class OldTables(BeffroiError):
    """The tables are those of another version, and processes are working on them."""

    code = "house.old_tables"
    message = "The tables of {data} are not those of this version, and Beffroi is running on them."
    advice = "Stop Beffroi, start it again with `beffroi up`: it brings them up to date."


def _tables_wait() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def prepare() -> None:
    """Make this installation ready to run (Django must be set up)."""
    from django.core.management import call_command

    from beffroi.people.actions import load_roles

    if _tables_wait():
        call_command("migrate", interactive=False, verbosity=0)
    load_roles()


def bring_up_to_date() -> None:
    """`prepare` for a command of the line, only where tables wait. Raises OldTables while Beffroi runs."""
    if not _tables_wait():
        return
    data = configuration.current().data_path
    if running.read(data) is not None:
        raise OldTables(data=data)
    prepare()


def broker_command() -> list[str]:
    """Write the built-in broker's configuration; the command that runs it (the town has its own: empty)."""
    settings = configuration.current()
    if settings.mqtt_url:
        return []
    from beffroi.during.intake import broker

    broker.write(settings)
    return broker.command(settings)


def main() -> int:
    """Prepare, then tell the parent, as JSON on standard output, what it cannot know without Django."""
    import django

    django.setup()
    prepare()
    print(json.dumps({"broker": broker_command()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
