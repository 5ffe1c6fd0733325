"""Who may be sent to what: ability, duty, right to act, what the unit is doing already."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from beffroi.during.dispatch.rules.shapes import Act, Candidate, Reason
from beffroi.during.dispatch.rules.terms import Right

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
    never = _never(unit, act) or lacks_right(unit.kind, unit.right, act.act)
    if never is not None:
        return never, False
    unless_told = _unless_told(unit, act)
    return (unless_told, True) if unless_told else None


def _never(unit: Candidate, act: Act) -> Reason | None:
    if unit.exercise != act.exercise:
        return Reason("dispatch.exercise_only" if unit.exercise else "dispatch.not_in_exercise")
    return Reason("dispatch.off_duty") if unit.state == "off" else None


def _unless_told(unit: Candidate, act: Act) -> Reason | None:
    if unit.off_hours:
        again = {"back": unit.works_again.isoformat()} if unit.works_again else {}
        return Reason("dispatch.off_hours_until" if again else "dispatch.off_hours", again)
    if unit.mission and unit.mission_life:
        return Reason("dispatch.serves_life", {"reference": unit.mission_reference})
    if unit.state == "on_scene" and not act.life:
        return Reason("dispatch.on_scene", {"reference": unit.mission_reference})
    return Reason("dispatch.no_position") if unit.lat is None else None


def lacks_right(kind: str, right: Right | None, act: str) -> Reason | None:
    """Why the law does not let a unit of this kind act here: no reason of an operator's replaces it."""
    if right is not None and not right.covers(act):
        return _no_right(right)
    able = ABLE.get(act)
    if able is not None and kind not in able:
        return Reason("dispatch.no_power", {"kind": kind, "act": act})
    return None


def _no_right(right: Right) -> Reason:
    if right.acts:
        return Reason("dispatch.right_to_other_acts", {"basis": right.basis})
    return Reason("dispatch.right_not_in_force", {"basis": right.basis})
