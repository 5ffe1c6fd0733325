"""How the journal is told of a command: in its incident's log, else in its actuator's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from beffroi.during.acting import models
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact


def subject(command: models.Command) -> str:
    """What the facts of a command are about."""
    if command.incident_id is not None:
        return f"incident:{command.incident_id}"
    return f"actuator:{command.actuator.key}"


def became(fact: type[Fact], command: models.Command, **more: Any) -> Fact:
    """A fact of what became of a command."""
    return fact(
        number=command.incident.number if command.incident else 0,
        command=str(command.pk),
        actuator=command.actuator.key,
        act=command.act,
        exercise=command.exercise,
        **more,
    )


def tell(command: models.Command, *told: Fact, actor: str, at: datetime) -> None:
    """Append facts of a command to its territory's journal, last in the transaction."""
    journal.append_all(
        journal=f"territory:{command.actuator.territory_key}",
        drafts=[journal.Draft(each, subject(command), actor, at) for each in told],
    )
