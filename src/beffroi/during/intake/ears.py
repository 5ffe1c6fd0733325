"""The ears of the platform: each process that listens says so, every few seconds, while it does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, close_old_connections, connections
from django.db.models import F

from beffroi.during.intake.models import Ear, Source
from beffroi.during.intake.rules_silence import BEAT_S, DEAF_S
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake")
GATE, BROKER = "gate", "broker"
_MOMENT = timedelta(seconds=DEAF_S)


def listening(name: str, now: datetime, *, opened: bool = False) -> None:
    """Say that an ear listens at `now`; `opened`: it begins to, whatever was said before."""
    row, made = Ear.objects.get_or_create(pk=name, defaults={"since": now, "alive_at": now})
    if made:
        return
    gap = now - row.alive_at
    anew = opened or not timedelta(0) <= gap <= timedelta(seconds=DEAF_S)
    Ear.objects.filter(pk=name).update(alive_at=now, **({"since": now} if anew else {}))


def clock_stepped(by: timedelta, now: datetime) -> None:
    """The machine's clock was set by `by` and tells `now`: no ear was closed and no source fell silent by it.

    Ears that listened a moment ago listen; every source behind them has its whole time anew.
    """
    told = now - by
    live = Ear.objects.filter(alive_at__gt=told - _MOMENT, alive_at__lte=told + _MOMENT)
    live.update(alive_at=now, since=now)
    Source.objects.filter(last_seen_at__gt=now).update(last_seen_at=F("last_seen_at") + by)
    Source.objects.filter(silent_since__gt=now).update(silent_since=F("silent_since") + by)


class Pulse:
    """Says for the ears of one process that they listen, as long as they do."""

    def __init__(self, ears: Mapping[str, Callable[[], bool]]) -> None:
        self._ears = ears
        self._open: set[str] = set()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ears")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            await self.beat()
            await asyncio.sleep(BEAT_S)

    async def beat(self) -> None:
        """Say it once. A database that is away is told of by others; the next beat tries again."""
        hears = {name for name, listens in self._ears.items() if listens()}
        opened, self._open = hears - self._open, hears
        now = clock.now()
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, _write, hears, opened, now)
        except DatabaseError as error:
            self._open = hears - opened
            _log.warning("ears not told", why=str(error))

    async def stop(self) -> None:
        """Stop saying so, and let the thread and its database connection go."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _write(hears: set[str], opened: set[str], now: datetime) -> None:
    close_old_connections()
    for name in sorted(hears):
        listening(name, now, opened=name in opened)
