"""Before anything runs: the data directory, the tables, the roles, the journal's keys.

Run as a process of its own, so that what it loads does not stay in memory. Safe to
repeat: where nothing is to be done it does nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import needs, running

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")


_PREPARING = 0x6265_6666_7072  # 'beffpr': the lock of who makes the tables


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
    """Make this installation ready to run (Django must be set up); one process at a time."""
    from django.core.management import call_command

    from beffroi.people.actions import load_roles

    with _one_at_a_time():
        if _tables_wait():
            call_command("migrate", interactive=False, verbosity=0)
        load_roles()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """A centre's processes may all be started at once: one makes the tables, the others wait for it."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_PREPARING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_PREPARING])


def prepare_spool() -> None:
    """Make the spool where it is not there, behind what is folded already: no position is given twice."""
    from beffroi.during.fusion import queries
    from beffroi.during.intake import spool

    spool.open_spool(first=queries.standing()[0] + 1).close()


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

    try:
        needs.examine(configuration.current())
        django.setup()
        prepare()
        prepare_spool()
        print(json.dumps({"broker": broker_command()}))
    except BeffroiError as error:
        print(f"{error.sentence()}\n{error.advice}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
