"""Several incidents as one event: linked and unlinked by a person with a reason, never merged."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Max

from beffroi.during.incident import errors, facts, queries, rules_handing
from beffroi.during.incident.acting import actor, row_of, save
from beffroi.during.incident.models import Event, EventPart, Incident
from beffroi.during.incident.shown import IncidentView
from beffroi.during.incident.taking import append
from beffroi.foundation import clock
from beffroi.journal import actions as journal


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its incidents, in the order of their numbers, and why each was linked."""

    id: UUID
    reference: str
    made_at: datetime
    parts: list[tuple[IncidentView, str]]


@transaction.atomic
def link(*, incident: UUID, other: UUID, member: UUID, why: str) -> EventView:
    """These two tell of one event; where both are in one already, the two events become one.

    Raises BadLink for another territory, an exercise with the real, or a reason that is none.
    """
    if why not in rules_handing.LINK_REASONS:
        raise errors.BadLink(where="why", why="choose why they are one event")
    if incident == other:
        raise errors.BadLink(where="other", why="choose another incident")
    rows = {each: row_of(each) for each in sorted((incident, other))}
    here, there = rows[incident], rows[other]
    if here.territory_key != there.territory_key or here.exercise != there.exercise:
        raise errors.BadLink(where="other", why="must be of the same territory, both real or both exercise")
    at = clock.now()
    mine, theirs = _part_of(incident), _part_of(other)
    if mine and theirs and mine.event_id == theirs.event_id:
        raise errors.BadLink(where="other", why="is part of the same event already")
    event = mine.event if mine else theirs.event if theirs else _new(here, at)
    joining = [row for row, part in ((here, mine), (there, theirs)) if part is None]
    if mine and theirs:
        joining = _leave(theirs.event, member, at)
    for row in sorted(joining, key=lambda each: each.number):
        _join(event, row, member, why, at)
    return _view(event)


@transaction.atomic
def unlink(*, incident: UUID, member: UUID, why: str) -> None:
    """This incident is no longer part of its event; one that is left alone leaves it too. Raises BadLink."""
    if why not in rules_handing.UNLINK_REASONS:
        raise errors.BadLink(where="why", why="choose why it is not part of it")
    row, at = row_of(incident), clock.now()
    part = _part_of(incident)
    if part is None:
        raise errors.BadLink(where="incident", why="is part of no event")
    _end(part, row, member, why, at)
    left = list(EventPart.objects.filter(event=part.event, ended_at=None))
    if len(left) == 1:
        _end(left[0], row_of(left[0].incident_id), member, rules_handing.ALONE, at)


def event_of(incident: UUID) -> EventView | None:
    """The event that an incident is part of now."""
    part = EventPart.objects.filter(incident_id=incident, ended_at=None).select_related("event").first()
    return _view(part.event) if part else None


def events_of(incidents: Iterable[UUID]) -> dict[UUID, str]:
    """The references of the events that incidents are part of now, those that are; one query."""
    rows = EventPart.objects.filter(incident_id__in=list(incidents), ended_at=None)
    found = rows.values_list("incident_id", "event__number")
    return {incident: f"E-{number}" for incident, number in found}


def others_nearby(incident: IncidentView, territories: Collection[str], most: int = 12) -> list[IncidentView]:
    """What an incident may be linked to: open or lately closed in its territory, of the same play."""
    here = {incident.territory} & set(territories)
    found = queries.queue(here)
    every = [*found.decide, *found.progress, *found.follow, *found.closed]
    return [
        each
        for each in every
        if each.id != incident.id and each.exercise == incident.exercise and each.outcome != "duplicate"
    ][:most]


def _part_of(incident: UUID) -> EventPart | None:
    return EventPart.objects.filter(incident_id=incident, ended_at=None).select_related("event").first()


def _new(row: Incident, at: datetime) -> Event:
    journal.lock(f"territory:{row.territory_key}")  # one number at a time
    last = Event.objects.filter(territory_key=row.territory_key).aggregate(last=Max("number"))["last"]
    return Event.objects.create(
        territory_key=row.territory_key, number=(last or 0) + 1, exercise=row.exercise, made_at=at
    )


def _join(event: Event, row: Incident, member: UUID, why: str, at: datetime) -> None:
    EventPart.objects.create(event=event, incident=row, why=why, member=member, at=at)
    save(row)
    fact = facts.IncidentLinked(number=row.number, event=event.number, why=why, exercise=row.exercise)
    append(row, fact, actor(member), at)


def _end(part: EventPart, row: Incident, member: UUID, why: str, at: datetime) -> None:
    part.ended_at, part.ended_why, part.ended_by = at, why, member
    part.save(update_fields=["ended_at", "ended_why", "ended_by"])
    save(row)
    fact = facts.IncidentUnlinked(number=row.number, event=part.event.number, why=why, exercise=row.exercise)
    append(row, fact, actor(member), at)


def _leave(event: Event, member: UUID, at: datetime) -> list[Incident]:
    """Every incident of an event leaves it for the one that it becomes part of."""
    rows = []
    for part in EventPart.objects.filter(event=event, ended_at=None).order_by("incident_id"):
        row = row_of(part.incident_id)
        _end(part, row, member, rules_handing.JOINED, at)
        rows.append(row)
    return rows


def _view(event: Event) -> EventView:
    parts = EventPart.objects.filter(event=event, ended_at=None).select_related("incident")
    ordered = sorted(parts, key=lambda each: each.incident.number)
    return EventView(
        id=event.pk,
        reference=event.reference,
        made_at=event.made_at,
        parts=[(queries.view(each.incident), each.why) for each in ordered],
    )
