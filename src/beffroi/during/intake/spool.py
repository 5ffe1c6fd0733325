"""The spool: the durable, ordered store of observations.

Positions only grow, and a reader that has seen a position never finds an earlier one appear behind it:
followers keep one number. The triple (territory, source, key) names a message; putting it twice gives
the first position again, as a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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

    def stored(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """`read`, each as its canonical bytes (see `decode`)."""
        ...

    def head(self) -> int:
        """The last position given; 0 when empty."""
        ...

    def get(self, identifier: UUID) -> tuple[int, Observation] | None:
        """The observation of that identifier with its position, or None."""
        ...

    def erase(self, positions: Sequence[int]) -> None:
        """Erase these; those that are gone already stay gone. Positions are never given again."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


#: How long (s) a call goes on where a server of the cluster has just gone.
PATIENCE_S = 15.0


def open_spool(
    settings: configuration.Settings | None = None, *, first: int = 1, patience_s: float = PATIENCE_S
) -> Spool:
    """A new spool of the configured profile: SQLite in the village, NATS JetStream in the centre.

    No position before `first` is given by a spool that is made anew, nor by a village's that is behind it.
    """
    settings = settings or configuration.current()
    if settings.profile == "centre":
        from beffroi.during.intake.spool_jetstream import JetStreamSpool

        url, replicas = settings.nats_url, settings.nats_replicas
        return JetStreamSpool(url, replicas=replicas, first=first, patience_s=patience_s)
    from beffroi.during.intake.spool_sqlite import SqliteSpool

    return SqliteSpool(settings.data_path / "spool.sqlite3", first=first)


def aside_file(settings: configuration.Settings) -> Path:
    """Where this machine keeps what the cluster does not take."""
    return (
        Path(settings.aside_dir).resolve() if settings.aside_dir else settings.data_path
    ) / "aside.sqlite3"


def open_steady(settings: configuration.Settings) -> Spool:
    """A spool for a process that lasts and takes observations: a centre's has this machine's disk beside."""
    found = open_spool(settings)
    if settings.profile != "centre":
        return found
    from beffroi.during.intake.spool_jetstream import JetStreamSpool
    from beffroi.during.intake.spool_sqlite import SqliteSpool
    from beffroi.during.intake.spool_steady import SteadySpool

    assert isinstance(found, JetStreamSpool)  # noqa: S101 - what open_spool makes for a centre
    return SteadySpool(found, SqliteSpool(aside_file(settings)))


_shared: dict[tuple[str, str, str], Spool] = {}


def _name(settings: configuration.Settings) -> tuple[str, str, str]:
    return settings.profile, str(settings.data_path), settings.nats_url


def shared() -> Spool:
    """The spool of this process, opened once."""
    settings = configuration.current()
    name = _name(settings)
    if name not in _shared:
        _shared[name] = open_spool(settings)
    return _shared[name]


def share_steady() -> None:
    """From now on `shared` is a steady spool: for processes that take observations, before the first asks."""
    settings = configuration.current()
    if _name(settings) not in _shared:
        _shared[_name(settings)] = open_steady(settings)


def share_impatient(patience_s: float) -> None:
    """From now on `shared` gives up after `patience_s` (s): for who has other work to do meanwhile."""
    settings = configuration.current()
    if _name(settings) not in _shared:
        _shared[_name(settings)] = open_spool(settings, patience_s=patience_s)


def close_shared() -> None:
    """Close a centre's spool of this process, if one was opened."""
    settings = configuration.current()
    found = _shared.pop(_name(settings), None) if settings.profile == "centre" else None
    if found is not None:
        found.close()
