"""Reads of fusion."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import QuerySet

from beffroi.during.fusion import engine, models


class SignView(msgspec.Struct, frozen=True, kw_only=True):
    """A sign as the sheet shows it. `weight` in nats; `share` (0 to 100) is the length of its bar."""

    observation: UUID
    order: int
    kind: str
    relation: str
    source: str
    device: str
    seen_at: datetime
    received_at: datetime
    fused_at: datetime
    last_seen_at: datetime
    weight: float
    share: int
    metres: int
    independent: bool
    repeats: int
    digest: str
    content: dict[str, Any]
    reasons: list[dict[str, Any]]


def position() -> int:
    """How far of the spool is folded: read the next batch behind it."""
    return engine.position()


def standing() -> tuple[int, datetime | None]:
    """How far of the spool is folded as the table says, and since when (None: never), for other processes."""
    row = models.Cursor.objects.filter(name=engine.CURSOR).first()
    return (row.position, row.moved_at) if row else (0, None)


def signs(hypothesis: UUID) -> list[SignView]:
    """The signs of a hypothesis, the newest first."""
    rows = models.Sign.objects.filter(hypothesis_id=hypothesis).order_by("-seen_at", "-order")
    return [_view(row) for row in rows]


def sign_rows(hypothesis: UUID) -> QuerySet[models.Sign]:
    """The rows of the signs, in the order in which they joined, with observation and salt: for evidence."""
    return models.Sign.objects.filter(hypothesis_id=hypothesis).order_by("order")


def kept_observations() -> frozenset[UUID]:
    """The observations that a hypothesis holds: the spool's pruning asks."""
    return frozenset(models.Sign.objects.values_list("observation_id", flat=True))


def _view(row: models.Sign) -> SignView:
    return SignView(
        observation=row.observation_id,
        order=row.order,
        kind=row.kind,
        relation=row.relation,
        source=row.source,
        device=row.device,
        seen_at=row.seen_at,
        received_at=row.received_at,
        fused_at=row.fused_at,
        last_seen_at=row.last_seen_at,
        weight=row.weight,
        share=share(row.weight),
        metres=row.metres,
        independent=row.independent,
        repeats=row.repeats,
        digest=row.digest,
        content=row.observation.get("content", {}),
        reasons=row.reasons,
    )


def share(weight: float) -> int:
    """The length (0 to 100) of the bar of a weight in nats: 2.8 nats (odds times 16) fill half of it."""
    return round(100 * (1 - 2.0 ** (-max(weight, 0.0) / 2.8)))
