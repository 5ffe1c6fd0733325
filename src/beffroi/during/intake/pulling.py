"""The way in of sources that must be asked: each is followed by a task of its own, and begun anew when lost.

What a fetch brought is on disk before the next is asked for. A source that does not answer is silent: what
silence means is judged where all silences are (`silence.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from uuid import UUID

import structlog
from django.db import DatabaseError

from beffroi.during.intake.connectors import Pulled, PulledConnector, registry
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.errors import BeffroiError

_log = structlog.get_logger("beffroi.intake.pulling")
_LOOK_FOR_SOURCES_S = 2.0
_AGAIN_S = 1.0
#: A lost source is called again after the first, then ever later up to the second (s), unless what went wrong
#: says how long to wait.
_SOONEST_S, _LATEST_S = 1.0, 60.0


class Puller:
    """Follows every source of the connectors that fetch."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._followed: dict[UUID, tuple[Speaker, asyncio.Task[None]]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin, in the background."""
        self._looking = asyncio.create_task(self._look_for_sources())

    async def stop(self) -> None:
        """Let go of every source, and tell them so (within two seconds)."""
        tasks = [task for _, task in self._followed.values()] + ([self._looking] if self._looking else [])
        self._followed.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=3.0)

    async def _look_for_sources(self) -> None:
        """Follow the list of sources: new ones are called, revoked or changed ones no longer as they were."""
        connectors = [each for each in registry().values() if isinstance(each, PulledConnector)]
        while True:
            try:
                await self._compare(connectors)
            except Exception as error:  # noqa: BLE001 - a process's edge: the database may be away for a while
                strange = not isinstance(error, DatabaseError)
                _log.error("sources not read, tried again", why=str(error), exc_info=strange)
            await asyncio.sleep(_LOOK_FOR_SOURCES_S)

    async def _compare(self, connectors: list[PulledConnector]) -> None:
        declared = [
            (connector, speaker)
            for connector in connectors
            for speaker in await self._reception.book.of_connector(connector.name)
        ]
        wanted = {speaker.id: speaker for _, speaker in declared}
        for identifier, (speaker, task) in list(self._followed.items()):
            if wanted.get(identifier) != speaker:
                task.cancel()
                del self._followed[identifier]
        for connector, speaker in declared:
            if speaker.id not in self._followed:
                task = asyncio.create_task(self._follow(connector, speaker))
                self._followed[speaker.id] = (speaker, task)

    async def _follow(self, connector: PulledConnector, speaker: Speaker) -> None:
        """Fetch from one source for ever, whatever becomes of it."""
        wait = _SOONEST_S
        while True:
            heard = False
            try:
                async with contextlib.aclosing(connector.pull(speaker)) as fetches:
                    async for fetched in fetches:
                        heard = True
                        await self._take(connector, speaker, fetched)
            except BeffroiError as error:
                _log.warning("source lost, called again", source=speaker.key, code=error.code, why=str(error))
                wait = max(_SOONEST_S if heard else wait, error.wait_s)
            except Exception:  # noqa: BLE001 - a process's edge: one source never stops the others
                _log.exception("source not followed, tried again", source=speaker.key)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LATEST_S)

    async def _take(self, connector: PulledConnector, speaker: Speaker, fetched: Pulled) -> None:
        """Keep what a fetch brought, as long as that takes: the source does not tell it again."""
        drafts = [each for each in fetched.found if isinstance(each, Draft)]
        self._reception.tally.heard(speaker, guaranteed=not drafts)
        for error in (each for each in fetched.found if isinstance(each, Unreadable)):
            self._reception.tally.unread(connector.name, error, fetched.content, speaker=speaker)
        while True:
            try:
                await self._reception.take(speaker, drafts)
                break
            except BeffroiError as error:
                _log.error("messages not kept, tried again", source=speaker.key, why=str(error))
                await asyncio.sleep(_AGAIN_S)
