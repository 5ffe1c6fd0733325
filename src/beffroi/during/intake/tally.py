"""Counters and unreadable messages: gathered in memory, written to the tables a few times a second.

A crash loses at most the last second of counters; observations never wait for them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import structlog
from django.db import DatabaseError, close_old_connections, connections, transaction
from django.db.models import F
from prometheus_client import Counter

from beffroi.during.intake.connectors import WithholdingConnector, registry
from beffroi.during.intake.models import Source, Unread
from beffroi.during.intake.rules import Speaker, Unreadable
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake")
_FLUSH_S = 1.0
#: How many unreadable messages are kept for one source, and for all unknown senders of one connector.
KEPT = 200
_BYTES = 4096
_MOST_WAITING = 1_000

OBSERVATIONS = Counter("beffroi_intake_observations", "Observations kept", ["connector", "duplicate"])
_observations = lru_cache(maxsize=64)(OBSERVATIONS.labels)
PASSED_OVER = Counter("beffroi_intake_passed_over", "Parts of messages that are none of ours", ["connector"])
UNREAD = Counter("beffroi_intake_unread", "Messages that could not be read", ["connector"])


@dataclass
class _Count:
    received: int = 0
    duplicates: int = 0
    unread: int = 0
    skewed: int = 0
    not_guaranteed: int = 0
    last_seen_at: datetime | None = None


@dataclass
class Tally:
    """Counts what sources send and keeps what could not be read. One tally belongs to one event loop."""

    flush_s: float = _FLUSH_S
    _counts: dict[UUID, _Count] = field(default_factory=lambda: defaultdict(_Count))
    _rows: list[Unread] = field(default_factory=list)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="tally")
    )
    _task: asyncio.Task[None] | None = None

    def heard(self, speaker: Speaker, *, guaranteed: bool = True, alive: bool = True, times: int = 1) -> None:
        """A source spoke so many times, whatever it said; not `alive`: what it said before, told again."""
        count = self._counts[speaker.id]
        if alive:
            count.last_seen_at = clock.now()
        count.not_guaranteed += 0 if guaranteed else times
        self._soon()

    def kept(self, speaker: Speaker, *, new: int, again: int = 0, doubtful: int = 0) -> None:
        """Observations of this source are on disk: new ones, known ones, and how many have doubtful times."""
        count = self._counts[speaker.id]  # whether it lives was said by `heard`: it may be a recording
        count.received += new
        count.duplicates += again
        count.skewed += doubtful
        _observations(speaker.connector, "no").inc(new)
        if again:
            _observations(speaker.connector, "yes").inc(again)
        self._soon()

    def passed_over(self, speaker: Speaker, count: int) -> None:
        """So many parts of a message were understood and are none of ours."""
        PASSED_OVER.labels(speaker.connector).inc(count)

    def unread(
        self,
        connector: str,
        error: Unreadable,
        content: bytes,
        *,
        speaker: Speaker | None = None,
        sender: str = "",
    ) -> None:
        """A message could not be read: count it and keep its first bytes.

        Nothing of it is kept where its connector says that such messages hold personal content.
        """
        UNREAD.labels(connector).inc()
        _log.warning(
            "unreadable message",
            connector=connector,
            source=speaker.key if speaker else "",
            sender=sender,
            code=error.reason,
            size=len(content),
        )
        if speaker is not None:
            # No sign of life: whoever knows a panel's account can send what cannot be read in its name.
            self._counts[speaker.id].unread += 1
        if len(self._rows) < _MOST_WAITING:
            self._rows.append(_row(connector, error, content, speaker, sender))
        self._soon()

    def _soon(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._later())

    async def _later(self) -> None:
        await asyncio.sleep(self.flush_s)
        self._task = None
        await self.flush()

    async def flush(self) -> None:
        """Write what was gathered. What cannot be written now is tried again with the next."""
        counts, self._counts = self._counts, defaultdict(_Count)
        rows, self._rows = self._rows, []
        if not counts and not rows:
            return
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, _write, counts, rows)
        except DatabaseError as error:
            _log.error("counters not written, tried again", why=str(error))
            self._rows = (rows + self._rows)[:_MOST_WAITING]
            for key, count in counts.items():
                _add(self._counts[key], count)
            self._soon()

    async def close(self) -> None:
        """Write what is left and let the thread and its database connection go."""
        if self._task is not None:
            self._task.cancel()
        await self.flush()
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _row(connector: str, error: Unreadable, content: bytes, speaker: Speaker | None, sender: str) -> Unread:
    withheld = isinstance(registry().get(connector), WithholdingConnector)
    return Unread(
        source_id=speaker.id if speaker else None,
        territory_key=speaker.territory if speaker else "",
        connector=connector,
        sender=sender[:120],
        received_at=clock.now(),
        code=error.reason[:64],
        why=str(error.fields["why"])[:300],
        content=b"" if withheld else content[:_BYTES],
        size=len(content),
    )


def _add(to: _Count, more: _Count) -> None:
    for name in ("received", "duplicates", "unread", "skewed", "not_guaranteed"):
        setattr(to, name, getattr(to, name) + getattr(more, name))
    to.last_seen_at = to.last_seen_at or more.last_seen_at


def _write(counts: dict[UUID, _Count], rows: list[Unread]) -> None:
    close_old_connections()
    try:
        with transaction.atomic():
            for key, count in counts.items():
                Source.objects.filter(pk=key).update(
                    received=F("received") + count.received,
                    duplicates=F("duplicates") + count.duplicates,
                    unread=F("unread") + count.unread,
                    skewed=F("skewed") + count.skewed,
                    not_guaranteed=F("not_guaranteed") + count.not_guaranteed,
                    **({"last_seen_at": count.last_seen_at} if count.last_seen_at else {}),
                )
            _keep(rows)
    finally:
        close_old_connections()


def _keep(rows: list[Unread]) -> None:
    """Keep new unreadable messages, and only the newest `KEPT` of each source (or unknown senders)."""
    live = set(Source.objects.filter(pk__in={row.source_id for row in rows}).values_list("pk", flat=True))
    for row in rows:
        if row.source_id not in live:
            row.source_id = None
    Unread.objects.bulk_create(rows)
    for source, connector in {(row.source_id, row.connector) for row in rows}:
        same = Unread.objects.filter(source_id=source, connector=connector)
        oldest = same.order_by("-received_at", "-id").values_list("pk", flat=True)[KEPT:]
        Unread.objects.filter(pk__in=list(oldest)).delete()
