"""Units of incidents that ended by another way than the desk's key: merged into another, or back in order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from beffroi.during.dispatch import missions, models
from beffroi.during.incident import actions as incident_actions
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.territory import actions as territory

_HOPS = 8


def end_closed(at: datetime | None = None) -> int:
    """Free the units whose incident is closed; where it was merged, they go on for the one that remains.

    How many missions ended. The engine calls it with the rankings.
    """
    moment = at or clock.now()
    closed = models.Mission.objects.filter(ended_at=None, incident__state="closed")
    found = sorted(set(closed.values_list("incident_id", flat=True)))
    return sum(_end(Incident.objects.get(pk=each), moment) for each in found)


@transaction.atomic
def _end(gone: Incident, at: datetime) -> int:
    into = _remaining(gone)
    missions.lock(gone.pk, *([into.pk] if into else []))
    leaving = missions.under_way(gone.pk)
    missions.hold_units(leaving)
    for mission in leaving:
        missions.end(mission, "merged" if into else "closed", at)
        if into is None:
            missions.free(mission, None, at)
        else:
            _go_on(mission, into, at)
    return len(leaving)


def _remaining(gone: Incident) -> Incident | None:
    """The open incident that this one went into, through those in between."""
    row: Incident | None = gone
    for _ in range(_HOPS):
        if row is None or row.merged_into is None:
            break
        row = Incident.objects.filter(pk=row.merged_into).first()
    return row if row is not None and row.state != "closed" else None


def _go_on(mission: models.Mission, into: Incident, at: datetime) -> None:
    """The same unit, on its way or there, for the incident that remains."""
    there = mission.on_scene_at is not None
    states = models.Mission.State
    models.Mission.objects.create(
        incident=into,
        territory_key=mission.territory_key,
        unit=mission.unit,
        state=states.ON_SCENE if there else states.EN_ROUTE if mission.en_route_at else states.SENT,
        exercise=into.exercise,
        eta_s=mission.eta_s,
        override="merged",
        sent_by=mission.sent_by,
        sent_at=mission.sent_at,
        en_route_at=mission.en_route_at,
        on_scene_at=mission.on_scene_at,
    )
    territory.set_unit_state(
        territory=mission.territory_key,
        unit=mission.unit,
        state="on_scene" if there else "sent",
        mission=str(into.pk),
        actor=missions.ENGINE,
        at=at,
    )
    told = {"incident_id": into.pk, "unit": mission.unit, "at": at, "member": None}
    incident_actions.record_sent(**told, override="merged")
    if there:
        seconds = max(0.0, ((mission.on_scene_at or at) - mission.sent_at).total_seconds())
        incident_actions.record_arrived(**told, seconds=seconds)
