"""The relève: what a shift leaves to the next. It is read from what was done; nobody writes it twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q

from beffroi.during.incident import errors, facts, queries, rules
from beffroi.during.incident.acting import actor
from beffroi.during.incident.models import Handover, Incident, ShiftNote, ShiftTaken, StepDone
from beffroi.during.incident.shown import IncidentView
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import actions as journal

#: The hours of a shift that nobody took over before.
USUAL = timedelta(hours=8)
LONGEST = timedelta(days=7)
MOST = 300


class PassedOn(msgspec.Struct, frozen=True, kw_only=True):
    """A note for the next shift."""

    id: UUID
    territory: str
    at: datetime
    member: UUID
    text: str


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A shift that was taken over."""

    since: datetime
    at: datetime
    taken_by: UUID
    given_by: UUID | None


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What a shift leaves, from `since` to `until`: incidents open then and closed meanwhile, devices down,
    those to repair, what was told to other services (service, reference, when), and notes."""

    since: datetime
    until: datetime
    open: list[IncidentView]
    closed: list[IncidentView]
    down: list[IncidentView]
    repairs: list[tuple[str, str, str, datetime]]
    told: list[tuple[str, IncidentView, datetime]]
    notes: list[PassedOn]
    counts: dict[str, int]


def since_when(territories: Collection[str], now: datetime) -> datetime:
    """When the present shift began: as it was taken over last, else eight hours ago."""
    last = ShiftTaken.objects.filter(territory_key__in=sorted(territories)).order_by("-at").first()
    return max(last.at, now - LONGEST) if last else now - USUAL


def taken_last(territories: Collection[str], most: int = 5) -> list[Taken]:
    """The last times that a shift was taken over there, the newest first."""
    rows = ShiftTaken.objects.filter(territory_key__in=sorted(territories)).order_by("-at")
    seen: dict[datetime, Taken] = {}
    for row in rows[: most * max(len(territories), 1)]:
        seen.setdefault(
            row.at, Taken(since=row.since, at=row.at, taken_by=row.taken_by, given_by=row.given_by)
        )
    return list(seen.values())[:most]


def shift(territories: Collection[str], since: datetime, until: datetime) -> Shift:
    """What a shift leaves, as it stood at `until`: a past one reads as it did, but for notes since erased."""
    keys = frozenset(territories)
    standing = _standing(keys, until)
    closed = _closed(keys, since, until)
    still = [each for each in standing if each.act != "device_silent"]
    down = [each for each in standing if each.act == "device_silent"]
    return Shift(
        since=since,
        until=until,
        open=[queries.view(row) for row in still[:MOST]],
        closed=[queries.view(row) for row in closed[:MOST]],
        down=[queries.view(row) for row in down[:MOST]],
        repairs=_repairs(keys, since, until, closed),
        told=_told(keys, since, until),
        notes=notes(keys, until),
        counts={"open": len(still), "closed": len(closed), "down": len(down)},
    )


def _standing(keys: Collection[str], until: datetime) -> list[Incident]:
    """Incidents that were there and not closed at `until`; life first, then the oldest.

    Two questions, each answered by an index whatever the past: open still, and closed since.
    """
    mine = Incident.objects.filter(territory_key__in=keys)
    rows = [*mine.filter(resolved_at=None), *mine.filter(resolved_at__gt=until)]
    there = [row for row in rows if row.fused_at <= until]
    return sorted(there, key=lambda row: (not row.life, row.seen_at))


def _closed(keys: Collection[str], since: datetime, until: datetime) -> list[Incident]:
    rows = Incident.objects.filter(territory_key__in=keys, resolved_at__gt=since, resolved_at__lte=until)
    return list(rows.exclude(act="device_silent").order_by("resolved_at"))


def _told(
    keys: Collection[str], since: datetime, until: datetime
) -> list[tuple[str, IncidentView, datetime]]:
    rows = Handover.objects.filter(at__gt=since, at__lte=until).select_related("incident").order_by("at")
    return [
        (each.service, queries.view(each.incident), each.at)
        for each in rows
        if each.incident.territory_key in keys
    ][:MOST]


def _repairs(
    keys: Collection[str], since: datetime, until: datetime, closed: Collection[Incident]
) -> list[tuple[str, str, str, datetime]]:
    """Devices put on the repair list or found at fault: territory, device, why, when; each once."""
    found: dict[tuple[str, str], tuple[str, datetime]] = {}
    for row in closed:
        if row.outcome_cause == "fault" and row.device:
            found[(row.territory_key, row.device)] = ("fault", row.resolved_at or until)
    asked = StepDone.objects.filter(step="file_repair", at__gt=since, at__lte=until)
    for each in asked.select_related("incident").order_by("at"):
        if each.incident.territory_key in keys and each.incident.device:
            found[(each.incident.territory_key, each.incident.device)] = ("asked", each.at)
    return [(key, device, why, at) for (key, device), (why, at) in found.items()][:MOST]


def notes(territories: Collection[str], until: datetime) -> list[PassedOn]:
    """What is passed on and was not over at `until`, the oldest first."""
    rows = ShiftNote.objects.filter(territory_key__in=sorted(territories), at__lte=until)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gt=until)).order_by("at")
    return [
        PassedOn(id=row.pk, territory=row.territory_key, at=row.at, member=row.member, text=row.text)
        for row in rows[:MOST]
    ]


def territory_of_note(note: UUID) -> str:
    """The territory of a note, for its door. Raises UnknownNote."""
    key = ShiftNote.objects.filter(pk=note).values_list("territory_key", flat=True).first()
    if key is None:
        raise errors.UnknownNote(what=str(note))
    return key


@transaction.atomic
def pass_on(*, territory: str, member: UUID, text: str, exercise: bool = False) -> UUID:
    """Leave a note for the next shift. Raises EmptyNote."""
    words = text.strip()
    if not words or len(words) > rules.NOTE_LONGEST:
        raise errors.EmptyNote(where="text", why=f"must hold 1 to {rules.NOTE_LONGEST} characters")
    at, salt = clock.now(), os.urandom(16)
    digest = hashlib.sha256(salt + words.encode()).hexdigest()
    note = ShiftNote.objects.create(
        id=uuid7(at),
        territory_key=territory,
        member=member,
        at=at,
        text=words,
        salt=salt,
        digest=digest,
        exercise=exercise,
    )
    journal.append(
        journal=f"territory:{territory}",
        fact=facts.ShiftNoted(note=str(note.pk), digest=digest, exercise=exercise),
        subject=f"shift_note:{note.pk}",
        actor=actor(member),
        at=at,
    )
    return note.pk


@transaction.atomic
def end_note(*, note: UUID, member: UUID) -> None:
    """What was passed on is over; saying it twice changes nothing. Raises UnknownNote."""
    row = ShiftNote.objects.select_for_update().filter(pk=note).first()
    if row is None:
        raise errors.UnknownNote(what=str(note))
    if row.ended_at is not None:
        return
    row.ended_at, row.ended_by = clock.now(), member
    row.save(update_fields=["ended_at", "ended_by"])
    journal.append(
        journal=f"territory:{row.territory_key}",
        fact=facts.ShiftNoteEnded(note=str(row.pk), exercise=row.exercise),
        subject=f"shift_note:{row.pk}",
        actor=actor(member),
        at=row.ended_at,
    )


@transaction.atomic
def take_over(*, territories: Collection[str], member: UUID, exercises: Collection[str] = ()) -> datetime:
    """The next shift takes over now, in each of these territories; the instant at which it did."""
    at = clock.now()
    for key in sorted(territories):
        previous = ShiftTaken.objects.filter(territory_key=key).order_by("-at").first()
        since = since_when([key], at)
        left = shift([key], since, at)
        taken = ShiftTaken.objects.create(
            id=uuid7(at),
            territory_key=key,
            since=since,
            at=at,
            taken_by=member,
            given_by=previous.taken_by if previous else None,
            open_count=left.counts["open"],
            closed_count=left.counts["closed"],
            down_count=left.counts["down"],
            note_count=len(left.notes),
            exercise=key in exercises,
        )
        journal.append(journal=f"territory:{key}", fact=_fact(taken), subject=f"territory:{key}",
                       actor=actor(member), at=at)  # fmt: skip
    return at


def _fact(taken: ShiftTaken) -> facts.ShiftTakenOver:
    return facts.ShiftTakenOver(
        since=taken.since.isoformat(timespec="seconds"),
        given_by=actor(taken.given_by) if taken.given_by else "",
        open=taken.open_count,
        closed=taken.closed_count,
        down=taken.down_count,
        notes=taken.note_count,
        exercise=taken.exercise,
    )
