"""Who speaks: sources looked up off the event loop and remembered for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from django.db import DatabaseError, connection, connections

from beffroi.during.intake import queries
from beffroi.during.intake.rules import Speaker
from beffroi.foundation import clock

#: A revoked token is refused, and a new one taken, within this time.
REMEMBER_S = 5.0
#: From this age on, what is known of a source is asked again while it still serves.
_FRESH_S = 1.0
_MOST = 10_000

T = TypeVar("T")
Find = Callable[[], Speaker | None]


@dataclass(slots=True)
class _Entry:
    """What is known of one name: when it was asked, the answer, the next answer while it is on its way."""

    asked: float
    answer: asyncio.Future[Speaker | None]
    coming: asyncio.Future[Speaker | None] | None = None


class SourceBook:
    """Finds sources by token or address. One book belongs to one event loop.

    A known source is never waited for: it is asked again in the background before it is forgotten.
    """

    def __init__(self, remember_s: float = REMEMBER_S) -> None:
        self._remember_s = remember_s
        self._entries: dict[str, _Entry] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sources")

    async def by_token(self, token: str) -> Speaker | None:
        """The live source that holds this bearer token. Only the token's hash is remembered."""
        hashed = queries.token_hash(token)
        return await self._look(f"token {hashed}", lambda: queries.speaker_by_token(hashed))

    async def by_address(self, connector: str, address: str) -> Speaker | None:
        """The live source that messages of `connector` name by `address`."""
        name = f"{connector} {address}"
        return await self._look(name, lambda: queries.speaker_by_address(connector, address))

    async def of_connector(self, connector: str) -> list[Speaker]:
        """The live sources of a connector, fresh."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: _in_thread(lambda: queries.speakers(connector))
        )

    async def _look(self, name: str, find: Find) -> Speaker | None:
        now = clock.current().monotonic()
        entry = self._entries.get(name)
        if entry is None or not self._serves(entry, now):
            if len(self._entries) >= _MOST:
                self._entries.clear()
            entry = self._entries[name] = _Entry(now, self._ask(find))
        elif now - entry.asked > _FRESH_S and entry.coming is None:
            entry.coming = self._ask(find)
            entry.coming.add_done_callback(lambda coming: self._renew(name, now, coming))
        answer = entry.answer
        # Shielded: many requests share one look-up, and one that goes away must not take it from the others.
        return answer.result() if answer.done() else await asyncio.shield(answer)

    def _serves(self, entry: _Entry, now: float) -> bool:
        age = now - entry.asked
        if not entry.answer.done():
            return True
        if entry.answer.cancelled() or entry.answer.exception() is not None:
            return False
        # Who is unknown is asked for again soon: it may have been declared meanwhile.
        known = entry.answer.result() is not None
        return age <= (self._remember_s if known else min(_FRESH_S, self._remember_s))

    def _renew(self, name: str, asked: float, coming: asyncio.Future[Speaker | None]) -> None:
        if coming.cancelled() or coming.exception() is not None:
            if name in self._entries:
                self._entries[name].coming = None  # asked again by the next request; forgotten when too old
            return
        self._entries[name] = _Entry(asked, coming)

    def _ask(self, find: Find) -> asyncio.Future[Speaker | None]:
        return asyncio.get_running_loop().run_in_executor(self._thread, lambda: _in_thread(find))

    async def close(self) -> None:
        """Let the thread and its database connection go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _in_thread(find: Callable[[], T]) -> T:
    """Ask on the thread's own connection; once more on a new one where that was cut."""
    try:
        return find()
    except DatabaseError:
        connection.close()
        return find()
