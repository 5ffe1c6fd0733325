"""Reads of unusual looking: alerts for the officer, those that a person was told of, counts for the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from beffroi.trust.unusual import models


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert: which rule, whose looks, its figures, the entries that say so, and what was decided."""

    id: UUID
    territory: str
    rule: str
    member: UUID
    device: str
    figures: Mapping[str, Any]
    entries: tuple[int, ...]
    first_at: datetime
    last_at: datetime
    noticed_at: datetime
    decision: str
    reason: str
    decided_at: datetime | None
    decided_by: str
    told_at: datetime | None


def alerts(territories: Collection[str], limit: int = 200) -> list[AlertView]:
    """The alerts of these territories: those that wait first, then the newest."""
    rows = models.Alert.objects.filter(territory_key__in=list(territories))
    found = [_view(each) for each in rows.order_by("-last_at")[:limit]]
    return sorted(found, key=lambda each: bool(each.decision))


def told_to(member: UUID) -> list[AlertView]:
    """What a person was told about their own looks, the newest first."""
    rows = models.Alert.objects.filter(member=member, told_at__isnull=False)
    return [_view(each) for each in rows.order_by("-told_at")]


def counts(territories: Collection[str]) -> dict[str, int]:
    """How many alerts wait and how many were decided of, by decision ('' waits)."""
    found: dict[str, int] = {}
    rows = models.Alert.objects.filter(territory_key__in=list(territories))
    for decision in rows.values_list("decision", flat=True):
        found[decision] = found.get(decision, 0) + 1
    return found


def own_street(member: UUID) -> tuple[str, str]:
    """The territory and the street that a member declared; '' where none."""
    row = models.OwnStreet.objects.filter(pk=member).first()
    return (row.territory_key, row.street) if row else ("", "")


def _view(row: models.Alert) -> AlertView:
    return AlertView(
        id=row.id,
        territory=row.territory_key,
        rule=row.rule,
        member=row.member,
        device=row.device,
        figures=row.figures,
        entries=tuple(row.entries),
        first_at=row.first_at,
        last_at=row.last_at,
        noticed_at=row.noticed_at,
        decision=row.decision,
        reason=row.reason,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        told_at=row.told_at,
    )
