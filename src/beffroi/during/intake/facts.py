"""An observation: one message from one source, as every later room reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


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
