"""What is due is carried on threads of its own, beside the engine's work: what every courier does alike.

In: how to find what is due, how to carry one thing. Out: threads that do so until told to stop. No facts.
Nothing is remembered here: whoever finds or carries takes it in the database, with a lease. So a process that
is killed loses nothing, and several may share the work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from django.db import DatabaseError, connection

Item = TypeVar("Item", bound=Hashable)

_AFTER_FAULT_S = 2.0


class Courier(Generic[Item]):
    """Carries what is due, `at_once` things at once. One a process; several processes share the work.

    `find` is told for how many there is room, and may answer with more, or with what is on its way already.
    """

    def __init__(
        self,
        name: str,
        *,
        at_once: int,
        look_s: float,
        find: Callable[[int], Sequence[Item]],
        carry: Callable[[Item], object],
    ) -> None:
        self._name, self._at_once, self._look_s = name, at_once, look_s
        self._find, self._carry = find, carry
        self._log = structlog.get_logger(name)
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._on_the_way: set[Item] = set()

    def tend(self) -> None:
        """Start the carrying thread, or start it again if it ended: the engine's duty calls this."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=f"{self._name}-courier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take nothing new and wait for what is on its way (tests)."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(30)

    def _run(self) -> None:
        with ThreadPoolExecutor(self._at_once, thread_name_prefix=f"{self._name}-carry") as pool:
            while not self._stopping.is_set():
                found = self._next()
                for each in found:
                    self._on_the_way.add(each)
                    pool.submit(self._carried, each)
                if not found:
                    self._stopping.wait(self._look_s)
        connection.close()

    def _next(self) -> list[Item]:
        free = self._at_once - len(self._on_the_way)
        found = self._guarded(partial(self._find, free)) or () if free else ()
        return [each for each in found if each not in self._on_the_way][:free]

    def _carried(self, item: Item) -> None:
        try:
            self._guarded(partial(self._carry, item))
        finally:
            connection.close()
            self._on_the_way.discard(item)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except DatabaseError as error:
            # The lease gives back what was taken: it goes out again, under the same identifier.
            self._log.warning("database away", why=type(error).__name__)
            connection.close()
            time.sleep(_AFTER_FAULT_S)
        except Exception:  # noqa: BLE001 - the edge of the courier's threads: told in full, the lease tries again
            self._log.exception("courier failed")
            time.sleep(_AFTER_FAULT_S)
        return None
