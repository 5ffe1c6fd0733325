"""What a person at the desk does: one form read, one action of DURING called; and how a refusal is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext

from beffroi.during.incident import actions as incident_actions
from beffroi.foundation.errors import BeffroiError
from beffroi.people.models import Member

Form = Mapping[str, str]


class Act(Protocol):
    """One act on an incident, with the form that came with it."""

    def __call__(self, *, incident: UUID, member: Member, form: Form) -> None: ...


def acknowledge(*, incident: UUID, member: Member, form: Form) -> None:
    """I take it."""
    incident_actions.acknowledge(incident=incident, member=member.pk)


def send(*, incident: UUID, member: Member, form: Form) -> None:
    """Send the unit that the form names."""
    from beffroi.during.dispatch import actions as dispatch

    dispatch.send(incident=incident, unit=form.get("unit", ""), member=member.pk)


def arrive(*, incident: UUID, member: Member, form: Form) -> None:
    """The unit that was sent is on scene."""
    from beffroi.during.dispatch import actions as dispatch

    dispatch.arrive(incident=incident, unit=form.get("unit", ""), member=member.pk)


def close(*, incident: UUID, member: Member, form: Form) -> None:
    """Over, with the outcome and the cause that the form gives as `outcome:cause`."""
    outcome, _colon, cause = form.get("outcome", "").partition(":")
    from beffroi.during.dispatch import actions as dispatch

    dispatch.close(incident=incident, outcome=outcome, cause=cause, member=member.pk)


def note(*, incident: UUID, member: Member, form: Form) -> None:
    """Write a note."""
    incident_actions.annotate(incident=incident, member=member.pk, text=form.get("text", ""))


def refusal_words(refusal: BeffroiError) -> str:
    """What was refused and what to do, in the reader's language."""
    said = refusal.sentence(gettext(refusal.message))
    return f"{said} {gettext(refusal.advice)}" if refusal.advice else said
