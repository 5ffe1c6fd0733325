"""Who can be there, and when: the ranking of dispatch in words, and the units already on their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.duty import reasons, units, words
from beffroi.desks.duty.shown import Chance, Reach, Unit, Unproposed
from beffroi.during.dispatch import queries
from beffroi.during.dispatch.models import Ranking
from beffroi.during.dispatch.rules.words import OVERRIDES
from beffroi.during.dispatch.shown import LeftOut, RankingView, UnitRow
from beffroi.during.incident.shown import IncidentView

SHOWN = 5
ROUNDED_S = 5
LEFT_OUT_SHOWN = 6
WATCHED = 3
#: While nobody was sent, what waiting costs takes the same line after so long (s).
TURN_SHOWN_S = 60.0
SEEN_BY_THE_MARK = frozenset({"dispatch.free", "dispatch.busy"})
ON_A_MISSION = frozenset({"sent", "on_scene"})
TELLS_AGE = frozenset({"dispatch.stale", "dispatch.from_base"})


@dataclass(frozen=True, slots=True)
class Stay:
    """When they are likely to leave: the instant, and its bounds 8 times out of 10, in words."""

    at: datetime | None
    bounds: str
    missing: str


@dataclass(frozen=True, slots=True)
class Who:
    """What the sheet says of units: in order, those left out, the way of the first."""

    units: tuple[Unit, ...] = ()
    basis: str = ""
    left_out: tuple[Unproposed, ...] = ()
    arrive: Chance | None = None
    later: str = ""
    missing: str = ""
    route: tuple[tuple[float, float], ...] = ()


def rankings(incidents: Collection[UUID]) -> dict[UUID, RankingView]:
    """The orders of several incidents, in one query."""
    return queries.rankings(incidents) if incidents else {}


def revisions() -> list[tuple[UUID, int]]:
    """Open incidents with the revision of their order."""
    open_ones = Ranking.objects.filter(incident__phase__in=("decide", "progress"))
    return list(open_ones.values_list("incident_id", "revision"))


def on_it(ranking: RankingView | None) -> str:
    """The units that are on their way or there, as text."""
    return " · ".join(row.unit for row in ranking.coming) + " ·" if ranking and ranking.coming else ""


def arrive(ranking: RankingView | None) -> Chance | None:
    """The chance that the best unit arrives before they leave, where that is the question."""
    return _chance(ranking.best) if ranking and ranking.best else None


def stay(ranking: RankingView | None, now: datetime) -> Stay:
    """How long they are likely to stay, counted from now."""
    if ranking is None:
        return Stay(None, "", gettext("Not computed yet."))
    if ranking.race is None:
        why = ranking.no_race
        return Stay(None, "", reasons.said(why.code, why.params) if why else "")
    gone = (now - ranking.made_at).total_seconds()
    low, high = (max(0.0, bound - gone) for bound in (ranking.race.left_low_s, ranking.race.left_high_s))
    bounds = f"{spelling.about(low)}\u00a0–\u00a0{spelling.about(high)}"
    at = ranking.made_at + timedelta(seconds=ranking.race.left_s)
    at = at.replace(second=at.second // ROUNDED_S * ROUNDED_S, microsecond=0)  # no finer than is known
    if at <= now:
        return Stay(None, bounds, gettext("They may be gone: the usual time is over."))
    return Stay(at, bounds, "")


def who(incident: IncidentView, may: frozenset[str], now: datetime) -> tuple[Who, RankingView | None]:
    """Everything about units for one incident's sheet, and the ranking that it rests on."""
    ranking = queries.ranking(incident.id)
    if ranking is None:
        missing = gettext("Not computed yet.") if incident.state != "technical" else ""
        return Who(missing=missing), None
    send = "incident.dispatch" in may
    coming = [_unit(row, ranking, now, send=False, first=False) for row in ranking.coming]
    waits = incident.phase == "decide" and not coming
    proposed = [
        _unit(row, ranking, now, send=send, first=place == 0 and waits)
        for place, row in enumerate(ranking.rows[:SHOWN])
    ]
    best = ranking.best
    return (
        Who(
            units=tuple(coming + proposed),
            basis=reasons.said(ranking.race.basis.code, ranking.race.basis.params) if ranking.race else "",
            left_out=tuple(_left_out(each, send=send) for each in ranking.left_out[:LEFT_OUT_SHOWN]),
            arrive=arrive(ranking),
            later=_turned(ranking, now, waits=waits) or (_later(best) if waits else ""),
            missing=_missing(ranking),
            route=() if ranking.no_race and incident.phase != "decide" else tuple(ranking.route),
        ),
        ranking,
    )


def _missing(ranking: RankingView) -> str:
    if ranking.no_race is not None:
        return reasons.said(ranking.no_race.code, ranking.no_race.params)
    return gettext("No unit can be there.") if ranking.best is None else ""


def _unit(row: UnitRow, ranking: RankingView, now: datetime, *, send: bool, first: bool) -> Unit:
    on_scene = row.place == 0 and row.eta_s < 1
    state = "busy" if row.state != "free" else "stale" if row.stale else ""
    told = [each for each in row.reasons if each.code not in SEEN_BY_THE_MARK]
    said = [reasons.said(each.code, each.params) for each in told]
    aged = any(each.code in TELLS_AGE for each in told)
    return Unit(
        key=row.unit,
        name=row.name,
        corps=units.corps(row.kind),
        state=state,
        why=", ".join(said[:2] if aged else [*said[:2], units.seen(row.position_at, now)]),
        eta=words.said(words.UNIT_STATES, "on_scene") if on_scene else spelling.duration(row.eta_s),
        bounds="" if on_scene else _bounds(row),
        due=ranking.made_at + timedelta(seconds=row.eta_s) if row.place == 0 and not on_scene else None,
        arrive=_chance(row),
        first=first,
        send=send,
        divert=bool(row.diverted_from),
        ask_why="" if first else ", ".join(said),
    )


def _bounds(row: UnitRow) -> str:
    return f"({spelling.short_duration(row.eta_low_s)}–{spelling.short_duration(row.eta_high_s)})"


def _chance(row: UnitRow | None) -> Chance | None:
    if row is None or row.chance is None or row.chance_low is None or row.chance_high is None:
        return None
    return Chance(*(spelling.percent(share) for share in (row.chance, row.chance_low, row.chance_high)))


def _left_out(each: LeftOut, *, send: bool) -> Unproposed:
    return Unproposed(
        key=each.unit,
        name=each.name,
        corps=units.corps(each.kind),
        why=reasons.said(each.reason.code, each.reason.params),
        send=send and each.may_send,
        divert=each.state in ON_A_MISSION,
    )


def _later(row: UnitRow | None) -> str:
    if row is None or row.chance_later is None:
        return ""
    return gettext("in 30 s, %(value)d %% would be left") % {"value": spelling.percent(row.chance_later)}


def _turned(ranking: RankingView, now: datetime, *, waits: bool) -> str:
    """That the chance passed one in two, and when: for as long as a unit drives, else for a moment."""
    turn, best = ranking.turn, ranking.best
    if turn is None or not turn.told or best is None or turn.unit != best.unit:
        return ""
    if waits and (now - turn.at).total_seconds() > TURN_SHOWN_S:
        return ""
    at = timezone.localtime(turn.at).strftime("%H:%M:%S")
    said = gettext("above 50 %% since %(time)s") if turn.above else gettext("below 50 %% since %(time)s")
    return said % {"time": at}


def reach(incident: IncidentView) -> Reach | None:
    """Where they can be by now, while a decision waits or a unit is on its way."""
    found = queries.reach(incident.id) if incident.phase in ("decide", "progress") else None
    if found is None:
        return None
    watch = tuple((each.device, spelling.duration(each.in_s)) for each in found.cameras[:WATCHED])
    return Reach(found.since, round(found.speed_m_s * 3.6), found.bands, watch)


def overrides() -> tuple[tuple[str, str], ...]:
    """Why another than the first may be sent: each code and its words."""
    no_figures: Mapping[str, object] = {}
    return tuple((code, reasons.said(f"override.{code}", no_figures)) for code in OVERRIDES)
