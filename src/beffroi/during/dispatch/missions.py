"""How a mission begins and ends: the rows, the unit's state and the incident's own record, in one go.

Locks are taken in one order by all: fusion's turn, incidents, missions, units, the journal.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from beffroi.during.dispatch import models
from beffroi.during.dispatch.errors import NoMission
from beffroi.during.fusion import actions as fusion
from beffroi.during.incident import actions as incident_actions
from beffroi.during.incident.errors import AlreadyClosed, UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.during.incident.units import NOT_TOLD, Told
from beffroi.territory import actions as territory
from beffroi.territory import queries
from beffroi.territory.errors import UnknownUnit

ENGINE = "engine:dispatch"


def actor(member: UUID | None) -> str:
    """Who did it, as the journal says it."""
    return ENGINE if member is None else f"member:{member}"


def lock(*incidents: UUID) -> dict[UUID, Incident]:
    """Hold fusion's next batch, then lock these incidents to the transaction's end.

    Raises UnknownIncident.
    """
    fusion.hold()
    rows = Incident.objects.select_for_update().filter(pk__in=incidents).order_by("pk")
    found = {row.pk: row for row in rows}
    for each in incidents:
        if each not in found:
            raise UnknownIncident(what=str(each))
    return found


def refuse_closed(row: Incident) -> None:
    """Raises AlreadyClosed."""
    if row.state == "closed":
        raise AlreadyClosed(reference=row.reference)


def active(territory_key: str, unit: str) -> models.Mission | None:
    """The mission that a unit is on, locked."""
    rows = models.Mission.objects.select_for_update(of=("self",)).select_related("incident")
    return rows.filter(territory_key=territory_key, unit=unit, ended_at=None).first()


def still_on(territory_key: str, unit: str, at: datetime) -> models.Mission | None:
    """As `active`; a mission whose incident is over ends here, and nobody has to be asked."""
    found = active(territory_key, unit)
    if found is not None and found.incident.state == "closed":
        end(found, "closed", at)
        return None
    return found


def on(row: Incident, unit: str) -> models.Mission:
    """The unit's mission on this incident, locked. Raises NoMission."""
    found = active(row.territory_key, unit)
    if found is None or found.incident_id != row.pk:
        raise NoMission(unit=unit, what=unit)
    return found


def under_way(incident: UUID) -> list[models.Mission]:
    """The missions of an incident that are not over, locked, by unit."""
    rows = models.Mission.objects.select_for_update().filter(incident_id=incident, ended_at=None)
    return list(rows.order_by("unit"))


def hold_units(missions: Collection[models.Mission]) -> None:
    """Lock the units of these missions before the journal is written."""
    for key in sorted({each.territory_key for each in missions}):
        territory.hold_units(territory=key, units=[m.unit for m in missions if m.territory_key == key])


def end(mission: models.Mission, how: str, at: datetime) -> None:
    """Close a mission's row; the caller says what becomes of the unit."""
    mission.state, mission.ended, mission.ended_at = models.Mission.State.RELEASED, how, at
    mission.save(update_fields=["state", "ended", "ended_at"])


def free(mission: models.Mission, member: UUID | None, at: datetime) -> None:
    """The unit may be sent again, unless it went off duty, on to something else or out of service."""
    try:
        unit = queries.unit(mission.territory_key, mission.unit)
    except UnknownUnit:
        return
    if unit.mission == str(mission.incident_id):
        territory.set_unit_state(
            territory=mission.territory_key, unit=mission.unit, state="free", actor=actor(member), at=at
        )


def tell_released(mission: models.Mission, member: UUID | None, at: datetime, told: Told = NOT_TOLD) -> None:
    """Tell the incident that a unit left it, and who is still on it."""
    others = models.Mission.objects.filter(incident_id=mission.incident_id, ended_at=None)
    incident_actions.record_released(
        incident_id=mission.incident_id,
        unit=mission.unit,
        at=at,
        member=member,
        others=others.count(),
        arrived=others.filter(state=models.Mission.State.ON_SCENE).exists(),
        told=told,
    )
