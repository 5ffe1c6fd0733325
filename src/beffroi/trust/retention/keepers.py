"""What a store of data answers retention, and which stores there are.

A later room that keeps data of persons (recordings, sightings, requests) registers its own keeper when it
starts: `register(Keeper)`. Its kind stands in `data/terms.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from beffroi.trust.retention.rules import Held


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to erase: its key in its store, its instant, the hash that proves it was this one."""

    key: str
    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What is over a term: how many would go, how many a hold keeps, the oldest of those that would go."""

    due: int
    held: int
    oldest: datetime | None


class Keeper(Protocol):
    """One store of one kind of data. `where` is a territory's key, or `terms.INSTALLATION`.

    `outside`: it lies outside the database (files, spool): its erasure is written down before it begins,
    and may be asked again for what is gone already.
    """

    kind: str
    store: str
    outside: bool

    def due(self, where: str, before: datetime, holds: Sequence[Held], most: int) -> list[Item]:
        """Up to `most` things older than `before` that no hold keeps, the oldest first."""
        ...

    def erase(self, where: str, keys: Sequence[str]) -> None:
        """Erase these; within a transaction where the store lies in the database."""
        ...

    def left(self, where: str, keys: Sequence[str]) -> int:
        """How many of these are still there: 0 after an erasure that took."""
        ...

    def standing(self, where: str, before: datetime, holds: Sequence[Held]) -> Standing:
        """What is older than `before`."""
        ...


_registered: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Let retention erase from a store of a later room; the same kind and store once."""
    _registered[:] = [each for each in _registered if (each.kind, each.store) != (keeper.kind, keeper.store)]
    _registered.append(keeper)


def keepers() -> list[Keeper]:
    """Every store, in the order in which they are erased."""
    from beffroi.trust.retention import keepers_log, keepers_people, keepers_rows, keepers_spool

    return [
        *keepers_rows.ROWS,
        *keepers_people.ROWS,
        *keepers_log.BODIES,
        keepers_spool.OBSERVATIONS,
        *_registered,
    ]
