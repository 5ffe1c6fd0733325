"""Reads the rooms of DURING into what the duty desk shows."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from beffroi.desks import spelling
from beffroi.desks.duty import believing, going, ledger, words
from beffroi.desks.duty.shown import CLOSED, CURRENT, DECIDE, FOLLOW, Chance, Queue, Row, Sheet, Unit
from beffroi.during.incident import rules
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.people import doors
from beffroi.people.models import Member

GROUPS = {"decide": DECIDE, "progress": CURRENT, "follow": FOLLOW, "closed": CLOSED}
ACTS = (
    "incident.acknowledge",
    "incident.dispatch",
    "incident.arrive",
    "incident.close",
    "incident.annotate",
)
CLOSED_FOR = timedelta(hours=12)
CLOSED_SHOWN = 20
EIGHT_IN_TEN = 1.2815515655446004
FAR = 1e9


def territory_of(incident: UUID | str) -> str:
    """The territory of an incident, for its doors. Raises UnknownIncident."""
    try:
        key = Incident.objects.values_list("territory_key", flat=True).get(pk=incident)
    except (Incident.DoesNotExist, ValueError):
        raise UnknownIncident(what=str(incident)) from None
    return str(key)


def may(member: Member, territory: str) -> frozenset[str]:
    """What a member may do to incidents of a territory."""
    return frozenset(act for act in ACTS if territory in doors.territories_for(member, act))


def queue(territories: Collection[str]) -> Queue:
    """The queue of several territories: what is open, and what was closed lately."""
    now = clock.now()
    mine = Incident.objects.filter(territory_key__in=territories)
    over = mine.filter(phase="closed", resolved_at__gte=now - CLOSED_FOR)
    found = Queue(closed_count=over.count())
    open_ones = mine.filter(phase__in=("decide", "progress", "follow"))
    for row in _rows([*open_ones, *over.order_by("-resolved_at")[:CLOSED_SHOWN]], {}):
        getattr(
            found, {DECIDE: "decide", CURRENT: "current", FOLLOW: "follow"}.get(row.group, "closed")
        ).append(row)
    for group in (found.decide, found.current, found.follow, found.closed):
        group.sort(key=lambda row: row.order)
    return found


def rows(identifiers: Iterable[UUID], positions: Mapping[str, int]) -> list[Row]:
    """The lines of some incidents; `positions` says up to where of the feed they are known."""
    return _rows(list(Incident.objects.filter(pk__in=list(identifiers))), positions)


def _rows(incidents: list[Incident], positions: Mapping[str, int]) -> list[Row]:
    best = going.best([each.pk for each in incidents if each.phase == "decide"])
    on_it = going.missions([each.pk for each in incidents if each.phase == "progress"])
    now = clock.now()
    return [_row(each, best.get(each.pk), on_it.get(each.pk, ""), positions, now) for each in incidents]


def _row(
    incident: Incident, first: Unit | None, on_it: str, positions: Mapping[str, int], now: datetime
) -> Row:
    group = GROUPS[incident.phase]
    badge = rules.badge(incident.state, incident.life)
    since, since_words = _since(incident, group)
    few = group == DECIDE and incident.state == "to_check"
    return Row(
        id=str(incident.pk),
        reference=incident.reference,
        territory=incident.territory_key,
        group=group,
        order=_order(incident, group),
        badge=words.SHAPES[incident.state],
        badge_words=str(words.LIFE) if badge == "life" else words.said(words.STATES, incident.state),
        title=_title(incident, group),
        where=incident.place_text if group != CLOSED else "",
        since=since,
        since_words=since_words,
        note=on_it,
        life=badge == "life",
        arrive=first.arrive if first and not few else None,
        real=chance(incident.probability, incident.low, incident.high) if group == DECIDE else None,
        leaves_at=incident.leave_by if group == DECIDE and not few and incident.leave_by > now else None,
        leaves_bounds=leave_bounds(incident, now),
        few_title=_few_title(incident) if group == DECIDE else "",
        few_words=_few_words(incident) if few else gettext("they may be gone already"),
        lat=incident.lat,
        lon=incident.lon,
        exercise=incident.exercise,
        position=positions.get(str(incident.pk), 0),
    )


def _title(incident: Incident, group: str) -> str:
    name = words.title(incident.act, incident.state)
    if group != CLOSED:
        return name
    ended = words.outcome(incident.outcome, incident.outcome_cause)
    where = f"{name}, {incident.place_text}" if incident.place_text else name
    return f"{where}\u202f: {ended}"


def _since(incident: Incident, group: str) -> tuple[datetime | None, str]:
    if group == CLOSED and incident.resolved_at:
        return incident.resolved_at, gettext("ago (closed)")
    if incident.state == "on_scene":
        return incident.on_scene_at, gettext("since")
    if incident.state == "sent":
        return incident.dispatched_at, gettext("since")
    return incident.seen_at, gettext("since")


def _order(incident: Incident, group: str) -> float:
    if group == CLOSED and incident.resolved_at:
        return -incident.resolved_at.timestamp()
    if group != DECIDE:
        return incident.seen_at.timestamp()
    return incident.leave_by.timestamp() - (FAR if incident.life else 0.0)


def _few_title(incident: Incident) -> str:
    count = incident.sign_count
    return ngettext("%(number)d sign only", "%(number)d signs", count) % {"number": count}


def _few_words(incident: Incident) -> str:
    if incident.alternatives:
        code = str(incident.alternatives[0][0])
        return gettext("else, %(why)s") % {"why": words.said(words.HARMLESS, code)}
    return ""


def chance(value: float, low: float, high: float) -> Chance:
    """A share with its interval, in hundredths."""
    return Chance(spelling.percent(value), spelling.percent(low), spelling.percent(high))


def leave_bounds(incident: Incident, now: datetime) -> str:
    """Between when and when they leave, 8 times out of 10, counted from now."""
    median = (incident.leave_by - incident.entered_at).total_seconds()
    spread = math.exp(EIGHT_IN_TEN * current().burglary_log_sd)
    gone = (now - incident.entered_at).total_seconds()
    low, high = (max(0.0, bound - gone) for bound in (median / spread, median * spread))
    return f"{spelling.duration(low)}\u00a0–\u00a0{spelling.duration(high)}"


def sheet(incident: UUID, member: Member) -> Sheet:
    """The sheet of an incident as a member may see it and act on it."""
    return sheet_for(incident, may(member, territory_of(incident)))


def sheet_for(incident: UUID, may_do: frozenset[str]) -> Sheet:
    """The sheet of an incident for whoever may do `may_do`. Raises UnknownIncident."""
    found: QuerySet[Incident] = Incident.objects.filter(pk=incident)
    row = found.first()
    if row is None:
        raise UnknownIncident(what=str(incident))
    now = clock.now()
    allowed = frozenset(act for act in may_do if _open_to(act, row))
    who = going.who(row, allowed, now)
    shown = _row(row, who.first, going.missions([row.pk]).get(row.pk, ""), {}, now)
    waits = row.phase == "decide"
    return Sheet(
        row=shown,
        version=row.version,
        real=chance(row.probability, row.low, row.high),
        ledger=ledger.steps(row),
        arrive=who.first.arrive if who.first else None,
        arrive_later=who.later,
        arrive_missing=who.missing,
        leaves_at=row.leave_by if row.leave_by > now else None,
        leaves_bounds=gettext("between %(bounds)s") % {"bounds": leave_bounds(row, now)},
        leaves_missing=gettext("They may be gone: the usual time is over."),
        decide_since=row.seen_at if waits else None,
        decide_limit=current().decision_budget_seconds,
        units=who.units,
        units_note=who.note,
        left_out=who.left_out,
        signs=believing.signs(row),
        sources_words=believing.sources(row),
        doubt=gettext("Doubt lifted") if row.doubt_lifted_at else "",
        doubt_note=_doubt(row),
        todo=ledger.todo(row),
        procedure=ledger.procedure(row),
        notes=ledger.notes(row),
        outcome=words.outcome(row.outcome, row.outcome_cause) if row.outcome else "",
        outcomes=_outcomes(),
        may=allowed,
        route=who.route,
        seeing=believing.seeing(row),
    )


def _open_to(act: str, row: Incident) -> bool:
    """Whether the state of an incident leaves room for an act."""
    if act == "incident.annotate":
        return True
    if row.state == "closed":
        return False
    if act == "incident.acknowledge":
        return row.acknowledged_at is None
    if act == "incident.arrive":
        return row.state == "sent"
    return True


def _doubt(row: Incident) -> str:
    if row.doubt_lifted_at is None:
        return ""
    how = words.said(words.DOUBT, row.doubt_how)
    at = timezone.localtime(row.doubt_lifted_at).strftime("%H:%M:%S")
    return gettext("at %(time)s, %(how)s") % {"time": at, "how": how}


def _outcomes() -> tuple[tuple[str, str], ...]:
    """Every way to close, one line each: its code and cause, and its words."""
    return tuple(
        (f"{code}:{cause}", words.outcome(code, cause))
        for code, outcome in rules.OUTCOMES.items()
        for cause in (outcome.causes or ("",))
    )
