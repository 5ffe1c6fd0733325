"""Where patrol units are: gathered in memory, written to the territory a few times a second.

Not observations: they tell of agents every few seconds, so they are in no spool and no journal. Only the
latest of each unit is kept; a crash loses at most what the next message of the unit brings again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from django.db import DatabaseError, close_old_connections, connections
from prometheus_client import Counter

from beffroi.during.intake.rules import Fix, Speaker, Unreadable, too_early
from beffroi.during.intake.tally import Tally
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.territory.actions import move_units
from beffroi.territory.shown import Move

_log = structlog.get_logger("beffroi.intake")
_FLUSH_S = 0.3
_MOST_WAITING = 10_000
#: A unit that nobody knows is told once in this time for each source: such a phone goes on and on.
_TOLD_AGAIN_S = 600.0

POSITIONS = Counter("beffroi_intake_positions", "Positions of patrol units taken", ["connector"])

_Unit = tuple[str, str, bool]


@dataclass
class Positions:
    """The latest position of each unit. One belongs to one event loop."""

    tally: Tally
    flush_s: float = _FLUSH_S
    _waiting: dict[_Unit, tuple[Speaker, Move]] = field(default_factory=dict)
    _told: dict[tuple[UUID, str], float] = field(default_factory=dict)
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(max_workers=1, thread_name_prefix="positions")
    )
    _task: asyncio.Task[None] | None = None

    def take(self, speaker: Speaker, fix: Fix) -> None:
        """Put a fix in the next write, unless a newer one of its unit waits there. Raises Unreadable.

        One dated ahead of our clock is refused: it would hide every true one until that time.
        """
        if too_early(fix.at, max(clock.now(), clock.undisturbed())):
            raise Unreadable("its position is dated in the future", code="intake.position_ahead")
        move = _move(speaker, fix)
        POSITIONS.labels(speaker.connector).inc()
        self._wait(speaker, move)
        self._soon()

    def _wait(self, speaker: Speaker, move: Move) -> None:
        name = (move.territory, move.unit, move.exercise)
        known = self._waiting.get(name)
        if known is None and len(self._waiting) >= _MOST_WAITING:
            raise Unreadable("too many positions wait to be written", code="intake.position_crowd")
        if known is None or known[1].at < move.at:
            self._waiting[name] = (speaker, move)

    def _soon(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._later())

    async def _later(self) -> None:
        await asyncio.sleep(self.flush_s)
        self._task = None
        await self.flush()

    async def flush(self) -> None:
        """Write what was gathered. What cannot be written now waits for the next time, the latest still."""
        waiting, self._waiting = self._waiting, {}
        if not waiting:
            return
        moves = [move for _, move in waiting.values()]
        try:
            nobody = await asyncio.get_running_loop().run_in_executor(self._thread, _write, moves)
        except DatabaseError as error:
            _log.error("positions not written, tried again", why=str(error))
            for speaker, move in waiting.values():
                with suppress(Unreadable):  # no room left: the unit's next message brings it again
                    self._wait(speaker, move)
            self._soon()
            return
        for move in nobody:
            self._tell(waiting[move.territory, move.unit, move.exercise][0], move)

    def _tell(self, speaker: Speaker, move: Move) -> None:
        """A unit that is not there, or of the other world: shown among the unreadable, without its place."""
        now = clock.current().monotonic()
        told = self._told.get((speaker.id, move.unit))
        if told is not None and now - told < _TOLD_AGAIN_S:
            return
        if len(self._told) >= _MOST_WAITING:
            self._told.clear()
        self._told[speaker.id, move.unit] = now
        world = "for exercises" if move.exercise else "for real"
        error = Unreadable(f"no unit {move.unit[:80]} serves {world} here", code="intake.no_such_unit")
        self.tally.unread(speaker.connector, error, b"", speaker=speaker)

    async def close(self) -> None:
        """Write what is left and let the thread and its database connection go."""
        if self._task is not None:
            self._task.cancel()
        await self.flush()
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()


def _move(speaker: Speaker, fix: Fix) -> Move:
    try:
        position = Position(fix.lat, fix.lon, fix.radius_m)
    except ValueError as error:
        raise Unreadable(str(error), code="intake.bad_position") from None
    return Move(
        territory=speaker.territory,
        unit=speaker.unit_of(fix.name),
        position=position,
        at=fix.at,
        heading_deg=fix.heading_deg,
        exercise=speaker.exercise or fix.exercise,
    )


def _write(moves: Iterable[Move]) -> list[Move]:
    close_old_connections()
    try:
        return move_units(moves)
    finally:
        close_old_connections()
