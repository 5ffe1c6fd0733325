"""What people do to subscriptions: each one transaction with its fact. Whoever calls has opened the door."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from beffroi.during.webhooks import facts, sending
from beffroi.during.webhooks.errors import BadSubscription, UnknownSubscription
from beffroi.during.webhooks.models import Subscription
from beffroi.during.webhooks.queries import ACTION
from beffroi.during.webhooks.rules import destinations, signing
from beffroi.during.webhooks.rules.events import KINDS
from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.journal import queries as feed
from beffroi.journal.facts import Fact
from beffroi.people import doors, sealing
from beffroi.people.models import Program

SECRET = "webhook secret"  # noqa: S105 - what is sealed, not a secret
SYSTEM = "system"
_BYTES = 32
#: How long the former secret still signs beside the new one.
ROTATION = timedelta(hours=24)
MOST = 200


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with its secret, which cannot be shown again."""

    id: UUID
    secret: str


def _new_secret() -> str:
    return signing.written(secrets.token_bytes(_BYTES))


def append(fact: Fact, identifier: UUID, actor: str) -> None:
    """A fact about a subscription, last in its transaction."""
    journal.append(journal="installation", fact=fact, subject=f"webhook:{identifier}", actor=actor)


@transaction.atomic
def subscribe(
    *,
    program: Program,
    url: str,
    kinds: Collection[str] = (),
    territories: Collection[str] = (),
    actor: str = SYSTEM,
) -> Subscribed:
    """Notify a program from now on. No kinds: all; no territories: all that it may follow.

    Raises BadSubscription for an address, a kind or a territory that cannot be, or a program without
    the scope `events:read`.
    """
    chosen = sorted(set(kinds) or set(KINDS))
    _check(program, url, chosen, territories)
    now, secret = clock.now(), _new_secret()
    row = Subscription.objects.create(
        program=program,
        url=url,
        kinds=chosen,
        territories=sorted(set(territories)),
        secret=sealing.seal(secret, SECRET),
        position=feed.head_position(),
        made_at=now,
        next_at=now,
    )
    fact = facts.WebhookMade(program=str(program.pk), kinds=row.kinds, territories=row.territories)
    append(fact, row.pk, actor)
    return Subscribed(row.pk, secret)


def _check(program: Program, url: str, kinds: Collection[str], territories: Collection[str]) -> None:
    fault = destinations.url_fault(url)
    if not fault and urlsplit(url).scheme == "http" and not _loopback_allowed():
        fault = "is not https"
    if fault:
        raise BadSubscription(where="url", why=fault)
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise BadSubscription(where="kinds", why=f"{', '.join(unknown)} cannot be told")
    may = doors.territories_for(program.member, ACTION)
    if not may:
        raise BadSubscription(where="program", why="its token does not have the scope events:read")
    outside = sorted(set(territories) - may)
    if outside:
        raise BadSubscription(where="territories", why=f"the program does not reach {', '.join(outside)}")
    if Subscription.objects.exclude(state=Subscription.State.REMOVED).count() >= MOST:
        raise BadSubscription(where="subscriptions", why=f"there are {MOST} already")


def _loopback_allowed() -> bool:
    return any(each.is_loopback for each in sending.allowed_networks())


def _held(identifier: UUID) -> Subscription:
    row = Subscription.objects.select_for_update().filter(pk=identifier).first()
    if row is None or row.state == Subscription.State.REMOVED:
        raise UnknownSubscription(what=str(identifier))
    return row


@transaction.atomic
def rotate(*, subscription: UUID, actor: str = SYSTEM) -> str:
    """A new secret; for a day both sign, so that no notification is refused meanwhile."""
    row, secret = _held(subscription), _new_secret()
    row.former_secret, row.former_until = row.secret, clock.now() + ROTATION
    row.secret = sealing.seal(secret, SECRET)
    row.save(update_fields=["secret", "former_secret", "former_until"])
    append(facts.WebhookChanged(what="rotated"), row.pk, actor)
    return secret


@transaction.atomic
def pause(*, subscription: UUID, actor: str = SYSTEM) -> None:
    """Tell nothing for now; what happens meanwhile waits."""
    row = _held(subscription)
    row.state, row.why, row.lease = Subscription.State.PAUSED, "by_person", None
    row.save(update_fields=["state", "why", "lease"])
    append(facts.WebhookChanged(what="paused"), row.pk, actor)


@transaction.atomic
def resume(*, subscription: UUID, skip: bool = False, actor: str = SYSTEM) -> None:
    """Go on where it stood; `skip`: from now on, what waited is not told."""
    row = _held(subscription)
    row.state, row.why, row.next_at = Subscription.State.ACTIVE, "", clock.now()
    row.failures, row.failing_since, row.lease = 0, None, None
    if skip:
        row.position = feed.head_position()
    row.save(update_fields=["state", "why", "next_at", "failures", "failing_since", "lease", "position"])
    append(facts.WebhookChanged(what="skipped" if skip else "resumed"), row.pk, actor)


@transaction.atomic
def remove(*, subscription: UUID, actor: str = SYSTEM) -> None:
    """End a subscription and let go of its secrets."""
    row = _held(subscription)
    row.state, row.secret, row.former_secret, row.lease = Subscription.State.REMOVED, "", "", None
    row.save(update_fields=["state", "secret", "former_secret", "lease"])
    append(facts.WebhookChanged(what="removed"), row.pk, actor)
