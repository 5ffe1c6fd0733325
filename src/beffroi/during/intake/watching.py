"""A reception that also tells what came: the real one, watched, for trials of devices."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.reception import Part, Reception
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.during.intake.rules_conform import Message
from beffroi.during.intake.spool import Spool
from beffroi.during.intake.tally import Tally
from beffroi.foundation import clock


class Seen:
    """What a trial saw, in its order."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.heard: list[datetime] = []
        self.submitted = 0
        self.not_guaranteed = 0


class WatchedTally(Tally):
    """Counters that note each sign of life and each unreadable message."""

    def watch(self, seen: Seen) -> WatchedTally:
        """Note in `seen`."""
        self._seen = seen
        return self

    def heard(self, speaker: Speaker, *, guaranteed: bool = True, alive: bool = True, times: int = 1) -> None:
        super().heard(speaker, guaranteed=guaranteed, alive=alive, times=times)
        if alive:
            self._seen.heard += [clock.now()] * times
        self._seen.not_guaranteed += 0 if guaranteed else times

    def unread(
        self,
        connector: str,
        error: Unreadable,
        content: bytes,
        *,
        speaker: Speaker | None = None,
        sender: str = "",
    ) -> None:
        super().unread(connector, error, content, speaker=speaker, sender=sender)
        why = str(error.fields["why"])[:300]
        self._seen.messages.append(Message(clock.now(), "unread", code=error.reason, why=why))


class WatchedReception(Reception):
    """The way in of a trial: everything is kept and answered as in an installation, and noted."""

    def __init__(self, seen: Seen, spool: Spool) -> None:
        super().__init__(spool)
        self._seen = seen
        self.tally = WatchedTally().watch(seen)

    def submit_together(self, parts: Sequence[Part]) -> asyncio.Future[list[Receipt]]:
        came, began = clock.now(), clock.current().monotonic()
        future = super().submit_together(parts)
        self._seen.submitted += sum(bool(part.drafts) for part in parts)
        told = [(part.speaker, draft) for part in parts for draft in part.drafts]

        def note(done: asyncio.Future[list[Receipt]]) -> None:
            if done.cancelled() or done.exception() is not None:
                return
            took = (clock.current().monotonic() - began) * 1000
            for (speaker, draft), receipt in zip(told, done.result(), strict=True):
                self._seen.messages.append(_message(speaker, draft, receipt, came, took))

        future.add_done_callback(note)
        return future


def _message(speaker: Speaker, draft: Draft, receipt: Receipt, came: datetime, took_ms: float) -> Message:
    said = json.dumps([draft.kind, str(draft.seen_at), dict(draft.content)], sort_keys=True, default=str)
    return Message(
        at=came,
        what="again" if receipt.duplicate else "kept",
        kind=draft.kind,
        key=draft.key,
        name=draft.name,
        mapped=draft.name in speaker.devices or bool(not draft.name and speaker.device),
        skew_s=(came - draft.seen_at).total_seconds() if draft.seen_at else None,
        said=hashlib.sha256(said.encode()).hexdigest()[:16],
        answered_ms=took_ms,
    )
