"""Acts of the mayor and of the cells: activate, change the level, call, decide, tick, end."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext

from beffroi.during.crisis import facts, models, plans
from beffroi.during.crisis.acting import LEAD, WORK, cell_of, open_row, plan_of, salted, tell
from beffroi.during.crisis.errors import AlreadyOpen, BadEntry, UnknownCrisis
from beffroi.during.crisis.rules import plan as rules
from beffroi.during.crisis.rules.people import ROLES
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import actions as oncall
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.people.models import Member
from beffroi.territory import queries as territories

WORDS_MOST = 1000


@transaction.atomic
def activate(
    *, member: Member, territory: str, level: str, incident: UUID | None = None, exercise: bool = False
) -> UUID:
    """Put the plan to work. Raises DoorShut, BadEntry, AlreadyOpen, UnknownCrisis."""
    doors.require(member, LEAD, territory=territory)
    town, kept = territories.territory(territory), plans.of(territory)
    plan = kept.plan
    if level not in plan.levels:
        raise BadEntry(where=gettext("level"), why=gettext("is none of the plan’s"))
    about = Incident.objects.filter(pk=incident, territory_key=territory).first() if incident else None
    if incident and about is None:
        raise UnknownCrisis(what=str(incident))
    exercise = exercise or town.exercise or people.is_exercise() or bool(about and about.exercise)
    now = clock.now()
    row = _made(territory, kept, level, member, exercise=exercise, incident=about)
    _begin(row, plan.levels[level], member)
    if models.Seat.objects.filter(territory_key=territory, member=member, until=None).exists():
        # Whoever activates the plan need not be called.
        models.Call.objects.create(crisis=row, member=member, reached=True, said_at=now, said_by=member.actor)
    fact = facts.Opened(
        number=row.number,
        level=level,
        plan=kept.name,
        sha256=hashlib.sha256(kept.toml.encode()).hexdigest(),
        incident=about.number if about else 0,
        exercise=exercise,
    )
    tell(row, fact, member.actor, now)
    return row.pk


def _made(
    territory: str,
    kept: plans.Kept,
    level: str,
    member: Member,
    *,
    exercise: bool,
    incident: Incident | None,
) -> models.Crisis:
    """The row of a crisis that begins. Raises AlreadyOpen."""
    rows = models.Crisis.objects.select_for_update().filter(territory_key=territory)
    if rows.filter(ended_at=None, exercise=exercise).exists():
        raise AlreadyOpen
    row = models.Crisis(
        territory_key=territory,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        level=level,
        exercise=exercise,
        incident=incident,
        plan=kept.name,
        toml=kept.toml,
        opened_at=clock.now(),
        opened_by=member.actor,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else pressed at the same moment
        raise AlreadyOpen from None
    return row


def _begin(row: models.Crisis, level: rules.Level, member: Member) -> None:
    """Put the cells of a level to work; those at work stay."""
    now = clock.now()
    for cell in level.cells:
        models.CellAt.objects.update_or_create(
            crisis=row, cell=cell, defaults={"active": True, "at": now, "by": member.actor}
        )


@transaction.atomic
def set_level(*, member: Member, crisis: UUID, level: str) -> None:
    """Raise or lower the level; its cells begin, none is sent home by it."""
    row = open_row(crisis, member, LEAD)
    found = plan_of(row).levels.get(level)
    if found is None:
        raise BadEntry(where=gettext("level"), why=gettext("is none of the plan’s"))
    if row.level == level:
        return
    before, row.level = row.level, level
    row.save(update_fields=["level"])
    at_work = set(models.CellAt.objects.filter(crisis=row, active=True).values_list("cell", flat=True))
    fresh = rules.Level(found.key, found.words, found.help, tuple(c for c in found.cells if c not in at_work))
    _begin(row, fresh, member)
    fact = facts.LevelChanged(number=row.number, level=level, before=before, exercise=row.exercise)
    tell(row, fact, member.actor, clock.now())


@transaction.atomic
def set_cell(*, member: Member, crisis: UUID, cell: str, active: bool) -> None:
    """Put a cell to work, or send it home. Command stays as long as the crisis does."""
    row = open_row(crisis, member, LEAD)
    cell_of(row, cell)
    if cell == rules.COMMAND and not active:
        raise BadEntry(where=gettext("command"), why=gettext("stays until the crisis ends"))
    now = clock.now()
    models.CellAt.objects.update_or_create(
        crisis=row, cell=cell, defaults={"active": active, "at": now, "by": member.actor}
    )
    fact = facts.CellChanged(number=row.number, cell=cell, active=active, exercise=row.exercise)
    tell(row, fact, member.actor, now)


@transaction.atomic
def call(*, member: Member, crisis: UUID, cell: str = "") -> int:
    """Call the members of a cell ('' every cell at work) over all their channels; how many were called.

    Whoever was reached is not called again. An exercise's messages never ring a telephone.
    """
    row = open_row(crisis, member, WORK)
    cells = [cell_of(row, cell).key] if cell else _at_work(row)
    seats = models.Seat.objects.filter(
        territory_key=row.territory_key, cell__in=cells, member__is_active=True, until=None
    )
    known = {each.member_id: each for each in models.Call.objects.filter(crisis=row)}
    town = territories.territory(row.territory_key).name
    now, called, sent = clock.now(), [], 0
    ordered = sorted(seats.select_related("member"), key=lambda each: (each.cell, ROLES.index(each.role)))
    for seat in ordered:
        each = known.get(seat.member_id) or models.Call(crisis=row, member=seat.member)
        if each.reached or seat.member in called or seat.member_id == member.pk:
            continue
        made = oncall.summon(member=seat.member, text=_summons(town, row), exercise=row.exercise)
        each.called_at, each.messages = now, [*each.messages, *map(str, made)]
        each.reached = None
        each.save()
        called.append(seat.member)
        sent += len(made)
    if called:
        fact = facts.Called(
            number=row.number,
            cell=cell,
            members=[str(each.pk) for each in called],
            messages=sent,
            exercise=row.exercise,
        )
        tell(row, fact, member.actor, now)
    return len(called)


def _at_work(row: models.Crisis) -> list[str]:
    return list(models.CellAt.objects.filter(crisis=row, active=True).values_list("cell", flat=True))


def _summons(town: str, row: models.Crisis) -> str:
    head = "EXERCICE " if row.exercise else ""
    level = plan_of(row).levels[row.level].words
    return f"{head}{town} : plan communal de sauvegarde active ({level}). Rejoignez le poste de commandement."


@transaction.atomic
def reached(*, member: Member, crisis: UUID, whom: UUID, yes: bool) -> None:
    """Say whether somebody of the call tree was reached, by whatever way."""
    row = open_row(crisis, member, WORK)
    seated = models.Seat.objects.filter(territory_key=row.territory_key, member_id=whom, until=None)
    if not seated.exists():
        raise BadEntry(where=gettext("member"), why=gettext("is in no cell"))
    now = clock.now()
    models.Call.objects.update_or_create(
        crisis=row, member_id=whom, defaults={"reached": yes, "said_at": now, "said_by": member.actor}
    )
    fact = facts.Reached(number=row.number, member=str(whom), reached=yes, exercise=row.exercise)
    tell(row, fact, member.actor, now)


@transaction.atomic
def decide(*, member: Member, crisis: UUID, text: str) -> None:
    """Write a decision down: its words stay here, the journal bears their hash."""
    row, words = open_row(crisis, member, WORK), _words(text)
    now, (salt, digest) = clock.now(), salted(words)
    made = models.Decision.objects.create(
        crisis=row, at=now, by=member.actor, text=words, salt=salt, digest=digest
    )
    fact = facts.Decided(number=row.number, decision=str(made.pk), digest=digest, exercise=row.exercise)
    tell(row, fact, member.actor, now)


@transaction.atomic
def tick(*, member: Member, crisis: UUID, cell: str, step: str) -> None:
    """A step of a cell is done; said again it changes nothing."""
    row = open_row(crisis, member, WORK)
    if step not in dict(cell_of(row, cell).steps):
        raise BadEntry(where=gettext("step"), why=gettext("is none of this cell’s"))
    now = clock.now()
    _, fresh = models.Done.objects.get_or_create(
        crisis=row, cell=cell, step=step, defaults={"at": now, "by": member.actor}
    )
    if fresh:
        fact = facts.StepDone(number=row.number, cell=cell, step=step, exercise=row.exercise)
        tell(row, fact, member.actor, now)


@transaction.atomic
def end(*, member: Member, crisis: UUID, left: str) -> None:
    """End the crisis; `left` says what is left open, in words ('' nothing more than the figures say)."""
    row = open_row(crisis, member, LEAD)
    words = _words(left) if left.strip() else ""
    now, (salt, digest) = clock.now(), salted(words)
    plan, at_work = plan_of(row), _at_work(row)
    steps = sum(len(plan.cells[each].steps) for each in at_work if each in plan.cells)
    done = models.Done.objects.filter(crisis=row, cell__in=at_work).count()
    standing = models.Message.objects.filter(crisis=row, over=None, expires_at__gt=now)
    fact = facts.Ended(
        number=row.number,
        seconds=round((now - row.opened_at).total_seconds(), 1),
        steps_open=steps - done,
        messages_open=sum(plan.messages[each.draft].response != "AllClear" for each in standing),
        digest=digest,
        exercise=row.exercise,
    )
    row.ended_at, row.ended_by, row.left, row.left_salt = now, member.actor, words, salt
    row.save(update_fields=["ended_at", "ended_by", "left", "left_salt"])
    tell(row, fact, member.actor, now)


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > WORDS_MOST:
        why = gettext("write between 1 and %(most)d letters") % {"most": WORDS_MOST}
        raise BadEntry(where=gettext("words"), why=why)
    return words
