"""Reads of the journal: the feed, what was said about a subject, heads and proofs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from beffroi.foundation.errors import NotFound
from beffroi.journal import canonical, entries, facts, heads, merkle, models
from beffroi.journal.entries import EntryView
from beffroi.journal.models import Checkpoint, Journal, SigningKey

_INSTALLATION = "installation"


def _rows(where: str, values: tuple[Any, ...], order: str, limit: int) -> list[EntryView]:
    sql = f"SELECT {', '.join(entries.COLUMNS)} FROM journal_entry WHERE {where} ORDER BY {order} LIMIT %s"  # noqa: S608 - fixed words
    with connection.cursor() as cursor:
        cursor.execute(sql, (*values, limit))
        return [entries.view(row) for row in cursor.fetchall()]


def follow(
    after: int,
    *,
    journals: Collection[str] | None = None,
    facts: Collection[str] | None = None,
    limit: int = 500,
) -> list[EntryView]:
    """The entries after a feed position, in the order in which they became visible; none is ever skipped."""
    where, values = ["position > %s"], [after]
    for column, chosen in (("journal", journals), ("fact", facts)):
        if chosen is None:
            continue
        if not chosen:
            return []
        where.append(f"{column} IN ({', '.join(['%s'] * len(chosen))})")
        values += sorted(chosen)
    return _rows(" AND ".join(where), tuple(values), "position", limit)


def head_position() -> int:
    """The last feed position, 0 where nothing was ever written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_entry")
        return int(cursor.fetchone()[0])


def entries_about(subject: str, *, journal: str | None = None, limit: int = 10_000) -> list[EntryView]:
    """What the journals say about a subject, oldest first; in one journal only, where it is named."""
    name = canonical.subject_name(subject)
    if journal is None:
        return _rows("subject = %s", (name,), "position", limit)
    return _rows("subject = %s AND journal = %s", (name, journal), "position", limit)


def last(journal: str, limit: int = 50) -> list[EntryView]:
    """The newest entries of a journal, newest first."""
    return _rows("journal = %s", (journal,), "number DESC", limit)


def clock_stepped(since: datetime) -> tuple[datetime, timedelta] | None:
    """When the machine's clock was last set, and by how much; None where it was not since `since`.

    Looks at the newest entries of the installation's journal only: cheap, and asked again and again.
    """
    for each in last(_INSTALLATION):
        if each.fact == facts.ClockStepped.fact and each.time > since and each.body is not None:
            return each.time, timedelta(seconds=each.body["seconds"])
    return None


def latest(journals: Collection[str], facts: Collection[str], limit: int) -> list[EntryView]:
    """The newest entries of these journals that state one of these facts, newest first."""
    if not journals or not facts:
        return []
    marks = [", ".join(["%s"] * len(each)) for each in (journals, facts)]
    where = f"journal IN ({marks[0]}) AND fact IN ({marks[1]})"
    return _rows(where, (*sorted(journals), *sorted(facts)), "position DESC", limit)


def between(
    journals: Collection[str], facts: Collection[str], since: datetime, until: datetime, limit: int
) -> list[EntryView]:
    """The entries of these journals that state one of these facts between two instants, newest first."""
    if not journals or not facts:
        return []
    marks = [", ".join(["%s"] * len(each)) for each in (journals, facts)]
    where = f"journal IN ({marks[0]}) AND fact IN ({marks[1]}) AND time >= %s AND time < %s"
    span = (entries.instant(since), entries.instant(until))
    return _rows(where, (*sorted(journals), *sorted(facts), *span), "position DESC", limit)


def numbered(journal: str, *, after: int, limit: int) -> list[EntryView]:
    """The entries of a journal after a number, in the order of their numbers."""
    return _rows("journal = %s AND number > %s", (journal, after), "number", limit)


def entry(journal: str, number: int) -> EntryView:
    """One entry; raises NotFound."""
    found = _rows("journal = %s AND number = %s", (journal, number), "number", 1)
    if not found:
        raise NotFound(what=f"entry {number} of {journal}")
    return found[0]


def bearing(journal: str, digest: str, facts: Collection[str]) -> list[EntryView]:
    """Entries of these facts whose body bears a digest (hexadecimal), in the order of their numbers."""
    marks = ", ".join(["%s"] * len(facts))
    where = f"journal = %s AND fact IN ({marks}) AND body LIKE %s"
    return _rows(where, (journal, *sorted(facts), f'%"{digest}"%'), "number", 10_000)


@dataclass(frozen=True, slots=True)
class HeadView:
    """The head of a journal: entries, root, when it was last signed (None: never) and up to where."""

    journal: str
    origin: str
    epoch: int
    size: int
    root: bytes
    signed_size: int
    signed_at: datetime | None


def journals() -> list[str]:
    """The keys of every journal that has an entry."""
    return list(models.Journal.objects.filter(size__gt=0).order_by("key").values_list("key", flat=True))


def head(journal: str) -> HeadView:
    """The present head of a journal; raises NotFound where it has never been written."""
    row = models.Journal.objects.filter(key=journal).first()
    if row is None:
        raise NotFound(what=f"journal {journal}")
    signed = checkpoint(journal)
    return HeadView(
        journal=journal,
        origin=row.origin,
        epoch=row.epoch,
        size=row.size,
        root=merkle.Frontier.from_bytes(row.size, bytes(row.frontier)).root(),
        signed_size=signed.size if signed else 0,
        signed_at=signed.signed_at if signed else None,
    )


def checkpoint(journal: str, *, at_least: int = 0) -> Checkpoint | None:
    """The newest signed checkpoint of a journal that covers `at_least` entries."""
    found = Checkpoint.objects.filter(journal=journal, size__gte=at_least)
    return found.order_by("-id").first()


def unsigned_since() -> dict[str, datetime]:
    """Journals with entries that no signed head covers yet, and when the first of those was written."""
    newest = Checkpoint.objects.filter(journal=OuterRef("key")).order_by("-id").values("size")[:1]
    rows = Journal.objects.annotate(signed=Coalesce(Subquery(newest), Value(0)))
    behind = dict(rows.filter(size__gt=F("signed")).values_list("key", "signed"))
    return {key: entry(key, signed + 1).time for key, signed in behind.items()}


def inclusion(journal: str, number: int, size: int) -> list[bytes]:
    """The audit path of entry `number` in the tree of the first `size` entries; raises NotFound."""
    _grown(journal, size)
    if not 1 <= number <= size:
        raise NotFound(what=f"entry {number} among the first {size} of {journal}")
    return merkle.inclusion_path(number - 1, size, heads.Subtrees(journal))


def inclusions(journal: str, numbers: Collection[int], size: int) -> dict[int, list[bytes]]:
    """The audit paths of several entries in one tree, by number; shared parts are read once."""
    _grown(journal, size)
    subtrees = heads.Subtrees(journal)
    return {number: merkle.inclusion_path(number - 1, size, subtrees) for number in numbers}


def consistency(journal: str, old: int, new: int) -> list[bytes]:
    """The proof that the first `old` entries are unchanged among the first `new`; raises NotFound."""
    _grown(journal, new)
    if not 1 <= old <= new:
        raise NotFound(what=f"a head of {old} entries before one of {new} in {journal}")
    return merkle.consistency_path(old, new, heads.Subtrees(journal))


def root_at(journal: str, size: int) -> bytes:
    """The root of the tree of the first `size` entries; raises NotFound."""
    _grown(journal, size)
    return heads.Subtrees(journal)(0, size)


def signing_keys() -> list[SigningKey]:
    """Every signing key, oldest first."""
    return list(SigningKey.objects.order_by("introduced_at", "fingerprint"))


def _grown(journal: str, size: int) -> None:
    if not models.Journal.objects.filter(key=journal, size__gte=max(size, 1)).exists():
        raise NotFound(what=f"a head of {size} entries in {journal}")
