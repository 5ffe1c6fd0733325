"""A crew takes back its last tap within a minute: everything as it was before, and both in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from beffroi.during.dispatch import missions, models
from beffroi.during.dispatch.errors import UndoTooLate
from beffroi.during.dispatch.missions import actor
from beffroi.during.dispatch.rules import taps
from beffroi.during.incident import actions as incident_actions
from beffroi.territory import actions as territory
from beffroi.territory import queries as territory_queries

#: How long after its receipt a tap may be taken back; the phone offers it for less.
WITHIN = timedelta(seconds=60)

_State = models.Mission.State
#: What a tap left its mission in, and how the ledger names the step.
_LEFT: Mapping[str, tuple[str, str]] = {
    taps.EN_ROUTE: (_State.EN_ROUTE, "en_route"),
    taps.ON_SCENE: (_State.ON_SCENE, "on_scene"),
    taps.FREE: (_State.RELEASED, "released"),
}


def undo(key: UUID | None, shift: models.Shift, at: datetime) -> Mapping[str, Any]:
    """Take back the last tap of this crew. Raises UndoTooLate, and what a closed incident raises."""
    last = models.Tap.objects.filter(
        shift__territory_key=shift.territory_key, shift__unit=shift.unit, refused="", undone_at=None
    ).exclude(act__in=(taps.UNDO, taps.DISTRESS))
    tap = last.select_related("mission").order_by("-received_at").first()
    if tap is None or tap.pk != key or tap.shift_id != shift.pk or at - tap.received_at > WITHIN:
        raise UndoTooLate()
    if tap.act in taps.UNIT_ACTS:
        _unit(shift, tap, at)
    else:
        _mission(shift, tap, at)
    tap.undone_at = at
    tap.save(update_fields=["undone_at"])
    return {"undone": str(tap.pk)}


def _unit(shift: models.Shift, tap: models.Tap, at: datetime) -> None:
    now = territory_queries.unit(shift.territory_key, shift.unit)
    if now.state != ("free" if tap.act == taps.AVAILABLE else "busy"):
        raise UndoTooLate()
    _set(shift, tap.before["unit"], "", at)


def _mission(shift: models.Shift, tap: models.Tap, at: datetime) -> None:
    assert tap.mission is not None  # noqa: S101 - no tap on a mission is taken without one
    missions.refuse_closed(missions.lock(tap.mission.incident_id)[tap.mission.incident_id])
    row = models.Mission.objects.select_for_update().get(pk=tap.mission_id)
    left, step = _LEFT[tap.act]
    before = tap.before["mission"]
    if row.state != left or (row.ended_at is not None and row.ended != "finished"):
        raise UndoTooLate()
    if before == left:
        return  # another phone had told it already: that one's word stands
    if tap.act == taps.FREE:
        _may_go_back(shift)
    row.state, row.ended, row.ended_at = before, "", None
    if before == _State.SENT:
        row.en_route_at = None
    if before != _State.ON_SCENE:
        row.on_scene_at = None
    row.save()
    state = "on_scene" if before == _State.ON_SCENE else "sent"
    _set(shift, state, str(row.incident_id), at)
    _tell(row, shift, step, at)


def _may_go_back(shift: models.Shift) -> None:
    """A unit that was sent elsewhere, or went off duty, since does not come back by an undo."""
    now = territory_queries.unit(shift.territory_key, shift.unit)
    if now.state != "free" or missions.active(shift.territory_key, shift.unit) is not None:
        raise UndoTooLate()


def _set(shift: models.Shift, state: str, mission: str, at: datetime) -> None:
    territory.set_unit_state(
        territory=shift.territory_key,
        unit=shift.unit,
        state=state,
        mission=mission,
        actor=actor(shift.member),
        at=at,
    )


def _tell(row: models.Mission, shift: models.Shift, step: str, at: datetime) -> None:
    sent = models.Mission.objects.filter(incident_id=row.incident_id)
    times = list(sent.values_list("en_route_at", "on_scene_at"))
    incident_actions.record_undone(
        incident_id=row.incident_id,
        unit=row.unit,
        step=step,
        at=at,
        member=shift.member,
        en_route_at=min((each for each, _ in times if each), default=None),
        on_scene_at=min((each for _, each in times if each), default=None),
        arrived=sent.filter(ended_at=None, state=_State.ON_SCENE).exists(),
    )
