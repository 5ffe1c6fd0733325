"""One line a unit: when it would be there, its chance, and what is to be known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from beffroi.during.dispatch.methods import race as racing
from beffroi.during.dispatch.methods.stays import Stay
from beffroi.during.dispatch.methods.travel import Travel, arrival, drift
from beffroi.during.dispatch.rules.may_go import OWN_COMMAND
from beffroi.during.dispatch.rules.shapes import Act, Candidate, Reason, UnitRow

#: What waiting costs is shown for this long a wait (s).
WAIT_S = 30.0
#: Seconds to set off, by what the unit is doing. Assumed: no figure was found.
SET_OFF_S: Mapping[str, float] = {"free": 20.0, "sent": 10.0, "busy": 60.0, "on_scene": 60.0, "base": 60.0}
#: Seconds more to tell a service under its own command: NFPA 1225 wants a call processed in 60 s.
ASKED_S = 60.0
#: A unit counted from its base may be anywhere that this many seconds of driving lead to.
BASE_DRIFT_S = 120.0


def rows_of(
    units: Sequence[Candidate], act: Act, stay: Stay | None, stale_after_s: float
) -> tuple[list[UnitRow], list[float]]:
    """A row for each unit, in their order and without a place yet, and each one's mean time (s)."""
    if not units:
        return [], []
    travel = _travel(units, act, stale_after_s)
    when = arrival(travel)
    shares = _shares(travel, act, stay)
    for unit, share in zip(units, shares, strict=True):
        if unit.mission == act.incident:
            share.pop("chance_later", None)  # it is on its way: waiting is no longer the question
    rows = [
        UnitRow(
            unit=unit.unit,
            name=unit.name,
            kind=unit.kind,
            state=unit.state,
            place=0,
            road_s=round(unit.road_s, 1),
            eta_s=round(float(when.median_s[k]), 1),
            eta_low_s=round(float(when.low_s[k]), 1),
            eta_high_s=round(float(when.high_s[k]), 1),
            position_at=unit.position_at,
            stale=_stale(unit, stale_after_s),
            diverted_from=unit.mission if unit.mission != act.incident else "",
            diverted_reference=unit.mission_reference if unit.mission != act.incident else "",
            reasons=_reasons(unit, act, stale_after_s),
            **shares[k],
        )
        for k, unit in enumerate(units)
    ]
    return rows, when.mean_s.tolist()


def _shares(travel: Travel, act: Act, stay: Stay | None) -> list[dict[str, float]]:
    if stay is None:
        return [{} for _ in travel.road_s]
    found = racing.chances(
        stay, travel, elapsed_s=act.elapsed_s, present_s=act.present_s, waits_s=(0.0, WAIT_S)
    )
    columns = (found.value[:, 0], found.low[:, 0], found.high[:, 0], found.value[:, 1])
    names = ("chance", "chance_low", "chance_high", "chance_later")
    return [
        {name: round(float(value), 3) for name, value in zip(names, values, strict=True)}
        for values in zip(*columns, strict=True)
    ]


def _travel(units: Sequence[Candidate], act: Act, stale_after_s: float) -> Travel:
    roads, delays, drifts = [], [], []
    for unit in units:
        here = unit.mission == act.incident
        there = here and unit.state == "on_scene"
        start = "base" if unit.from_base else unit.state
        moved = BASE_DRIFT_S if unit.from_base else drift(unit.age_s or 0.0, unit.radius_m, stale_after_s)
        roads.append(0.0 if there else unit.road_s)
        asked = ASKED_S if unit.kind in OWN_COMMAND else 0.0
        delays.append(0.0 if here else SET_OFF_S.get(start, SET_OFF_S["busy"]) + asked)
        drifts.append(0.0 if there else moved)
    return Travel(np.array(roads), np.array(delays), np.array(drifts))


def _stale(unit: Candidate, stale_after_s: float) -> bool:
    return unit.age_s is not None and unit.age_s > stale_after_s


def _reasons(unit: Candidate, act: Act, stale_after_s: float) -> list[Reason]:
    reasons = [_doing(unit, act)]
    for ability, code in (("foot", "dispatch.on_foot"), ("bicycle", "dispatch.by_bicycle")):
        if ability in unit.abilities:
            reasons.append(Reason(code))
    if unit.from_base:
        reasons.append(Reason("dispatch.from_base"))
    elif _stale(unit, stale_after_s):
        reasons.append(Reason("dispatch.stale", {"seconds": round(unit.age_s or 0)}))
    if unit.right is not None:
        reasons.append(Reason("dispatch.by_right", {"basis": unit.right.basis}))
    if unit.kind in OWN_COMMAND:
        reasons.append(Reason("dispatch.own_command", {"kind": unit.kind}))
    return reasons


def _doing(unit: Candidate, act: Act) -> Reason:
    if unit.mission == act.incident:
        return Reason("dispatch.there" if unit.state == "on_scene" else "dispatch.on_its_way")
    if unit.mission:
        return Reason("dispatch.diverted", {"reference": unit.mission_reference})
    return Reason("dispatch.free" if unit.state == "free" else "dispatch.busy")
