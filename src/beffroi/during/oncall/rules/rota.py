"""Who is on call at an instant, and when nobody is: a weekly pattern, dated replacements, holidays, ranks.

Times of day are the wall clock's of the territory's time zone. A line whose end is not after its
beginning goes on into the next day (20:00 to 07:00; 08:00 to 08:00 is a whole day) and belongs to the
day on which it begins, a public holiday or not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from beffroi.foundation.holidays import is_holiday

HOLIDAY = 7  # the eighth day of a pattern; 0 is Monday
RANKS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the weekly pattern: `days` 0 (Monday) to 6, and 7 for public holidays."""

    id: UUID
    member: UUID
    rank: int
    days: frozenset[int]
    begins: time
    ends: time
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """Between two instants `member` holds a rank instead of the pattern; None: nobody does."""

    id: UUID
    member: UUID | None
    rank: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """What is known of a territory's rota."""

    zone: ZoneInfo
    lines: Sequence[Line] = ()
    replacements: Sequence[Replacement] = ()
    alsace_moselle: bool = False

    @property
    def kept(self) -> bool:
        """Whether this territory keeps a rota at all."""
        return bool(self.lines or self.replacements)


class Span(NamedTuple):
    """Who is on call between two instants, by rank; no rank is empty."""

    starts_at: datetime
    ends_at: datetime
    ranks: dict[int, tuple[UUID, ...]]


def on_call(rota: Rota, at: datetime) -> dict[int, tuple[UUID, ...]]:
    """The members on call at an instant, by rank, the first called first; an empty rank is left out."""
    found: dict[int, tuple[UUID, ...]] = {}
    for rank in RANKS:
        members = _of_rank(rota, rank, at)
        if members:
            found[rank] = members
    return found


def _of_rank(rota: Rota, rank: int, at: datetime) -> tuple[UUID, ...]:
    replaced = [
        each for each in rota.replacements if each.rank == rank and each.starts_at <= at < each.ends_at
    ]
    if replaced:
        return tuple(dict.fromkeys(each.member for each in replaced if each.member is not None))
    lines = [each for each in rota.lines if each.rank == rank]
    local = at.astimezone(rota.zone)
    for back in (0, 1):
        day = local.date() - timedelta(days=back)
        holding = [each for each in _of_day(rota, lines, day) if _holds(each, day, at, rota.zone)]
        if holding:
            return tuple(dict.fromkeys(each.member for each in holding))
    return ()


def _of_day(rota: Rota, lines: Iterable[Line], day: date) -> list[Line]:
    """The lines that begin on a day. On a public holiday those of holidays, where the rank has any."""
    valid = [each for each in lines if each.first <= day and (each.last is None or day <= each.last)]
    if is_holiday(day, alsace_moselle=rota.alsace_moselle):
        special = [each for each in valid if HOLIDAY in each.days]
        if special:
            return special
    return [each for each in valid if day.weekday() in each.days]


def bounds(line: Line, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a line that begins on a day begins and ends."""
    last = day if line.ends > line.begins else day + timedelta(days=1)
    return datetime.combine(day, line.begins, zone), datetime.combine(last, line.ends, zone)


def _holds(line: Line, day: date, at: datetime, zone: ZoneInfo) -> bool:
    begins, ends = bounds(line, day, zone)
    # Instants are compared, not wall clocks: the night of a change of hour is an hour shorter or longer.
    return begins.timestamp() <= at.timestamp() < ends.timestamp()


def spans(rota: Rota, starts_at: datetime, ends_at: datetime) -> list[Span]:
    """Who is on call from one instant to another, cut where it changes."""
    cuts = sorted({starts_at, ends_at, *(each for each in _changes(rota, starts_at, ends_at))})
    found: list[Span] = []
    for begins, ends in itertools.pairwise(cuts):
        ranks = on_call(rota, begins)
        if found and found[-1].ranks == ranks:
            found[-1] = found[-1]._replace(ends_at=ends)
        else:
            found.append(Span(begins, ends, ranks))
    return found


def gaps(rota: Rota, starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """When nobody at all is on call."""
    return [(each.starts_at, each.ends_at) for each in spans(rota, starts_at, ends_at) if not each.ranks]


def _changes(rota: Rota, starts_at: datetime, ends_at: datetime) -> Iterable[datetime]:
    zone_of = starts_at.tzinfo
    for each in rota.replacements:
        for at in (each.starts_at, each.ends_at):
            if starts_at < at < ends_at:
                yield at
    day = starts_at.astimezone(rota.zone).date() - timedelta(days=1)
    while day <= ends_at.astimezone(rota.zone).date():
        for line in rota.lines:
            for local in bounds(line, day, rota.zone):
                at = local.astimezone(zone_of)
                if starts_at < at < ends_at:
                    yield at
        day += timedelta(days=1)
