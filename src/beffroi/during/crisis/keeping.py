"""What is prepared in quiet times: the plan's versions, who sits in its cells, whom they telephone outside.

Whoever calls has opened the door (`crisis.keep`), or is the command line. Seats end on a date and versions of
the plan stay; of somebody outside who was taken from the list nothing stays but that there was one.
"""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from beffroi.during.crisis import facts, models, plans, queries
from beffroi.during.crisis.acting import VIEW
from beffroi.during.crisis.errors import BadEntry, BadLines
from beffroi.during.crisis.rules import people as lists
from beffroi.during.crisis.rules import plan as rules
from beffroi.during.crisis.rules import sheet, writing
from beffroi.during.oncall.methods.numbers import e164
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.people import doors
from beffroi.people.models import Member
from beffroi.people.queries import member_by_email
from beffroi.territory import queries as territories

_SHORT = re.compile(r"[0-9]{2,6}")
_ZERO_LOST = re.compile(r"[1-9][0-9]{8}")
_STEPS_MOST = 40


@transaction.atomic
def put_plan(*, territory: str, toml: str, actor: str = "system") -> str:
    """Put another version of a town's plan in force; crises at work keep theirs. Raises BadPlan."""
    territories.territory(territory)
    rules.read(toml)
    rows = models.Plan.objects.select_for_update().filter(territory_key=territory)
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    models.Plan.objects.create(
        territory_key=territory, number=number, toml=toml, put_at=clock.now(), put_by=actor
    )
    fact = facts.PlanPut(plan=f"{territory}/{number}", sha256=hashlib.sha256(toml.encode()).hexdigest())
    _tell(territory, fact, actor)
    return fact.plan


def change_cell(*, territory: str, cell: str, words: str, help_: str, steps: list[str], actor: str) -> str:
    """Change a cell's words and steps: another version of the plan. Raises BadEntry, BadPlan."""
    plan = plans.of(territory).plan
    _known(plan, cell)
    for where, said in (
        (gettext("name"), words),
        (gettext("task"), help_),
        *((gettext("step"), s) for s in steps),
    ):
        if not said.strip() or len(said.strip()) > rules.TEXT_MOST:
            why = gettext("write between 1 and %(most)d letters") % {"most": rules.TEXT_MOST}
            raise BadEntry(where=where, why=why)
    if not 1 <= len(steps) <= _STEPS_MOST:
        raise BadEntry(where=gettext("steps"), why=gettext("between 1 and 40, each on its line"))
    changed = writing.with_cell(plan, cell, words=words, help_=help_, steps=steps)
    return put_plan(territory=territory, toml=writing.toml(changed), actor=actor)


def import_plan(*, territory: str, data: bytes, actor: str) -> str:
    """Take the cells and steps of a sheet as another version. Raises BadSheet, BadLines, BadPlan."""
    plan = plans.of(territory).plan
    read = sheet.lines(data, writing.COLUMNS, writing.NEEDED)
    changed, faults = writing.from_sheet(read, plan)
    if faults:
        raise BadLines(faults)
    return put_plan(territory=territory, toml=writing.toml(changed), actor=actor)


@transaction.atomic
def seat(
    *, territory: str, cell: str, member: Member, role: str = lists.MEMBER, actor: str = "system"
) -> None:
    """Give a member a seat in a cell, or another role in it.

    Raises BadEntry where they may not see the crisis, there is no such cell, or no such role.
    """
    _known(plans.of(territory).plan, cell)
    if role not in lists.ROLES:
        raise BadEntry(where=gettext("role"), why=gettext("is not known"))
    if not doors.decide(member, VIEW, territory=territory).allowed:
        raise BadEntry(where=gettext("member"), why=gettext("has no role that opens the crisis page here"))
    now = clock.now()
    held = models.Seat.objects.select_for_update().filter(
        territory_key=territory, cell=cell, member=member, until=None
    )
    if held.filter(role=role).exists():
        return
    held.update(until=now)
    models.Seat.objects.create(territory_key=territory, cell=cell, member=member, role=role, since=now)
    _tell(territory, facts.Seated(cell=cell, member=str(member.pk), seated=True, role=role), actor)


@transaction.atomic
def unseat(*, territory: str, cell: str, member: Member, actor: str = "system") -> None:
    """End a seat; none there changes nothing."""
    held = models.Seat.objects.filter(territory_key=territory, cell=cell, member=member, until=None)
    if held.update(until=clock.now()):
        _tell(territory, facts.Seated(cell=cell, member=str(member.pk), seated=False), actor)


@transaction.atomic
def add_outsider(
    *, territory: str, cell: str, name: str, task: str, number: str, actor: str = "system"
) -> UUID:
    """Write down somebody outside whom a cell telephones. Raises BadEntry."""
    _known(plans.of(territory).plan, cell)
    name, task, dialled = name.strip(), task.strip()[: lists.TASK_MOST], dialled_as(number)
    if not name or len(name) > lists.NAME_MOST:
        why = gettext("write between 1 and %(most)d letters") % {"most": lists.NAME_MOST}
        raise BadEntry(where=gettext("name"), why=why)
    if not dialled:
        raise BadEntry(where=gettext("telephone"), why=gettext("is not a telephone number"))
    same = {"territory_key": territory, "cell": cell, "name": name, "task": task, "number": dialled}
    made, fresh = models.Outsider.objects.get_or_create(until=None, **same, defaults={"since": clock.now()})
    if not fresh:
        return made.pk  # said twice is once
    fact = facts.OutsiderChanged(cell=cell, outsider=str(made.pk), kept=True)
    _tell(territory, fact, actor)
    return made.pk


@transaction.atomic
def drop_outsider(*, territory: str, outsider: UUID, actor: str = "system") -> None:
    """Take somebody outside from the list. Their row, which nobody needs any more, loses name and number."""
    row = models.Outsider.objects.filter(pk=outsider, territory_key=territory, until=None).first()
    if row is None:
        return
    row.until, row.name, row.task, row.number = clock.now(), "", "", ""
    row.save(update_fields=["until", "name", "task", "number"])
    _tell(territory, facts.OutsiderChanged(cell=row.cell, outsider=str(row.pk), kept=False), actor)


@transaction.atomic
def show_directory(*, territory: str, actor: str, form: str = "page") -> dict[UUID, str]:
    """The numbers of those who sit, by member: the journal keeps that they were shown, and to whom."""
    members = {each.member_id for each in queries.seated(territory)}
    outside = sum(len(each) for each in queries.outsiders(territory).values())
    _tell(territory, facts.DirectoryShown(members=len(members), outside=outside, form=form), actor)
    return queries.numbers(members)


@transaction.atomic
def import_people(*, territory: str, data: bytes, actor: str) -> tuple[int, int]:
    """Take the people of a sheet in place of those there; how many of members, of outside.

    All or nothing. Raises BadSheet, BadLines, which name every line that is wrong.
    """
    cells = {key: cell.words for key, cell in plans.of(territory).plan.cells.items()}
    read = sheet.lines(data, lists.COLUMNS, lists.NEEDED)
    seated, outside, faults = lists.read(read, cells)
    members: dict[tuple[str, UUID], tuple[Member, str]] = {}
    for each in seated:
        found = _may_sit(each.email, territory)
        if found is None:
            faults.append(sheet.Fault(each.line, "courriel", "no_member", each.email))
        else:
            members[each.cell, found.pk] = (found, each.role)
    for one in outside:
        if not dialled_as(one.number):
            faults.append(sheet.Fault(one.line, "telephone", "bad_number", one.number))
    if faults:
        raise BadLines(sorted(faults, key=lambda each: each.line))
    for row in models.Seat.objects.filter(territory_key=territory, until=None).select_related("member"):
        if (row.cell, row.member_id) not in members:
            unseat(territory=territory, cell=row.cell, member=row.member, actor=actor)
    for (cell, _), (member, role) in members.items():
        seat(territory=territory, cell=cell, member=member, role=role, actor=actor)
    _replace_outside(territory, outside, actor)
    return len(members), len(outside)


def _replace_outside(territory: str, outside: list[lists.Outside], actor: str) -> None:
    """Those who are on the list already stay as they are."""
    wanted = {(each.cell, each.name, each.task, dialled_as(each.number)) for each in outside}
    for row in models.Outsider.objects.filter(territory_key=territory, until=None):
        one = (row.cell, row.name, row.task, row.number)
        if one in wanted:
            wanted.remove(one)
        else:
            drop_outsider(territory=territory, outsider=row.pk, actor=actor)
    for cell, name, task, number in sorted(wanted):
        add_outsider(territory=territory, cell=cell, name=name, task=task, number=number, actor=actor)


def _may_sit(email: str, territory: str) -> Member | None:
    try:
        member = member_by_email(email)
    except NotFound:
        return None
    return member if member.is_active and doors.decide(member, VIEW, territory=territory).allowed else None


def dialled_as(given: str) -> str:
    """A number as it is dialled: E.164, or a short number (15, 3237); '' where it is none."""
    bare = re.sub(r"[\s.()-]", "", given)
    if _SHORT.fullmatch(bare):
        return bare
    # A spreadsheet takes a telephone number for a figure, and its first 0 away.
    return e164(f"0{bare}" if _ZERO_LOST.fullmatch(bare) else given)


def _known(plan: rules.Plan, cell: str) -> None:
    if cell not in plan.cells:
        raise BadEntry(where=cell, why=gettext("is no cell of the plan"))


def _tell(territory: str, fact: Fact, actor: str) -> None:
    journal.append(journal=f"territory:{territory}", fact=fact, subject=f"territory:{territory}", actor=actor)
