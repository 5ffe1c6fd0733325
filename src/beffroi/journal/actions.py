"""Writes of the journal: append, sign the heads, prune bodies, open an epoch. Keys rotate in `keys.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.journal import canonical, entries, facts, heads, merkle, models, notes
from beffroi.journal.entries import EntryView

INSTALLATION = "installation"
SYSTEM = "system"
_LOCK = 0x6265_6666_726F  # 'beffro': the one lock that PostgreSQL's writers of the journal queue for
_INSERT = (
    "INSERT INTO journal_entry (position, journal, number, header, body, leaf) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)


class OutsideTransaction(BeffroiError):
    """An entry is appended in the transaction of the state that it tells of, or not at all."""

    code = "journal.outside_transaction"
    message = "An entry of the journal must be appended inside the caller's transaction."
    status = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be appended; `at` defaults to now."""

    fact: facts.Fact
    subject: str
    actor: str
    at: datetime | None = None


def append(
    *, journal: str, fact: facts.Fact, subject: str, actor: str, at: datetime | None = None
) -> EntryView:
    """Append one entry within the caller's transaction; call it last, for it makes writers queue.

    Raises OutsideTransaction, `canonical.BadName`, `canonical.NotCanonical`.
    """
    return append_all(journal=journal, drafts=[Draft(fact, subject, actor, at)])[0]


def append_all(*, journal: str, drafts: Sequence[Draft]) -> list[EntryView]:
    """Append several entries to one journal, numbered in their order, within the caller's transaction."""
    return _write(journal, drafts, after=0)


def _write(journal: str, drafts: Sequence[Draft], *, after: int) -> list[EntryView]:
    """Append, with feed positions that start beyond `after`."""
    if not connection.in_atomic_block:
        raise OutsideTransaction
    canonical.name("Journal", journal)
    bodies = [canonical.encode(draft.fact).decode() for draft in drafts]
    head, last = lock(journal)
    position = max(last, after)
    start, frontier = head.size, merkle.Frontier.from_bytes(head.size, bytes(head.frontier))
    now = clock.now()
    rows, views = [], []
    for draft, body in zip(drafts, bodies, strict=True):
        header = entries.header_of(
            actor=draft.actor,
            epoch=head.epoch,
            fact=draft.fact,
            journal=journal,
            subject=draft.subject,
            time=draft.at or now,
        )
        position, number = position + 1, frontier.size + 1
        body_sha256 = canonical.body_sha256(body)
        leaf = merkle.leaf_hash(canonical.entry_bytes(number, body_sha256, header))
        frontier = frontier.push(leaf)
        rows.append((position, journal, number, header, body, leaf))
        views.append(entries.view((position, journal, number, header, body, body_sha256, leaf)))
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
        cursor.execute(
            "UPDATE journal_journal SET size = %s, frontier = %s WHERE key = %s",
            (frontier.size, frontier.to_bytes(), journal),
        )
    heads.keep_tiles(journal, start, frontier.size)
    return views


def tell_clock_stepped(*, by: timedelta, now: datetime) -> EntryView:
    """Append to the installation's journal that the machine's clock was set by `by` and tells `now`."""
    fact = facts.ClockStepped(seconds=round(by.total_seconds()), until=entries.instant(now - by))
    return append(journal=INSTALLATION, fact=fact, subject=INSTALLATION, actor=SYSTEM, at=now)


def lock(journal: str) -> tuple[models.Journal, int]:
    """The journal's row and the last feed position, with every other writer waiting for our commit.

    SQLite's writers are one at a time anyhow. PostgreSQL's take an advisory lock until their
    commit: positions become visible in their order, so that a follower never skips one.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute("SELECT coalesce(max(position), 0) FROM journal_entry")
        position = cursor.fetchone()[0]
    found = models.Journal.objects.filter(key=journal).first()
    if found is None:
        found = models.Journal.objects.create(key=journal, installation=heads.installation())
    return found, position


def sign_heads() -> int:
    """Sign the head of every journal that has news since its last checkpoint; returns how many."""
    signed = 0
    for journal in models.Journal.objects.filter(size__gt=0).order_by("key"):
        last = (
            models.Checkpoint.objects.filter(journal=journal.key, epoch=journal.epoch)
            .order_by("-size")
            .first()
        )
        if last is None or last.size < journal.size:
            sign_head(journal=journal.key)
            signed += 1
    return signed


def sign_all_heads() -> None:
    """Sign every head with the key in force, whether or not it has news: after a change of key."""
    for key in models.Journal.objects.filter(size__gt=0).order_by("key").values_list("key", flat=True):
        sign_head(journal=key)


def sign_head(*, journal: str) -> models.Checkpoint:
    """Sign the present head of one journal, and keep the note in the database and beside it as a file.

    Where the present head was signed already, by the key in force, that checkpoint is returned.
    """
    from beffroi.journal import keys

    with transaction.atomic():
        lock(journal)
        key = keys.current()  # may append the entry that introduces the first key
        head = models.Journal.objects.get(key=journal)
        root = merkle.Frontier.from_bytes(head.size, bytes(head.frontier)).root()
        there = models.Checkpoint.objects.filter(
            journal=journal, epoch=head.epoch, size=head.size, fingerprint=key.fingerprint
        ).first()
        if there is not None:
            return there
        made = models.Checkpoint.objects.create(
            journal=journal,
            epoch=head.epoch,
            size=head.size,
            root=root,
            fingerprint=key.fingerprint,
            note=key.sign_head(head.origin, head.size, root),
            signed_at=clock.now(),
        )
        transaction.on_commit(lambda: heads.keep_file(made))
    return made


def prune_bodies(*, fact: str, before: datetime, actor: str = SYSTEM) -> int:
    """Remove the bodies of one fact older than `before`; headers and leaf hashes stand. Returns how many.

    Each journal touched gets an entry that says so.
    """
    if fact.startswith("journal."):
        raise Invalid(where=fact, why="the journal needs its own facts to verify itself")
    limit, gone = entries.instant(before), 0
    for journal in models.Journal.objects.order_by("key").values_list("key", flat=True):
        with transaction.atomic():
            lock(journal)
            chosen = models.Entry.objects.filter(
                journal=journal, fact=fact, time__lt=limit, body__isnull=False
            )
            pairs = [
                (canonical.body_sha256(body or ""), at) for at, body in chosen.values_list("position", "body")
            ]
            if not pairs:
                continue
            with connection.cursor() as cursor:
                cursor.executemany(
                    "UPDATE journal_entry SET body = NULL, body_sha256 = %s WHERE position = %s", pairs
                )
            pruned = facts.BodiesPruned(pruned=fact, before=limit, count=len(pairs))
            append(journal=journal, fact=pruned, subject=f"journal:{journal}", actor=actor)
            gone += len(pairs)
    return gone


def open_epoch(
    *, journal: str, witnessed_size: int, witnessed_root: bytes, position: int, actor: str
) -> EntryView:
    """After a restore: begin an epoch that names the head last witnessed and what was lost.

    `position` is the last feed position handed out before the loss (0 where unknown): new
    positions start after it, so that no follower takes a new entry for one it has seen.
    """
    with transaction.atomic():
        head, _ = lock(journal)
        if witnessed_size < head.size:
            raise Invalid(
                where="witnessed_size", why="the restored journal is longer than what was witnessed"
            )
        frontier = merkle.Frontier.from_bytes(head.size, bytes(head.frontier))
        models.Journal.objects.filter(key=journal).update(epoch=head.epoch + 1)
        opened = facts.EpochOpened(
            epoch=head.epoch + 1,
            restored_size=head.size,
            restored_root=frontier.root().hex(),
            witnessed_size=witnessed_size,
            witnessed_root=witnessed_root.hex(),
            lost=witnessed_size - head.size,
            position=position,
        )
        draft = Draft(opened, f"journal:{journal}", actor)
        return _write(journal, [draft], after=position)[0]


def open_epoch_from(*, journal: str, note: str, position: int = 0, actor: str = SYSTEM) -> EntryView:
    """After a restore: open an epoch from the signed head that a witness (or the heads' directory) kept.

    Raises BadNote, or Invalid when the head is not one of this journal, signed by this installation.
    """
    read = notes.read(note)
    row = models.Journal.objects.filter(key=journal).first()
    if row is None or read.head.origin != row.origin:
        raise Invalid(where=read.head.origin, why=f"it is not a head of {journal} in its present epoch")
    if not any(read.signed_by(bytes(key.public_key)) for key in models.SigningKey.objects.all()):
        raise Invalid(where=read.head.origin, why="no key of this installation signed it")
    return open_epoch(
        journal=journal,
        witnessed_size=read.head.size,
        witnessed_root=read.head.root,
        position=position,
        actor=actor,
    )
