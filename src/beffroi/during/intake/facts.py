"""An observation: one message from one source, as every later room reads it; and intake's own facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from beffroi.journal.facts import Fact


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one source said once.

    `source` and `key` together name the message: the same pair twice is one observation.
    `position` in degrees of WGS 84 and `radius_m` in metres, where the source knows them;
    else `device` leads to them. `certainty` is the source's own word, 0 to 1, or None.
    `content` holds the connector's structured rest: no free description of a person.
    """

    id: UUID
    territory: str
    source: str
    key: str
    kind: str
    seen_at: datetime
    received_at: datetime
    device: str = ""
    lat: float | None = None
    lon: float | None = None
    radius_m: float = 0.0
    certainty: float | None = None
    exercise: bool = False
    content: dict[str, Any] = {}


class Receipt(msgspec.Struct, frozen=True):
    """What the spool answers: where the observation stands, and whether it was already there."""

    position: int
    duplicate: bool


class BatchKept(Fact, fact="intake.batch_kept", version=1):
    """The observations of one territory since the last such entry: where they stand and what they hash to.

    `sha256` (hexadecimal) covers, for each observation in order, its position (8 bytes, big-endian), the
    length of its canonical bytes (4 bytes, big-endian) and those bytes.
    """

    first: int
    last: int
    count: int
    sha256: str
    exercise: bool = False


class CallTaken(Fact, fact="intake.call_taken", version=1):
    """Someone on duty took a call, which became this observation; nothing is kept of who called."""

    kind: str
    observation: str
    seen_seconds_before: int
    life: bool
    exercise: bool = False


class SourceDeclared(Fact, fact="intake.source_declared", version=1):
    """A source may now speak for a territory."""

    connector: str
    exercise: bool = False


class SourceTokenMade(Fact, fact="intake.source_token_made", version=1):
    """A source was given a new token; the former one no longer works."""


class SourceRemapped(Fact, fact="intake.source_remapped", version=1):
    """What a source's messages mean was declared anew; `sha256` (hexadecimal) is that of the mapping."""

    sha256: str


class SourceKeySet(Fact, fact="intake.source_key_set", version=1):
    """A source's encryption key was set, or taken away; the key itself stands in no journal."""

    encrypted: bool


class SourceRevoked(Fact, fact="intake.source_revoked", version=1):
    """A source may no longer speak."""
