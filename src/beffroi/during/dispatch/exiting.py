"""The roads to watch when the chance to arrive is low: who can be there first, which cameras see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from beffroi.during.dispatch import scene, watching
from beffroi.during.dispatch.methods.exits import Exit, Span, exits
from beffroi.during.dispatch.rules.may_go import OWN_COMMAND
from beffroi.during.dispatch.rules.rows import ASKED_S, SET_OFF_S
from beffroi.during.dispatch.rules.shapes import Candidate, Order, Reason
from beffroi.during.dispatch.shown import ExitsView, ExitView
from beffroi.during.incident.models import Incident
from beffroi.foundation.geography import Position
from beffroi.territory import queries as territory
from beffroi.territory.methods.graph import StreetGraph

#: Below this chance the roads to watch are shown; once shown they stay until it is clearly above.
LOW, NOT_LOW = 0.5, 0.6
#: Nothing nearer than this (s) can be closed: a patrol has to be told and to set off.
LEAD_S = 60.0
#: How far ahead (s) a way out is looked for; beyond, it is another area.
AHEAD_S = 240.0
#: So long after the last sign (s) they can be anywhere.
LOST_S = 900.0
#: What was worked out stands for so long (s): times are instants, and do not age with it.
KEPT_S = 15.0
#: Roads shown, and the least share of what leads out that they must let pass to be worth the watch.
MOST, WORTH = 4, 0.25


@dataclass(frozen=True)
class _Net:
    """What the roads of one incident are judged with: patrols that may hold one, what cameras see."""

    here: scene.Town
    graph: StreetGraph
    free: Sequence[Candidate]
    views: dict[str, list[list[float]]]
    ways: int
    gone: float


def exits_now(
    row: Incident, here: scene.Town, found: Order, before: dict[str, Any] | None, at: datetime
) -> dict[str, Any] | None:
    """What `Ranking.exits` keeps; None where the chance is not low, or nothing can be said."""
    gone = max(0.0, (at - row.last_sign_at).total_seconds())
    if found.race is None or gone > LOST_S or not _is_low(found, before is not None):
        return None
    if row.lat is None or row.lon is None or here.graph is None:
        return None
    if before is not None and _stands(before, row, here, at):
        return before
    free = [unit for unit in here.units if _may_hold(unit, found)]
    place = Position(row.lat, row.lon)
    span = Span(near_s=gone + LEAD_S, far_s=gone + LEAD_S + AHEAD_S)
    roads, ways = exits(here.graph, place, [(_position(each), _waits(each)) for each in free], span, MOST)
    if sum(each.weight for each in roads) < WORTH:
        roads = []
    near = watching.near(here.cameras, [each.path for each in roads])
    views = territory.view_rings(here.key, here.at, [each.key for each in near])
    net = _Net(here, here.graph, free, views, ways, gone)
    made = ExitsView(
        at=at,
        since=row.last_sign_at,
        lat=place.lat,
        lon=place.lon,
        town_version=here.version,
        ways=ways,
        exits=[_said(net, each) for each in roads],
    )
    told: dict[str, Any] = msgspec.to_builtins(made)
    return told


def _is_low(found: Order, shown: bool) -> bool:
    best = next(iter(found.coming or found.rows), None)
    return best is None or (best.chance or 0.0) < (NOT_LOW if shown else LOW)


def _stands(before: dict[str, Any], row: Incident, here: scene.Town, at: datetime) -> bool:
    known = msgspec.convert(before, ExitsView)
    same = (known.lat, known.lon, known.since, known.town_version) == (
        row.lat,
        row.lon,
        row.last_sign_at,
        here.version,
    )
    return same and 0 <= (at - known.at).total_seconds() < KEPT_S


def _may_hold(unit: Candidate, found: Order) -> bool:
    """Whether a unit could stand on a road: proposed here, on nothing else, and on wheels."""
    proposed = any(each.unit == unit.unit for each in found.rows)
    return proposed and unit.state == "free" and not unit.mission and not scene.pace(unit)


def _said(net: _Net, road: Exit) -> ExitView:
    in_s = round(road.in_s - net.gone, 1)
    unit, unit_s = _first(net, road)
    name = territory.place_name(net.here.key, road.lat, road.lon, net.here.at)
    return ExitView(
        name=name.rpartition(", ")[2],
        lat=round(road.lat, 6),
        lon=round(road.lon, 6),
        ways=road.ways,
        in_s=in_s,
        unit=unit,
        unit_s=round(unit_s, 1) if unit else None,
        cameras=watching.seeing(net.here.cameras, net.views, road.path, net.gone),
        reasons=[_why(road, net.ways), _who(unit, unit_s, in_s)],
    )


def _why(road: Exit, ways: int) -> Reason:
    if not road.ways:
        return Reason("exit.round")
    return Reason("exit.ways", {"ways": road.ways, "all": ways})


def _who(unit: str, unit_s: float, in_s: float) -> Reason:
    if not unit:
        return Reason("exit.nobody")
    if unit_s <= in_s:
        return Reason("exit.held", {"unit": unit, "seconds": round(in_s - unit_s)})
    if in_s > 0:
        return Reason("exit.late", {"unit": unit, "seconds": round(unit_s - in_s)})
    return Reason("exit.passed", {"unit": unit, "seconds": round(unit_s)})


def _first(net: _Net, road: Exit) -> tuple[str, float]:
    """The unit that can be on a road first ('': none), and in how many seconds."""
    if not net.free:
        return "", 0.0
    where = [_position(unit) for unit in net.free]
    roads = net.graph.seconds_to(Position(road.lat, road.lon), where, scene.LIMIT_S)
    total = roads + np.array([_waits(unit) for unit in net.free])
    best = int(np.argmin(total))
    return (net.free[best].unit, float(total[best])) if np.isfinite(total[best]) else ("", 0.0)


def _waits(unit: Candidate) -> float:
    start = SET_OFF_S["base" if unit.from_base else "free"]
    return start + (ASKED_S if unit.kind in OWN_COMMAND else 0.0)


def _position(unit: Candidate) -> Position:
    return Position(unit.lat or 0.0, unit.lon or 0.0)
