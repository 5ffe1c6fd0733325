"""The spool: the durable, ordered store of observations.

Positions only grow, and a reader that has seen a position never finds an earlier one appear behind it:
followers keep one number. The triple (territory, source, key) names a message; putting it twice gives
the first position again, as a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

import msgspec

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError

_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Observation)


class SpoolUnavailable(BeffroiError):
    """Nothing was kept; the source may send again."""

    code = "intake.spool_unavailable"
    message = "The observation could not be written to disk: {why}."
    advice = "Nothing was kept: send it again later. An administrator finds the cause with `beffroi doctor`."
    status = 503


class SpoolFull(SpoolUnavailable):
    """No room left where the spool lives."""

    code = "intake.spool_full"
    message = "The disk that holds the observations is full."
    advice = "Nothing was kept. Free space in the data directory, then send again."


class Encoded(NamedTuple):
    """An observation and its canonical bytes."""

    observation: Observation
    content: bytes


def encode(observation: Observation) -> Encoded:
    """The canonical bytes of an observation: JSON with sorted names. TypeError if `content` is not JSON."""
    return Encoded(observation, _encoder.encode(observation))


def decode(content: bytes) -> Observation:
    """The observation that these canonical bytes tell of."""
    return _decoder.decode(content)


class Spool(Protocol):
    """What every spool does; each call may block on a disk or a network: never call it on an event loop."""

    def append_encoded(self, batch: Sequence[Encoded]) -> list[Receipt]:
        """Keep a batch: all of it is durable on return, or SpoolUnavailable is raised.

        A source that sends again after SpoolUnavailable is never counted twice.
        """
        ...

    def append_many(self, batch: Sequence[Observation]) -> list[Receipt]:
        """`append_encoded` for observations that are not encoded yet."""
        ...

    def read(self, after: int, limit: int) -> list[tuple[int, Observation]]:
        """Up to `limit` observations behind position `after`, in order."""
        ...

    def head(self) -> int:
        """The last position given; 0 when empty."""
        ...

    def get(self, identifier: UUID) -> tuple[int, Observation] | None:
        """The observation of that identifier with its position, or None."""
        ...

    def prune(self, before: datetime, keep: frozenset[UUID] = frozenset()) -> int:
        """Erase what was received before `before`, but for `keep`; how many went."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def open_spool(settings: configuration.Settings | None = None) -> Spool:
    """A new spool of the configured profile: SQLite in the village, NATS JetStream in the centre."""
    settings = settings or configuration.current()
    if settings.profile == "centre":
        from beffroi.during.intake.spool_jetstream import JetStreamSpool

        return JetStreamSpool(settings.nats_url, replicas=settings.nats_replicas)
    from beffroi.during.intake.spool_sqlite import SqliteSpool

    return SqliteSpool(settings.data_path / "spool.sqlite3")


_shared: dict[tuple[str, str, str], Spool] = {}


def shared() -> Spool:
    """The spool of this process, opened once."""
    settings = configuration.current()
    name = (settings.profile, str(settings.data_path), settings.nats_url)
    if name not in _shared:
        _shared[name] = open_spool(settings)
    return _shared[name]
