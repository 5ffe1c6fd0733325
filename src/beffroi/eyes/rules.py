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
#: What a recorder is asked for as a matter of course: the last minutes. More takes a right of its own.
LONGEST_SPAN = timedelta(minutes=5)
FURTHEST_BACK = timedelta(minutes=30)
#: Nobody may be shown what the law had erased (CSI L252-5), whatever a setting says.
KEPT_MOST = timedelta(days=30)
#: Beyond its own length, a look over a span lasts so long: to find the place in it, to see it again.
_TO_SEE_AGAIN = timedelta(minutes=5)
#: A look to which no image flowed for so long was left.
LEFT_AFTER = timedelta(seconds=30)


def lasts(purpose: str, kind: str, span: timedelta = LONGEST_SPAN) -> timedelta:
    """How long a look for this purpose may last; `span`: the length of a past one. Raises KeyError."""
    allowed = timedelta(seconds=PURPOSES[purpose])
    return max(allowed, 2 * LONGEST_SPAN, span + _TO_SEE_AGAIN) if kind == PAST else allowed


def is_recent(start: datetime, end: datetime, now: datetime) -> bool:
    """Whether a span is of the last minutes."""
    return end - start <= LONGEST_SPAN and start >= now - FURTHEST_BACK


def bad_span(start: datetime, end: datetime, now: datetime, longest: timedelta, furthest: timedelta) -> str:
    """Why a recorder may not be asked for a span ('' where it may): backwards, future, long or far.

    `longest` and `furthest` are the installation's own limits; the last minutes are always within.
    """
    if end <= start:
        return "backwards"
    if end > now:
        return "future"
    if is_recent(start, end, now):
        return ""
    if end - start > longest:
        return "long"
    return "far" if start < now - min(furthest, KEPT_MOST) else ""


def ended_at(
    opened: datetime, image: datetime | None, until: datetime, now: datetime
) -> tuple[str, datetime]:
    """How a look that nobody closed ended by `now`, and when; ('', now) while it goes on."""
    seen = (image or opened) + LEFT_AFTER
    if seen <= min(now, until):
        return LEFT, seen
    return (TIME, until) if until <= now else ("", now)
