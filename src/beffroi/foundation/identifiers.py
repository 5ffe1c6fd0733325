"""UUIDv7 identifiers (RFC 9562 §5.7): sortable by time, made without a server."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from beffroi.foundation import clock

_MILLISECONDS = 1000
_POOL = 64
#: The 74 bits that are random: all of the last 80 but the version and the variant.
_RANDOM = (1 << 80) - 1 & ~(0xF << 76) & ~(0x3 << 62)


def _assemble(milliseconds: int, random_80: int) -> UUID:
    value = (milliseconds & (1 << 48) - 1) << 80 | random_80
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def _milliseconds(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("an identifier needs an aware instant")
    return int(at.timestamp() * _MILLISECONDS)


def uuid7(at: datetime | None = None) -> UUID:
    """A new UUIDv7 at the given instant (default: now)."""
    return _assemble(_milliseconds(at or clock.now()), int.from_bytes(os.urandom(10)))


def uuid7s(at: datetime) -> Iterator[UUID]:
    """New UUIDv7s at the given instant, without end: randomness is asked of the system for many at once.

    Each asking costs as much as ten identifiers, and lets go of the interpreter's lock meanwhile.
    """
    head = _assemble(_milliseconds(at), 0).int
    while True:
        pool = os.urandom(10 * _POOL)
        for start in range(0, len(pool), 10):
            yield UUID(int=head | int.from_bytes(pool[start : start + 10]) & _RANDOM)


def derived_uuid7(at: datetime, *parts: str) -> UUID:
    """The UUIDv7-shaped identifier that `at` and `parts` always give.

    Used where a replay must find the same identifiers again: its random bits are
    the SHA-256 of the parts, each preceded by its length.
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(4) + data)
    return _assemble(_milliseconds(at), int.from_bytes(digest.digest()[:10]))


def instant_of(identifier: UUID) -> datetime:
    """The instant, to the millisecond, that a UUIDv7 carries."""
    if identifier.version != 7:
        raise ValueError(f"{identifier} is not a UUIDv7")
    return datetime.fromtimestamp((identifier.int >> 80) / _MILLISECONDS, UTC)
