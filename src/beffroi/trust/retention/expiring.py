"""Erasure: what is over its term goes, in bounded batches, each proven by an entry of the journal.

A batch of the database and its entry stand or fall in one transaction. From a store outside the batch is
written down first (`models.Begun`), then erased, looked for, and told: killed anywhere, it is finished later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.people.entries import SYSTEM, append
from beffroi.people.models import KnownTerritory
from beffroi.territory import queries as territory
from beffroi.trust.retention import facts, models, rules
from beffroi.trust.retention.actions import holds
from beffroi.trust.retention.errors import NotGone
from beffroi.trust.retention.keepers import Item, Keeper, Standing, keepers
from beffroi.trust.retention.terms import INSTALLATION, Terms, journal_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Line:
    """What a run did, or would do, to one store of one place: erased, kept by holds, late before it began."""

    where: str
    kind: str
    store: str
    days: int
    count: int
    held: int
    late: int
    oldest: datetime | None


def places() -> list[str]:
    """Every place that holds data: the installation, and each territory that anybody knows."""
    known = set(KnownTerritory.objects.values_list("key", flat=True))
    return [INSTALLATION, *sorted(known | {each.key for each in territory.territories()})]


def expire(*, where: Sequence[str] = (), dry_run: bool = False) -> list[Line]:
    """Erase all that is over its term, or only say what would go. Raises NotGone.

    Only stores with something to say are answered.
    """
    return list(_all(tuple(where) or tuple(places()), dry_run))


def _all(where: Sequence[str], dry_run: bool) -> Iterator[Line]:
    if not dry_run:
        finish()
    for place in where:
        for keeper in keepers():
            for line in _keeper(place, keeper, dry_run):
                if line is not None:
                    yield line


def steps(where: Sequence[str] = ()) -> Iterator[None]:
    """The same run, one batch or one store a step: for who has other work to do between."""
    finish()
    for place in where or places():
        for keeper in keepers():
            for _ in _keeper(place, keeper, dry_run=False):
                yield
            yield


def _keeper(where: str, keeper: Keeper, dry_run: bool) -> Iterator[Line | None]:
    """Erase from one store, None after each batch; at the end what was done, where there was anything."""
    today, zone = timezone.localdate(clock.now()), timezone.get_current_timezone()
    days, kept = Terms(where).days(keeper.kind), holds(where)
    before = rules.due_before(today, days, zone)
    stands = keeper.standing(where, before, kept)
    late = keeper.standing(where, rules.late_before(today, days, zone), kept) if stands.due else stands
    if not dry_run:
        _note(where, keeper, late if stands.due else Standing(0, 0, None))
    erased = 0
    while not dry_run and stands.due and (items := keeper.due(where, before, kept, BATCH)):
        gone = erase(where, keeper, days, items)
        if not gone:
            break  # another run is at it
        erased += gone
        yield None
    if stands.due and not dry_run and not keeper.standing(where, before, kept).due:
        models.Late.objects.filter(territory_key=where, kind=keeper.kind, store=keeper.store).delete()
    if stands.due or stands.held:
        yield Line(
            where=where,
            kind=keeper.kind,
            store=keeper.store,
            days=days,
            count=stands.due if dry_run else erased,
            held=stands.held,
            late=late.due if stands.due else 0,
            oldest=stands.oldest,
        )


def erase(where: str, keeper: Keeper, days: int, items: Sequence[Item]) -> int:
    """Erase a batch, look whether it is gone, and tell it; how many, 0 where another run was faster.

    Raises NotGone, with nothing told.
    """
    keys = [each.key for each in items]
    if not keeper.outside:
        with transaction.atomic():
            journal.lock(journal_of(where))  # one run at a time: each thing is told once
            if keeper.left(where, keys) < len(keys):
                return 0
            keeper.erase(where, keys)
            _gone(where, keeper, keys)
            _tell(where, _fact(keeper, days, items))
        return len(keys)
    fact = _fact(keeper, days, items)
    with transaction.atomic():
        journal.lock(journal_of(where))
        same = models.Begun.objects.filter(territory_key=where, kind=keeper.kind, store=keeper.store)
        if same.exists() or keeper.left(where, keys) < len(keys):
            return 0
        begun = models.Begun.objects.create(
            territory_key=where,
            kind=keeper.kind,
            store=keeper.store,
            days=days,
            keys=keys,
            first=fact.first,
            last=fact.last,
            digest=fact.digest,
            begun_at=clock.now(),
        )
    _finish(begun, keeper, fact)
    return len(keys)


def finish() -> int:
    """End the erasures that a kill or a failure cut short; how many."""
    by_name = {(each.kind, each.store): each for each in keepers()}
    rows = list(models.Begun.objects.order_by("begun_at"))
    for row in rows:
        fact = facts.Erased(
            kind=row.kind,
            store=row.store,
            days=row.days,
            count=len(row.keys),
            first=row.first.isoformat(),
            last=row.last.isoformat(),
            digest=row.digest,
        )
        _finish(row, by_name[row.kind, row.store], fact)
    return len(rows)


def _finish(begun: models.Begun, keeper: Keeper, fact: facts.Erased) -> None:
    keeper.erase(begun.territory_key, begun.keys)
    _gone(begun.territory_key, keeper, begun.keys)
    with transaction.atomic():
        journal.lock(journal_of(begun.territory_key))
        if models.Begun.objects.filter(pk=begun.pk).delete()[0]:
            _tell(begun.territory_key, fact)


def _gone(where: str, keeper: Keeper, keys: Sequence[str]) -> None:
    left = keeper.left(where, keys)
    if left:
        raise NotGone(count=left, kind=keeper.kind, store=keeper.store)


def _fact(keeper: Keeper, days: int, items: Sequence[Item]) -> facts.Erased:
    return facts.Erased(
        kind=keeper.kind,
        store=keeper.store,
        days=days,
        count=len(items),
        first=min(each.at for each in items).isoformat(),
        last=max(each.at for each in items).isoformat(),
        digest=rules.digest(each.digest for each in items),
    )


def _note(where: str, keeper: Keeper, late: Standing) -> None:
    """Keep what is late, told once in the journal for as long as its oldest is the same."""
    row = models.Late.objects.filter(territory_key=where, kind=keeper.kind, store=keeper.store).first()
    if not late.due or late.oldest is None:
        if row is not None:
            row.delete()
        return
    if row is not None and row.oldest == late.oldest:
        models.Late.objects.filter(pk=row.pk).update(count=late.due)
        return
    with transaction.atomic():
        models.Late.objects.update_or_create(
            territory_key=where,
            kind=keeper.kind,
            store=keeper.store,
            defaults={"count": late.due, "oldest": late.oldest, "noticed_at": clock.now()},
        )
        fact = facts.ErasureLate(
            kind=keeper.kind, store=keeper.store, count=late.due, oldest=late.oldest.isoformat()
        )
        _tell(where, fact)


def _tell(where: str, fact: facts.Fact) -> None:
    append(journal=journal_of(where), fact=fact, subject=journal_of(where), actor=SYSTEM)


class Erasures:
    """A duty of the engine: a run at its start and each hour, a tenth of a second at a time.

    An hourly run finds nothing where the day's was whole: what is due changes at midnight.
    """

    def __init__(self, every_s: float = 3600.0, slice_s: float = 0.1) -> None:
        self._every_s, self._slice_s = every_s, slice_s
        self._steps: Iterator[None] | None = None
        self._next = 0.0

    def __call__(self) -> bool:
        """Go on with the run; whether anything is left of it. An error ends it: the next call begins anew."""
        if self._steps is None:
            if time.monotonic() < self._next:
                return False
            self._steps = steps()
        running, self._steps = self._steps, None
        until = time.monotonic() + self._slice_s
        for _ in running:
            if time.monotonic() >= until:
                self._steps = running
                return True
        self._next = time.monotonic() + self._every_s
        return False
