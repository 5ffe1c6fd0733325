"""Of several intake processes, one at a time is the broker's client (its session is one, and persistent) and
asks the cameras that must be asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import structlog
from django.db import DatabaseError, close_old_connections, connections

from beffroi.during.intake.lease import Lease

_log = structlog.get_logger("beffroi.intake")
_LOOK_S = 1.0


class Client(Protocol):
    """What only one process may be at a time."""

    @property
    def connected(self) -> bool:
        """Whether the broker answers."""

    async def start(self) -> None:
        """Begin, in the background."""

    async def stop(self) -> None:
        """End."""


class Turns:
    """Makes the client and starts it while this process holds the lease."""

    def __init__(self, make: Callable[[], Client]) -> None:
        self._make = make
        self.client: Client | None = None
        self._lease = Lease("broker's client")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="turns")  # one thread, one connection
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            held = await self._held()
            if held and self.client is None:
                self.client = self._make()
                await self.client.start()
                _log.info("the broker's client from here")
            elif held is False and self.client is not None:
                _log.warning("another process is the broker's client")
                await self._end()
            await asyncio.sleep(_LOOK_S)

    async def _held(self) -> bool | None:
        """Whether the lease is ours; None while the database is away: nobody else can have it then."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask)
        except DatabaseError:
            return None

    def _ask(self) -> bool:
        try:
            return self._lease.held(ask=True)
        except DatabaseError:
            close_old_connections()
            raise

    async def _end(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            await client.stop()

    async def stop(self) -> None:
        """Disconnect, and let go of the lease."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._end()
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()
