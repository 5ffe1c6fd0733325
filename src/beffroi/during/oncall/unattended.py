"""Queues that nobody attends: what waits to be acknowledged while no desk is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from beffroi.during.incident import queries as incidents
from beffroi.during.oncall import queries


def since(territory: str, now: datetime, minutes: int) -> datetime | None:
    """Since when the oldest incident of a territory has waited, where that is `minutes` or more and nobody
    has its desk open; None otherwise, and for 0 minutes. Exercises are left out."""
    if minutes <= 0 or queries.desk_is_open(territory, now):
        return None
    waiting = incidents.waiting().get(territory)
    if waiting is None or waiting.since is None or waiting.since > now - timedelta(minutes=minutes):
        return None
    return waiting.since
