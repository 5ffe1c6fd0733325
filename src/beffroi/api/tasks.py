"""Background work of the API; the engine runs it without loading the operations."""

from __future__ import annotations

from datetime import datetime, timedelta

from beffroi.api.models import KeptAnswer

KEPT = timedelta(days=1)


def forget_old(now: datetime) -> int:
    """Let go of answers kept for their time; how many."""
    return KeptAnswer.objects.filter(at__lt=now - KEPT).delete()[0]
