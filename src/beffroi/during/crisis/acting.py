"""What every act in a crisis shares: the door, the locked row, the journal."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext

from beffroi.during.crisis import models
from beffroi.during.crisis.errors import BadEntry, Over, UnknownCrisis
from beffroi.during.crisis.rules import plan as rules
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import doors
from beffroi.people.models import Member

VIEW, WORK, LEAD, KEEP = "crisis.view", "crisis.work", "crisis.lead", "crisis.keep"


def open_row(crisis: UUID, member: Member, action: str) -> models.Crisis:
    """The row of a crisis that has not ended, locked, where the member may do `action`.

    Raises UnknownCrisis, DoorShut, Over.
    """
    row = models.Crisis.objects.select_for_update().filter(pk=crisis).first()
    if row is None or not doors.decide(member, VIEW, territory=row.territory_key).allowed:
        raise UnknownCrisis(what=str(crisis))
    doors.require(member, action, territory=row.territory_key)
    if row.ended_at is not None:
        raise Over
    return row


def plan_of(row: models.Crisis) -> rules.Plan:
    """The plan as it was when it was put to work."""
    return rules.read(row.toml)


def cell_of(row: models.Crisis, cell: str) -> rules.Cell:
    """A cell of the plan at work. Raises BadEntry."""
    found = plan_of(row).cells.get(cell)
    if found is None:
        raise BadEntry(where=cell, why=gettext("is no cell of the plan"))
    return found


def salted(words: str) -> tuple[bytes, str]:
    """A salt, and the hash that the journal may bear of these words."""
    salt = os.urandom(16)
    return salt, hashlib.sha256(salt + words.encode()).hexdigest()


def tell(row: models.Crisis, fact: Fact, actor: str, at: datetime) -> None:
    """Append a fact of a crisis to its territory's journal, last in the transaction."""
    journal.append(
        journal=f"territory:{row.territory_key}", fact=fact, subject=f"crisis:{row.pk}", actor=actor, at=at
    )
