"""How figures are written, the same in both languages: units, no-break spaces, en dashes."""

from __future__ import annotations

NBSP = "\u00a0"
NARROW = "\u202f"
MINUTE = 60
HOUR = 3600
DAY = 86_400


def duration(seconds: float) -> str:
    """`45 s`, `1 min 40 s`, `2 h 05`, `3 j`: two units at most."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole}{NBSP}s"
    if whole < HOUR:
        return f"{whole // MINUTE}{NBSP}min{NBSP}{whole % MINUTE:02d}{NBSP}s"
    if whole < 2 * DAY:
        return f"{whole // HOUR}{NBSP}h{NBSP}{whole % HOUR // MINUTE:02d}"
    return f"{whole // DAY}{NBSP}j"


def about(seconds: float) -> str:
    """A duration no finer than what is known: to 10 s under ten minutes, then to the minute."""
    if seconds >= 10 * MINUTE:
        return f"{round(seconds / MINUTE)}{NBSP}min" if seconds < 2 * HOUR else duration(seconds)
    return duration(round(seconds / 10) * 10)


def short_duration(seconds: float) -> str:
    """`1:40`, `12:05`."""
    whole = max(0, round(seconds))
    return f"{whole // MINUTE}:{whole % MINUTE:02d}"


def added(seconds: float) -> str:
    """What a step of the ledger added: `+ 0,4 s` is written `+0.4 s` by the caller's language."""
    if seconds < 10:
        return f"+{NARROW}{seconds:.1f}{NBSP}s"
    if seconds < MINUTE:
        return f"+{NARROW}{seconds:.0f}{NBSP}s"
    return f"+{NARROW}{short_duration(seconds)}"


def grouped(number: int) -> str:
    """`48 217`: thousands apart."""
    return f"{number:,}".replace(",", NARROW)


def percent(share: float) -> int:
    """Whole hundredths of a share from 0 to 1; what is not certain is never written 0 or 100."""
    whole = round(share * 100)
    if whole >= 100 and share < 1:
        return 99
    if whole <= 0 and share > 0:
        return 1
    return max(0, min(100, whole))


def metres(distance_m: float) -> str:
    """`60 m`, `2,9 km` is left to the reader's language: here with a point."""
    if distance_m < 1000:
        return f"{round(distance_m, -1) if distance_m > 100 else round(distance_m):.0f}{NBSP}m"
    return f"{distance_m / 1000:.1f}{NBSP}km"
