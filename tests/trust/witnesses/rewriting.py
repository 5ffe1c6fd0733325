"""What whoever holds database, files and key can do to a journal: change it, rebuild it, sign it again.

`python -m tests.trust.witnesses.rewriting alter|cut|say JOURNAL [NUMBER]` does so to the installation of its
environment; `say` is honest: it declares so many organisations.
"""

from __future__ import annotations

import sys

from django.db import connection


def _tamper(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def rebuild(key: str) -> None:
    """Every leaf, tile and head of a journal made anew from its bodies, and signed with the key itself."""
    from beffroi.journal import actions, canonical, heads, merkle, schema
    from beffroi.journal.models import Entry

    schema.remove_triggers(connection)
    frontier = merkle.Frontier()
    for entry in Entry.objects.filter(journal=key).order_by("number"):
        leaf = merkle.leaf_hash(
            canonical.entry_bytes(entry.number, canonical.body_sha256(entry.body), entry.header)
        )
        _tamper("UPDATE journal_entry SET leaf = %s WHERE position = %s", leaf, entry.position)
        frontier = frontier.push(leaf)
    for table in ("journal_tile", "journal_checkpoint"):
        _tamper(f"DELETE FROM {table} WHERE journal = %s", key)  # noqa: S608 - two names, above
    _tamper(
        "UPDATE journal_journal SET size = %s, frontier = %s WHERE key = %s",
        frontier.size, frontier.to_bytes(), key,
    )  # fmt: skip
    heads.keep_tiles(key, 0, frontier.size)
    for file in heads.directory().glob(f"*{key.rsplit(':', maxsplit=1)[-1]}*"):
        file.unlink()
    actions.sign_head(journal=key)


def alter(key: str, number: int = 2) -> None:
    """Another body for one entry."""
    from beffroi.journal import schema

    schema.remove_triggers(connection)
    sql = "UPDATE journal_entry SET body = %s WHERE journal = %s AND number = %s"
    _tamper(sql, '{"words":"never"}', key, number)
    rebuild(key)


def cut(key: str, keep: int) -> None:
    """The entries after `keep` never were."""
    from beffroi.journal import schema

    schema.remove_triggers(connection)
    _tamper("DELETE FROM journal_entry WHERE journal = %s AND number > %s", key, keep)
    rebuild(key)


def say(times: int) -> None:
    """So many honest entries in the installation's journal, signed."""
    from beffroi.house.prepare import bring_up_to_date
    from beffroi.journal import actions
    from beffroi.people import actions as people
    from beffroi.people.models import Organisation

    bring_up_to_date()
    for _ in range(times):
        people.create_organisation(name=f"Commune {Organisation.objects.count()}", kind="commune")
    actions.sign_heads()


def main() -> None:
    """Do one of them."""
    import django

    django.setup()
    act, key, *number = sys.argv[1:]
    if act == "cut":
        cut(key, int(number[0]))
    elif act == "say":
        say(int(number[0]))
    else:
        alter(key)


if __name__ == "__main__":
    main()
