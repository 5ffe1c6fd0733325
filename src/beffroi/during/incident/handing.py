"""Telling an incident to the 17, 18 or 15: the act is recorded with its words, the incident goes on."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from beffroi.during.incident import errors, facts, rules_handing
from beffroi.during.incident.acting import actor, open_row, save
from beffroi.during.incident.models import Handover
from beffroi.during.incident.taking import append, note_time
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7


class HandoverView(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over as it was made: to whom, how, when, by whom, in which words."""

    id: UUID
    service: str
    how: str
    at: datetime
    member: UUID
    text: str
    digest: str


@transaction.atomic
def hand_over(*, incident: UUID, member: UUID, service: str, how: str, text: str) -> HandoverView:
    """Record that `text` was told to a service. Raises BadHandover, AlreadyClosed, UnknownIncident.

    The incident keeps its state and its ledger: who it was told to acts beside the town, not in its stead.
    """
    words = text.strip()
    if service not in rules_handing.SERVICES or how not in rules_handing.WAYS:
        raise errors.BadHandover(where="service", why="choose the 17, the 18 or the 15, and how it was told")
    if not 0 < len(words) <= rules_handing.LONGEST_TEXT:
        raise errors.BadHandover(where="text", why=f"must hold 1 to {rules_handing.LONGEST_TEXT} characters")
    row, at, salt = open_row(incident, None), clock.now(), os.urandom(16)
    digest = hashlib.sha256(salt + words.encode()).hexdigest()
    made = Handover.objects.create(
        id=uuid7(at),
        incident=row,
        service=service,
        how=how,
        member=member,
        at=at,
        text=words,
        salt=salt,
        digest=digest,
    )
    save(row)
    note_time(row, "handed_over", at, actor(member), {"service": service, "how": how})
    fact = facts.IncidentHandedOver(
        number=row.number,
        service=service,
        how=how,
        handover=str(made.pk),
        digest=digest,
        exercise=row.exercise,
    )
    append(row, fact, actor(member), at)
    return _view(made)


def handovers(incident: UUID) -> list[HandoverView]:
    """To whom an incident was told, the newest first."""
    return [_view(each) for each in Handover.objects.filter(incident_id=incident).order_by("-at")]


def _view(row: Handover) -> HandoverView:
    return HandoverView(
        id=row.pk,
        service=row.service,
        how=row.how,
        at=row.at,
        member=row.member,
        text=row.text,
        digest=row.digest,
    )
