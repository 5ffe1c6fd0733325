"""Days of a convention as instants: they begin at the town's own midnight."""

from __future__ import annotations

from datetime import date, datetime
from datetime import time as of_day

from django.utils import timezone


def midnight(day: date) -> datetime:
    """The instant at which a day begins in the town's own time."""
    return datetime.combine(day, of_day.min, tzinfo=timezone.get_default_timezone())
