"""Tells the media server that looks have ended: a task of the process that serves pages."""

from __future__ import annotations

import asyncio

import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from beffroi.eyes import straight, whep
from beffroi.eyes.straight import Due
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError

_log = structlog.get_logger("beffroi.eyes")
#: Rights are asked again this often (s), even of a page that lets nobody know that it is still there.
RIGHTS_EVERY_S = 5.0


class Ending:
    """Ends the sessions of looks that ended, and looks whose right is gone."""

    def __init__(self) -> None:
        self._asked_at = float("-inf")

    async def once(self) -> int:
        """Do what is due; how many sessions were tried."""
        due = await sync_to_async(self._due, thread_sensitive=False)()
        await asyncio.gather(*(_end(each) for each in due))
        return len(due)

    def _due(self) -> list[Due]:
        close_old_connections()
        now = clock.current().monotonic()
        if now - self._asked_at >= RIGHTS_EVERY_S:
            self._asked_at = now
            straight.end_unrightful()
        return straight.claimed(clock.now())


async def _end(due: Due) -> None:
    code = ""
    try:
        await whep.end(due.place)
    except BeffroiError as error:
        code = error.code
        _log.warning("a session of the media server not ended", tries=due.tries, code=code, why=str(error))
    await sync_to_async(straight.note, thread_sensitive=False)(due, code)
