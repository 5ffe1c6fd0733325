"""What takes observations while the NATS cluster does not: the disk of this machine, until it does again.

A cluster that lost the server in charge of the stream takes nothing for 4 to 9 s, a time that NATS does not
let one set; panels would give up, programs would fail. What the cluster did not take within a second is
written to a file of this machine, flushed as a village's spool is, and acknowledged; it goes to the cluster,
in its order, as soon as that takes again. Its key makes it one observation, however often it is sent there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import structlog

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.during.intake.spool import Encoded, SpoolUnavailable, encode
from beffroi.during.intake.spool_jetstream import JetStreamSpool
from beffroi.during.intake.spool_sqlite import SqliteSpool

_log = structlog.get_logger("beffroi.intake")
_CLUSTER_S = 1.0
_LOOK_S = 0.2
_DRAIN_S = 2.0
_PAGE = 500
#: The position of what is kept aside: the cluster has not given it one yet.
ASIDE = 0


class SteadySpool:
    """A cluster's spool with a file beside it; see `Spool` for the calls. Reads are the cluster's."""

    def __init__(self, cluster: JetStreamSpool, aside: SqliteSpool) -> None:
        self._cluster, self._aside = cluster, aside
        self._takes = True
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._bring, name="aside", daemon=True)
        self._thread.start()

    def append_encoded(self, batch: Sequence[Encoded]) -> list[Receipt]:
        """Keep the batch in the cluster, else aside: on disk when this returns, position 0 where aside."""
        if not batch:
            return []
        if self._takes:
            try:
                return self._cluster.append_within(batch, _CLUSTER_S)
            except SpoolUnavailable as error:
                _log.warning("the cluster takes nothing, kept aside", why=error.sentence())
                self._takes = False
        return [Receipt(ASIDE, each.duplicate) for each in self._aside.append_encoded(batch)]

    def append_many(self, batch: Sequence[Observation]) -> list[Receipt]:
        """Encode, then `append_encoded`."""
        return self.append_encoded([encode(each) for each in batch])

    def _bring(self) -> None:
        while not self._stopping.wait(_LOOK_S):
            try:
                while self.bring():
                    pass
            except SpoolUnavailable as error:
                _log.warning("what is aside waits", why=error.sentence())

    def bring(self) -> int:
        """Bring a page of what is aside to the cluster; how many. Raises SpoolUnavailable.

        The file lets go of it only once the cluster has it.
        """
        page = self._aside.read(0, _PAGE)
        if page:
            self._cluster.append_within([encode(each) for _, each in page], _DRAIN_S)
            self._aside.drop(page[-1][0])
            _log.info("brought to the cluster", count=len(page))
        elif not self._takes:
            self._cluster.head()  # it answers: it takes again
            self._takes = True
        return len(page)

    def read(self, after: int, limit: int) -> list[tuple[int, Observation]]:
        """Up to `limit` observations behind `after`."""
        return self._cluster.read(after, limit)

    def stored(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The same, as their bytes."""
        return self._cluster.stored(after, limit)

    def head(self) -> int:
        """The last position given."""
        return self._cluster.head()

    def get(self, identifier: UUID) -> tuple[int, Observation] | None:
        """The observation of that identifier, or None."""
        return self._cluster.get(identifier)

    def erase(self, positions: Sequence[int]) -> None:
        """Erase these, in the cluster."""
        self._cluster.erase(positions)

    def close(self) -> None:
        """Stop; what is aside stays in its file for the next start."""
        self._stopping.set()
        self._thread.join(_DRAIN_S + 5)
        self._cluster.close()
        self._aside.close()
