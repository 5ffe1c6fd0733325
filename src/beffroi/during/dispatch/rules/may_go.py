"""Who may be sent to what: ability, duty, right to act, what the unit is doing already."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from beffroi.during.dispatch.rules.shapes import Act, Candidate, Reason

#: Who may face the act. A private guard or a street warden (ASVP) has no power over an offender: they are
#: proposed where the task is to look, secure or mend. No entry: anyone.
_OFFICERS = frozenset({"municipal", "gendarmerie", "police", "rural"})
ABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    dict.fromkeys(("burglary", "assault", "vehicle_crime", "prowling"), _OFFICERS)
)
#: They answer to the State: one asks them, one does not send them.
OWN_COMMAND = frozenset({"gendarmerie", "police"})


def barred(unit: Candidate, act: Act) -> tuple[Reason, bool] | None:
    """Why a unit is not proposed, and whether a person may send it all the same; None where it may go."""
    never = _never(unit, act)
    if never is not None:
        return never, False
    unless_told = _unless_told(unit, act)
    return (unless_told, True) if unless_told else None


def _never(unit: Candidate, act: Act) -> Reason | None:
    if unit.exercise != act.exercise:
        return Reason("dispatch.exercise_only" if unit.exercise else "dispatch.not_in_exercise")
    return Reason("dispatch.off_duty") if unit.state == "off" else None


def _unless_told(unit: Candidate, act: Act) -> Reason | None:
    able = ABLE.get(act.act)
    if able is not None and unit.kind not in able:
        return Reason("dispatch.no_power", {"kind": unit.kind, "act": act.act})
    if unit.mission and unit.mission_life:
        return Reason("dispatch.serves_life", {"reference": unit.mission_reference})
    if unit.state == "on_scene" and not act.life:
        return Reason("dispatch.on_scene", {"reference": unit.mission_reference})
    return Reason("dispatch.no_position") if unit.lat is None else None
