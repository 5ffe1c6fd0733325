"""Writes of on-call: the rota, how people are reached, what wakes them; each one transaction with its fact.

Whoever calls has opened the door (`oncall.manage`, or one's own contact).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from beffroi.during.oncall import facts, models, queries, texts
from beffroi.during.oncall.answering import by_reply, pass_on, report, take
from beffroi.during.oncall.channels import usable
from beffroi.during.oncall.errors import (
    BadContact,
    BadLine,
    MayNotAnswer,
    NoChannel,
    NumberTaken,
    UnknownLine,
)
from beffroi.during.oncall.escalating import step
from beffroi.during.oncall.methods import gsm7
from beffroi.during.oncall.methods.numbers import e164
from beffroi.during.oncall.rules import escalation, rota, sending
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import doors
from beffroi.people.models import Member
from beffroi.territory import queries as territories

__all__ = [
    "add_line",
    "add_replacement",
    "by_reply",
    "desk_open",
    "pass_on",
    "report",
    "set_contact",
    "set_waking",
    "step",
    "summon",
    "take",
    "take_away",
    "try_channel",
]

SUMMONS = "crisis"
LONGEST_REPLACEMENT = timedelta(days=366)


@transaction.atomic
def add_line(
    *,
    territory: str,
    member: Member,
    rank: int,
    days: Collection[int],
    begins: time,
    ends: time,
    first: date,
    last: date | None,
    actor: str,
) -> models.Line:
    """Add a line to the weekly pattern. Raises BadLine, MayNotAnswer."""
    _require(member, territory, rank)
    if not days or not set(days) <= set(range(rota.HOLIDAY + 1)):
        raise BadLine(
            where=gettext("days"),
            why=gettext("name at least one day, 0 (Monday) to 7 (public holidays)"),
        )
    if last is not None and last < first:
        raise BadLine(where=gettext("last"), why=gettext("is before the first day"))
    row = models.Line.objects.create(
        territory_key=territory,
        member=member,
        rank=rank,
        days=sorted(set(days)),
        begins=begins,
        ends=ends,
        first=first,
        last=last,
    )
    fact = facts.RotaChanged(what="line_added", line=str(row.pk), rank=rank, member=str(member.pk))
    _tell(territory, fact, actor)
    return row


@transaction.atomic
def add_replacement(
    *, territory: str, member: Member | None, rank: int, starts_at: datetime, ends_at: datetime, actor: str
) -> models.Replacement:
    """Somebody (or nobody) holds a rank instead of the pattern. Raises BadLine, MayNotAnswer."""
    _require(member, territory, rank)
    if not starts_at < ends_at <= starts_at + LONGEST_REPLACEMENT:
        raise BadLine(where=gettext("ends"), why=gettext("must be after the beginning, by a year at most"))
    row = models.Replacement.objects.create(
        territory_key=territory, member=member, rank=rank, starts_at=starts_at, ends_at=ends_at
    )
    named = str(member.pk) if member else ""
    _tell(territory, facts.RotaChanged(what="replaced", line=str(row.pk), rank=rank, member=named), actor)
    return row


def _require(member: Member | None, territory: str, rank: int) -> None:
    if rank not in rota.RANKS:
        raise BadLine(where=gettext("rank"), why=gettext("is not one of those offered"))
    territories.territory(territory)
    if member is not None and not doors.decide(member, queries.ANSWER, territory=territory).allowed:
        raise MayNotAnswer


@transaction.atomic
def take_away(*, territory: str, line: UUID, actor: str) -> None:
    """Take a line or a replacement away. Raises UnknownLine."""
    for table, what in ((models.Line, "line_removed"), (models.Replacement, "replacement_removed")):
        row = table.objects.filter(territory_key=territory, pk=line).first()
        if row is not None:
            fact = facts.RotaChanged(
                what=what, line=str(line), rank=row.rank, member=str(row.member_id or "")
            )
            row.delete()
            _tell(territory, fact, actor)
            return
    raise UnknownLine(what=str(line))


@transaction.atomic
def set_contact(
    *, member: Member, mobile: str, email: str, channels: Sequence[str], actor: str
) -> models.Contact:
    """Keep how a member is reached; the journal gets the fields' names. Raises BadContact, NumberTaken."""
    number = e164(mobile) if mobile.strip() else ""
    if mobile.strip() and not number:
        raise BadContact(where=gettext("mobile"), why=gettext("is not a telephone number"))
    email = email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise BadContact(where=gettext("email"), why=gettext("is not an address")) from None
    chosen = [each for each in dict.fromkeys(channels) if each in escalation.CHANNELS]
    if number and models.Contact.objects.filter(mobile=number).exclude(member=member).exists():
        raise NumberTaken
    before = models.Contact.objects.filter(member=member).first()
    given = {"mobile": number, "email": email, "channels": chosen}
    changed = [name for name, value in given.items() if before is None or getattr(before, name) != value]
    row, _ = models.Contact.objects.update_or_create(
        member=member, defaults={**given, "changed_at": clock.now()}
    )
    if changed:
        fact = facts.ContactChanged(fields=changed)
        journal.append(journal="installation", fact=fact, subject=member.actor, actor=actor)
    return row


@transaction.atomic
def set_waking(
    *,
    territory: str,
    threshold: str,
    life_threshold: str,
    at_least: float,
    wait_s: int | None,
    next_s: int | None,
    alsace_moselle: bool,
    actor: str,
) -> models.Waking:
    """Say what wakes people in a territory. Raises BadLine."""
    for where, value in (("threshold", threshold), ("life_threshold", life_threshold)):
        if value not in escalation.THRESHOLDS:
            raise BadLine(where=where, why=gettext("is not one of those offered"))
    if not 0.0 <= at_least < 1.0:
        raise BadLine(where=gettext("at least"), why=gettext("is not a probability"))
    for where, seconds, least in (("wait_s", wait_s, 0), ("next_s", next_s, 30)):
        if seconds is not None and not least <= seconds <= 3600:
            raise BadLine(where=where, why=gettext("is not between %(least)d and 3600 s") % {"least": least})
    territories.territory(territory)
    row, _ = models.Waking.objects.update_or_create(
        territory_key=territory,
        defaults={
            "threshold": threshold,
            "life_threshold": life_threshold,
            "at_least": at_least,
            "wait_s": wait_s,
            "next_s": next_s,
            "alsace_moselle": alsace_moselle,
        },
    )
    policy = queries.policy(row)
    fact = facts.PolicyChanged(
        threshold=threshold,
        life_threshold=life_threshold,
        at_least=at_least,
        wait_s=policy.wait_s,
        next_s=policy.next_s,
    )
    _tell(territory, fact, actor)
    return row


def desk_open(*, territories: Collection[str], at: datetime) -> None:
    """Somebody has the duty desk of these territories open at this moment."""
    rows = [models.DeskOpen(territory_key=key, seen_at=at) for key in sorted(territories)]
    models.DeskOpen.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["territory_key"], update_fields=["seen_at"]
    )


def clock_stepped(by: timedelta, now: datetime) -> None:
    """The machine's clock was set by `by` and tells `now`: what is due stays due after as long as before."""
    told = now - by
    models.Alert.objects.filter(state=models.Alert.State.CALLING).update(due_at=F("due_at") + by)
    waiting = models.Message.objects.filter(state__in=(sending.QUEUED, sending.SENDING))
    waiting.update(next_at=F("next_at") + by, lease_until=F("lease_until") + by)
    models.Link.objects.filter(expires_at__gt=told).update(expires_at=F("expires_at") + by)
    # Who has the desk open may have said so by the new time already.
    apart = timedelta(seconds=queries.DESK_OPEN_S)
    said = models.DeskOpen.objects.filter(seen_at__gt=told - apart, seen_at__lte=told + apart)
    said.update(seen_at=now)


@transaction.atomic
def try_channel(*, member: Member, territory: str, channel: str) -> UUID:
    """Put a message that only tries a channel in the outbox; the courier sends it. Raises NoChannel."""
    if channel not in usable(queries.contact(member)):
        raise NoChannel(channel=channel)
    now = clock.now()
    said = texts.test(territories.territory(territory).name)
    row = models.Message.objects.create(
        purpose="test",
        member=member,
        channel=channel,
        text=f"Beffroi: essai\n\n{said}" if channel == "email" else said,
        next_at=now,
        made_at=now,
    )
    return row.pk


def _tell(territory: str, fact: Fact, actor: str) -> None:
    journal.append(journal=f"territory:{territory}", fact=fact, subject=f"territory:{territory}", actor=actor)


def summon(*, member: Member, text: str, exercise: bool) -> list[UUID]:
    """Put a call to a member in the outbox, over all their channels at once; the messages' identifiers.

    For a crisis: nobody's turn, no answer expected. An exercise's messages are kept, and ring no telephone.
    """
    now, made = clock.now(), []
    for channel in usable(queries.contact(member), exercise=exercise):
        leaves = not exercise or (channel == "email" and current().oncall_exercise == "email")
        made.append(
            models.Message(
                purpose=SUMMONS,
                member=member,
                channel=channel,
                exercise=exercise,
                text=f"Beffroi: {text}\n\n{text}" if channel == "email" else gsm7.plain(text),
                state=sending.QUEUED if leaves else sending.KEPT,
                next_at=now,
                made_at=now,
            )
        )
    return [each.pk for each in models.Message.objects.bulk_create(made)]
