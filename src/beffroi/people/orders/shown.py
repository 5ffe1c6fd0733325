"""What the register shows of an order and of an agent: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

STANDS, TO_COME, ENDED, WITHDRAWN = "stands", "to_come", "ended", "withdrawn"


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order on a day: `state` is one of the above, `ends_within` the warning's days or None."""

    id: UUID
    territory: str
    number: str
    authority: str
    purposes: tuple[str, ...]
    retention_days: int
    starts_on: date
    ends_on: date
    places: str
    perimeter: tuple[tuple[float, float], ...]
    devices: tuple[str, ...]
    state_access: bool
    document_sha256: str
    withdrawn_on: date | None
    state: str
    ends_within: int | None


@dataclass(frozen=True, slots=True)
class AgentView:
    """An accreditation on a day."""

    id: UUID
    territory: str
    member: UUID
    name: str
    organisation: str
    kind: str
    number: str
    authority: str
    service: str
    order: str
    starts_on: date
    ends_on: date
    withdrawn_on: date | None
    state: str
    ends_within: int | None
