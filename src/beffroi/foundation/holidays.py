"""Public holidays of France (Code du travail L3133-1; Alsace-Moselle adds two), for any year."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def holidays(year: int, *, alsace_moselle: bool = False) -> frozenset[date]:
    """The public holidays of a year; in Alsace-Moselle Good Friday and 26 December too."""
    sunday = easter(year)
    found = {date(year, month, day) for month, day in _FIXED}
    found |= {sunday + timedelta(days=days) for days in (1, 39, 50)}
    if alsace_moselle:
        found |= {sunday - timedelta(days=2), date(year, 12, 26)}
    return frozenset(found)


def is_holiday(day: date, *, alsace_moselle: bool = False) -> bool:
    """Whether a day is a public holiday."""
    return day in holidays(day.year, alsace_moselle=alsace_moselle)
