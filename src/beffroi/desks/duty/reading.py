"""Reads the rooms of DURING into what the duty desk shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from beffroi.desks import spelling
from beffroi.desks.duty import around, believing, going, leaving, ledger, storms, switching, words
from beffroi.desks.duty.shown import CLOSED, CURRENT, DECIDE, FOLLOW, Chance, Outcome, Queue, Row, Sheet
from beffroi.desks.eyes import reading as eyes
from beffroi.desks.oncall import reading as oncall
from beffroi.during.dispatch.shown import RankingView
from beffroi.during.incident import doors as incident_doors
from beffroi.during.incident import linking, queries, rules
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.during.incident.shown import Doubt, IncidentView
from beffroi.during.oncall import queries as oncall_queries
from beffroi.during.oncall.shown import AlertView
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.foundation.settings import current
from beffroi.people import doors, records
from beffroi.people.models import Member

GROUPS = {"decide": DECIDE, "progress": CURRENT, "follow": FOLLOW, "closed": CLOSED}
# What a member may do, and which of an incident's own next acts it stands for.
ACTS = {
    "incident.acknowledge": "acknowledge",
    "incident.dispatch": "send",
    "incident.arrive": "arrive",
    "incident.close": "close",
    "incident.annotate": "annotate",
    "incident.share": "share",
    "incident.hand_over": "hand_over",
    "incident.link": "link",
    "acting.command": "switch",
}
#: What the sheet shows of an incident to those whose role, or a convention, opens it.
READS = ("incident.read_notes", "incident.read_call", "incident.read_contacts", "unit.view")
FAR = 1e10
_elsewhere = records.Looks()


def territory_of(incident: UUID | str) -> str:
    """The territory of an incident, for its doors. Raises UnknownIncident."""
    try:
        return incident_doors.territory_of(UUID(str(incident)))
    except ValueError:
        raise UnknownIncident(what=str(incident)) from None


def may(member: Member, territory: str) -> frozenset[str]:
    """What a member may do to incidents of a territory."""
    asked = (*ACTS, *READS, eyes.ACTION)
    return frozenset(act for act in asked if territory in doors.territories_for(member, act))


def queue(territories: Collection[str]) -> Queue:
    """The queue of several territories: what is open, and what was closed lately."""
    now = clock.now()
    found = queries.queue(territories, now)
    shown = Queue()
    for row in _rows([*found.decide, *found.progress, *found.follow, *found.closed], {}, now):
        shown.of(row.group).append(row)
    for group in (shown.decide, shown.current, shown.follow, shown.closed):
        group.sort(key=lambda row: row.order)
    return shown


def rows(identifiers: Iterable[UUID], positions: Mapping[str, int]) -> list[Row]:
    """The lines of some incidents; `positions` says up to where of the feed they are known."""
    found = Incident.objects.filter(pk__in=list(identifiers))
    return _rows([queries.view(each) for each in found], positions, clock.now())


def _rows(incidents: list[IncidentView], positions: Mapping[str, int], now: datetime) -> list[Row]:
    orders = going.rankings([each.id for each in incidents if each.phase in ("decide", "progress")])
    calls = oncall_queries.calls([each.id for each in incidents if each.phase == "decide"])
    events = linking.events_of([each.id for each in incidents])
    return [
        _row(
            each,
            orders.get(each.id),
            positions,
            now,
            call=calls.get(each.id),
            event=events.get(each.id, ""),
        )
        for each in incidents
    ]


def _row(
    incident: IncidentView,
    order: RankingView | None,
    positions: Mapping[str, int],
    now: datetime,
    *,
    call: AlertView | None = None,
    event: str = "",
) -> Row:
    group = GROUPS[incident.phase]
    since, since_words = _since(incident, group)
    stay = going.stay(order, now)
    few = group == DECIDE and incident.state == "to_check"
    return Row(
        id=str(incident.id),
        reference=incident.reference,
        territory=incident.territory,
        group=group,
        order=_order(incident, group, now),
        badge=words.SHAPES[incident.state],
        badge_words=words.said(words.BADGES, incident.badge),
        title=_title(incident, group),
        where=incident.place_text if group != CLOSED else "",
        since=since,
        since_words=since_words,
        note=_ended(incident) if group == CLOSED else going.on_it(order) or oncall.row_note(call),
        life=incident.badge == "life",
        arrive=None if few else going.arrive(order),
        real=chance(incident.probability, incident.low, incident.high) if group == DECIDE else None,
        leaves_at=None if few else stay.at,
        leaves_bounds=stay.bounds,
        few_title=_few_title(incident) if group == DECIDE else "",
        few_words=_few_words(incident) if few else stay.missing,
        lat=incident.lat,
        lon=incident.lon,
        exercise=incident.exercise,
        position=positions.get(str(incident.id), 0),
        event=event,
    )


def _title(incident: IncidentView, group: str) -> str:
    name = storms.title(incident)
    if group != CLOSED:
        return name
    ended = words.outcome(incident.outcome, incident.outcome_cause)
    where = f"{name}, {incident.place_text}" if incident.place_text else name
    return f"{where}\u202f: {ended}"


def _since(incident: IncidentView, group: str) -> tuple[datetime | None, str]:
    if group == CLOSED:
        return None, ""
    if incident.state == "on_scene":
        return incident.on_scene_at, gettext("since")
    if incident.state == "sent":
        return incident.dispatched_at, gettext("since")
    return incident.seen_at, gettext("since")


def _ended(incident: IncidentView) -> str:
    if incident.resolved_at is None:
        return ""
    at = timezone.localtime(incident.resolved_at).strftime("%H:%M")
    return gettext("at %(time)s") % {"time": at}


def _order(incident: IncidentView, group: str, now: datetime) -> float:
    if group == CLOSED and incident.resolved_at:
        return -incident.resolved_at.timestamp()
    if group != DECIDE:
        return incident.seen_at.timestamp()
    leaves = incident.leave_by.timestamp()
    gone = leaves <= now.timestamp()  # those probably gone come after those that may still be there
    order = FAR - leaves if gone else leaves
    if incident.state == "confirmed":
        order -= 10 * FAR
    return order - 100 * FAR if incident.life else order


def _few_title(incident: IncidentView) -> str:
    count = incident.sign_count
    return ngettext("%(number)d sign only", "%(number)d signs", count) % {"number": count}


def _few_words(incident: IncidentView) -> str:
    if incident.alternatives:
        code = str(incident.alternatives[0][0])
        return gettext("else, %(why)s") % {"why": words.said(words.HARMLESS, code)}
    return ""


def chance(value: float, low: float, high: float) -> Chance:
    """A share with its interval, in hundredths."""
    return Chance(spelling.percent(value), spelling.percent(low), spelling.percent(high))


def sheet(incident: UUID, member: Member) -> Sheet:
    """The sheet of an incident as a member may see it and act on it."""
    territory = territory_of(incident)
    note_elsewhere(member, territory, incident)
    return sheet_for(incident, may(member, territory))


def note_elsewhere(member: Member, territory: str, incident: UUID | str) -> None:
    """Write, before it is shown, that a sheet of another organisation's territory is read: once an hour."""
    if doors.by_convention(member, territory):
        _elsewhere.note(member, "duty.view", territory, f"incident:{incident}")


def sheet_for(incident: UUID, may_do: frozenset[str]) -> Sheet:
    """The sheet of an incident for whoever may do `may_do`: what READS holds back is `withheld`."""
    found = queries.sheet(incident)
    notes, call, contacts, sees_units = (each in may_do for each in READS)
    view = found.incident
    now = clock.now()
    allowed = frozenset(act for act in may_do if ACTS.get(act) in found.actions)
    who, order = going.who(view, allowed, now)
    stay = going.stay(order, now)
    event = around.event(view.id)
    alarm, alarm_words, alarm_why = around.alarm(found.alarm)
    return Sheet(
        row=_row(view, order, {}, now, event=event.reference if event else ""),
        title=storms.title(view),
        version=view.version,
        real=None if view.state == "technical" else chance(view.probability, view.low, view.high),
        ledger=ledger.steps(view, found.ledger),
        arrive=who.arrive,
        arrive_later=who.later,
        arrive_missing=who.missing,
        leaves_at=stay.at,
        leaves_bounds=gettext("between %(bounds)s") % {"bounds": stay.bounds},
        leaves_missing=stay.missing,
        decide_since=view.seen_at if view.phase == "decide" else None,
        decide_limit=current().decision_budget_seconds,
        units=who.units if sees_units else (),
        basis=who.basis,
        left_out=who.left_out if sees_units else (),
        signs=believing.signs(found.signs, with_words=call),
        sources_words=believing.sources(view),
        doubt=gettext("Doubt lifted") if found.doubt else "",
        doubt_note=_doubt(found.doubt),
        todo=ledger.todo(found.steps),
        procedure=ledger.procedure(found.procedure),
        notes=ledger.notes(found.notes) if notes else (),
        withheld=not (notes and call and contacts and sees_units),
        outcome=words.outcome(view.outcome, view.outcome_cause) if view.outcome else "",
        outcomes=_outcomes(),
        doubts=_doubts(),
        overrides=going.overrides(),
        may=allowed,
        can=frozenset() if view.state == "closed" else may_do,
        alone=stay.missing if view.phase == "progress" and not who.arrive and not stay.at else "",
        route=who.route if sees_units else (),
        seeing=believing.seeing(view),
        reach=going.reach(view) if view.state != "on_scene" else None,
        leaving=leaving.leaving(view, now),
        calls=oncall.duty_call(incident) if contacts else None,
        links=tuple(oncall.duty_links(incident)) if contacts else (),
        partners=oncall.partners(),
        alarm=alarm,
        alarm_words=alarm_words,
        alarm_why=alarm_why,
        told=around.told(view.id, named=contacts),
        event=event,
        doubt_signs=around.doubt_signs(found.signs, with_words=call),
        switches=switching.near(view.territory, view.id, _place(view)) if view.state != "closed" else (),
        commands=switching.of_incident(view.id),
        eyes=eyes.around(view) if eyes.ACTION in may_do and view.state != "closed" else (),
    )


def _place(view: IncidentView) -> Position | None:
    if view.lat is None or view.lon is None:
        return None
    return Position(view.lat, view.lon, view.radius_m)


def _doubt(doubt: Doubt | None) -> str:
    if doubt is None:
        return ""
    at = timezone.localtime(doubt.at).strftime("%H:%M:%S")
    return gettext("at %(time)s, %(how)s") % {"time": at, "how": words.said(words.DOUBT, doubt.how)}


def _outcomes() -> tuple[Outcome, ...]:
    """Every way to close: in words, with its causes where it asks for one."""
    return tuple(
        Outcome(
            code,
            words.said(words.OUTCOMES, code),
            tuple((cause, words.said(words.CAUSES, cause)) for cause in each.causes),
        )
        for code, each in rules.OUTCOMES.items()
    )


def _doubts() -> tuple[tuple[str, str], ...]:
    """How a person may lift the doubt."""
    return tuple((how, words.said(words.DOUBT, how)) for how in rules.DOUBT_LIFTED_BY)
