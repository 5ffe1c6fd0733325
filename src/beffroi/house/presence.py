"""Lets a centre's web process be seen from elsewhere: a database connection under its name, always there."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

import structlog
from django.db import DatabaseError, close_old_connections, connection, connections

_log = structlog.get_logger("web")
_EVERY_S = 5.0


class Presence:
    """Asks PostgreSQL something small every few seconds, and says when it is away and when it is back."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="presence")
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        away = False
        while True:
            was, away = away, not await asyncio.get_running_loop().run_in_executor(self._thread, _answers)
            if away != was:
                _log.warning("database away" if away else "database back")
            await asyncio.sleep(_EVERY_S)

    async def close(self) -> None:
        """Stop, and let the thread and its connection go."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _answers() -> bool:
    try:
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
