"""The alarm load of the desk: how many lines are put before an operator, and how that compares."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from beffroi.during.incident.models import Incident
from beffroi.foundation import clock

# What one operator can bear (EEMUA 191, ISA-18.2, from secondary sources): lines an hour on average, and
# in any ten minutes.
AN_HOUR, IN_TEN_MINUTES = 6, 10
_HOURS = 8
_TEN = timedelta(minutes=10)


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """Lines opened over the last `hours`: an hour on average, the most in any ten minutes, within the limits
    or not."""

    hours: int
    an_hour: float
    most: int

    @property
    def bearable(self) -> bool:
        """Whether one operator can bear it."""
        return self.an_hour <= AN_HOUR and self.most <= IN_TEN_MINUTES


def load(territories: Collection[str], now: datetime | None = None) -> Load:
    """The load of these territories together, exercises left out."""
    moment = now or clock.now()
    rows = Incident.objects.filter(
        territory_key__in=sorted(territories), exercise=False, fused_at__gt=moment - timedelta(hours=_HOURS)
    )
    opened = list(rows.order_by("fused_at").values_list("fused_at", flat=True))
    recent: deque[datetime] = deque()
    most = 0
    for at in opened:
        recent.append(at)
        while at - recent[0] >= _TEN:
            recent.popleft()
        most = max(most, len(recent))
    return Load(hours=_HOURS, an_hour=round(len(opened) / _HOURS, 1), most=most)
