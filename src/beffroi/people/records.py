"""What doors and screens write down: refusals and looks."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from beffroi.foundation import clock
from beffroi.people import facts
from beffroi.people.decisions import DoorShut
from beffroi.people.entries import append
from beffroi.people.grounds import NO_GROUNDS, Grounds
from beffroi.people.models import Member

_LOOKS_KNOWN = 10_000


def record_refusal(shut: DoorShut) -> None:
    """Write in the journal that a member was refused. What nobody in particular is refused is not written."""
    if shut.member is None:
        return
    fact = facts.Refusal(
        action=shut.decision.action, reason=shut.decision.reason, territory=shut.territory or ""
    )
    with transaction.atomic():
        append(fact=fact, subject=shut.member.actor, actor=shut.member.actor)


def record_look(
    *,
    member: Member,
    territory: str,
    action: str,
    subjects: Sequence[str],
    grounds: Grounds = NO_GROUNDS,
) -> None:
    """Write that a member looks at these things, before they are shown: one entry for the group.

    `subjects` as the journal names them (`device:C-08`, `incident:<uuid>`). Durable on return, unless
    the caller holds a transaction of its own: then once that commits.
    """
    if not subjects:
        return
    fact = facts.Looked(
        action=action,
        subjects=sorted(set(subjects)),
        purpose=grounds.purpose,
        requisition=grounds.requisition,
    )
    with transaction.atomic():
        append(
            journal=f"territory:{territory}", fact=fact, subject=f"territory:{territory}", actor=member.actor
        )


class Looks:
    """Which looks of this hour are written already: the first of each is, before its answer leaves."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, str, str, datetime], None] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, member: Member, action: str, territory: str, subject: str) -> None:
        """Write the look in the journal of the territory, unless it is there for this hour."""
        hour = clock.now().replace(minute=0, second=0, microsecond=0)
        key = (str(member.pk), action, territory, subject, hour)
        with self._lock:
            if key in self._seen:
                return
        record_look(member=member, territory=territory, action=action, subjects=[subject])
        with self._lock:
            self._seen[key] = None
            while len(self._seen) > _LOOKS_KNOWN:
                self._seen.popitem(last=False)

    def forget(self) -> None:
        """Begin anew (tests)."""
        with self._lock:
            self._seen.clear()
