"""An engine that hangs loses its turn: it ends itself; where it cannot, the one that stands by sees to it.

Two looks, since each misses what the other sees. The *watch* is in the process itself: it ends it wherever it
hangs, in a library that never gives control back too, and says where that was. The *successor* looks from
outside, at what waits and at how far the engine is: it sees a process that was stopped, or that turns without
coming any further, and cuts the connection on which the lock lives.
"""

from __future__ import annotations

import faulthandler
import sys
import time
from collections.abc import Callable

import structlog

_log = structlog.get_logger("engine")

_AGAIN_S = 1.0
_LOOK_S = 1.0


class Watch:
    """Ends this process where one piece of its work lasts longer than `limit_s`; 0: never.

    The clock is the interpreter's own thread in C: it runs where no Python does.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s, self._set_at, self._longest = limit_s, float("-inf"), 0.0

    def begins(self, every_s: float = 0.0) -> None:
        """A piece of work begins; what is done every `every_s` may last a hundredth of that, if that is more.

        The clock is set anew once a second at most: a piece may have a second less.
        """
        if not self._limit_s:
            return
        now, longest = time.monotonic(), max(self._limit_s, every_s / 100)
        if longest != self._longest or now >= self._set_at + _AGAIN_S:
            self._set_at, self._longest = now, longest
            faulthandler.dump_traceback_later(longest, exit=True, file=sys.__stderr__)

    def ends(self) -> None:
        """The process ends by itself."""
        if self._limit_s:
            faulthandler.cancel_dump_traceback_later()


class Successor:
    """Who stands by: looks once a second whether the active engine comes any further.

    `holder`: the connection that holds the lease, None where none does; `reached`: how far the engine is;
    `waiting`: how far it could be; `oust`: takes the lease from that connection.
    """

    def __init__(
        self,
        limit_s: float,
        *,
        holder: Callable[[], int | None],
        reached: Callable[[], int],
        waiting: Callable[[], int],
        oust: Callable[[int], bool],
    ) -> None:
        self._limit_s, self._holder, self._reached, self._waiting = limit_s, holder, reached, waiting
        self._oust = oust
        self._due, self._since = 0.0, 0.0
        self._stood: tuple[int, int] | None = None

    def look(self) -> bool:
        """Look, where that is due; whether the active engine has just lost its turn.

        What could not be asked is not known to stand still: after a failure, which is raised, and with
        another holder time is counted anew.
        """
        now = time.monotonic()
        if not self._limit_s or now < self._due:
            return False
        self._due = now + _LOOK_S
        before, self._stood = self._stood, None
        holder, reached = self._holder(), self._reached()
        if holder is None or self._waiting() <= reached:
            return False
        self._stood = (holder, reached)
        if self._stood != before:
            self._since = now
        if now - self._since < self._limit_s:
            return False
        self._stood = None
        _log.error("the active engine hangs", position=reached, seconds=round(now - self._since))
        return self._oust(holder)
