"""Who can be there, and when: the ranking of dispatch in words, and the units already sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.duty import reasons, units, words
from beffroi.desks.duty.shown import Chance, Unit
from beffroi.during.dispatch.models import Mission, Ranking
from beffroi.during.incident.shown import IncidentView
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView

Ranked = Mapping[str, Any]
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Who:
    """What the sheet says of units: in order, those left out, the first one's way."""

    units: tuple[Unit, ...] = ()
    first: Unit | None = None
    note: str = ""
    left_out: tuple[str, ...] = ()
    later: str = ""
    missing: str = ""
    route: tuple[tuple[float, float], ...] = ()


def best(incidents: Collection[UUID]) -> dict[UUID, Unit]:
    """The first unit proposed for each of these incidents, where one is."""
    found = {}
    for ranking in Ranking.objects.filter(incident__in=list(incidents)):
        if ranking.rows:
            found[ranking.incident_id] = _unit(ranking.rows[0], None, None, send=False, first=True)
    return found


def missions(incidents: Collection[UUID]) -> dict[UUID, str]:
    """The units that are on each of these incidents, as text."""
    found: dict[UUID, list[str]] = {}
    for mission in Mission.objects.filter(incident__in=list(incidents), ended_at=None).order_by("sent_at"):
        found.setdefault(mission.incident_id, []).append(mission.unit)
    return {incident: ", ".join(keys) + " ·" for incident, keys in found.items()}


def who(incident: IncidentView, may: frozenset[str], now: datetime) -> Who:
    """Everything about units for one incident's sheet."""
    ranking = Ranking.objects.filter(incident=incident.id).first()
    if ranking is None:
        return Who(missing=gettext("Not computed yet."))
    known = {unit.key: unit for unit in territory.units(incident.territory)}
    send = "incident.dispatch" in may
    rows = [
        _unit(row, known.get(row["unit"]), now, send=send, first=place == 0 and incident.phase == "decide")
        for place, row in enumerate(ranking.rows[:SHOWN])
    ]
    first = rows[0] if rows else None
    return Who(
        units=tuple(rows),
        first=first,
        left_out=tuple(_left_out(each) for each in ranking.left_out),
        later=_later(ranking.rows[0]) if ranking.rows else "",
        missing=gettext("No unit can be there.") if not rows else "",
        route=tuple((float(lat), float(lon)) for lat, lon in ranking.route),
    )


def _unit(row: Ranked, unit: UnitView | None, now: datetime | None, *, send: bool, first: bool) -> Unit:
    free = unit is None or unit.state == "free"
    stale = unit is not None and now is not None and units.is_stale(unit.position_at, now)
    return Unit(
        key=row["unit"],
        name=unit.name if unit else row["unit"],
        corps=units.corps(unit.kind) if unit else "u",
        state="busy" if not free else "stale" if stale else "",
        why=_why(row, unit, now),
        eta=spelling.duration(row["eta_s"]),
        bounds=f"({spelling.short_duration(row['eta_low_s'])}–{spelling.short_duration(row['eta_high_s'])})",
        arrive=_chance(row),
        first=first,
        send=send,
        ask_why="" if first else _why(row, unit, now),
    )


def _chance(row: Ranked) -> Chance | None:
    if row.get("chance") is None:
        return None
    return Chance(
        spelling.percent(row["chance"]),
        spelling.percent(row["chance_low"]),
        spelling.percent(row["chance_high"]),
    )


def _why(row: Ranked, unit: UnitView | None, now: datetime | None) -> str:
    if unit is None or now is None:
        return ""
    parts = [words.said(words.UNIT_STATES, unit.state), units.seen(unit.position_at, now)]
    parts += [reasons.said(each["code"], each.get("params", {})) for each in row.get("reasons", ())]
    return ", ".join(parts)


def _left_out(row: Ranked) -> str:
    why = ", ".join(reasons.said(each["code"], each.get("params", {})) for each in row.get("reasons", ()))
    return gettext("%(unit)s not proposed: %(why)s") % {"unit": row["unit"], "why": why}


def _later(row: Ranked) -> str:
    later = row.get("chance_later")
    if later is None:
        return ""
    return gettext("in 30 s, %(value)d %% would be left") % {"value": spelling.percent(later)}
