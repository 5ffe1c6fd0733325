"""Group commit for servers: many observations that arrive together share one write to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.during.intake.spool import Encoded, Spool, SpoolUnavailable, encode
from beffroi.foundation.errors import BeffroiError

_log = structlog.get_logger("beffroi.intake")
_MAX_GROUP = 2_000


class Overloaded(BeffroiError):
    """More is waiting than the disk takes: this message was not kept."""

    code = "intake.overloaded"
    message = "Too many observations are waiting to be written ({waiting})."
    advice = "Nothing was kept of this message: send it again in a few seconds."
    status = 503


class GroupWriter:
    """Gathers observations for `group_ms` milliseconds, then writes them in one commit, in a thread.

    One writer belongs to one event loop. While a commit runs, the next group gathers. At most `max_waiting`
    observations wait in memory: beyond that `put` raises Overloaded at once.
    """

    def __init__(self, spool: Spool, *, group_ms: float, max_waiting: int = 20_000) -> None:
        self._spool = spool
        self._group_s = group_ms / 1000
        self._max_waiting = max_waiting
        self._waiting: list[tuple[Encoded, asyncio.Future[Receipt]]] = []
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def put(self, observation: Observation) -> Receipt:
        """The receipt of one observation, once it is on disk. Raises Overloaded or SpoolUnavailable."""
        return await self.submit(observation)

    async def put_many(self, observations: Sequence[Observation]) -> list[Receipt]:
        """The receipts of several observations, once all are on disk; all or none are refused."""
        self.room_for(len(observations))
        futures = [self.submit(each) for each in observations]
        return list(await asyncio.gather(*futures))

    def submit(self, observation: Observation) -> asyncio.Future[Receipt]:
        """Put an observation in the next group; the future holds its receipt or its error."""
        self.room_for(1)
        future: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting.append((encode(observation), future))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())
        return future

    def room_for(self, count: int) -> None:
        """Raise Overloaded where `count` more observations cannot wait."""
        if self._closed:
            raise SpoolUnavailable(why="the server is stopping")
        if len(self._waiting) + count > self._max_waiting:
            raise Overloaded(waiting=len(self._waiting))

    async def _drain(self) -> None:
        """Write groups until nothing waits. Only the first waits for company."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._group_s)
        while self._waiting:
            group, self._waiting = self._waiting[:_MAX_GROUP], self._waiting[_MAX_GROUP:]
            batch = [encoded for encoded, _ in group]
            try:
                receipts = await loop.run_in_executor(self._thread, self._spool.append_encoded, batch)
            except asyncio.CancelledError as error:
                self._refuse(group + self._waiting, error)
                raise
            except Exception as error:  # noqa: BLE001 - a process's edge: whatever went wrong, each source is told
                if not isinstance(error, BeffroiError):
                    _log.exception("observations not written")
                self._refuse(group, error)
                continue
            for (_, future), receipt in zip(group, receipts, strict=True):
                if not future.done():
                    future.set_result(receipt)
        self._task = None

    @staticmethod
    def _refuse(group: list[tuple[Encoded, asyncio.Future[Receipt]]], error: BaseException) -> None:
        told = error if isinstance(error, BeffroiError) else SpoolUnavailable(why=type(error).__name__)
        for _, future in group:
            if not future.done():
                future.set_exception(told)

    async def close(self) -> None:
        """Write what waits, then stop; later calls are refused."""
        self._closed = True
        if self._task is not None:
            await self._task
        self._thread.shutdown()
