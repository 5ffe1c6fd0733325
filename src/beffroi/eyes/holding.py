"""Reads of movement: who holds a camera now, and whether one lost it a moment ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from beffroi.eyes import models, rules_hold

_TOLD_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds a camera until when (None: nobody), and by whom and why one's own hold was taken lately."""

    holder: UUID | None = None
    until: datetime | None = None
    priority: int = 0
    mine: bool = False
    lost_to: UUID | None = None
    lost_for: str = ""
    lost_at: datetime | None = None


def standing(territory_key: str, device: str, member: UUID, now: datetime) -> Standing:
    """How things stand for a member who looks through a camera."""
    rows = models.Hold.objects.filter(territory_key=territory_key, device=device)
    row = rows.filter(ended_at=None, until__gt=now).first()
    mine = row is not None and row.member == member
    lost = None
    if not mine:
        lost = rows.filter(member=member, ended_at__gt=now - _TOLD_FOR).order_by("-ended_at").first()
    lost = lost if lost is not None and lost.ended == rules_hold.TAKEN else None
    reason = ""
    if lost is not None:
        by = rows.filter(member=lost.taken_by, since__gte=lost.ended_at).order_by("since").first()
        reason = by.reason if by else ""
    return Standing(
        holder=row.member if row else None,
        until=row.until if row else None,
        priority=row.priority if row else 0,
        mine=mine,
        lost_to=lost.taken_by if lost else None,
        lost_for=reason,
        lost_at=lost.ended_at if lost else None,
    )
