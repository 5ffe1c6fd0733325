"""Messages to the population: prepared, validated by the mayor or a deputy, taken out as CAP and text."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from beffroi.during.crisis import facts, models, warning
from beffroi.during.crisis.acting import LEAD, WORK, open_row, plan_of, salted, tell
from beffroi.during.crisis.errors import BadEntry, NotValidated, UnknownCrisis
from beffroi.during.crisis.rules.plan import HOURS, MESSAGE_MOST
from beffroi.foundation import clock
from beffroi.people.models import Member
from beffroi.territory import queries as territories

FORMS = ("cap", "text")
_MOST = {"area": 200, "headline": 160, "description": MESSAGE_MOST, "instruction": MESSAGE_MOST}


@transaction.atomic
def prepare(
    *,
    member: Member,
    crisis: UUID,
    draft: str,
    area: str,
    headline: str,
    description: str,
    instruction: str,
    hours: int,
) -> UUID:
    """Prepare a message from a draft of the plan; nothing leaves. Raises BadEntry."""
    row = open_row(crisis, member, WORK)
    if draft not in plan_of(row).messages:
        raise BadEntry(where=gettext("message"), why=gettext("is none of the plan’s"))
    given = {"area": area, "headline": headline, "description": description, "instruction": instruction}
    words = {name: " ".join(text.split()) for name, text in given.items()}
    for name, text in words.items():
        if not text or len(text) > _MOST[name]:
            why = gettext("write between 1 and %(most)d letters") % {"most": _MOST[name]}
            raise BadEntry(where=_NAMES[name](), why=why)
    if not HOURS[0] <= hours <= HOURS[1]:
        raise BadEntry(where=gettext("hours"), why=f"{HOURS[0]}–{HOURS[1]}")
    now, (salt, digest) = clock.now(), salted("\n".join(words.values()))
    made = models.Message.objects.create(
        crisis=row,
        draft=draft,
        hours=hours,
        prepared_at=now,
        prepared_by=member.actor,
        salt=salt,
        digest=digest,
        **words,
    )
    fact = facts.MessagePrepared(
        number=row.number, message=str(made.pk), draft=draft, digest=digest, exercise=row.exercise
    )
    tell(row, fact, member.actor, now)
    return made.pk


_NAMES = {
    "area": lambda: gettext("where"),
    "headline": lambda: gettext("title"),
    "description": lambda: gettext("what happens"),
    "instruction": lambda: gettext("what to do"),
}


@transaction.atomic
def validate(*, member: Member, message: UUID) -> None:
    """The mayor or a deputy validates a message: its CAP 1.2 bytes are made and kept; twice changes nothing.

    Raises UnknownCrisis, DoorShut, Over, NotAllowed.
    """
    found = models.Message.objects.filter(pk=message).select_related("crisis").first()
    if found is None:
        raise UnknownCrisis(what=str(message))
    row = open_row(found.crisis_id, member, LEAD)
    found = models.Message.objects.select_for_update(of=("self",)).select_related("crisis").get(pk=message)
    if found.validated_at is not None:
        return
    draft, now = plan_of(row).messages[found.draft], clock.now()
    about = []
    if warning.is_end(draft):
        standing = models.Message.objects.filter(crisis=row, over=None, validated_at__isnull=False)
        about = list(standing.order_by("validated_at"))
    town = territories.territory(row.territory_key)
    found.cap = warning.cap(found, draft, town, at=now, about=about)
    found.validated_at, found.validated_by = now, member.actor
    found.expires_at = now + timedelta(hours=found.hours)
    found.save(update_fields=["cap", "validated_at", "validated_by", "expires_at"])
    models.Message.objects.filter(pk__in=[each.pk for each in about]).update(over=found)
    digest = hashlib.sha256(found.cap).hexdigest()
    fact = facts.MessageValidated(
        number=row.number, message=str(found.pk), sha256=digest, exercise=row.exercise
    )
    tell(row, fact, member.actor, now)


@transaction.atomic
def export(*, member: Member, message: UUID, form: str) -> bytes:
    """A validated message's bytes (`cap` or `text`); taking it out is a fact. Raises NotValidated."""
    found = models.Message.objects.filter(pk=message).select_related("crisis").first()
    if found is None or form not in FORMS:
        raise UnknownCrisis(what=str(message))
    if found.validated_at is None:
        raise NotValidated
    row = found.crisis
    town = territories.territory(row.territory_key)
    fact = facts.MessageExported(number=row.number, message=str(found.pk), form=form, exercise=row.exercise)
    tell(row, fact, member.actor, clock.now())
    return bytes(found.cap) if form == "cap" else warning.text(found, town).encode()
