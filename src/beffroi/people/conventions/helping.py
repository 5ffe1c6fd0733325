"""Help between centres: a queue entrusted for some hours under a framework, handed back by one press."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from beffroi.foundation import clock
from beffroi.people.conventions import facts, models, queries
from beffroi.people.conventions.errors import NotInForce
from beffroi.people.conventions.shown import Framework
from beffroi.people.entries import SYSTEM, append

ASKED, UNATTENDED, NOBODY = "asked", "unattended", "nobody"
HANDED_BACK, TIME = "handed_back", "time"


@transaction.atomic
def begin(
    *, territory: str, helper: UUID, hours: float, why: str = ASKED, actor: str = SYSTEM
) -> models.Help:
    """Let another centre have a territory's queue, from now, for `hours` (the framework's most at most).

    What is going on already is given back as it is. Raises NotInForce where no framework allows it.
    """
    framework = next(
        (each for each in queries.frameworks(territories=[territory]) if each.helper == helper), None
    )
    if framework is None:
        raise NotInForce(why="no framework in force lets that centre help here")
    if why != ASKED and not framework.unattended_min:
        raise NotInForce(why="the framework does not let a queue be taken unasked")
    now = clock.now()
    models.Convention.objects.select_for_update().get(pk=framework.convention)  # two presses, one help
    going = models.Help.objects.filter(territory=territory, helper=helper, ends_at__gt=now).first()
    if going is not None:
        return going
    length = timedelta(hours=min(max(hours, 0.25), framework.help_hours))
    row = models.Help.objects.create(
        convention_id=framework.convention,
        territory_id=territory,
        helper_id=helper,
        why=why,
        starts_at=now,
        ends_at=now + length,
        by=actor,
    )
    fact = facts.HelpBegun(
        convention=framework.name, helper=str(helper), until=row.ends_at.isoformat(), why=why
    )
    append(journal=f"territory:{territory}", fact=fact, subject=f"help:{row.pk}", actor=actor)
    return row


@transaction.atomic
def hand_back(*, help_id: UUID, actor: str = SYSTEM) -> models.Help:
    """End help now: the helper sees nothing more of it. Raises NotInForce where it is over."""
    now = clock.now()
    row = models.Help.objects.select_for_update().filter(pk=help_id, ends_at__gt=now).first()
    if row is None:
        raise NotInForce(why="this help is over")
    row.ends_at = max(now, row.starts_at)
    _tell_end(row, HANDED_BACK, actor, now)
    return row


def _tell_end(row: models.Help, why: str, actor: str, now: datetime) -> None:
    row.told_at = now
    row.save(update_fields=["ends_at", "told_at"])
    fact = facts.HelpEnded(convention=str(row.convention), helper=str(row.helper_id), why=why)
    append(journal=f"territory:{row.territory_id}", fact=fact, subject=f"help:{row.pk}", actor=actor)


def tell_ended(now: datetime) -> int:
    """Write the end of what ended by itself in the journal (the right ended on its own); how many."""
    due = models.Help.objects.filter(ends_at__lte=now, told_at=None).values_list("pk", flat=True)
    told = 0
    for pk in list(due[:50]):
        with transaction.atomic():
            row = models.Help.objects.select_for_update().get(pk=pk)
            if row.told_at is None:
                _tell_end(row, TIME, SYSTEM, now)
                told += 1
    return told


def called_when_nobody(territory: str) -> Framework | None:
    """The framework under which another centre has the queue where on-call found nobody, or None."""
    found = [each for each in queries.frameworks(territories=[territory]) if each.unattended_min]
    return min(found, key=lambda each: (each.unattended_min, each.helper_name), default=None)
