"""What people on call answer: they take the incident, or pass it on; by text, telephone, mail or page."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from beffroi.during.incident import actions as incidents
from beffroi.during.incident.acting import row_of
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import facts, models, texts, tokens
from beffroi.during.oncall.channels import set_up
from beffroi.during.oncall.errors import MayNotAnswer, UnknownAnswer
from beffroi.during.oncall.escalating import stop, tell
from beffroi.during.oncall.methods.numbers import e164
from beffroi.during.oncall.rules import replies, sending
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.people.models import Member

ANSWER_LIVES = timedelta(hours=12)
TAKEN, ALREADY, PASSED, UNCLEAR, UNKNOWN = "taken", "already", "passed", "unclear", "unknown"
_LIVE = (models.Alert.State.CALLING, models.Alert.State.NOBODY)


class Answer(NamedTuple):
    """What an answer's address stands for: whose it is, about which incident."""

    member: Member
    incident: Incident
    alert: models.Alert
    message: UUID


@transaction.atomic
def take(*, incident: UUID, member: Member, how: str, at: datetime | None = None) -> str:
    """A member on call takes the incident: acknowledged in their name, the calls end. Taken or already.

    Raises MayNotAnswer, UnknownIncident.
    """
    moment = at or clock.now()
    row, alert = _locked(incident)
    _require(member, row)
    if row.acknowledged_at is not None or row.state == "closed" or alert is None:
        return ALREADY
    incidents.acknowledge(incident=incident, member=member.pk)
    alert.state, alert.answered_by, alert.how = models.Alert.State.ANSWERED, member.pk, how
    alert.ended_at = moment
    alert.save(update_fields=["state", "answered_by", "how", "ended_at"])
    stop(alert)
    seconds = round((moment - alert.opened_at).total_seconds(), 1)
    fact = facts.Answered(
        number=row.number, how=how, rank=_rank(alert, member), seconds=seconds, exercise=alert.exercise
    )
    tell(row, fact, member.actor, moment)
    return TAKEN


@transaction.atomic
def pass_on(*, incident: UUID, member: Member, how: str, at: datetime | None = None) -> str:
    """A member on call cannot: the next is called at once. Passed, or already where somebody has it.

    Raises MayNotAnswer, UnknownIncident.
    """
    moment = at or clock.now()
    row, alert = _locked(incident)
    _require(member, row)
    if alert is None or alert.state not in _LIVE or row.acknowledged_at is not None or row.phase != "decide":
        return ALREADY
    if str(member.pk) in alert.passed:
        return PASSED
    alert.passed = [*alert.passed, str(member.pk)]
    alert.due_at = moment
    alert.save(update_fields=["passed", "due_at"])
    stop(alert, member.pk)
    fact = facts.PassedOn(number=row.number, how=how, rank=_rank(alert, member), exercise=alert.exercise)
    tell(row, fact, member.actor, moment)
    return PASSED


def _locked(incident: UUID) -> tuple[Incident, models.Alert | None]:
    row = row_of(incident)
    return row, models.Alert.objects.select_for_update().filter(pk=incident).first()


def _require(member: Member, row: Incident) -> None:
    if not doors.decide(member, "oncall.answer", territory=row.territory_key).allowed:
        raise MayNotAnswer


def _rank(alert: models.Alert, member: Member) -> int:
    found = models.Message.objects.filter(alert=alert, member=member, purpose="call").order_by("rank")
    return found.values_list("rank", flat=True).first() or 0


def by_reply(*, number: str, text: str, how: str, at: datetime | None = None) -> str:
    """What a reply from a telephone did: a code of this module. A number nobody owns is left alone."""
    moment = at or clock.now()
    contact = models.Contact.objects.select_related("member").filter(mobile=e164(number) or "-").first()
    if contact is None or not contact.member.is_active:
        return UNKNOWN
    said = replies.read(text)
    alert = _meant(contact.member, said.code)
    if alert is None:
        return UNKNOWN
    outcome = UNCLEAR
    try:
        if said.verdict == replies.TAKE:
            outcome = take(incident=alert.pk, member=contact.member, how=how, at=moment)
        elif said.verdict == replies.PASS:
            outcome = pass_on(incident=alert.pk, member=contact.member, how=how, at=moment)
    except MayNotAnswer:
        return UNKNOWN
    if how == "sms":
        _note(alert, contact.member, outcome, moment)
    return outcome


def _meant(member: Member, code: str) -> models.Alert | None:
    """The alert that a reply means: by its code, or the only one that this member was called for."""
    asked = models.Alert.objects.filter(messages__member=member, messages__purpose="call").distinct()
    if code:
        return asked.filter(code=code).select_related("incident").order_by("-opened_at").first()
    live = list(asked.filter(state__in=_LIVE, incident__phase="decide").select_related("incident")[:2])
    return live[0] if len(live) == 1 else None


def _note(alert: models.Alert, member: Member, outcome: str, at: datetime) -> None:
    """Answer a text by a text, once a round: they know that it was understood."""
    if "sms" not in set_up() and not alert.exercise:
        return
    message = models.Message(
        alert=alert,
        purpose=outcome[:8],
        member=member,
        channel="sms",
        round=alert.round,
        exercise=alert.exercise,
        text=texts.note(alert.incident.reference, outcome, alert.code),
        next_at=at,
        made_at=at,
        state=sending.KEPT if alert.exercise else sending.QUEUED,
    )
    message.token_hash = tokens.hash_of(tokens.of_answer(message.pk))
    models.Message.objects.bulk_create([message], ignore_conflicts=True)


def report(*, key: str, delivered: bool, at: datetime | None = None) -> bool:
    """A delivery report: the message by our identifier or by the gateway's own. Whether it is known."""
    moment = at or clock.now()
    found = models.Message.objects.filter(gateway_id=key)
    with contextlib.suppress(ValueError):  # not ours: then the gateway's own
        found = found | models.Message.objects.filter(pk=UUID(key))
    if not key or not found.exists():
        return False
    if delivered:
        found.filter(delivered_at=None).update(delivered_at=moment)
    else:
        found.filter(delivered_at=None).update(fault="not_delivered")
    return True


def answer_of(token: str, at: datetime | None = None) -> Answer:
    """What an answer's address stands for. Raises UnknownAnswer."""
    since = (at or clock.now()) - ANSWER_LIVES
    rows = models.Message.objects.filter(token_hash=tokens.hash_of(token), made_at__gt=since)
    row = rows.select_related("member", "alert", "alert__incident").first()
    if row is None or row.alert is None or not row.member.is_active:
        raise UnknownAnswer(what="answer")
    return Answer(row.member, row.alert.incident, row.alert, row.pk)
