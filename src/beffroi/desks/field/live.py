"""One look at the journal for all phones: each is told its own page again where it changed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, close_old_connections
from django.utils import translation

from beffroi.desks.field import reading, written
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

#: Units move and times change without any fact: each phone looks again this often.
EVERY_S = 5.0
AFTER_FAULT_S = 2.0
MOST = 500


@dataclass(eq=False)
class Phone:
    """One open stream: whose, in which language, what it was told last, which subjects concern it."""

    member: UUID
    language: str
    told: str = ""
    about: frozenset[str] = frozenset()
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def concerned(self, subjects: frozenset[str]) -> bool:
        """Whether what happened may change its page: a busy journal does not wake the others.

        Without a unit, any unit's news may.
        """
        if self.about:
            return not self.about.isdisjoint(subjects)
        return any(each.startswith("unit:") for each in subjects)


class Live:
    """Follows the journal's head while at least one phone listens. All methods belong to one event loop."""

    def __init__(self) -> None:
        self.phones: set[Phone] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="field")  # one thread, one connection
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Callable[..., Answer], *values: Any) -> Answer:
        """Run a query on this room's own thread and connection."""

        def asked() -> Answer:
            close_old_connections()
            return question(*values)

        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)

    def join(self, phone: Phone) -> None:
        """Let a phone in."""
        self.phones.add(phone)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._follow())

    def leave(self, phone: Phone) -> None:
        """Let a phone go; the last one stops the looking."""
        self.phones.discard(phone)
        if not self.phones and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _follow(self) -> None:
        known = -1
        while True:
            try:
                known, subjects = await self.ask(_since, known)
            except DatabaseError:  # phones stay; they look again by themselves
                log.exception("the field desk could not read the journal")
                await asyncio.sleep(AFTER_FAULT_S)
                continue
            for phone in list(self.phones):
                if phone.concerned(subjects):
                    phone.wake.set()
            await asyncio.sleep(current().feed_poll_ms / 1000)

    async def next(self, phone: Phone) -> bytes:
        """What a phone is to be told once something happened, or it is time; b'' where nothing changed."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(phone.wake.wait(), EVERY_S)
        phone.wake.clear()
        try:
            news, phone.about = await self.ask(_news, phone.member, phone.language)
        except DatabaseError:
            log.exception("the field desk could not read a phone's page")
            return b""
        now = news.pop("now")
        face = json.dumps(news, separators=(",", ":"), ensure_ascii=False)
        if face == phone.told:
            return b""
        phone.told = face
        news["now"] = now
        return (
            f"event: face\ndata: {json.dumps(news, separators=(',', ':'), ensure_ascii=False)}\n\n".encode()
        )


def _since(known: int) -> tuple[int, frozenset[str]]:
    """Where the journal stands, and the subjects of what it got since."""
    if known < 0:
        return journal.head_position(), frozenset()
    entries = journal.follow(known, limit=MOST)
    return entries[-1].position if entries else known, frozenset(each.subject for each in entries)


def _news(member: UUID, language: str) -> tuple[dict[str, Any], frozenset[str]]:
    """A phone's page as it is now, and the subjects that may change it."""
    with translation.override(language):
        shift = reading.shift_of(member)
        if shift is None:
            return written.news(None), frozenset()
        face = reading.face(shift)
        about = {f"unit:{face.unit}"} | ({f"incident:{face.task.incident}"} if face.task else set())
        return written.news(face), frozenset(about)
