"""Follows the journal for every subscription and sends what concerns it, in order, on threads of its own.

A subscription is claimed with a lease in one transaction, its next event is sent, and what became of it is
marked in another. Killed between the two, the lease runs out and the same event goes out again under the
same identifier: at least once. What a subscription was told is a feed position: nothing is ever skipped.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from beffroi.during.carrying import Courier
from beffroi.during.webhooks import actions, facts, sending
from beffroi.during.webhooks.models import Delivery, Subscription
from beffroi.during.webhooks.queries import ACTION, events_of
from beffroi.during.webhooks.rules import events, retrying, signing
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal
from beffroi.people import doors, sealing
from beffroi.people.sealing import SealBroken
from beffroi.people.web_address import web_address

_log = structlog.get_logger("webhooks")

ENGINE = "engine:webhooks"
AT_ONCE = 8
_LOOK_S = 0.3
_LEASE_MORE_S = 10.0
#: Events sent under one claim before others have their turn.
_TURN = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """A subscription that this process may send for now, and under which lease."""

    id: UUID
    lease: UUID
    url: str
    secrets: tuple[str, ...]
    failures: int


def due(now: datetime, head: int) -> QuerySet[Subscription]:
    """Subscriptions with something to look at, that nobody sends for."""
    return Subscription.objects.filter(
        Q(lease=None) | Q(lease_until__lte=now),
        state=Subscription.State.ACTIVE,
        next_at__lte=now,
        position__lt=head,
    )


def claim(now: datetime, most: int = AT_ONCE) -> list[UUID]:
    """Which subscriptions are due, those that waited longest first."""
    found = due(now, journal.head_position()).order_by("next_at", "id")
    return list(found.values_list("pk", flat=True)[:most])


@transaction.atomic
def take(identifier: UUID, now: datetime) -> tuple[Claim, list[tuple[int, dict[str, Any]]]] | None:
    """Lease a subscription with its next events; None where another has it or nothing is for it."""
    head = journal.head_position()
    rows = due(now, head).select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("program__member").filter(pk=identifier).first()
    if row is None:
        return None
    member = row.program.member
    may = doors.territories_for(member, ACTION)
    keys = may & set(row.territories) if row.territories else may
    if not member.is_active or not keys:
        _pause(row, "no_right")
        return None
    found = events_of(keys, kinds=row.kinds, after=row.position, limit=_TURN)
    if not found:
        row.position = head
        row.save(update_fields=["position"])
        return None
    try:
        keyring = _keyring(row, now)
    except SealBroken:
        _pause(row, "seal_broken")
        return None
    row.lease, row.lease_until = uuid4(), _lease_end(now)
    row.save(update_fields=["lease", "lease_until"])
    return Claim(row.pk, row.lease, row.url, keyring, row.failures), found


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=current().webhook_timeout_seconds + _LEASE_MORE_S)


def _keyring(row: Subscription, now: datetime) -> tuple[str, ...]:
    """The secrets that sign: the present one, and the former one for its last day."""
    sealed = [row.secret]
    if row.former_secret and row.former_until is not None and now < row.former_until:
        sealed.append(row.former_secret)
    return tuple(sealing.unseal(each, actions.SECRET) for each in sealed)


def _pause(row: Subscription, why: str) -> None:
    row.state, row.why, row.lease = Subscription.State.PAUSED, why, None
    row.save(update_fields=["state", "why", "lease", "failures", "failing_since"])
    _log.warning("notifications paused", subscription=str(row.pk), why=why)
    actions.append(facts.WebhookPaused(why=why, position=row.position), row.pk, ENGINE)


def send(held: Claim, identifier: str, event: dict[str, Any], now: datetime) -> sending.Result:
    """Sign and post one event; outside any transaction."""
    body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
    signed = signing.headers(held.secrets, identifier=identifier, timestamp=int(now.timestamp()), body=body)
    headers = {"Content-Type": "application/cloudevents+json", "User-Agent": "Beffroi", **signed}
    return sending.post(held.url, body=body, headers=headers)


@transaction.atomic
def mark(held: Claim, position: int, kind: str, result: sending.Result, now: datetime) -> bool:
    """Write what became of a try; whether this process goes on with the next event."""
    row = Subscription.objects.select_for_update().get(pk=held.id)
    Delivery.objects.create(
        subscription=row,
        position=position,
        kind=kind,
        at=now,
        attempt=row.failures + 1,
        status=result.status,
        fault=result.fault,
        took_ms=result.took_ms,
    )
    if row.lease != held.lease or row.state != Subscription.State.ACTIVE:
        return False
    if result.taken:
        row.position, row.taken_at = max(row.position, position), now
        row.failures, row.failing_since, row.next_at = 0, None, now
        row.lease_until = _lease_end(now)
        row.save(
            update_fields=["position", "taken_at", "failures", "failing_since", "next_at", "lease_until"]
        )
        return True
    row.failures += 1
    row.failing_since = row.failing_since or now
    row.next_at = now + timedelta(seconds=retrying.pause_s(row.failures))
    row.lease = None
    row.save(update_fields=["failures", "failing_since", "next_at", "lease"])
    if retrying.gives_up((now - row.failing_since).total_seconds(), result.fault):
        _pause(row, result.fault)
    return False


def release(held: Claim) -> None:
    """Let the next process, or the next turn, have it."""
    Subscription.objects.filter(pk=held.id, lease=held.lease).update(lease=None)


def carry(identifier: UUID) -> int:
    """Send a subscription its next events, in order, until one is not taken; how many were."""
    taken = take(identifier, clock.now())
    if taken is None:
        return 0
    held, found = taken
    count = 0
    for position, event in found:
        result = send(held, f"msg_{held.id.hex}_{position}", event, clock.now())
        kind = str(event["type"]).removeprefix(events.TYPE)
        if not mark(held, position, kind, result, clock.now()):
            return count
        count += 1
    release(held)
    return count


def test(identifier: UUID) -> sending.Result:
    """Send one test event now, beside the order, and write what became of it. Raises UnknownSubscription."""
    from beffroi.during.webhooks.queries import row_of

    row, now = row_of(identifier), clock.now()
    held = Claim(row.pk, uuid4(), row.url, _keyring(row, now), 0)
    key = f"test_{uuid4().hex}"
    event = {
        "specversion": "1.0",
        "id": key,
        "source": web_address(current()),
        "type": f"{events.TYPE}{events.TEST}",
        "time": now.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {"subscription": str(row.pk)},
    }
    result = send(held, key, event, now)
    Delivery.objects.create(
        subscription=row, position=0, kind=events.TEST, at=now, attempt=1,
        status=result.status, fault=result.fault, took_ms=result.took_ms,
    )  # fmt: skip
    return result


def courier() -> Courier[UUID]:
    """What follows the journal for every subscription."""
    return Courier(
        "webhooks",
        at_once=AT_ONCE,
        look_s=_LOOK_S,
        # More than there is room for: some may be on their way.
        find=lambda _free: claim(clock.now(), AT_ONCE * 4),
        carry=carry,
    )
