"""What is shown of a legal switch: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SwitchView:
    """One decision on a day: `on` whether it holds then, `ends_within` the warning's days or None."""

    id: UUID
    territory: str
    capability: str
    basis: str
    authority: str
    number: str
    starts_on: date
    ends_on: date
    places: str
    perimeter: tuple[tuple[float, float], ...]
    off_from: date | None
    on: bool
    ends_within: int | None
