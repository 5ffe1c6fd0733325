"""Reads of retention: what is kept how long, what was erased, what is late, what is held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.trust.retention import models, rules
from beffroi.trust.retention.actions import holds as held_in
from beffroi.trust.retention.keepers import Standing, keepers
from beffroi.trust.retention.terms import Kind, Terms, journal_of, kinds, usual


@dataclass(frozen=True, slots=True)
class TermView:
    """A kind of data in a place: how many days it is kept now, and whether the town chose so."""

    where: str
    kind: Kind
    days: int
    chosen: bool
    usual: int


@dataclass(frozen=True, slots=True)
class ErasedView:
    """An erasure that the journal tells of: `number` is its entry's."""

    where: str
    at: datetime
    number: int
    kind: str
    store: str
    count: int
    first: datetime
    last: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold that stands."""

    id: UUID
    where: str
    subject: str
    kind: str
    since: datetime | None
    until: datetime | None
    ground: str
    reference: str
    placed_at: datetime
    placed_by: str


@dataclass(frozen=True, slots=True)
class LateView:
    """What is still there after its last day."""

    where: str
    kind: str
    store: str
    count: int
    oldest: datetime


def terms(where: str) -> list[TermView]:
    """How long each kind of data is kept in a place, in the order of the data file."""
    found = Terms(where)
    return [
        TermView(where, each, found.days(each.key), each.key in found.set, usual(each.key))
        for each in kinds().values()
    ]


def next_day(where: str) -> tuple[date, dict[str, Standing]]:
    """The next day of erasure in a place, and what goes then or a hold keeps, by kind of data."""
    day, zone = timezone.localdate(clock.now()) + timedelta(days=1), timezone.get_current_timezone()
    found, kept = Terms(where), held_in(where)
    by_kind: dict[str, Standing] = {}
    for keeper in keepers():
        before = rules.due_before(day, found.days(keeper.kind), zone)
        one, so_far = keeper.standing(where, before, kept), by_kind.get(keeper.kind, Standing(0, 0, None))
        oldest = min((each for each in (one.oldest, so_far.oldest) if each is not None), default=None)
        by_kind[keeper.kind] = Standing(so_far.due + one.due, so_far.held + one.held, oldest)
    return day, by_kind


def erased(places: Collection[str], *, days: int = 31, limit: int = 2_000) -> list[ErasedView]:
    """The erasures of the last days in these places, the newest first."""
    since = clock.now() - timedelta(days=days)
    found = journal.latest([journal_of(each) for each in places], ["trust.erased"], limit)
    return [
        ErasedView(
            where=each.journal.removeprefix("territory:"),
            at=each.time,
            number=each.number,
            kind=each.body["kind"],
            store=each.body["store"],
            count=each.body["count"],
            first=datetime.fromisoformat(each.body["first"]),
            last=datetime.fromisoformat(each.body["last"]),
            digest=each.body["digest"],
        )
        for each in found
        if each.body is not None and each.time >= since
    ]


def holds(places: Collection[str]) -> list[HoldView]:
    """The holds that stand in these places, the oldest first."""
    rows = models.Hold.objects.filter(territory_key__in=list(places), released_at=None)
    return [
        HoldView(
            id=row.id,
            where=row.territory_key,
            subject=row.subject,
            kind=row.kind,
            since=row.since,
            until=row.until,
            ground=row.ground,
            reference=row.reference,
            placed_at=row.placed_at,
            placed_by=row.placed_by,
        )
        for row in rows.order_by("placed_at")
    ]


def late(places: Collection[str] | None = None) -> list[LateView]:
    """What is late in these places, or anywhere; the oldest first."""
    rows = models.Late.objects.order_by("oldest")
    chosen = rows if places is None else rows.filter(territory_key__in=list(places))
    return [LateView(row.territory_key, row.kind, row.store, row.count, row.oldest) for row in chosen]


def unfinished() -> int:
    """How many erasures were begun and not told as done yet."""
    return models.Begun.objects.count()


def last_erasure() -> datetime | None:
    """When anything was last erased anywhere; None: never."""
    found = journal.latest(journal.journals(), ["trust.erased"], 1)
    return found[0].time if found else None
