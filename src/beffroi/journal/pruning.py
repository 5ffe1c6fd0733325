"""Bodies whose own term is over: which still stand, and their end. Headers and leaf hashes never go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min, Q, QuerySet

from beffroi.foundation.errors import Invalid
from beffroi.journal import actions, canonical, entries, facts, models


@dataclass(frozen=True, slots=True)
class Kept:
    """Entries about a subject, between two instants (None: no bound), whose bodies stay."""

    subject: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StandingBody:
    """An entry whose body still stands, with the hash that stays once it is gone."""

    number: int
    time: datetime
    body_sha256: str


def standing_bodies(
    journal: str, chosen: Collection[str], before: datetime, kept: Sequence[Kept], most: int
) -> list[StandingBody]:
    """The oldest entries of these facts (names, or prefixes that end with a dot) that may lose their body."""
    rows = _older(journal, chosen, before, kept).order_by("number").values_list("number", "time", "body")
    return [
        StandingBody(number, datetime.fromisoformat(time), canonical.body_sha256(body or ""))
        for number, time, body in rows[:most]
    ]


def measure(
    journal: str, chosen: Collection[str], before: datetime, kept: Sequence[Kept]
) -> tuple[int, datetime | None]:
    """How many such entries there are, and the instant of the oldest."""
    found = _older(journal, chosen, before, kept).aggregate(count=Count("position"), oldest=Min("time"))
    return found["count"], datetime.fromisoformat(found["oldest"]) if found["oldest"] else None


def count_bodies(journal: str, numbers: Collection[int]) -> int:
    """How many of these entries still have their body."""
    rows = models.Entry.objects.filter(journal=journal, number__in=list(numbers))
    return rows.filter(body__isnull=False).count()


@transaction.atomic
def prune_entries(*, journal: str, numbers: Collection[int], actor: str = actions.SYSTEM) -> int:
    """Take the bodies of these entries away; one entry a fact says how many. Returns how many went.

    Raises Invalid for the journal's own facts, which it needs to verify itself.
    """
    actions.lock(journal)
    rows = models.Entry.objects.filter(journal=journal, number__in=list(numbers), body__isnull=False)
    found = list(rows.order_by("number").values_list("position", "fact", "time", "body"))
    own = [fact for _, fact, _, _ in found if fact.startswith("journal.")]
    if own:
        raise Invalid(where=own[0], why="the journal needs its own facts to verify itself")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete=ON")
        cursor.executemany(
            "UPDATE journal_entry SET body = NULL, body_sha256 = %s WHERE position = %s",
            [(canonical.body_sha256(body or ""), position) for position, _, _, body in found],
        )
    counts = Counter(fact for _, fact, _, _ in found)
    last = {fact: time for _, fact, time, _ in found}
    drafts = [
        actions.Draft(
            facts.BodiesPruned(pruned=fact, before=last[fact], count=count), f"journal:{journal}", actor
        )
        for fact, count in sorted(counts.items())
    ]
    if drafts:
        actions.append_all(journal=journal, drafts=drafts)
    return len(found)


def _older(
    journal: str, chosen: Collection[str], before: datetime, kept: Sequence[Kept]
) -> QuerySet[models.Entry]:
    limit = entries.instant(before)
    which = Q(pk__in=[])
    for each in chosen:
        which |= Q(fact__startswith=each) if each.endswith(".") else Q(fact=each)
    rows = models.Entry.objects.filter(
        which, journal=journal, number__lte=_before(journal, limit), time__lt=limit, body__isnull=False
    )
    return rows.exclude(_kept(kept)) if kept else rows


def _before(journal: str, limit: str) -> int:
    """The number of the last entry before an instant, found in a few steps: the rest need not be read.

    Where the clock was set back some entries beyond it may be older: their turn comes when it has passed.
    """
    found = models.Journal.objects.filter(key=journal).values_list("size", flat=True).first()
    low, high = 0, found or 0
    while low < high:
        middle = (low + high + 1) // 2
        row = models.Entry.objects.filter(journal=journal, number=middle)
        if (row.values_list("time", flat=True).first() or limit) < limit:
            low = middle
        else:
            high = middle - 1
    return low


def _kept(kept: Sequence[Kept]) -> Any:
    found = Q(pk__in=[])
    for each in kept:
        one = Q(subject=canonical.subject_name(each.subject))
        if each.since is not None:
            one &= Q(time__gte=entries.instant(each.since))
        if each.until is not None:
            one &= Q(time__lte=entries.instant(each.until))
        found |= one
    return found
