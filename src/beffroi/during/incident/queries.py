"""Reads of incidents: the queue, the sheet, the past."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q

from beffroi.during.fusion import queries as fusion
from beffroi.during.incident import procedures, rules, rules_alarm
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Handover, Incident, LedgerEntry, Note, StepDone
from beffroi.during.incident.shown import (
    Doubt,
    IncidentView,
    Moment,
    NoteView,
    Queue,
    Sheet,
    StepView,
    Waiting,
)
from beffroi.foundation import clock

# More than a person can look at; beyond, the counts still tell.
MOST_ROWS = 200
RECENT = 20
RECENT_TIME = timedelta(hours=24)


def queue(territories: Collection[str], now: datetime | None = None, recent: int = RECENT) -> Queue:
    """The queue of these territories: what to decide first (life, confirmed, time left), in progress,
    to follow, and the `recent` last closed within a day."""
    moment = now or clock.now()
    keys = sorted(territories)
    mine = Incident.objects.filter(territory_key__in=keys)
    counts = dict(
        mine.filter(phase__in=("decide", "progress", "follow"))
        .values_list("phase")
        .annotate(count=Count("id"))
    )
    # Life first, `confirmed` before `to_check`, the latest first: a forgotten past hides no present.
    waiting = mine.filter(phase="decide").order_by("-life", "state", "-leave_by")[:MOST_ROWS]
    decide = [view(row) for row in waiting]
    decide.sort(key=lambda each: _urgency(each, moment))
    progress = mine.filter(phase="progress").order_by("-leave_by")[:MOST_ROWS]
    follow = mine.filter(phase="follow").order_by("-leave_by")[:MOST_ROWS]
    return Queue(
        decide=decide,
        progress=[view(row) for row in progress],
        follow=[view(row) for row in follow],
        closed=_closed(keys, recent, moment),
        counts={phase: counts.get(phase, 0) for phase in ("decide", "progress", "follow")},
    )


def _urgency(each: IncidentView, now: datetime) -> tuple[int, int, int, float]:
    return rules.urgency(each.life, each.state == "confirmed", each.leave_by, now)


def _closed(keys: list[str], recent: int, now: datetime) -> list[IncidentView]:
    # Within a day: the index then gives a handful of rows, however long the past.
    closed = Incident.objects.filter(territory_key__in=keys, resolved_at__gte=now - RECENT_TIME)
    return [view(row) for row in closed.order_by("-resolved_at")[:recent]]


def open_incidents(territories: Collection[str]) -> list[IncidentView]:
    """Every incident of these territories that is not closed, for the map."""
    rows = Incident.objects.filter(
        territory_key__in=sorted(territories), phase__in=("decide", "progress", "follow")
    )
    return [view(row) for row in rows.order_by("-leave_by")[: 3 * MOST_ROWS]]


def waiting() -> dict[str, Waiting]:
    """How many incidents of each territory are in each phase, and since when the oldest has waited to be
    acknowledged, exercises left out. Territories where nothing is open are left out too."""
    rows = Incident.objects.filter(phase__in=("decide", "progress", "follow"), exercise=False)
    found: dict[str, Waiting] = {}
    counted = rows.values_list("territory_key", "phase").annotate(
        count=Count("id"), since=Min("fused_at", filter=Q(phase="decide", acknowledged_at=None))
    )
    for key, phase, count, since in counted:
        before = found.get(key, Waiting({}, None))
        found[key] = Waiting({**before.phases, phase: count}, since or before.since)
    return found


def incident(identifier: UUID) -> IncidentView:
    """One incident. Raises UnknownIncident."""
    return view(_row(identifier))


def sheet(identifier: UUID) -> Sheet:
    """Everything the sheet shows of one incident, but the units. Raises UnknownIncident."""
    row = _row(identifier)
    entries = list(LedgerEntry.objects.filter(incident=row).order_by("at", "id"))
    signs = fusion.signs(row.pk)
    return Sheet(
        incident=view(row),
        ledger=_ledger(row, entries),
        signs=signs,
        reasons=row.reasons,
        doubt=_doubt(row, entries),
        steps=_steps(row),
        procedure=row.procedure,
        notes=[
            NoteView(id=note.pk, at=note.at, member=note.member, text=note.text)
            for note in Note.objects.filter(incident=row).order_by("-at")
        ],
        actions=allowed(row),
        alarm=_alarm(row, signs),
    )


def entries(identifier: UUID) -> list[Moment]:
    """The whole ledger of an incident, in order: for the record and for evidence."""
    row = _row(identifier)
    return [_moment(row, each) for each in LedgerEntry.objects.filter(incident=row).order_by("at", "id")]


def page(
    territories: Collection[str],
    *,
    limit: int,
    states: Collection[str] = (),
    phases: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    exercise: bool | None = None,
    after: tuple[datetime, UUID] | None = None,
) -> list[IncidentView]:
    """Incidents of these territories, the latest seen first: a page of a long list.

    `after`: the instant and identifier of the last one of the page before. One query for all.
    """
    rows = Incident.objects.filter(territory_key__in=sorted(territories))
    if states:
        rows = rows.filter(state__in=sorted(states))
    if phases:
        rows = rows.filter(phase__in=sorted(phases))
    if since is not None:
        rows = rows.filter(seen_at__gte=since)
    if until is not None:
        rows = rows.filter(seen_at__lt=until)
    if exercise is not None:
        rows = rows.filter(exercise=exercise)
    if after is not None:
        at, identifier = after
        rows = rows.filter(Q(seen_at__lt=at) | Q(seen_at=at, pk__lt=identifier), seen_at__lte=at)
    return [view(row) for row in rows.order_by("-seen_at", "-pk")[:limit]]


def by_reference(territory: str, number: int) -> IncidentView:
    """The incident that people call I-`number` in a territory. Raises UnknownIncident."""
    row = Incident.objects.filter(territory_key=territory, number=number).first()
    if row is None:
        raise UnknownIncident(what=f"{territory} I-{number}")
    return view(row)


def allowed(row: Incident) -> list[str]:
    """What a person may do next, by the incident's state (rights are the doors' matter)."""
    if row.state == "closed":
        return ["annotate", "link"]
    offered = ["annotate", "close", "hand_over", "link", "send", "merge"]
    if row.acknowledged_at is None:
        offered.append("acknowledge")
    if not rules.lifted_by_a_person(row.doubt_lifted_by):
        offered.append("lift_doubt")
    if row.state == "sent":
        offered.append("arrive")
    if row.sign_count > 1:
        offered.append("split")
    return sorted(offered)


def view(row: Incident) -> IncidentView:
    """A row as other rooms see it."""
    return IncidentView(
        id=row.pk,
        reference=row.reference,
        territory=row.territory_key,
        version=row.version,
        state=row.state,
        badge=rules.badge(row.state, row.life),
        phase=row.phase,
        act=row.act,
        title=row.title,
        life=row.life,
        exercise=row.exercise,
        place_text=row.place_text,
        lat=row.lat,
        lon=row.lon,
        radius_m=row.radius_m,
        device=row.device,
        probability=row.probability,
        low=row.low,
        high=row.high,
        alternatives=[(code, share) for code, share in row.alternatives],
        sign_count=row.sign_count,
        independent=row.independent,
        entered_at=row.entered_at,
        last_sign_at=row.last_sign_at,
        leave_by=row.leave_by,
        seen_at=row.seen_at,
        confirmed_at=row.confirmed_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        dispatched_at=row.dispatched_at,
        on_scene_at=row.on_scene_at,
        resolved_at=row.resolved_at,
        outcome=row.outcome,
        outcome_cause=row.outcome_cause,
        merged_into=row.merged_into,
    )


def _row(identifier: UUID) -> Incident:
    row = Incident.objects.filter(pk=identifier).first()
    if row is None:
        raise UnknownIncident(what=str(identifier))
    return row


def _ledger(row: Incident, entries: list[LedgerEntry]) -> list[Moment]:
    """The steps in their order, the first moment of each; those to come without a time."""
    first: dict[str, LedgerEntry] = {}
    for entry in entries:
        if "undone_at" not in entry.detail:
            first.setdefault(entry.step, entry)
    moments = []
    for step in rules.LEDGER:
        entry = first.get(step)
        moments.append(_moment(row, entry) if entry else Moment(step=step, at=None, seconds=None, actor=""))
    return moments


def _moment(row: Incident, entry: LedgerEntry) -> Moment:
    seconds = round((entry.at - row.seen_at).total_seconds(), 3)
    return Moment(step=entry.step, at=entry.at, seconds=seconds, actor=entry.actor, detail=entry.detail)


def _doubt(row: Incident, entries: list[LedgerEntry]) -> Doubt | None:
    if row.doubt_lifted_at is None:
        return None
    said = next((each.detail for each in reversed(entries) if each.step == "doubt_lifted"), {})
    return Doubt(
        how=row.doubt_how,
        at=row.doubt_lifted_at,
        actor=row.doubt_lifted_by,
        observations=list(said.get("observations", [])),
    )


def _alarm(row: Incident, signs: list[fusion.SignView]) -> rules_alarm.Level:
    return rules_alarm.level(
        state=row.state,
        outcome=row.outcome,
        life=row.life,
        confirmed=row.confirmed_at is not None,
        doubt_how=row.doubt_how,
        kinds={each.kind for each in signs},
    )


def _steps(row: Incident) -> list[StepView]:
    ticked = {each.step: each for each in StepDone.objects.filter(incident=row)}
    done: dict[str, tuple[datetime, str]] = {
        step: (each.at, f"member:{each.member}") for step, each in ticked.items()
    }
    told = {
        each.service: (each.at, f"member:{each.member}")
        for each in Handover.objects.filter(incident=row).order_by("-at")
    }
    if row.dispatched_at is not None:
        done.setdefault("send_unit", (row.dispatched_at, ""))
    if row.doubt_lifted_at is not None:
        done.setdefault("lift_doubt", (row.doubt_lifted_at, row.doubt_lifted_by))
    views, waiting = [], row.state != "closed"
    for step in procedures.named(row.procedure).steps:
        at, by = _done(step, done, told)
        views.append(
            StepView(
                code=step.code,
                key=step.key,
                does=step.does,
                done_at=at,
                done_by=by,
                current=waiting and at is None and step.ticked,
                sort=step.sort,
            )
        )
        waiting = waiting and (at is not None or not step.ticked)
    return views


def _done(
    step: procedures.Step, done: dict[str, tuple[datetime, str]], told: dict[str, tuple[datetime, str]]
) -> tuple[datetime | None, str]:
    """When a step was done and by whom: ticked, or by what the house did for it."""
    if step.code in done:
        return done[step.code]
    return told.get(_SERVICE_OF.get(step.code, ""), (None, ""))


_SERVICE_OF = {"hand_over_police": "17", "hand_over_fire": "18", "hand_over_ambulance": "15"}
