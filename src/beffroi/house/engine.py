"""The engine process: what observations mean.

Of the engines of a centre one is active, the one that holds the lease; the others stand by, their code and
towns loaded, and ask for it four times a second.

One loop, one thread: signals become observations; observations, in the spool's order, become changes of
interventions (one transaction a batch, with the cursor: killed at any moment, it goes on where it stood);
rankings of units follow; heads of journals are signed on time.

Work that fails is tried again, later each time (see house/plan.py for what is plugged in). An engine that
hangs loses its turn (see house/hanging.py).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")

import django
import structlog
from django.db import DatabaseError

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.house import process
from beffroi.house.hanging import Watch
from beffroi.house.memory import settle

_log = structlog.get_logger("engine")
#: The lock that the active engine holds.
LEASE = "engine"

_SOON_S, _CALM_S = 0.001, 0.01
_STAND_BY_S = 0.25
_AGAIN_S = 1.0
_SLOW_S = 0.3


@dataclass
class Duty:
    """Something done every `every_s` seconds, apart from the observations."""

    name: str
    every_s: float
    work: Callable[[], object]
    due: float = 0.0
    failures: int = 0


@dataclass
class Engine:
    """The loop and its duties; `run` returns when `stopping` is set.

    `held`: whether this engine is the one; `take_over` makes the work and the duties of one that became it;
    `look`: what one that stands by does meanwhile; `watch` ends an engine that hangs.
    """

    held: Callable[[], bool]
    take_over: Callable[[], tuple[Callable[[], bool], list[Duty]]]
    look: Callable[[], object] = lambda: None
    watch: Watch = field(default_factory=lambda: Watch(0))
    duties: list[Duty] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> None:
        """As long as the lease is held, fold as long as there is work, and do each duty when it is due."""
        fold: Callable[[], bool] | None = None
        stood_by, calm = False, _CALM_S
        while not self.stopping:
            if not self._guarded("lease", self.held):
                if fold is not None or not stood_by:
                    _log.info("standing by")
                fold, stood_by = None, True
                self._guarded("successor", self.look)
                time.sleep(_STAND_BY_S)
                continue
            if fold is None:
                fold = self._begin()
                continue
            worked = self._guarded("fold", fold)
            self._do_duties()
            # Where something came more may come: looked for sooner, and later again as nothing does.
            calm = 0.0 if worked else min(_CALM_S, max(_SOON_S, 2 * calm))
            time.sleep(calm)
        self.watch.ends()

    def _begin(self) -> Callable[[], bool] | None:
        made = self._guarded("take over", self.take_over, failed=None)
        if made is None:
            time.sleep(_AGAIN_S)
            return None
        fold, self.duties = made
        _log.info("active")
        return fold

    def _do_duties(self) -> None:
        now = time.monotonic()
        for duty in self.duties:
            if now < duty.due:
                continue
            done = self._guarded(duty.name, duty.work, every_s=duty.every_s) is not False
            duty.failures = 0 if done else duty.failures + 1
            duty.due = time.monotonic() + duty.every_s * min(2**duty.failures, 64)

    def _guarded(self, name: str, work: Callable[[], Any], failed: Any = False, every_s: float = 0.0) -> Any:
        from django.db import close_old_connections

        self.watch.begins(every_s)
        began = time.monotonic()
        try:
            done = work()
            if (took := time.monotonic() - began) > _SLOW_S:
                _log.warning("slow duty", duty=name, ms=round(took * 1000))
            return done
        except DatabaseError as error:
            # The database may be away for a while: let go of the connection and come back.
            _log.warning("database away", duty=name, why=type(error).__name__)
            close_old_connections()
            time.sleep(0.5)
        except BeffroiError as error:
            _log.error("duty failed", duty=name, code=error.code, why=error.sentence(), advice=error.advice)
            time.sleep(0.2)
        except Exception:  # noqa: BLE001 - the edge of the process: told in full, tried again, never lost
            _log.exception("duty failed", duty=name)
            time.sleep(0.2)
        return failed


def main() -> int:
    """Run the engine until SIGTERM."""
    process.name = "engine"
    django.setup()
    from beffroi.during.intake.lease import Lease
    from beffroi.house import logs

    logs.configure("engine")
    from beffroi.house.plan import successor, take_over, warm

    lease = Lease(LEASE)
    limit_s = configuration.current().engine_hung_seconds
    look = successor(lease, limit_s).look
    engine = Engine(held=lease.held, take_over=take_over, look=look, watch=Watch(limit_s))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        engine.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(DatabaseError):  # what is not loaded now is loaded when it is needed
        warm()
    settle()
    engine.run()
    lease.let_go()
    return 0


if __name__ == "__main__":
    sys.exit(main())
