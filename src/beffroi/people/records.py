"""What doors and screens write down: refusals and looks."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from beffroi.people import facts
from beffroi.people.decisions import DoorShut
from beffroi.people.entries import append
from beffroi.people.grounds import NO_GROUNDS, Grounds
from beffroi.people.models import Member


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
