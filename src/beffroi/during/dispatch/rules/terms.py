"""When a unit works, and what gives a unit of another service the right to act here.

Both are lines with dates, and silence is consent: a unit without a line of hours works always, a unit
without a line of right is the town's own. Times of day are the wall clock's; a line whose end is not
after its beginning goes on into the next day and belongs to the day on which it begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from beffroi.foundation.holidays import is_holiday

#: The eighth day of a pattern: public holidays; 0 is Monday.
HOLIDAY = 7
#: How far ahead the next beginning is looked for (days): a unit that works one weekday is back within it.
_AHEAD = 8
#: Departments with two public holidays more.
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Hours of one unit, or of every unit of a service (`kind`) where `unit` is empty."""

    id: str
    unit: str
    kind: str
    days: frozenset[int]
    begins: time
    ends: time
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class RightLine:
    """A unit of another service may act here from `first` to `last` (None: no end), on some acts only or on
    any (`acts` empty), by what it rests on (`basis`: a convention)."""

    id: str
    unit: str
    acts: frozenset[str]
    first: date
    last: date | None
    basis: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where hours are read: its time zone and its department, which has its public holidays."""

    zone: ZoneInfo
    department: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """Whether a unit works now; `until` when it stops, `back` when it works again. None: not within days."""

    works: bool
    until: datetime | None = None
    back: datetime | None = None


@dataclass(frozen=True, slots=True)
class Right:
    """What a unit of another service may act on now (`acts` empty with `any_act`: on any)."""

    acts: frozenset[str]
    any_act: bool
    basis: str
    last: date | None = None

    def covers(self, act: str) -> bool:
        """Whether this act is one of them."""
        return self.any_act or act in self.acts


def lines_of(lines: Iterable[HoursLine], unit: str, kind: str, today: date) -> tuple[HoursLine, ...]:
    """The lines that tell a unit's hours: its own where it has any that are not over, else its service's."""
    valid = [each for each in lines if each.last is None or each.last >= today - timedelta(days=1)]
    own = [each for each in valid if each.unit == unit]
    return tuple(own or [each for each in valid if not each.unit and each.kind == kind])


def duty(lines: Collection[HoursLine], at: datetime, place: Place) -> Duty:
    """Whether who works by these lines works at `at`; without a line, always."""
    if not lines:
        return Duty(True)
    today = at.astimezone(place.zone).date()
    spans = _spans(lines, today, place)
    for begins, ends in spans:
        if begins <= at < ends:
            return Duty(True, until=ends, back=None)
        if begins > at:
            return Duty(False, back=begins)
    return Duty(False)


def _spans(lines: Collection[HoursLine], today: date, place: Place) -> list[tuple[datetime, datetime]]:
    """When they work from yesterday on, hours that touch joined."""
    found = []
    for ahead in range(-1, _AHEAD):
        day = today + timedelta(days=ahead)
        found += [_bounds(each, day, place.zone) for each in _of_day(lines, day, place)]
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(found):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(ends, joined[-1][1])
        else:
            joined.append((begins, ends))
    return joined


def _of_day(lines: Iterable[HoursLine], day: date, place: Place) -> list[HoursLine]:
    """The lines that begin on a day. On a public holiday those of holidays, where there are any."""
    valid = [each for each in lines if each.first <= day and (each.last is None or day <= each.last)]
    if is_holiday(day, alsace_moselle=place.department in _ALSACE_MOSELLE):
        special = [each for each in valid if HOLIDAY in each.days]
        if special:
            return special
    return [each for each in valid if day.weekday() in each.days]


def _bounds(line: HoursLine, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Instants in UTC, so that they are compared as instants on the night of a change of hour."""
    last = day if line.ends > line.begins else day + timedelta(days=1)
    utc = ZoneInfo("UTC")
    begins, ends = datetime.combine(day, line.begins, zone), datetime.combine(last, line.ends, zone)
    return begins.astimezone(utc), ends.astimezone(utc)


def right(lines: Sequence[RightLine], unit: str, today: date) -> Right | None:
    """What a unit may act on here today; None for the town's own, who need no line."""
    own = [each for each in lines if each.unit == unit]
    if not own:
        return None
    now = [each for each in own if each.first <= today and (each.last is None or today <= each.last)]
    known = max(now or own, key=lambda each: (each.last or date.max, each.first, each.id))
    return Right(
        acts=frozenset().union(*(each.acts for each in now)),
        any_act=any(not each.acts for each in now),
        basis=known.basis,
        last=known.last,
    )
