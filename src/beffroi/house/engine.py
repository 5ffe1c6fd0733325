"""The engine process: what observations mean.

One loop, one thread: signals become observations; observations, in the spool's order, become
changes of interventions (one transaction a batch, with the cursor: killed at any moment, it goes
on where it stood); rankings of units follow; heads of journals are signed on time.

Work that fails is tried again, later each time (see house/plan.py for what is plugged in).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")

import django
import structlog

_log = structlog.get_logger("engine")

_CALM_S = 0.01
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
    """The loop and its duties; `run` returns when `stopping` is set."""

    duties: list[Duty] = field(default_factory=list)
    stopping: bool = False

    def run(self, fold: Callable[[], bool]) -> None:
        """Call `fold` as long as it finds work, and each duty when it is due."""
        while not self.stopping:
            worked = self._guarded("fold", fold)
            self._do_duties()
            if not worked:
                time.sleep(_CALM_S)

    def _do_duties(self) -> None:
        now = time.monotonic()
        for duty in self.duties:
            if now < duty.due:
                continue
            done = self._guarded(duty.name, duty.work, failed=False) is not False
            duty.failures = 0 if done else duty.failures + 1
            duty.due = time.monotonic() + duty.every_s * min(2**duty.failures, 64)

    def _guarded(self, name: str, work: Callable[[], object], failed: object = False) -> object:
        from django.db import DatabaseError, close_old_connections

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
        except Exception:  # noqa: BLE001 - the edge of the process: told in full, tried again, never lost
            _log.exception("duty failed", duty=name)
            time.sleep(0.2)
        return failed


def main() -> int:
    """Run the engine until SIGTERM."""
    django.setup()
    from beffroi.house import logs

    logs.configure("engine")
    from beffroi.house.plan import duties, folding

    engine = Engine(duties=duties())

    def stop(_signal: int, _frame: FrameType | None) -> None:
        engine.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine.run(folding())
    return 0


if __name__ == "__main__":
    sys.exit(main())
