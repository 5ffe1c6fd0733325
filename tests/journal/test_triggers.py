"""What is proven is refused every change by the database itself."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.journal.saying import TOWN, say, say_many

from beffroi.journal import actions, queries, schema

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_entry SET body = 'x' WHERE number = 1",
        "UPDATE journal_entry SET header = replace(header, 'system', 'member')",
        "UPDATE journal_entry SET leaf = leaf, number = number + 10",
        "UPDATE journal_entry SET body = NULL, body_sha256 = '00', position = position + 100",
        "UPDATE journal_entry SET body = NULL, body_sha256 = 'short' WHERE number = 1",
        "UPDATE journal_entry SET body = NULL, body_sha256 = substr(header || header, 1, 64)"
        " WHERE fact LIKE 'journal.%'",
        "DELETE FROM journal_entry",
        "UPDATE journal_journal SET size = 0",
        "UPDATE journal_journal SET installation = 'other'",
        "DELETE FROM journal_journal",
        "UPDATE journal_tile SET level = 7",
        "DELETE FROM journal_tile",
        "UPDATE journal_checkpoint SET size = 1",
        "DELETE FROM journal_checkpoint",
        "INSERT INTO journal_entry (position, journal, number, header, body, leaf)"
        " SELECT position + 1000, journal, number + 1000, header, body, leaf FROM journal_entry",
        "UPDATE journal_entry SET subject = 'incident:2'",
    ],
)
def test_it_is_refused(sql: str) -> None:
    say_many(256)
    actions.sign_heads()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert queries.head(TOWN).size == 256


def test_truncating_is_refused_where_the_database_has_it() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    say()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE journal_entry")


def test_every_trigger_is_installed_by_the_migration() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        assert {row[0] for row in cursor.fetchall()} >= set(schema.triggers(connection.vendor))
