"""When a thing is due, when it is late, and what a hold keeps. Days are those of the town's calendar."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

REQUISITION, ACCESS = "requisition", "access_request"
#: What a hold may rest on.
GROUNDS = (REQUISITION, ACCESS)
#: Images are kept a month at most (CSI L252-5), whatever a town or an order says.
LONGEST_IMAGE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Held:
    """What a hold keeps: everything of `subject` between two instants (None: no bound), or one kind of it."""

    subject: str
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def keeps(self, kind: str, subjects: Collection[str], at: datetime) -> bool:
        """Whether it keeps a thing of that kind, which concerns these subjects, of that instant."""
        if self.kind not in ("", kind) or self.subject not in subjects:
            return False
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


def due_before(today: date, days: int, zone: tzinfo) -> datetime:
    """What is older than this instant is erased today: a thing of day D goes on day D + `days`."""
    return _midnight(today - timedelta(days=days - 1), zone)


def late_before(today: date, days: int, zone: tzinfo) -> datetime:
    """What is older than this instant should have been erased yesterday at the latest."""
    return due_before(today - timedelta(days=1), days, zone)


def images_due_before(today: date, order_days: int, zone: tzinfo) -> datetime:
    """The same for images: one day earlier, so that none is ever older than the days of the order."""
    return due_before(today, max(1, min(order_days, LONGEST_IMAGE_DAYS) - 1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def bad_days(days: int, most: int) -> str:
    """Why a kind whose limit is `most` may not be kept `days`; '' where it may."""
    if days < 1:
        return "keep it a day at least"
    return "it is longer than the limit" if days > most else ""


def digest(hashes: Iterable[str]) -> str:
    """The SHA-256 (hexadecimal) of hashes in their order, each on a line: what proves an erasure."""
    return hashlib.sha256("".join(f"{each}\n" for each in sorted(hashes)).encode()).hexdigest()


def named(store: str, key: str) -> str:
    """The hash of what the journal bears no hash of: of its store and identifier, never of its content."""
    return hashlib.sha256(f"{store}:{key}".encode()).hexdigest()
