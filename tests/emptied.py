"""Test databases are emptied between tests that commit: only what holds something, at one go.

Django would empty every table, then make content types and permissions anew: half a second of work after each
such test, ten times what it costs to look which tables have rows.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

#: What Django's `flush` leaves or makes again.
_STAYS = {"django_migrations", "django_content_type", "auth_permission"}


def let_databases_be_emptied() -> None:
    """Empty databases in this way after each test that commits."""

    def emptied(self: TransactionTestCase) -> None:
        for name in self._databases_names(include_mirrors=False):
            empty(connections[name])

    TransactionTestCase._fixture_teardown = emptied


def empty(connection: BaseDatabaseWrapper) -> None:
    """Take every row away; the triggers that keep the journal's stand aside for that."""
    from beffroi.journal import schema

    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        full = _full(connection, cursor)
    if not full:
        return
    # Row by row where they refer to each other in whatever order: nobody checks meanwhile.
    with connection.constraint_checks_disabled(), transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
            elif kept := any(table.startswith("journal_") for table in full):
                schema.remove_triggers(connection)
            for table in full:
                cursor.execute(f"DELETE FROM {quote(table)}")  # noqa: S608 - the database's own names
        if connection.vendor != "postgresql" and kept:
            schema.install_triggers(connection)


def _full(connection: BaseDatabaseWrapper, cursor: Any) -> list[str]:
    tables = [each for each in connection.introspection.table_names(cursor) if each not in _STAYS]
    quote = connection.ops.quote_name
    asked = (
        f"SELECT '{each}' WHERE EXISTS (SELECT 1 FROM {quote(each)})"  # noqa: S608 - the database's own names
        for each in tables
    )
    cursor.execute(" UNION ALL ".join(asked))
    return [each for (each,) in cursor.fetchall()]
