"""The outbox's other end: messages that are due go out, on threads of their own, beside the engine's work.

A message is claimed (queued → sending, with a lease) in one transaction, sent, and marked in another.
Killed between the two, its lease runs out and it is sent again under the same identifier: at least once,
and once only for a gateway that knows the identifier again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from beffroi.during.carrying import Courier
from beffroi.during.oncall import gateways, mail, models, queries, texts, tokens
from beffroi.during.oncall.errors import BadGateway
from beffroi.during.oncall.gateways import Result
from beffroi.during.oncall.rules import sending
from beffroi.foundation import clock
from beffroi.foundation.settings import current

_log = structlog.get_logger("oncall")

AT_ONCE = 4
_LOOK_S = 0.4
#: A person is rung so often in so long over one channel; what comes more waits, a life apart.
_STORM_MOST, _STORM_S, _STORM_PAUSE_S = 6, 600.0, 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed message with where it goes; it lives in memory only."""

    id: UUID
    attempts: int
    channel: str
    to: str
    text: str


def due(now: datetime) -> QuerySet[models.Message]:
    """What is to be sent now: what waits, and what a process that ended left on its way."""
    return models.Message.objects.filter(
        Q(state=sending.QUEUED, next_at__lte=now) | Q(state=sending.SENDING, lease_until__lte=now)
    )


def claim(now: datetime, most: int = AT_ONCE) -> list[Letter]:
    """Take messages that are due for this process; what is no longer to be said stops here."""
    if not due(now).exists():
        return []
    with transaction.atomic():
        rows = due(now).select_for_update(skip_locked=True, of=("self",)).select_related("alert", "member")
        return [letter for row in rows.order_by("next_at", "id")[:most] if (letter := _taken(row, now))]


def _taken(row: models.Message, now: datetime) -> Letter | None:
    if row.purpose == "call" and row.alert is not None and row.alert.state != models.Alert.State.CALLING:
        row.state = sending.STOPPED
        row.save(update_fields=["state"])
        return None
    if row.exercise and row.channel != "email":
        row.state = sending.KEPT  # whoever queued it: no telephone is called for an exercise
        row.save(update_fields=["state"])
        return None
    if _rung_enough(row, now):
        row.next_at = now + timedelta(seconds=_STORM_PAUSE_S)
        row.save(update_fields=["next_at"])
        return None
    contact = queries.contact(row.member)
    to = contact.email if row.channel == "email" else contact.mobile
    if not to or not row.member.is_active:
        _failed(row, "no_address")
        return None
    row.state, row.attempts = sending.SENDING, row.attempts + 1
    # Longer than a try may take: its connection, its answer, and a mail's several exchanges.
    row.lease_until = now + timedelta(seconds=3 * current().oncall_timeout_seconds)
    row.save(update_fields=["state", "attempts", "lease_until"])
    text = row.text.replace(texts.LINK, texts.answer_address(tokens.of_answer(row.pk)))
    return Letter(row.pk, row.attempts, row.channel, to, text)


def _rung_enough(row: models.Message, now: datetime) -> bool:
    """Whether a storm of incidents has rung this person enough for now; a life in danger always rings."""
    if row.purpose != "call" or row.attempts or row.alert is None or row.alert.life:
        return False
    rung = models.Message.objects.filter(member=row.member, channel=row.channel, purpose="call").filter(
        Q(sent_at__gt=now - timedelta(seconds=_STORM_S)) | Q(state=sending.SENDING)
    )
    return rung.count() >= _STORM_MOST


def deliver(letter: Letter) -> Result:
    """Try to send one message over its channel; outside any transaction."""
    if letter.channel == "email":
        return mail.send(to=letter.to, text=letter.text, key=str(letter.id))
    try:
        gateway = gateways.declared().get(letter.channel)
    except BadGateway:
        return Result(False, fault="bad_gateway", again=True)
    if gateway is None:
        return Result(False, fault="no_channel")
    return gateways.send(gateway, to=letter.to, text=letter.text, key=str(letter.id))


@transaction.atomic
def mark(letter: Letter, result: Result, now: datetime) -> None:
    """Write what became of a try, unless another process tried since."""
    row = models.Message.objects.select_for_update().get(pk=letter.id)
    if row.state != sending.SENDING or row.attempts != letter.attempts:
        return
    if result.sent:
        row.state, row.sent_at, row.gateway_id, row.fault = sending.SENT, now, result.gateway_id, ""
        row.save(update_fields=["state", "sent_at", "gateway_id", "fault"])
        return
    pause = sending.pause_s(row.attempts) if result.again else None
    if pause is None:
        _failed(row, result.fault)
        return
    row.state, row.fault, row.next_at = sending.QUEUED, result.fault, now + timedelta(seconds=pause)
    row.save(update_fields=["state", "fault", "next_at"])
    if row.attempts == 1:
        _hasten(row)


def _failed(row: models.Message, fault: str) -> None:
    row.state, row.fault = sending.FAILED, fault
    row.save(update_fields=["state", "fault", "attempts"])
    _hasten(row)


def _hasten(row: models.Message) -> None:
    """A channel that fails does not make the person wait for the next one."""
    others = models.Message.objects.filter(
        alert=row.alert, member=row.member, round=row.round, purpose="call", state=sending.QUEUED
    ).exclude(pk=row.pk)
    after = others.filter(attempts=0).order_by("next_at", "id").first()
    if row.alert_id and row.purpose == "call" and after is not None and after.next_at > clock.now():
        after.next_at = clock.now()
        after.save(update_fields=["next_at"])


def carry(letter: Letter) -> None:
    """Send one message and mark it, logging neither whom nor what."""
    result = deliver(letter)
    if not result.sent:
        _log.warning(
            "call not sent", message=str(letter.id), channel=letter.channel, fault=result.fault,
            attempt=letter.attempts,
        )  # fmt: skip
    mark(letter, result, clock.now())


def courier() -> Courier[Letter]:
    """What carries the outbox."""
    return Courier(
        "oncall", at_once=AT_ONCE, look_s=_LOOK_S, find=lambda free: claim(clock.now(), free), carry=carry
    )
