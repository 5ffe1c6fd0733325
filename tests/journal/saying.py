"""Facts that only the tests append, and short ways to append them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from beffroi.journal import actions, facts
from beffroi.journal.entries import EntryView

TOWN = "territory:redon"


class SaidV1(facts.Fact, fact="test.said", version=1):
    """A first form, that nobody appends any more."""

    words: str


class Said(facts.Fact, fact="test.said", version=2):
    """Somebody said something."""

    words: str
    loud: bool = False


@facts.upcasts(SaidV1)
def louder(old: SaidV1) -> Said:
    """The first form said nothing of loudness: capitals did."""
    return Said(words=old.words, loud=old.words.isupper())


def say(
    words: str = "bonjour",
    *,
    journal: str = TOWN,
    subject: str = "incident:1",
    actor: str = "system",
    fact: facts.Fact | None = None,
    at: datetime | None = None,
) -> EntryView:
    """Append one entry in a transaction of its own."""
    with transaction.atomic():
        return actions.append(
            journal=journal, fact=fact or Said(words=words), subject=subject, actor=actor, at=at
        )


def say_many(count: int, *, journal: str = TOWN) -> None:
    """Append `count` entries to one journal."""
    drafts = [actions.Draft(Said(words=f"n{each}"), "incident:1", "system") for each in range(count)]
    with transaction.atomic():
        actions.append_all(journal=journal, drafts=drafts)


def tamper(sql: str, *values: object) -> int:
    """What the owner of the database can do once the triggers are away."""
    from beffroi.journal import schema

    schema.remove_triggers(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)
