"""The only way to an incident for a person."""

from __future__ import annotations

from uuid import UUID

from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.people import doors
from beffroi.people.models import Member


def incident_for(member: Member, identifier: UUID, action: str) -> Incident:
    """The incident, where the member may do `action` in its territory.

    Raises Refused; UnknownIncident where there is none, or none whose existence the member may know of.
    """
    row = Incident.objects.filter(pk=identifier).first()
    if row is None:
        raise UnknownIncident(what=str(identifier))
    if action != "duty.view" and not doors.decide(member, "duty.view", territory=row.territory_key).allowed:
        # Someone without a desk (a patrol on its phone) may still hold the very right that is asked for.
        if not doors.decide(member, action, territory=row.territory_key).allowed:
            raise UnknownIncident(what=str(identifier))
        return row
    doors.require(member, action, territory=row.territory_key, resource=f"incident:{row.pk}")
    return row


def territory_of(identifier: UUID) -> str:
    """The territory of an incident, for a view's `@door(..., of=...)`. Raises UnknownIncident."""
    key = Incident.objects.filter(pk=identifier).values_list("territory_key", flat=True).first()
    if key is None:
        raise UnknownIncident(what=str(identifier))
    return key


def is_open(reference: str, territory: str) -> bool:
    """Whether this is an incident of the territory that is open now."""
    try:
        identifier = UUID(reference)
    except ValueError:
        return False
    return Incident.objects.filter(pk=identifier, territory_key=territory).exclude(state="closed").exists()
