"""Reads of signals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from beffroi.before.signal.models import Signal
from beffroi.foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class SignalView:
    """A signal as other rooms read it: degrees of WGS 84, metres, aware times; who sent it stays here."""

    id: UUID
    territory: str
    reference: str
    what: str
    details: dict[str, str]
    lat: float
    lon: float
    radius_m: float
    place: str
    seen_at: datetime
    received_at: datetime
    exercise: bool


def _view(row: Signal) -> SignalView:
    return SignalView(
        id=row.id,
        territory=row.territory,
        reference=str(row),
        what=row.what,
        details=dict(row.details),
        lat=row.lat,
        lon=row.lon,
        radius_m=row.radius_m,
        place=row.place,
        seen_at=row.seen_at,
        received_at=row.received_at,
        exercise=row.exercise,
    )


def signal(identifier: UUID | str) -> SignalView:
    """One signal. Raises NotFound."""
    row = Signal.objects.filter(pk=identifier).first()
    if row is None:
        raise NotFound(what=f"signal {identifier}")
    return _view(row)


def of_member(member: UUID, limit: int = 20) -> list[SignalView]:
    """A member's own signals, the newest first."""
    return [_view(row) for row in Signal.objects.filter(member=member).order_by("-received_at")[:limit]]


def is_of(identifier: UUID, member: UUID) -> bool:
    """Whether a signal was sent by this member."""
    return Signal.objects.filter(pk=identifier, member=member).exists()
