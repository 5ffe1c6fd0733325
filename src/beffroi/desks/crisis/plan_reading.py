"""Reads a plan in quiet times into what its pages show: plain values, words in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from beffroi.desks import towns
from beffroi.desks.crisis import words
from beffroi.desks.crisis.reading import name
from beffroi.during.crisis import plans, queries
from beffroi.during.crisis.acting import KEEP
from beffroi.during.crisis.queries import OutsiderView, SeatView
from beffroi.during.crisis.rules import plan as rules
from beffroi.during.crisis.rules.people import LEAD, ROLES
from beffroi.during.crisis.rules.sheet import Fault
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.people import doors
from beffroi.people.models import Member

_ROLE_WORDS = {"lead": "responsable", "deputy": "suppléant", "member": "membre"}


@dataclass(frozen=True, slots=True)
class Sitting:
    """A member in a cell: their role, whether their telephone is known, their number where it is shown."""

    member: UUID
    name: str
    role: str
    role_words: str
    reachable: bool
    number: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A cell of the plan with its people inside and outside."""

    key: str
    words: str
    help: str
    levels: str
    steps: tuple[str, ...]
    people: tuple[Sitting, ...]
    outside: tuple[OutsiderView, ...]
    led: bool


def in_force(territory: str) -> rules.Plan:
    """The plan with which a territory works."""
    return plans.of(territory).plan


def _town(territory: str) -> towns.Town:
    found = next(iter(towns.towns([territory])), None)
    if found is None:
        raise NotFound(what=f"territory {territory}")
    return found


def _called(name: str) -> str:
    """The name of a plan, as people say it."""
    of, _slash, number = name.rpartition("/")
    said = gettext("the template, version %(n)s") if of == "template" else gettext("version %(n)s")
    return said % {"n": number}


def plan(territory: str) -> dict[str, Any]:
    """The page on which a plan is kept."""
    town, kept = _town(territory), plans.of(territory)
    seated = queries.seated(territory)
    numbers = queries.numbers({each.member_id for each in seated})
    return {
        "town": town,
        "place_title": town.name,
        "exercise": town.exercise,
        "plan": kept.plan,
        "plan_name": _called(kept.name),
        "groups": groups(territory, numbers, show=False),
        "members": queries.who_may_sit(territory),
        "roles": [(role, words.ROLES[role]) for role in ROLES],
        "versions": [
            (row, name(row.put_by), f"{territory}/{row.number}" == kept.name)
            for row in queries.versions(territory)
        ],
        "sat": [
            (row, _cell_words(kept.plan, row.cell), words.ROLES[row.role]) for row in queries.sat(territory)
        ],
        "text_most": rules.TEXT_MOST,
    }


def _cell_words(of: rules.Plan, key: str) -> str:
    return of.cells[key].words if key in of.cells else key


def groups(territory: str, numbers: Mapping[UUID, str], *, show: bool) -> tuple[Group, ...]:
    """The cells with their people; numbers stand in it where they are shown."""
    outside = queries.outsiders(territory)
    found = in_force(territory)
    made = []
    for key, cell_words, seats in queries.roster(territory):
        cell = found.cells[key]
        made.append(
            Group(
                key=key,
                words=cell_words,
                help=cell.help,
                levels=", ".join(each.words for each in found.levels.values() if key in each.cells),
                steps=tuple(step for _, step in cell.steps),
                people=tuple(_sitting(each, numbers, show=show) for each in seats),
                outside=tuple(outside.get(key, ())),
                led=any(each.role == LEAD for each in seats),
            )
        )
    return tuple(made)


def _sitting(seat: SeatView, numbers: Mapping[UUID, str], *, show: bool) -> Sitting:
    number = numbers.get(seat.member, "")
    shown = number if show else ""
    return Sitting(seat.member, seat.name, seat.role, str(words.ROLES[seat.role]), bool(number), shown)


def version(territory: str, number: int) -> dict[str, Any]:
    """One version of the plan, in words. Raises NotFound."""
    town, row = _town(territory), queries.version(territory, number)
    return {
        "town": town,
        "place_title": town.name,
        "exercise": town.exercise,
        "version": row,
        "by": name(row.put_by),
        "plan": rules.read(row.toml),
        "in_force": plans.of(territory).name == f"{territory}/{number}",
    }


def people_rows(territory: str) -> list[dict[str, str]]:
    """The people of a plan, a line each, as their sheet has them."""
    cells = {key: each for key, each, _ in queries.roster(territory)}
    found = [
        {
            "cellule": cells[seat.cell],
            "role": _ROLE_WORDS[seat.role],
            "nom": seat.member.display_name,
            "courriel": seat.member.email,
        }
        for seat in queries.seated(territory)
        if seat.cell in cells
    ]
    for key, outside in queries.outsiders(territory).items():
        found += [
            {"cellule": cells[key], "nom": each.name, "telephone": each.number, "fonction": each.task}
            for each in outside
            if key in cells
        ]
    return found


def directory(
    territory: str, member: Member, numbers: Mapping[UUID, str], *, shown: bool = False
) -> dict[str, Any]:
    """The crisis directory."""
    town, kept = _town(territory), plans.of(territory)
    return {
        "town": town,
        "place_title": town.name,
        "exercise": town.exercise,
        "plan": kept.plan,
        "plan_name": _called(kept.name),
        "groups": groups(territory, numbers, show=shown),
        "shown": shown,
        "keeps": doors.decide(member, KEEP, territory=territory).allowed,
        "who": member.display_name,
        "now": clock.now(),
    }


def faults(found: Iterable[Fault]) -> tuple[tuple[str, str], ...]:
    """What is wrong in a sheet: which line and column, then why."""
    made = []
    for each in found:
        where = gettext("line %(n)d, %(column)s") % {"n": each.line, "column": each.column}
        why = str(words.FAULTS[each.code]) % {"expected": each.expected}
        made.append((where if each.line else each.column, why))
    return tuple(made)
