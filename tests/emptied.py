"""Test databases are emptied between tests that commit: the journal's triggers must stand aside for that."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations


def let_journal_be_emptied() -> None:
    """Make Django's flush of a test database take the journal's triggers away and put them back."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def emptied(self: BaseDatabaseOperations, sql_list: list[str]) -> Any:
        from beffroi.journal import schema

        schema.remove_triggers(self.connection)
        try:
            return flush(self, sql_list)
        finally:
            schema.install_triggers(self.connection)

    BaseDatabaseOperations.execute_sql_flush = emptied
