"""The order in which units are proposed, and why.

An act in progress gets the least expected time. A unit that would leave something else for it is put
behind a free one unless it would be there sooner by `DIVERTED_S`; the one already shown first keeps its
place against another that gains less than `CLOSE_S`, so that nothing moves under the pointer for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from beffroi.during.dispatch.methods import race as racing
from beffroi.during.dispatch.methods.stays import Stay
from beffroi.during.dispatch.rules.may_go import barred
from beffroi.during.dispatch.rules.rows import rows_of
from beffroi.during.dispatch.rules.shapes import Act, Candidate, LeftOut, Order, Race, Reason, UnitRow

DIVERTED_S, DIVERTED_LIFE_S = 180.0, 30.0
CLOSE_S = 10.0


def order(
    units: Sequence[Candidate],
    act: Act,
    stays: Mapping[str, Stay],
    *,
    stale_after_s: float,
    limit_s: float,
    first: str = "",
    bar: Reason | None = None,
) -> Order:
    """Who goes first. `stays`: how long each act lasts; `limit_s`: beyond it a unit is out of reach;
    `first`: the unit that was proposed first until now; `bar`: why nobody can be put in order."""
    out_of_reach = bar or Reason("dispatch.out_of_reach", {"minutes": round(limit_s / 60)})
    left, able = [], []
    for unit in units:
        why = None if unit.mission == act.incident else barred(unit, act)
        if why is None and not np.isfinite(unit.road_s):
            why = out_of_reach, True
        if why is None:
            able.append(unit)
        else:
            left.append(_left_out(unit, *why))
    no_race = _no_race(act, stays)
    stay = None if no_race else stays[act.act]
    rows, means = rows_of(able, act, stay, stale_after_s)
    coming = [row for row, unit in zip(rows, able, strict=True) if unit.mission == act.incident]
    free = [
        (mean + _price(unit, act), row)
        for row, unit, mean in zip(rows, able, means, strict=True)
        if unit.mission != act.incident
    ]
    return Order(
        coming=sorted(coming, key=lambda row: (row.eta_s, row.unit)),
        rows=_placed(free, first),
        left_out=sorted(left, key=lambda each: each.unit),
        race=_race(act, stay) if stay else None,
        no_race=no_race,
    )


def _left_out(unit: Candidate, reason: Reason, may_send: bool) -> LeftOut:
    return LeftOut(
        unit=unit.unit, name=unit.name, kind=unit.kind, state=unit.state, reason=reason, may_send=may_send
    )


def _price(unit: Candidate, act: Act) -> float:
    if unit.state == "free" and not unit.mission:
        return 0.0
    return DIVERTED_LIFE_S if act.life else DIVERTED_S


def _no_race(act: Act, stays: Mapping[str, Stay]) -> Reason | None:
    if act.life:
        return Reason("dispatch.life_counts_time")
    if act.reached:
        return Reason("dispatch.someone_there")
    return None if act.act in stays else Reason("dispatch.no_stay", {"act": act.act})


def _placed(priced: list[tuple[float, UnitRow]], first: str) -> list[UnitRow]:
    """Rows in their order, numbered, the first saying what put it there."""
    ranked = sorted(priced, key=lambda each: (each[0], each[1].unit))
    kept = next((k for k, (_, row) in enumerate(ranked) if row.unit == first), 0)
    keeps = kept > 0 and ranked[kept][0] - ranked[0][0] < CLOSE_S
    if keeps:
        ranked.insert(0, ranked.pop(kept))
    rows = [msgspec.structs.replace(row, place=place) for place, (_, row) in enumerate(ranked, 1)]
    if rows:
        why = [*_why_first(rows, keeps), *rows[0].reasons]
        rows[0] = msgspec.structs.replace(rows[0], reasons=why)
    return rows


def _why_first(rows: list[UnitRow], keeps: bool) -> list[Reason]:
    if len(rows) == 1:
        return [Reason("dispatch.only_one")]
    best, quickest = rows[0], min(rows[1:], key=lambda row: row.eta_s)
    gain = quickest.eta_s - best.eta_s
    if gain >= 0:
        return [Reason("dispatch.soonest", {"seconds": round(gain)})]
    params = {"unit": quickest.unit, "seconds": round(-gain)}
    return [Reason("dispatch.as_soon" if keeps else "dispatch.spares_another", params)]


def _race(act: Act, stay: Stay) -> Race:
    left = racing.time_left(stay, elapsed_s=act.elapsed_s, present_s=act.present_s)
    minutes = {"low": round(stay.low_s / 60), "high": round(stay.high_s / 60)}
    return Race(
        left_s=round(left.middle_s, 1),
        left_low_s=round(left.low_s, 1),
        left_high_s=round(left.high_s, 1),
        there=round(left.there, 3),
        basis=Reason("dispatch.stay_assumed" if stay.assumed else "dispatch.stay_published", minutes),
        assumed=stay.assumed,
    )
