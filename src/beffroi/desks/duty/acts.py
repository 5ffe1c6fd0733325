"""What a person at the desk does: one form read, one action of DURING called; and how a refusal is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import queries
from beffroi.during.dispatch.errors import NoMission
from beffroi.during.incident import actions as incidents
from beffroi.during.incident.errors import BadSigns
from beffroi.foundation.errors import BeffroiError
from beffroi.people.models import Member

Form = Mapping[str, str]


class Act(Protocol):
    """One act on an incident, with the form that came with it."""

    def __call__(self, *, incident: UUID, member: Member, form: Form) -> None: ...


def acknowledge(*, incident: UUID, member: Member, form: Form) -> None:
    """I take it."""
    incidents.acknowledge(incident=incident, member=member.pk)


def send(*, incident: UUID, member: Member, form: Form) -> None:
    """Send the unit that the form names; `override` says why it is not the first."""
    dispatch.send(
        incident_id=incident,
        unit=form.get("unit", ""),
        member=member.pk,
        override_reason=form.get("override", ""),
        divert=form.get("divert") == "1",
    )


def arrive(*, incident: UUID, member: Member, form: Form) -> None:
    """The unit is on scene: the one named, else the one sent first that is not there yet."""
    unit = form.get("unit", "")
    if not unit:
        on_the_way = [each for each in queries.missions_of(incident) if each.ended_at is None]
        waited = [each for each in on_the_way if each.on_scene_at is None]
        if not waited:
            raise NoMission(unit="", what=str(incident))
        unit = waited[0].unit
    dispatch.arrive(incident_id=incident, unit=unit, member=member.pk)


def close(*, incident: UUID, member: Member, form: Form) -> None:
    """Over, with the outcome and the cause that the form gives as `outcome:cause`; its units are free."""
    outcome, _colon, cause = form.get("outcome", "").partition(":")
    dispatch.close(incident_id=incident, outcome=outcome, cause=cause, member=member.pk)


def lift_doubt(*, incident: UUID, member: Member, form: Form) -> None:
    """The doubt is lifted by a person, who says how."""
    signs = form.getlist("signs") if isinstance(form, QueryDict) else []
    incidents.lift_doubt(
        incident=incident,
        member=member.pk,
        how=form.get("how", ""),
        signs=[_identifier(each) for each in signs],
    )


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadSigns(where="signs", why="one of them is no sign of this incident") from None


def step(*, incident: UUID, member: Member, form: Form) -> None:
    """Tick a step of the procedure."""
    incidents.tick(incident=incident, member=member.pk, step=form.get("step", ""))


def note(*, incident: UUID, member: Member, form: Form) -> None:
    """Write a note."""
    incidents.annotate(incident=incident, member=member.pk, text=form.get("text", ""))


def refusal_words(refusal: BeffroiError) -> str:
    """What was refused and what to do, in the reader's language."""
    said = refusal.sentence(gettext(refusal.message))
    return f"{said} {gettext(refusal.advice)}" if refusal.advice else said
