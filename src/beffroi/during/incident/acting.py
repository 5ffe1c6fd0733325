"""What every act of a person on an incident shares: the locked row, its version, its state."""

from __future__ import annotations

from uuid import UUID

from beffroi.during.incident import errors, rules
from beffroi.during.incident.models import Incident


def actor(member: UUID | None) -> str:
    """A member as the journal names one; dispatch's engine where nobody decided."""
    return f"member:{member}" if member is not None else "engine:dispatch"


def row_of(incident: UUID) -> Incident:
    """The row, locked until the transaction ends. Raises UnknownIncident."""
    row = Incident.objects.select_for_update().filter(pk=incident).first()
    if row is None:
        raise errors.UnknownIncident(what=str(incident))
    return row


def open_row(incident: UUID, version: int | None) -> Incident:
    """The locked row of an incident that is not closed, still at `version` where one is given.

    Raises UnknownIncident, AlreadyClosed, ChangedMeanwhile.
    """
    row = row_of(incident)
    if row.state == "closed":
        raise errors.AlreadyClosed(reference=row.reference)
    if version is not None and row.version != version:
        raise errors.ChangedMeanwhile(reference=row.reference)
    return row


def enter(row: Incident, state: str) -> None:
    """Put a row into a state; the caller saves it. Raises NotFromHere."""
    if not rules.may_follow(row.state, state):
        raise errors.NotFromHere(reference=row.reference, state=row.state, wanted=state)
    row.state, row.phase = state, rules.PHASES[state]


def save(row: Incident) -> None:
    """Save a row as its next version."""
    row.version += 1
    row.save()
