"""Who speaks: sources looked up off the event loop and remembered for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog
from django.db import DatabaseError, connection, connections

from beffroi.during.intake import queries
from beffroi.during.intake.rules import Speaker
from beffroi.during.intake.spool import SpoolUnavailable
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake")
#: A revoked token is refused, and a new one taken, within this time.
REMEMBER_S = 5.0
#: While the database is away, who was known so long ago (s) may go on speaking: alarms do not wait.
AWAY_S = 900.0
#: From this age on, what is known of a source is asked again while it still serves.
_FRESH_S = 1.0
_MOST = 10_000

T = TypeVar("T")
Find = Callable[[], Speaker | None]


class SourcesAway(SpoolUnavailable):
    """The database does not say who speaks."""

    code = "intake.sources_away"
    message = "Who sends this cannot be looked up for the moment: the database is away."
    advice = "Nothing was kept: send it again later. An administrator finds the cause with `beffroi doctor`."


@dataclass(slots=True)
class _Entry:
    """What is known of one name: when it was asked, the answer, the next answer while it is on its way.

    `away`: the database did not answer when it was asked again. `before`: what was known before this asking.
    """

    asked: float
    answer: asyncio.Future[Speaker | None]
    coming: asyncio.Future[Speaker | None] | None = None
    away: bool = False
    before: _Entry | None = None

    @property
    def known(self) -> Speaker | None:
        """The source, where it is known."""
        done = self.answer.done() and not self.answer.cancelled() and self.answer.exception() is None
        return self.answer.result() if done else None


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
            before = entry if entry is not None and entry.known and now - entry.asked <= AWAY_S else None
            entry = self._entries[name] = _Entry(now, self._ask(find), before=before)
        elif now - entry.asked > _FRESH_S and entry.coming is None:
            entry.coming = self._ask(find)
            entry.coming.add_done_callback(lambda coming: self._renew(name, now, coming))
        try:
            # Shielded: many share one look-up, and one that goes away must not take it from the others.
            return entry.answer.result() if entry.answer.done() else await asyncio.shield(entry.answer)
        except DatabaseError as error:
            return self._as_before(name, entry, error)

    def _as_before(self, name: str, entry: _Entry, error: DatabaseError) -> Speaker | None:
        """What was known before the database went away. Raises SourcesAway where nothing was."""
        before, entry.before = entry.before, None
        if before is not None:
            _log.warning("database away, known sources go on", why=type(error).__name__)
            before.away, before.coming = True, None
            self._entries[name] = before
        standing = self._entries.get(name)
        if standing is None or not standing.away:
            raise SourcesAway from error
        return standing.known

    def _serves(self, entry: _Entry, now: float) -> bool:
        age = now - entry.asked
        if not entry.answer.done():
            return True
        if entry.answer.cancelled() or entry.answer.exception() is not None:
            return False
        if entry.known is None:
            # Who is unknown is asked for again soon: it may have been declared meanwhile.
            return age <= min(_FRESH_S, self._remember_s)
        return age <= (AWAY_S if entry.away else self._remember_s)

    def _renew(self, name: str, asked: float, coming: asyncio.Future[Speaker | None]) -> None:
        entry = self._entries.get(name)
        if coming.cancelled() or coming.exception() is not None:
            if entry is not None:
                entry.coming = None  # asked again by the next request; forgotten when too old
                entry.away = not coming.cancelled()
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
