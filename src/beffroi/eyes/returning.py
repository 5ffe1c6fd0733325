"""Cameras that were let go turn back home, media servers hear that looks ended: tasks of the web process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections, transaction

from beffroi.eyes import facts, models, moving, turning
from beffroi.eyes.ending import Ending
from beffroi.eyes.errors import NoWay
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.journal import actions as journal

_log = structlog.get_logger("beffroi.eyes")
_EVERY_S = 1.0
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Due:
    """A camera to send home, and the hold that it was left by."""

    hold: models.Hold
    way: moving.Way
    preset: str


class Keeper:
    """Ends the holds that nobody let go, sends cameras home, ends the sessions of looks that ended."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin, on the running event loop: neither work waits for the other's slow peers."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(_for_ever(each)) for each in (self.once, Ending().once)]

    async def close(self) -> None:
        """End."""
        for each in self._tasks:
            each.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await each

    async def once(self) -> int:
        """Do what is due; how many cameras were sent home."""
        due = await sync_to_async(_claimed, thread_sensitive=False)(clock.now())
        await asyncio.gather(*(_send(each) for each in due))
        return len(due)


async def _for_ever(work: Callable[[], Awaitable[int]]) -> None:
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a process's edge: the database may be away for a while
            strange = not isinstance(error, DatabaseError)
            _log.error("cameras not looked after, tried again", why=str(error), exc_info=strange)
        await asyncio.sleep(_EVERY_S)


async def _send(due: Due) -> None:
    code = ""
    try:
        await turning.go_home(due.way, due.preset)
    except BeffroiError as error:
        code = error.code
        _log.warning("camera not home", device=due.hold.device, code=code, why=str(error))
    await sync_to_async(_written, thread_sensitive=False)(due, code)


def _claimed(now: datetime) -> list[Due]:
    """What is due, each claimed by this process; a camera that somebody holds again stays where it is."""
    close_old_connections()
    moving.end_lapsed(now)
    found = []
    rows = models.Hold.objects.filter(homed_at=None, home_due_at__lte=now).order_by("home_due_at")
    for identifier in rows.values_list("pk", flat=True)[:_AT_ONCE]:
        if (due := _claim(identifier, now)) is not None:
            found.append(due)
    return found


@transaction.atomic
def _claim(identifier: object, now: datetime) -> Due | None:
    row = models.Hold.objects.select_for_update().get(pk=identifier)
    if row.homed_at is not None:
        return None
    row.homed_at = now
    row.save(update_fields=["homed_at"])
    same = {"territory_key": row.territory_key, "device": row.device}
    if models.Hold.objects.filter(**same, since__gte=row.ended_at).exists():
        return None
    camera = models.Camera.objects.filter(**same).first()
    if camera is None or camera.shut:
        return None
    try:
        return Due(row, moving.way_of(camera), camera.home)
    except NoWay:
        return None


@transaction.atomic
def _written(due: Due, code: str) -> None:
    row = due.hold
    fact = facts.CameraSentHome(
        hold=str(row.pk), device=row.device, preset=due.preset, code=code, exercise=row.exercise
    )
    journal.append(
        journal=f"territory:{row.territory_key}",
        fact=fact,
        subject=f"device:{row.device}",
        actor=journal.SYSTEM,
    )
