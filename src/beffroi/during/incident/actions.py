"""What people do to an incident: each one transaction with its fact. Whoever calls has opened the door.

Sending, arriving and closing move units too: desks call `dispatch.actions` for those.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import facts as fusion_facts
from beffroi.during.fusion import queries as fusion_queries
from beffroi.during.incident import errors, facts, procedures, rules
from beffroi.during.incident.acting import actor, enter, open_row, row_of, save
from beffroi.during.incident.models import Incident, Note, StepDone
from beffroi.during.incident.taking import append, closed_fact, lift, note_time, take_up
from beffroi.during.incident.units import (
    record_arrived,
    record_en_route,
    record_released,
    record_sent,
    record_undone,
)
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7

__all__ = [
    "acknowledge",
    "annotate",
    "close",
    "lift_doubt",
    "merge",
    "record_arrived",
    "record_en_route",
    "record_released",
    "record_sent",
    "record_undone",
    "shown",
    "split",
    "take_up",
    "tick",
]

_SALT_BYTES = 16


@transaction.atomic
def acknowledge(*, incident: UUID, member: UUID, version: int | None = None) -> Incident:
    """Take an incident. Raises AlreadyAcknowledged, AlreadyClosed, ChangedMeanwhile."""
    row = open_row(incident, version)
    if row.acknowledged_at is not None:
        raise errors.AlreadyAcknowledged(reference=row.reference)
    at = clock.now()
    row.acknowledged_at, row.acknowledged_by = at, actor(member)
    save(row)
    note_time(row, "acknowledged", at, actor(member))
    seconds = round((at - row.seen_at).total_seconds(), 1)
    fact = facts.IncidentAcknowledged(number=row.number, seconds=seconds, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return row


@transaction.atomic
def lift_doubt(
    *,
    incident: UUID,
    member: UUID,
    how: str,
    signs: Iterable[UUID] = (),
    text: str = "",
    version: int | None = None,
) -> Incident:
    """Record the levée de doute by a person: `how` is one of rules.DOUBT_LIFTED_BY, `signs` those that agree.

    A technical or unconfirmed incident stays what it is: the doubt is lifted, the state is not rewritten.
    What signs lifted by themselves a person may still lift, once. Raises BadOutcome, BadSigns.
    """
    row = open_row(incident, version)
    if how not in rules.DOUBT_LIFTED_BY:
        raise errors.BadOutcome(where="how", why=f"{how!r} is not one of {', '.join(rules.DOUBT_LIFTED_BY)}")
    if rules.lifted_by_a_person(row.doubt_lifted_by):
        raise errors.ChangedMeanwhile(reference=row.reference)
    chosen = _chosen(row, how, signs)
    at = clock.now()
    fact = lift(row, how, chosen, actor(member), at)
    save(row)
    append(row, fact, actor(member), at)
    if text.strip():
        _note(row, member, text, at)
    return row


@transaction.atomic
def close(
    *, incident: UUID, member: UUID, outcome: str, cause: str = "", version: int | None = None
) -> Incident:
    """End an incident with its outcome; fusion learns from it. Desks call `dispatch.actions.close`.

    Raises BadOutcome, AlreadyClosed, ChangedMeanwhile.
    """
    fault = rules.outcome_fault(outcome, cause)
    if fault:
        raise errors.BadOutcome(where="outcome", why=fault)
    fusion.hold()
    row = open_row(incident, version)
    at = clock.now()
    row.outcome, row.outcome_cause, row.resolved_at = outcome, cause, at
    enter(row, "closed")
    save(row)
    note_time(row, "resolved", at, actor(member), {"outcome": outcome, "cause": cause})
    fusion.decide(
        territory=row.territory_key,
        kind="close",
        hypothesis=row.pk,
        member=member,
        real=rules.OUTCOMES[outcome].real,
    )
    append(row, closed_fact(row), actor(member), at)
    return row


@transaction.atomic
def annotate(*, incident: UUID, member: UUID, text: str) -> Note:
    """Write a note, on a closed incident too. Raises EmptyNote, UnknownIncident."""
    row = row_of(incident)
    return _note(row, member, text, clock.now())


@transaction.atomic
def tick(*, incident: UUID, member: UUID, step: str) -> None:
    """Tick a step of the procedure; ticking it again changes nothing."""
    row = open_row(incident, None)
    known = procedures.named(row.procedure)
    if not known.has(step):
        raise errors.BadOutcome(where="step", why=f"{step!r} is not a step of {known.version}")
    at = clock.now()
    _, fresh = StepDone.objects.get_or_create(incident=row, step=step, defaults={"member": member, "at": at})
    if fresh:
        save(row)
        fact = facts.StepDoneFact(
            number=row.number, step=step, procedure=row.procedure, exercise=row.exercise
        )
        append(row, fact, actor(member), at)


@transaction.atomic
def merge(*, incident: UUID, other: UUID, member: UUID) -> None:
    """`other` is the same act as `incident`: its signs go there with the next batch, and it is closed."""
    fusion.hold()
    row, gone = open_row(incident, None), open_row(other, None)
    if row.pk == gone.pk or row.territory_key != gone.territory_key or row.exercise != gone.exercise:
        raise errors.BadOutcome(where="other", why="must be another incident of the same territory and play")
    fusion.decide(territory=row.territory_key, kind="merge", hypothesis=row.pk, other=gone.pk, member=member)
    fact = fusion_facts.Merged(other=str(gone.pk), exercise=row.exercise)
    append(row, fact, actor(member), clock.now())


@transaction.atomic
def split(*, incident: UUID, observations: Iterable[UUID], member: UUID) -> None:
    """These observations tell of another act: they open an incident of their own with the next batch."""
    fusion.hold()
    row, leaving = open_row(incident, None), sorted(set(observations))
    if not leaving or len(leaving) >= row.sign_count:
        raise errors.BadOutcome(where="observations", why="must leave at least one sign on each side")
    fusion.decide(
        territory=row.territory_key,
        kind="split",
        hypothesis=row.pk,
        observations=leaving,
        member=member,
    )
    fact = fusion_facts.Split(signs=len(leaving), exercise=row.exercise)
    append(row, fact, actor(member), clock.now())


@transaction.atomic
def shown(*, incidents: Iterable[UUID], at: datetime | None = None) -> int:
    """These incidents were painted on a desk for the first time; how many were new. No fact: no one acted."""
    moment = at or clock.now()
    rows = Incident.objects.select_for_update().filter(pk__in=list(incidents), shown_at=None)
    count = 0
    for row in rows:
        row.shown_at = moment
        row.save(update_fields=["shown_at"])
        note_time(row, "shown", moment, "system")
        count += 1
    return count


def _chosen(row: Incident, how: str, signs: Iterable[UUID]) -> list[str]:
    """The signs chosen, each one of the incident's; two at least where only their agreement tells."""
    chosen = sorted({str(each) for each in signs})
    if not set(chosen) <= {str(each.observation) for each in fusion_queries.signs(row.pk)}:
        raise errors.BadSigns(where="signs", why="one of them is no sign of this incident")
    if how == "concordant" and len(chosen) < rules.LEAST_CONCORDANT:
        raise errors.BadSigns(where="signs", why="two signs at least must agree")
    return chosen


def _note(row: Incident, member: UUID, text: str, at: datetime) -> Note:
    words = text.strip()
    if not words or len(words) > rules.NOTE_LONGEST:
        raise errors.EmptyNote(where="text", why=f"must hold 1 to {rules.NOTE_LONGEST} characters")
    salt = os.urandom(_SALT_BYTES)
    digest = hashlib.sha256(salt + words.encode()).hexdigest()
    note = Note.objects.create(
        id=uuid7(at), incident=row, member=member, at=at, text=words, salt=salt, digest=digest
    )
    fact = facts.IncidentNoted(number=row.number, note=str(note.pk), digest=digest, exercise=row.exercise)
    append(row, fact, actor(member), at)
    return note
