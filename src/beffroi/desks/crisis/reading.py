"""Reads a crisis into what its pages show: plain values, words already in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, ngettext

from beffroi.desks import towns
from beffroi.desks.duty import words as duty
from beffroi.during.crisis import plans, queries
from beffroi.during.crisis.acting import KEEP, LEAD, WORK
from beffroi.during.crisis.queries import CrisisView, SeatView
from beffroi.during.crisis.rules.plan import COMMAND
from beffroi.during.incident import queries as incidents
from beffroi.foundation import clock
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.people.models import Member

FIRST = 3


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the call tree: their cells, whether they were reached, their number for who leads."""

    member: UUID
    name: str
    cells: str
    state: str
    words: str
    mobile: str


def page(found: CrisisView, member: Member) -> dict[str, Any]:
    """The crisis page as a member sees it."""
    town = next(iter(towns.towns({found.territory})))
    leads = doors.decide(member, LEAD, territory=found.territory).allowed
    works = doors.decide(member, WORK, territory=found.territory).allowed and found.ended_at is None
    everybody = tree(found, member, leads=leads)
    command = next(each for each in found.cells if each.key == COMMAND)
    return {
        "crisis": found,
        "level": found.plan.levels[found.level],
        "levels": found.plan.levels.values(),
        "town": town,
        "by": name(found.opened_by),
        "ended_by": name(found.ended_by),
        "first": [each for each in command.steps if each.at is None][:FIRST],
        "command": command,
        "people": everybody,
        "reached": sum(each.state == "reached" for each in everybody),
        "decisions": [(at, name(by), text) for at, by, text in found.decisions],
        "told": [(each, name(each.prepared_by), name(each.validated_by)) for each in found.messages],
        "standing": [each for each in found.messages if each.standing],
        "leads": leads and found.ended_at is None,
        "works": works,
        "outside": [(each, cell.words) for cell in found.cells if cell.active for each in cell.outside]
        if works
        else [],
        "may_duty": doors.decide(member, "duty.view", territory=found.territory).allowed,
        "exercise": found.exercise,
        "place_title": town.name,
        "now": clock.now(),
    }


def name(actor: str) -> str:
    """Who did it, by name."""
    return people.names_of({actor}).get(actor, "") if actor else ""


def tree(found: CrisisView, member: Member, *, leads: bool) -> list[Person]:
    """The people of the cells at work, each once, those not reached first.

    Numbers while it lasts: all for who leads the crisis, those of their own cells for who leads a cell.
    """
    cells: dict[UUID, list[str]] = {}
    seats: dict[UUID, SeatView] = {}
    for cell in found.cells:
        if cell.active:
            for seat in cell.seats:
                cells.setdefault(seat.member, []).append(cell.words)
                seats[seat.member] = seat
    served = seats if leads else _served(found, member)
    numbers = queries.numbers(list(served)) if found.ended_at is None else {}
    made = [
        Person(key, seat.name, ", ".join(cells[key]), _state(seat), _said(seat), numbers.get(key, ""))
        for key, seat in seats.items()
    ]
    return sorted(made, key=lambda each: (_ORDER[each.state], each.name))


def _served(found: CrisisView, member: Member) -> set[UUID]:
    """The members of the cells at work that this member leads, or stands in for."""
    theirs = set()
    for cell in found.cells:
        seats = {each.member: each for each in cell.seats}
        own = seats.get(member.pk)
        if cell.active and own is not None and (own.lead or own.deputy):
            theirs |= set(seats)
    return theirs


_ORDER = {"missed": 0, "called": 1, "waiting": 2, "reached": 3}


def _state(seat: SeatView) -> str:
    if seat.reached is not None:
        return "reached" if seat.reached else "missed"
    return "called" if seat.called_at else "waiting"


def _said(seat: SeatView) -> str:
    if seat.reached is not None:
        return gettext("reached") if seat.reached else gettext("not reached")
    if seat.called_at is None:
        return gettext("not called yet")
    if seat.kept:
        return gettext("called (exercise: nothing left)")
    if seat.sent:
        return ngettext("called, %(n)d message left", "called, %(n)d messages left", seat.sent) % {
            "n": seat.sent
        }
    if seat.failed:
        return gettext("called, no message could leave: telephone")
    return gettext("being called")


def quiet(member: Member, keys: frozenset[str]) -> list[dict[str, Any]]:
    """What the page shows where nothing goes on: the plan, who sits where, and how to begin."""
    leads, keeps = doors.territories_for(member, LEAD), doors.territories_for(member, KEEP)
    return [
        {
            "town": town,
            "levels": plans.of(town.key).plan.levels.values(),
            "roster": queries.roster(town.key),
            "leads": town.key in leads,
            "keeps": town.key in keeps,
            "open": queries.crises({town.key}, ended=False),
            "past": queries.crises({town.key}, ended=True, limit=5),
            "incidents": _incidents(town.key) if town.key in leads else [],
        }
        for town in towns.towns(keys)
    ]


def _incidents(territory: str) -> list[tuple[str, str]]:
    """Incidents from which the plan may be activated: identifier, words."""
    found = incidents.queue({territory}, clock.now())
    return [
        (str(each.id), f"{each.reference} {duty.title(each.act, each.state)} {each.place_text}".strip())
        for each in [*found.decide, *found.progress][:8]
    ]
