"""Who speaks: sources looked up off the event loop and remembered for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connections

from beffroi.during.intake import queries
from beffroi.during.intake.rules import Speaker
from beffroi.foundation import clock

#: A revoked token is refused, and a new one taken, within this time.
REMEMBER_S = 2.0
_MOST = 10_000

T = TypeVar("T")
Find = Callable[[], Speaker | None]
Entry = tuple[float, asyncio.Future[Speaker | None]]


class SourceBook:
    """Finds sources by token or address. One book belongs to one event loop."""

    def __init__(self, remember_s: float = REMEMBER_S) -> None:
        self._remember_s = remember_s
        self._entries: dict[str, Entry] = {}
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
        if entry is None or now - entry[0] > self._remember_s or _failed(entry[1]):
            if len(self._entries) >= _MOST:
                self._entries.clear()
            loop = asyncio.get_running_loop()
            entry = (now, loop.run_in_executor(self._thread, lambda: _in_thread(find)))
            self._entries[name] = entry
        future = entry[1]
        # Shielded: many requests share one look-up, and one that goes away must not take it from the others.
        return future.result() if future.done() else await asyncio.shield(future)

    async def close(self) -> None:
        """Let the thread and its database connection go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _failed(future: asyncio.Future[Speaker | None]) -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


def _in_thread(find: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return find()
    finally:
        close_old_connections()
