"""What the person on duty and the patrols do: send, on the way, there, called back, closed.

Each is one transaction with its facts; whoever calls has opened the door (`incident.dispatch`,
`incident.arrive`, `incident.close`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from beffroi.during.dispatch import missions, models
from beffroi.during.dispatch.choosing import Choice, choice, move_to_coming
from beffroi.during.dispatch.errors import AlreadySent
from beffroi.during.dispatch.missions import actor
from beffroi.during.dispatch.queries import mission_view
from beffroi.during.dispatch.ranks import Towns, rank, rank_open, rank_touched
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.dispatch.sweeping import end_closed
from beffroi.during.incident import actions as incident_actions
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.during.incident.units import NOT_TOLD, Told
from beffroi.foundation import clock
from beffroi.territory import actions as territory

__all__ = [
    "Towns",
    "arrive",
    "close",
    "en_route",
    "end_closed",
    "rank",
    "rank_open",
    "rank_touched",
    "release",
    "send",
]


@transaction.atomic
def send(
    *,
    incident_id: UUID,
    unit: str,
    member: UUID,
    override_reason: str = "",
    divert: bool = False,
    at: datetime | None = None,
) -> MissionView:
    """Send a unit. `override_reason`: a code of `words.OVERRIDES` or a few words, needed where another
    unit was proposed first. `divert`: take it away from the incident that it is on.

    Raises UnknownIncident, AlreadyClosed, UnknownUnit, NotAvailable, OtherWorld, AlreadySent,
    ReasonNeeded, ReasonTooLong.
    """
    moment = at or clock.now()
    key = Incident.objects.filter(pk=incident_id).values_list("territory_key", flat=True).first()
    if key is None:
        raise UnknownIncident(what=str(incident_id))
    elsewhere = models.Mission.objects.filter(territory_key=key, unit=unit, ended_at=None).first()
    locked = missions.lock(*{incident_id, elsewhere.incident_id if elsewhere else incident_id})
    row = locked[incident_id]
    missions.refuse_closed(row)
    present = missions.still_on(key, unit, moment)
    if present is not None and (not divert or present.incident_id not in locked or present.incident == row):
        raise AlreadySent(unit=unit, reference=present.incident.reference)
    chosen = choice(row, unit, override_reason, moment)
    if present is not None:
        missions.end(present, "diverted", moment)
    mission = _begun(row, unit, chosen, member, moment)
    territory.set_unit_state(
        territory=key, unit=unit, state="sent", mission=str(row.pk), actor=actor(member), at=moment
    )
    if present is not None:
        missions.tell_released(present, member, moment)
    _tell_sent(mission, chosen, member, moment)
    return mission_view(mission)


def _begun(row: Incident, unit: str, chosen: Choice, member: UUID, at: datetime) -> models.Mission:
    """The mission's row; the table lets a unit have one only, whoever sends it. Raises AlreadySent."""
    try:
        with transaction.atomic():
            mission = models.Mission.objects.create(
                incident=row,
                territory_key=row.territory_key,
                unit=unit,
                exercise=row.exercise,
                place=chosen.place,
                order=chosen.order,
                eta_s=chosen.eta_s,
                chance=chosen.chance,
                override=chosen.override,
                override_text=chosen.text,
                override_salt=chosen.salt,
                sent_by=member,
                sent_at=at,
            )
    except IntegrityError:
        present = missions.active(row.territory_key, unit)
        if present is None:
            raise
        raise AlreadySent(unit=unit, reference=present.incident.reference) from None
    move_to_coming(row.pk, unit)
    return mission


def _tell_sent(mission: models.Mission, chosen: Choice, member: UUID, at: datetime) -> None:
    incident_actions.record_sent(
        incident_id=mission.incident_id,
        unit=mission.unit,
        at=at,
        member=member,
        place=chosen.place,
        eta_s=chosen.eta_s,
        chance=chosen.chance,
        override=chosen.override,
        order=chosen.order,
    )


@transaction.atomic
def en_route(
    *,
    incident_id: UUID,
    unit: str,
    member: UUID | None,
    at: datetime | None = None,
    told: Told = NOT_TOLD,
) -> MissionView:
    """The unit says that it is on its way; saying it again, or once there, changes nothing.

    `told`: what the ledger keeps of the phone's own word. Raises UnknownIncident, AlreadyClosed, NoMission.
    """
    moment = at or clock.now()
    row = missions.lock(incident_id)[incident_id]
    missions.refuse_closed(row)
    mission = missions.on(row, unit)
    if mission.state == models.Mission.State.SENT:
        mission.state, mission.en_route_at = models.Mission.State.EN_ROUTE, moment
        mission.save(update_fields=["state", "en_route_at"])
        incident_actions.record_en_route(incident_id=row.pk, unit=unit, at=moment, member=member, told=told)
    return mission_view(mission)


@transaction.atomic
def arrive(
    *,
    incident_id: UUID,
    unit: str,
    member: UUID | None,
    at: datetime | None = None,
    told: Told = NOT_TOLD,
) -> MissionView:
    """The unit is there; saying it again changes nothing. `told` as for `en_route`.

    Raises UnknownIncident, AlreadyClosed, NoMission.
    """
    moment = at or clock.now()
    row = missions.lock(incident_id)[incident_id]
    missions.refuse_closed(row)
    mission = missions.on(row, unit)
    if mission.state == models.Mission.State.ON_SCENE:
        return mission_view(mission)
    mission.state, mission.on_scene_at = models.Mission.State.ON_SCENE, moment
    mission.save(update_fields=["state", "on_scene_at"])
    territory.set_unit_state(
        territory=row.territory_key,
        unit=unit,
        state="on_scene",
        mission=str(row.pk),
        actor=actor(member),
        at=moment,
    )
    seconds = max(0.0, (moment - mission.sent_at).total_seconds())
    incident_actions.record_arrived(
        incident_id=row.pk, unit=unit, at=moment, member=member, seconds=seconds, told=told
    )
    return mission_view(mission)


@transaction.atomic
def release(
    *,
    incident_id: UUID,
    unit: str,
    member: UUID | None,
    at: datetime | None = None,
    how: str = "released",
    told: Told = NOT_TOLD,
) -> MissionView:
    """Free a unit before the incident is over: called back (`released`), or its crew has `finished`.

    `told` as for `en_route`. Raises UnknownIncident, AlreadyClosed, NoMission.
    """
    moment = at or clock.now()
    row = missions.lock(incident_id)[incident_id]
    missions.refuse_closed(row)
    mission = missions.on(row, unit)
    missions.end(mission, how, moment)
    missions.free(mission, member, moment)
    missions.tell_released(mission, member, moment, told)
    return mission_view(mission)


@transaction.atomic
def close(
    *, incident_id: UUID, member: UUID, outcome: str, cause: str = "", version: int | None = None
) -> None:
    """End an incident with its outcome and free its units.

    Raises UnknownIncident, AlreadyClosed, and what `incident.actions.close` raises.
    """
    missions.lock(incident_id)
    leaving = missions.under_way(incident_id)
    missions.hold_units(leaving)
    row = incident_actions.close(
        incident=incident_id, member=member, outcome=outcome, cause=cause, version=version
    )
    moment = row.resolved_at or clock.now()
    for mission in leaving:
        missions.end(mission, "closed", moment)
        missions.free(mission, member, moment)
