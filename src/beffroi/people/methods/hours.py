"""Hours of the week, in the town's own time: when a convention opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DAY = 24 * 60
WEEK = range(7)


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """On these days of the week (0 is Monday), from a minute of the day to another.

    One that ends at or before it starts runs into the next day: Sunday 21:00 to 06:00 ends on Monday.
    """

    days: tuple[int, ...]
    start: int
    end: int


def open_at(hours: Iterable[Hours], local: datetime) -> bool:
    """Whether a moment of the town's own time lies within; no hours at all means always."""
    given = tuple(hours)
    if not given:
        return True
    day, minute = local.weekday(), local.hour * 60 + local.minute
    return any(_within(each, day, minute) for each in given)


def _within(hours: Hours, day: int, minute: int) -> bool:
    if hours.start < hours.end:
        return day in hours.days and hours.start <= minute < hours.end
    before = (day - 1) % 7
    return (day in hours.days and minute >= hours.start) or (before in hours.days and minute < hours.end)


def bad(hours: Hours) -> str:
    """Why these are no hours of the week; '' where they are."""
    if not hours.days or any(day not in WEEK for day in hours.days):
        return "hours hold on at least one day of the week"
    if not (0 <= hours.start < DAY and 0 <= hours.end <= DAY):
        return "an hour of the day lies between 00:00 and 24:00"
    return ""


def parsed(text: str) -> Hours:
    """Hours from text such as `mon-fri 21:00-06:00` or `sat,sun 00:00-24:00`. Raises ValueError."""
    days, _space, span = text.strip().lower().partition(" ")
    start, dash, end = span.strip().partition("-")
    if not dash:
        raise ValueError("write hours as `mon-fri 21:00-06:00`")
    found: list[int] = []
    for part in days.split(","):
        first, to, last = part.partition("-")
        if first not in NAMES or (to and last not in NAMES):
            raise ValueError(f"days are written {', '.join(NAMES)}")
        a, b = NAMES.index(first), NAMES.index(last or first)
        found += [each % 7 for each in range(a, b + 1 if b >= a else b + 8)]
    made = Hours(tuple(sorted(set(found))), _minute(start), _minute(end))
    if why := bad(made):
        raise ValueError(why)
    return made


NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _minute(text: str) -> int:
    hour, _colon, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute.isdigit() and len(hour) <= 2 and len(minute) == 2 and int(minute) < 60):
        raise ValueError("hours are written 21:00")
    return int(hour) * 60 + int(minute)


def written(hours: Hours) -> str:
    """Hours as `parsed` reads them."""
    days = ",".join(NAMES[day] for day in hours.days)
    return f"{days} {hours.start // 60:02d}:{hours.start % 60:02d}-{hours.end // 60:02d}:{hours.end % 60:02d}"
