"""What a batch brought, for the rooms that act on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from beffroi.during.fusion.rules.shapes import Belief, Place, Reason


class SignNews(msgspec.Struct, frozen=True, kw_only=True):
    """A sign that joined: the observation, how it was hashed for the journal, what it weighs (nats)."""

    observation: UUID
    digest: str
    kind: str
    relation: str
    source: str
    device: str
    weight: float
    seen_at: datetime
    received_at: datetime


class News(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one hypothesis that people see.

    `kind`: opened, joined, confirmed, amended, repeated, closed, merged, split. `entered`, `last_sign`
    are instants of the events themselves; `concordant` the observations that agree independently.
    """

    kind: str
    territory: str
    hypothesis: UUID
    belief: Belief
    reasons: list[Reason]
    fused_at: datetime
    place: Place | None
    device: str
    life: bool
    exercise: bool
    first_seen: datetime
    first_received: datetime
    entered: datetime
    last_sign: datetime
    sign_count: int
    concordant: list[UUID]
    signs: list[SignNews]
    other: UUID | None = None
