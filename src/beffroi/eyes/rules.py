"""What a look may be: for what, how long, and why a camera stays closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

LIVE, PAST = "live", "past"
KINDS = (LIVE, PAST)
INCIDENT = "incident"

#: What a look may be for, and how long one lasts at most before it must be asked again, in seconds.
#: An open incident, then those of the law's purposes (CSI L251-2) that a duty desk has outside of one,
#: and a minute for whether the camera works.
PURPOSES: Mapping[str, int] = {
    INCIDENT: 900,
    "prevention": 300,
    "rescue": 600,
    "disaster": 600,
    "traffic": 300,
    "upkeep": 60,
}

MASKED, OUT_OF_SERVICE = "masked", "out_of_service"
#: Why nobody may look through a camera.
SHUT = (MASKED, OUT_OF_SERVICE)

CLOSED, LEFT, TIME, RIGHTS = "closed", "left", "time", "rights"
#: How a look ends: closed by who looked, left without a word, over in time, the right gone.
ENDS = (CLOSED, LEFT, TIME, RIGHTS)

#: One member looks through so many cameras at once, a wall's worth.
MOST_AT_ONCE = 9
#: What a recorder may be asked for on a duty desk: the last minutes. More is a requisition's matter.
LONGEST_SPAN = timedelta(minutes=5)
FURTHEST_BACK = timedelta(minutes=30)
#: A look to which no image flowed for so long was left.
LEFT_AFTER = timedelta(seconds=30)


def lasts(purpose: str, kind: str) -> timedelta:
    """How long a look for this purpose may last. Raises KeyError."""
    allowed = timedelta(seconds=PURPOSES[purpose])
    return max(allowed, 2 * LONGEST_SPAN) if kind == PAST else allowed


def bad_span(start: datetime, end: datetime, now: datetime) -> str:
    """Why a recorder may not be asked for this span; '' where it may."""
    if end <= start:
        return "it ends before it begins"
    if end > now:
        return "it ends in the future"
    if end - start > LONGEST_SPAN:
        return "it is longer than five minutes"
    if start < now - FURTHEST_BACK:
        return "it begins more than half an hour ago"
    return ""


def ended_at(
    opened: datetime, image: datetime | None, until: datetime, now: datetime
) -> tuple[str, datetime]:
    """How a look that nobody closed ended by `now`, and when; ('', now) while it goes on."""
    seen = (image or opened) + LEFT_AFTER
    if seen <= min(now, until):
        return LEFT, seen
    return (TIME, until) if until <= now else ("", now)
