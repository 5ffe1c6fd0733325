"""Group commit for servers: many observations that arrive together share one write to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import structlog

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.during.intake.spool import Encoded, Spool, SpoolUnavailable, encode
from beffroi.foundation.errors import BeffroiError

_log = structlog.get_logger("beffroi.intake")
_MAX_GROUP = 2_000
#: So many observations are company enough.
_PLENTY = 200
_URGENT_MORE = 2_000


class Overloaded(BeffroiError):
    """More is waiting than the disk takes: this message was not kept."""

    code = "intake.overloaded"
    message = "Too many observations are waiting to be written ({waiting})."
    advice = "Nothing was kept of this message: send it again in a few seconds."
    status = 503


class _Message(NamedTuple):
    """What came together, and the future of its receipts."""

    batch: list[Encoded]
    receipts: asyncio.Future[list[Receipt]]


class GroupWriter:
    """Gathers observations for `group_ms` milliseconds, then writes them in one commit, in a thread.

    One writer belongs to one event loop. While a commit runs, the next group gathers. At most `max_waiting`
    observations wait in memory: beyond that `put` raises Overloaded at once.
    """

    def __init__(self, spool: Spool, *, group_ms: float, max_waiting: int = 20_000) -> None:
        self._spool = spool
        self._group_s = group_ms / 1000
        self._max_waiting = max_waiting
        self._messages: list[_Message] = []
        self._urgent: list[_Message] = []
        self._waiting = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        #: The code of the error that the last group met; empty where it was kept.
        self.refusing = ""

    @property
    def waiting(self) -> int:
        """Observations that no commit has taken yet."""
        return self._waiting

    async def put(self, observation: Observation) -> Receipt:
        """The receipt of one observation, once it is on disk. Raises Overloaded or SpoolUnavailable."""
        return (await self.submit([observation]))[0]

    async def put_many(self, observations: Sequence[Observation]) -> list[Receipt]:
        """The receipts of several observations, once all are on disk; all or none are refused."""
        return await self.submit(observations)

    def submit(
        self, observations: Sequence[Observation], *, urgent: bool = False
    ) -> asyncio.Future[list[Receipt]]:
        """`submit_encoded` for observations that are not encoded yet."""
        return self.submit_encoded([encode(each) for each in observations], urgent=urgent)

    def submit_encoded(self, batch: list[Encoded], *, urgent: bool = False) -> asyncio.Future[list[Receipt]]:
        """Put observations in the next group; the future holds their receipts or the error of all.

        What is urgent (a life may be in danger) goes before what waits, and has places of its own.
        """
        if self._closed:
            raise SpoolUnavailable(why="the server is stopping")
        most = self._max_waiting + (_URGENT_MORE if urgent else 0)
        if self._waiting + len(batch) > most:
            raise Overloaded(waiting=self._waiting)
        loop = asyncio.get_running_loop()
        message = _Message(batch, loop.create_future())
        (self._urgent if urgent else self._messages).append(message)
        self._waiting += len(batch)
        if self._task is None:
            self._task = loop.create_task(self._drain())
        return message.receipts

    def _next_group(self) -> list[_Message]:
        """Whole messages from the front, up to about `_MAX_GROUP` observations."""
        self._messages, self._urgent = [*self._urgent, *self._messages], []
        size = taken = 0
        while taken < len(self._messages) and size < _MAX_GROUP:
            size += len(self._messages[taken].batch)
            taken += 1
        group, self._messages = self._messages[:taken], self._messages[taken:]
        self._waiting -= size
        return group

    async def _drain(self) -> None:
        """Write groups until nothing waits. A small one without a life in it waits for company."""
        loop = asyncio.get_running_loop()
        while self._messages or self._urgent:
            if self._waiting < _PLENTY and not self._urgent:
                await asyncio.sleep(self._group_s)
            group = self._next_group()
            batch = [each for message in group for each in message.batch]
            try:
                receipts = await loop.run_in_executor(self._thread, self._spool.append_encoded, batch)
            except asyncio.CancelledError as error:
                self._refuse(group + self._urgent + self._messages, error)
                raise
            except Exception as error:  # noqa: BLE001 - a process's edge: whatever went wrong, each source is told
                if not isinstance(error, BeffroiError):
                    _log.exception("observations not written")
                self._refuse(group, error)
                continue
            self.refusing = ""
            self._answer(group, receipts)
        self._task = None

    @staticmethod
    def _answer(group: list[_Message], receipts: list[Receipt]) -> None:
        at = 0
        for batch, future in group:
            if not future.done():
                future.set_result(receipts[at : at + len(batch)])
            at += len(batch)

    def _refuse(self, group: list[_Message], error: BaseException) -> None:
        told = error if isinstance(error, BeffroiError) else SpoolUnavailable(why=type(error).__name__)
        self.refusing = told.code
        for _, future in group:
            if not future.done():
                future.set_exception(told)

    async def close(self) -> None:
        """Write what waits, then stop; later calls are refused."""
        self._closed = True
        if self._task is not None:
            await self._task
        self._thread.shutdown()
