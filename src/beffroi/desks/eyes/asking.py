"""What a form asks of a camera: its recorder's last minutes or a chosen moment; and how it is filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from beffroi.desks.duty import acts
from beffroi.during.incident import doors as incidents
from beffroi.during.incident import queries
from beffroi.during.incident.errors import UnknownIncident
from beffroi.eyes import rules
from beffroi.eyes.doors import SPAN
from beffroi.eyes.errors import BadSpan
from beffroi.foundation import clock
from beffroi.foundation.errors import Refused
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member

#: The kind of a look, as a form says it, over the span that its two times give.
CHOSEN = "span"
_BEFORE, _AFTER = timedelta(minutes=1), timedelta(minutes=4)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form of a look, filled in: times as the form writes them, by the town's clock.

    `minutes`, `hours`: what the member may ask for at most. `incident`: the purpose, where a sheet named one.
    """

    camera: str
    purpose: str
    incident: str
    reference: str
    first: str
    last: str
    latest: str
    minutes: int
    hours: float
    open: bool


def span(form: acts.Form) -> Span | None:
    """What is asked of the recorder: the last minutes, a chosen moment; None: it is live. Raises BadSpan."""
    kind = form.get("kind")
    if kind == rules.PAST:
        now = clock.now()
        return now - rules.LONGEST_SPAN + timedelta(seconds=1), now - timedelta(seconds=1)
    return (_moment(form.get("from", "")), _moment(form.get("to", ""))) if kind == CHOSEN else None


def _moment(given: str) -> datetime:
    """A time of a form, by the town's clock. Raises BadSpan."""
    try:
        found = datetime.fromisoformat(given)
        return timezone.make_aware(found) if found.tzinfo is None else found
    except (ValueError, OverflowError):
        raise BadSpan() from None


def asked(member: Member, form: acts.Form) -> Asked:
    """The form as it is shown: as it was sent, else around the incident's first sign, else the last minutes.

    An incident that the member cannot see, or that there is not, is as if none had been named.
    """
    now = clock.now()
    identifier, reference, seen_at = _incident(member, form.get("incident", ""))
    first = seen_at - _BEFORE if seen_at else now - rules.LONGEST_SPAN
    last = min(seen_at + _AFTER, now) if seen_at else now - timedelta(seconds=1)
    allowed = current()
    may_choose = allowed.camera_back_hours > 0 and bool(doors.territories_for(member, SPAN))
    longest = timedelta(minutes=allowed.camera_span_minutes) if may_choose else rules.LONGEST_SPAN
    furthest = timedelta(hours=allowed.camera_back_hours) if may_choose else rules.FURTHEST_BACK
    return Asked(
        camera=form.get("camera", ""),
        purpose=form.get("purpose", ""),
        incident=identifier,
        reference=reference,
        first=form.get("from", "") or _written(first),
        last=form.get("to", "") or _written(last),
        latest=_written(now),
        minutes=max(longest, rules.LONGEST_SPAN) // timedelta(minutes=1),
        hours=min(max(furthest, rules.FURTHEST_BACK), rules.KEPT_MOST) / timedelta(hours=1),
        open=form.get("kind") == CHOSEN or bool(identifier),
    )


def _incident(member: Member, named: str) -> tuple[str, str, datetime | None]:
    """The incident that a sheet named, its reference, and when its first sign was; nothing for none."""
    try:
        row = incidents.incident_for(member, UUID(named), "duty.view")
        found = queries.incident(row.pk)
    except (ValueError, UnknownIncident, Refused):
        return "", "", None
    return str(row.pk), found.reference, found.seen_at


def _written(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")
