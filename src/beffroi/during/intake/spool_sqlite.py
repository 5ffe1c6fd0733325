"""The village's spool: one SQLite file of its own, WAL, flushed to disk at every commit."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.during.intake.spool import Encoded, SpoolFull, SpoolUnavailable, decode, encode

_BUSY_SECONDS = 10
# The log grows to about 16 MB before it is folded back: fewer, larger folds keep the tail of commits short.
# (A thread that folds beside the writer was tried: it gained nothing and added flushes.)
_PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA wal_autocheckpoint=4000;
"""
# `tail` holds the last position given: none is given twice when the last rows are erased, none is skipped.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS tail (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL);
INSERT OR IGNORE INTO tail VALUES (1, 0);
CREATE TABLE IF NOT EXISTS observation (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    territory TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    received_at REAL NOT NULL,
    content BLOB NOT NULL,
    UNIQUE (territory, source, key)
);
"""
_INSERT = "INSERT INTO observation (position, id, territory, source, key, received_at, content) VALUES "
# A row by row insertion hands the interpreter's lock to the event loop and waits for it again at each: many
# rows a statement, and twins found for a whole group in one, let the loop and the disk work side by side.
_ROWS = (64, 8, 1)
_INSERTS = {rows: _INSERT + ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * rows) for rows in _ROWS}
_FIND = (
    "SELECT key, position FROM observation"
    " WHERE territory = ? AND source = ? AND key IN (SELECT value FROM json_each(?))"
)
_FIND_ONE = "SELECT position FROM observation WHERE territory = ? AND source = ? AND key = ?"
_Name = tuple[str, str, str]


class SqliteSpool:
    """A spool in one file. Several processes may write and read it at once; see `Spool` for the calls.

    Writers queue on SQLite's own lock and commit one after the other, so positions appear in order.
    """

    def __init__(self, path: Path, *, first: int = 1) -> None:
        """Open or create the file at `path`; no position before `first` is given from now on.

        Raises SpoolUnavailable where that cannot be.
        """
        self._path = path
        self._write_lock = threading.Lock()
        self._read_lock = threading.Lock()
        with _told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._writer.executescript(_SCHEMA)
            if first > 1:
                self._writer.execute("UPDATE tail SET position = max(position, ?)", (first - 1,))
            self._reader = self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.executescript(_PRAGMAS)
        return connection

    def append_encoded(self, batch: Sequence[Encoded]) -> list[Receipt]:
        """Keep the batch in one transaction, on disk when this returns."""
        if not batch:
            return []
        with self._write_lock, _told():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                receipts = self._insert(batch)
                self._writer.execute("COMMIT")
            except BaseException:
                # SQLite may have rolled back by itself (disk full): asking twice would hide the first error.
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
        return receipts

    def _insert(self, batch: Sequence[Encoded]) -> list[Receipt]:
        execute = self._writer.execute
        last = first = execute("SELECT position FROM tail").fetchone()[0]
        names = [(each.territory, each.source, each.key) for each, _ in batch]
        given = self._given(names)
        receipts, rows = [], []
        for (observation, content), name in zip(batch, names, strict=True):
            position = given.get(name)
            if position is None:
                position = last = last + 1
                given[name] = position
                received = observation.received_at.timestamp()
                rows.append((position, observation.id.bytes, *name, received, content))
                receipts.append(Receipt(position, False))
            else:
                receipts.append(Receipt(position, True))
        self._write(rows)
        if last > first:
            execute("UPDATE tail SET position = ?", (last,))
        return receipts

    def _given(self, names: Sequence[_Name]) -> dict[_Name, int]:
        """Where those that are kept already stand."""
        asked: dict[tuple[str, str], list[str]] = {}
        for territory, source, key in names:
            asked.setdefault((territory, source), []).append(key)
        found = {
            (*speaker, key): position
            for speaker, keys in asked.items()
            for key, position in self._writer.execute(_FIND, (*speaker, json.dumps(keys)))
        }
        for name in names:
            if "\0" in name[2]:  # SQLite's JSON ends a text there
                found.update((name, at) for (at,) in self._writer.execute(_FIND_ONE, name))
        return found

    def _write(self, rows: Sequence[tuple[object, ...]]) -> None:
        at = 0
        for many in _ROWS:
            while len(rows) - at >= many:
                self._writer.execute(_INSERTS[many], list(chain.from_iterable(rows[at : at + many])))
                at += many

    def append_many(self, batch: Sequence[Observation]) -> list[Receipt]:
        """Encode, then `append_encoded`."""
        return self.append_encoded([encode(each) for each in batch])

    def read(self, after: int, limit: int) -> list[tuple[int, Observation]]:
        """Up to `limit` observations behind `after`."""
        return [(position, decode(content)) for position, content in self.stored(after, limit)]

    def stored(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The same, as their bytes."""
        return self._rows(
            "SELECT position, content FROM observation WHERE position > ? ORDER BY position LIMIT ?",
            (after, limit),
        )

    def head(self) -> int:
        """The last position given, also when its row was erased since."""
        return int(self._rows("SELECT position FROM tail", ())[0][0])

    def get(self, identifier: UUID) -> tuple[int, Observation] | None:
        """The observation of that identifier, or None."""
        found = self._rows("SELECT position, content FROM observation WHERE id = ?", (identifier.bytes,))
        return (found[0][0], decode(found[0][1])) if found else None

    def erase(self, positions: Sequence[int]) -> None:
        """Erase these, and their bytes with them; a thousand a transaction so that writers get in."""
        for start in range(0, len(positions), 1000):
            with self._write_lock, _told():
                self._writer.execute("PRAGMA secure_delete=ON")
                self._writer.execute("BEGIN IMMEDIATE")
                gone = [(each,) for each in positions[start : start + 1000]]
                self._writer.executemany("DELETE FROM observation WHERE position = ?", gone)
                self._writer.execute("COMMIT")

    def drop(self, until: int) -> None:
        """Erase all up to position `until`."""
        with self._write_lock, _told():
            self._writer.execute("DELETE FROM observation WHERE position <= ?", (until,))

    def _rows(self, query: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        with self._read_lock, _told():
            return self._reader.execute(query, values).fetchall()

    def close(self) -> None:
        """Close both connections."""
        self._writer.close()
        self._reader.close()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what SQLite or the file system says into the house's errors."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if (
            getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
            or getattr(error, "errno", 0) == 28
        ):
            raise SpoolFull from error
        raise SpoolUnavailable(why=str(error)) from error
