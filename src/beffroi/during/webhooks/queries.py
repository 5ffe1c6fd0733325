"""Reads of notifications: events of the journal, subscriptions with how they fare, tries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from beffroi.during.webhooks.errors import UnknownSubscription
from beffroi.during.webhooks.models import Delivery, Subscription
from beffroi.during.webhooks.rules import events
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal
from beffroi.people.web_address import web_address

ACTION = "log.view"
_JOURNAL = "territory:"


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription as people see it; never its secret. `behind`: entries of the feed not looked at yet."""

    id: UUID
    program: UUID
    program_name: str
    url: str
    kinds: list[str]
    territories: list[str]
    state: str
    why: str
    position: int
    behind: int
    made_at: datetime
    next_at: datetime
    failures: int
    failing_since: datetime | None
    taken_at: datetime | None


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """One try."""

    position: int
    kind: str
    at: datetime
    attempt: int
    status: int | None
    fault: str
    took_ms: int


def events_of(
    territories: Collection[str], *, kinds: Collection[str], after: int, limit: int
) -> list[tuple[int, dict[str, Any]]]:
    """Events of these territories after a feed position, in their order, each with its position."""
    journals = [f"{_JOURNAL}{key}" for key in territories]
    address = web_address(current())
    return [
        (
            each.position,
            events.event(
                address=address,
                position=each.position,
                territory=each.journal.removeprefix(_JOURNAL),
                fact=each.fact,
                subject=each.subject,
                time=each.time,
                body=each.body or {},
            ),
        )
        for each in journal.follow(after, journals=journals, facts=kinds, limit=limit)
    ]


def subscriptions(*, removed: bool = False) -> list[SubscriptionView]:
    """Every subscription, the oldest first."""
    rows = Subscription.objects.select_related("program__member").order_by("made_at", "id")
    if not removed:
        rows = rows.exclude(state=Subscription.State.REMOVED)
    head = journal.head_position()
    return [view(row, head) for row in rows]


def view(row: Subscription, head: int) -> SubscriptionView:
    """A row as other rooms see it."""
    same = (
        "id",
        "url",
        "state",
        "why",
        "position",
        "made_at",
        "next_at",
        "failures",
        "failing_since",
        "taken_at",
    )
    return SubscriptionView(
        **{name: getattr(row, name) for name in same},
        program=row.program_id,
        program_name=row.program.member.display_name,
        kinds=list(row.kinds),
        territories=list(row.territories),
        behind=max(0, head - row.position),
    )


def row_of(identifier: str | UUID) -> Subscription:
    """The row of a subscription that was not removed. Raises UnknownSubscription."""
    try:
        wanted = identifier if isinstance(identifier, UUID) else UUID(identifier)
    except ValueError:
        raise UnknownSubscription(what=str(identifier)[:80]) from None
    rows = Subscription.objects.select_related("program__member").exclude(state=Subscription.State.REMOVED)
    found = rows.filter(pk=wanted).first()
    if found is None:
        raise UnknownSubscription(what=str(wanted))
    return found


def deliveries(subscription: UUID, limit: int = 50) -> list[DeliveryView]:
    """The latest tries of a subscription, the latest first."""
    rows = Delivery.objects.filter(subscription=subscription).order_by("-id")[:limit]
    names = ("position", "kind", "at", "attempt", "status", "fault", "took_ms")
    return [DeliveryView(**{name: getattr(row, name) for name in names}) for row in rows]
