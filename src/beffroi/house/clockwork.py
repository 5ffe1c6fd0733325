"""The engine's watch over the machine's clock: a step is told, and what was waited for is waited for as long.

The count of seconds that never goes back is compared with the clock at each pass of the engine; a clock that
is led slowly (NTP) never steps. While the engine is down the last entry of the journal bounds the clock:
where that lies ahead, the clock was set back since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from beffroi.during.intake import ears
from beffroi.during.oncall import actions as oncall
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.journal import queries
from beffroi.journal.facts import ClockStepped

_log = structlog.get_logger("engine")

#: Less than this is no step: a machine that was held up, or a clock that was a little off.
LEAST = timedelta(seconds=30)
_LOOKED_AT = 50


class ClockWatch:
    """A duty of the engine, the first of each pass: every other then finds its deadlines moved."""

    def __init__(self) -> None:
        self._told = clock.now()
        self._counted = clock.current().monotonic()
        self._last = _last_entry()

    def __call__(self) -> timedelta | None:
        """Look once; by how much the clock was set since the last look, or None."""
        now, counted = clock.now(), clock.current().monotonic()
        by = (now - self._told) - timedelta(seconds=counted - self._counted)
        if self._last is not None:
            # The first look: what was written before we began is not of the future.
            by = min(by, now - self._last)
        if abs(by) < LEAST:
            self._told, self._counted, self._last = now, counted, None
            return None
        with transaction.atomic():
            oncall.clock_stepped(by, now)
            ears.clock_stepped(by, now)
            journal.tell_clock_stepped(by=by, now=now)
        # Only now: what could not be written is tried again at the next pass.
        self._told, self._counted, self._last = now, counted, None
        _log.warning("the clock was set", seconds=round(by.total_seconds()))
        return by


def _last_entry() -> datetime | None:
    """The latest time among the last entries of all journals, as far back as the last step that was told."""
    times: list[datetime] = []
    for each in queries.follow(max(0, queries.head_position() - _LOOKED_AT)):
        if each.fact == ClockStepped.fact:
            times.clear()
        times.append(each.time)
    return max(times, default=None)
