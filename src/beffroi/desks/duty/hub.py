"""One look at the journal for all consoles: what changed is rendered once a language and handed on.

A console is a bounded queue of bytes. One that does not keep up is let go: its browser comes
back by itself and resumes after the last position that it heard.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, close_old_connections

from beffroi.desks.duty import news, reading
from beffroi.desks.duty.news import News
from beffroi.desks.duty.shown import Row
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

QUEUED_MOST = 400
MISSED_MOST = 400
SHEET_LASTS_S = 1.0
UNITS_EVERY_S = 1.0
PAGE_OLDER_S = 15.0  # how much older than its stream a page may be: what changed since is told again
ORDERS_AT_ONCE = 5  # lines told again between two looks: news never waits behind a hundred of them
HEADS_EVERY_S = 4.0
DESK_EVERY_S = 10.0  # how often it is noted that somebody has the desk open
AFTER_FAULT_S = 2.0


@dataclass(eq=False)
class Console:
    """One open stream: what it may see, in which language, and what waits to be sent to it."""

    language: str
    territories: frozenset[str]
    logs: frozenset[str]
    units: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    position: int = 0
    behind: bool = False
    _waiting: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUED_MOST))

    def put(self, told: bytes) -> None:
        """Queue what is to be sent; a queue that is full lets the console go."""
        try:
            self._waiting.put_nowait(told)
        except asyncio.QueueFull:
            self.behind = True

    def let_go(self) -> None:
        """End this console's stream, even while it waits."""
        self.behind = True
        if self._waiting.empty():
            self._waiting.put_nowait(b": again\n\n")

    async def next(self) -> bytes:
        """All that waits, as one piece; waits for the first."""
        pieces = [await self._waiting.get()]
        while not self._waiting.empty():
            pieces.append(self._waiting.get_nowait())
        return b"".join(pieces)

    def sees(self, each: News) -> bool:
        """Whether this console may be told this."""
        if each.name == "trouble":
            return True
        if each.name == "units":
            return each.territory in self.units
        if each.name == "switches":
            return each.territory in self.devices
        return each.territory in (self.logs if each.name in ("line", "head") else self.territories)


class Hub:
    """Follows the journal while at least one console is open. All methods belong to one event loop."""

    def __init__(self) -> None:
        self.consoles: set[Console] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk-hub")  # one thread, one connection
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="desk-shown")
        self._task: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._noting: asyncio.Task[None] | None = None
        self._position = 0
        self._units: dict[str, Any] = {}
        self._revisions: dict[str, int] = {}
        self._rows: dict[str, Row] = {}
        self._reordered: dict[
            str, None
        ] = {}  # incidents whose line is to be told again, the longest waiting first
        self._lately: dict[str, float] = {}  # when the order of their units was last seen to change
        self._shown: set[str] = set()
        self._heads: dict[str, Any] = {}
        self._troubles: Any = None
        self._switches: dict[str, object] = {}
        self._sheets: dict[tuple[str, str, frozenset[str]], tuple[float, str]] = {}
        self._door = asyncio.Lock()

    async def ask(self, question: Callable[..., Answer], *values: Any) -> Answer:
        """Run a query on the hub's own thread and connection."""

        def asked() -> Answer:
            close_old_connections()
            return question(*values)

        return await asyncio.get_running_loop().run_in_executor(self._thread, asked)

    async def join(self, console: Console, after: int | None) -> bytes:
        """Let a console in; returns what it missed since `after`.

        It comes in between two looks, never during one: what is being told then was rendered for the
        languages, and read for the territories, of those who were there when the look began.
        """
        async with self._door:
            if self._task is None or self._task.done():
                self._position = await self.ask(news.position)
                self._task = asyncio.ensure_future(self._follow())
                self._task.add_done_callback(self._stopped)
            console.position = self._position
            self.consoles.add(console)
            # Told again to all: its page may be older than they are.
            self._troubles, self._switches = None, {}
            for each in self._lately:
                self._rows.pop(each, None)
                self._reordered[each] = None
        if after is None or after >= console.position:
            return b""
        missed = await self.ask(news.since, after, console.position, (console.language,), MISSED_MOST)
        if missed is None:
            return b"event: again\ndata: {}\n\n"
        return _told(console, missed, console.position)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        """A hub that stops on a fault lets its consoles go: their browsers come back and start it again."""
        if task.cancelled() or task.exception() is None:
            return
        log.error("the duty desk's feed stopped", exc_info=task.exception())
        for console in list(self.consoles):
            console.let_go()
            self.consoles.discard(console)

    def leave(self, console: Console) -> None:
        """Let a console go; the last one stops the hub."""
        self.consoles.discard(console)
        if not self.consoles and self._task is not None:
            self._task.cancel()
            self._task = None

    async def sheet(self, identifier: str, member: Member, territories: frozenset[str], language: str) -> str:
        """The sheet of an incident as this member may see it, at most a second old. Raises NotFound."""
        territory = await self.ask(reading.territory_of, identifier)
        if territory not in territories:
            raise NotFound(what=identifier)
        may = await self.ask(reading.may, member, territory)
        if await self.ask(doors.by_convention, member, territory):
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(
                self._writer, reading.note_elsewhere, member, territory, str(UUID(identifier))
            )
        key = (identifier, language, may)
        made = self._sheets.get(key)
        if made is None or time.monotonic() - made[0] > SHEET_LASTS_S:
            html = await self.ask(news.sheet, identifier, may, language)
            made = self._sheets[key] = (time.monotonic(), html)
        return made[1]

    def _forget_sheets(self, incidents: set[str]) -> None:
        now = time.monotonic()
        self._sheets = {
            key: made
            for key, made in self._sheets.items()
            if key[0] not in incidents and now - made[0] <= SHEET_LASTS_S
        }

    async def _follow(self) -> None:
        wait_s = current().feed_poll_ms / 1000
        units_at = heads_at = desk_at = 0.0
        while True:
            try:
                busy = await self._between(self._look)
                now = time.monotonic()
                if now - units_at >= UNITS_EVERY_S:
                    units_at = now
                    await self._between(self._look_at_units)
                    await self._between(self._look_at_switches)
                    await self._look_at_orders()
                await self._between(self._tell_reordered)
                if now - heads_at >= HEADS_EVERY_S:
                    heads_at = now
                    await self._between(self._look_at_heads)
                    await self._between(self._look_at_troubles)
                if now - desk_at >= DESK_EVERY_S:
                    desk_at = now
                    self._noting = asyncio.ensure_future(self._note_desk(self._watched()))
            except DatabaseError:  # the consoles stay; what was missed is read from the same position
                log.exception("the duty desk's feed could not read the journal")
                busy = False
                await asyncio.sleep(AFTER_FAULT_S)
            if not busy:
                await asyncio.sleep(wait_s)

    async def _between(self, look: Callable[[], Awaitable[Answer]]) -> Answer:
        """One look, whole: no console comes in while it lasts."""
        async with self._door:
            return await look()

    async def _look(self) -> bool:
        """Tell what the journal got since the last look; whether there may be more at once."""
        gathered = await self.ask(news.after, self._position, self._languages())
        if gathered.position == self._position:
            return False
        self._forget_sheets(gathered.incidents)
        self._position = gathered.position
        self._tell(gathered.news)
        fresh = gathered.incidents - self._shown
        if fresh and self.consoles:
            self._shown |= fresh
            self._writing = asyncio.ensure_future(self._note_shown(fresh, self._writing))
        return gathered.more

    async def _note_shown(self, incidents: set[str], before: asyncio.Task[None] | None) -> None:
        """The ledger keeps when each was first told to a desk: a write, which may have to wait its turn,
        so it is never in the way of what is told next."""
        if before is not None:
            await asyncio.wait({before})
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._writer, news.shown, incidents, clock.now())
        except DatabaseError:  # told it was, all the same; the ledger's step stays empty
            log.exception("the ledger could not keep that incidents were shown")

    async def _note_desk(self, territories: tuple[str, ...]) -> None:
        """Somebody has these desks open: on-call waits for them before it wakes anybody."""
        try:
            await asyncio.get_running_loop().run_in_executor(
                self._writer, news.desk_open, territories, clock.now()
            )
        except DatabaseError:  # a desk that cannot be noted counts as closed: people are called sooner
            log.exception("it could not be noted that the desk is open")

    async def _look_at_units(self) -> None:
        found = await self.ask(news.all_units, self._watched(), self._languages())
        self._tell([each for each in found if self._units.get(each.territory) != each.told])
        self._units = {each.territory: each.told for each in found}

    async def _look_at_switches(self) -> None:
        """A hand at the device changes its state without any fact."""
        told = await self.ask(news.switches_told, self._watched(), self._languages(), self._switches)
        self._tell(told)

    async def _look_at_orders(self) -> None:
        """Units move and chances change without any fact: their lines are to be told again."""
        found = await self.ask(news.revisions)
        known, self._revisions = self._revisions, found
        changed = [each for each, revision in found.items() if known.get(each) != revision]
        now = time.monotonic()
        self._lately = {each: at for each, at in self._lately.items() if now - at < PAGE_OLDER_S}
        self._lately.update(dict.fromkeys(changed, now))
        self._reordered.update(dict.fromkeys(changed))
        self._forget_sheets(set(changed))
        self._rows = {each: row for each, row in self._rows.items() if each in found}

    async def _tell_reordered(self) -> None:
        """Tell a few of the lines that wait."""
        now = list(self._reordered)[:ORDERS_AT_ONCE]
        for each in now:
            del self._reordered[each]
        languages = self._languages()
        if now and languages:
            self._tell(await self.ask(news.reranked, now, self._position, languages, self._rows))

    async def _look_at_heads(self) -> None:
        found = await self.ask(news.all_heads, self._watched(), self._languages())
        self._tell([each for each in found if self._heads.get(each.territory) != each.told])
        self._heads = {each.territory: each.told for each in found}

    async def _look_at_troubles(self) -> None:
        languages = self._languages()
        if not languages:
            return
        found = await self.ask(news.troubles_told, languages)
        if found.told != self._troubles:
            self._tell([found])
        self._troubles = found.told

    def _tell(self, told: list[News]) -> None:
        for console in list(self.consoles):
            seen = [each for each in told if console.sees(each)]
            console.position = self._position
            if seen:
                console.put(_told(console, seen, self._position))
            if console.behind:
                self.leave(console)

    def _languages(self) -> tuple[str, ...]:
        return tuple(sorted({console.language for console in self.consoles}))

    def _watched(self) -> tuple[str, ...]:
        return tuple(sorted(frozenset().union(*(console.territories for console in self.consoles))))


def _told(console: Console, told: list[News], position: int) -> bytes:
    """What a console is sent: each event, then the position that it may resume after."""
    pieces = [each.told[console.language] for each in told if console.sees(each)]
    return b"".join(pieces) + f"id: {position}\n\n".encode()
