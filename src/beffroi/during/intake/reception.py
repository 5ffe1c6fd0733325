"""The one way in: every connector hands its drafts here and answers its source with the receipts.

Fixes of patrol units go another way: in memory, then to the territory, the latest only, never to disk here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from beffroi.during.intake import rules
from beffroi.during.intake.book import SourceBook
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.kinds import LIVES
from beffroi.during.intake.positions import Positions
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable
from beffroi.during.intake.spool import Encoded, Spool, encode, shared
from beffroi.during.intake.tally import Tally
from beffroi.during.intake.writer import GroupWriter
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.identifiers import uuid7s


class Part(NamedTuple):
    """One message ready for the disk; `doubtful`: how many of its times are."""

    speaker: Speaker
    drafts: Sequence[Draft]
    batch: list[Encoded]
    urgent: bool
    doubtful: int


def made(
    speaker: Speaker, drafts: Sequence[Draft], received_at: datetime, identifiers: Iterator[UUID]
) -> Part:
    """The observations of one message, with their bytes. TypeError where a content is not JSON."""
    batch, urgent, doubtful = [], False, 0
    for draft in drafts:
        identifier = next(identifiers)
        found = rules.observation(speaker, draft, identifier=identifier, received_at=received_at)
        batch.append(encode(found))
        urgent = urgent or found.kind in LIVES
        doubtful += "clock_ahead_s" in found.content or "late_s" in found.content
    return Part(speaker, drafts, batch, urgent, doubtful)


class Reception:
    """Sources, counters, the group writer and the positions of one event loop."""

    def __init__(self, spool: Spool | None = None, *, group_ms: float | None = None) -> None:
        settings = configuration.current()
        group_ms = settings.intake_group_ms if group_ms is None else group_ms
        self.writer = GroupWriter(spool or shared(), group_ms=group_ms)
        self.book = SourceBook()
        self.tally = Tally()
        self.positions = Positions(self.tally)

    async def take(self, speaker: Speaker, drafts: Sequence[Draft]) -> list[Receipt]:
        """Receipts of all drafts of one message, once all are on disk.

        Raises Overloaded or SpoolUnavailable: the source may then send the message again.
        """
        return await self.submit(speaker, drafts) if drafts else []

    def place(self, speaker: Speaker, fix: Fix) -> Fix | Unreadable:
        """Take where a unit was: the fix, which no disk holds yet, or why it was not taken."""
        try:
            self.positions.take(speaker, fix)
        except Unreadable as error:
            return error
        return fix

    def submit(self, speaker: Speaker, drafts: Sequence[Draft]) -> asyncio.Future[list[Receipt]]:
        """Put the drafts of one message in the next group. Raises Overloaded."""
        now = clock.now()
        return self.submit_together([made(speaker, drafts, now, uuid7s(now))])

    def submit_together(self, parts: Sequence[Part]) -> asyncio.Future[list[Receipt]]:
        """Put several messages in the next group; the future holds their receipts, one after the other.

        All or none are refused. Raises Overloaded.
        """
        future = self.writer.submit_encoded(
            [each for part in parts for each in part.batch], urgent=any(part.urgent for part in parts)
        )

        def count(done: asyncio.Future[list[Receipt]]) -> None:
            if not done.cancelled() and done.exception() is None:
                self._count(parts, done.result())

        future.add_done_callback(count)
        return future

    def _count(self, parts: Sequence[Part], receipts: Sequence[Receipt]) -> None:
        counts: dict[UUID, list[int]] = {}
        at = 0
        for part in parts:
            own = counts.setdefault(part.speaker.id, [0, 0, 0])
            after = at + len(part.batch)
            again = sum(receipt.duplicate for receipt in receipts[at:after])
            own[0] += after - at - again
            own[1] += again
            own[2] += part.doubtful
            at = after
        speakers = {part.speaker.id: part.speaker for part in parts}
        for key, (new, again, doubtful) in counts.items():
            self.tally.kept(speakers[key], new=new, again=again, doubtful=doubtful)

    async def close(self) -> None:
        """Write what waits, then stop."""
        await self.writer.close()
        await self.positions.close()
        await self.tally.close()
        await self.book.close()


_receptions: dict[asyncio.AbstractEventLoop, Reception] = {}


def of_this_loop() -> Reception:
    """The reception of the running event loop, made at first use and shared by all its connectors."""
    loop = asyncio.get_running_loop()
    if loop not in _receptions:
        for other in [each for each in _receptions if each.is_closed()]:
            del _receptions[other]
        _receptions[loop] = Reception()
    return _receptions[loop]


def refusing() -> str:
    """Why this process kept nothing of what came last (the error's code); empty where it keeps."""
    return next((each.writer.refusing for each in _receptions.values() if each.writer.refusing), "")


def use(made: Reception) -> None:
    """Put `made` in the place of the running loop's reception, before anything asked for it."""
    _receptions[asyncio.get_running_loop()] = made


async def close_this_loop() -> None:
    """Close the reception of the running event loop, if one was made."""
    reception = _receptions.pop(asyncio.get_running_loop(), None)
    if reception is not None:
        await reception.close()
