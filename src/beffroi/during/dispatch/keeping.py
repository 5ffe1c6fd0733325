"""Hours of units and rights of other services: lines given, and ended on a day; never erased."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from beffroi.during.dispatch import facts, models
from beffroi.during.dispatch.errors import BadTerms, UnknownLine
from beffroi.during.dispatch.rules.terms import HOLIDAY
from beffroi.during.incident.words import TITLES
from beffroi.journal import actions as journal
from beffroi.journal.facts import Fact
from beffroi.territory import queries as territory
from beffroi.territory.methods.unit_rows import KINDS

#: Acts for which a right may be given.
ACTS = tuple(code.removeprefix("act.") for code in TITLES if code.startswith("act."))
LONGEST_BASIS = 160


@transaction.atomic
def add_hours(
    *,
    territory_key: str,
    unit: str = "",
    kind: str = "",
    days: Collection[int],
    begins: time,
    ends: time,
    first: date,
    last: date | None = None,
    actor: str,
) -> models.Hours:
    """A unit, or every unit of a service, works at these hours on these days (0 Monday to 6, 7 holidays).

    Raises UnknownTerritory, UnknownUnit, BadTerms.
    """
    _require_dates(first, last)
    if bool(unit) == bool(kind):
        raise BadTerms(why="name a unit, or a service, and not both")
    if unit:
        territory.unit(territory_key, unit)
    elif kind not in KINDS:
        raise BadTerms(why=f"{kind!r} is not one of {', '.join(KINDS)}")
    if not days or not set(days) <= set(range(HOLIDAY + 1)):
        raise BadTerms(why="name at least one day, 0 (Monday) to 7 (public holidays)")
    town = territory.territory(territory_key)
    row = models.Hours.objects.create(
        territory_key=territory_key,
        unit=unit,
        kind=kind,
        days=sorted(set(days)),
        begins=begins,
        ends=ends,
        first=first,
        last=last,
    )
    _tell(territory_key, _hours(row, "given", exercise=town.exercise), actor)
    return row


@transaction.atomic
def end_hours(*, territory_key: str, line: str, last: date, actor: str) -> models.Hours:
    """A line of hours holds to this day included. Raises UnknownLine, BadTerms."""
    row = _hours_row(territory_key, line)
    _require_dates(row.first, last)
    row.last = last
    row.save(update_fields=["last"])
    exercise = territory.territory(territory_key).exercise
    _tell(territory_key, _hours(row, "ended", exercise=exercise), actor)
    return row


@transaction.atomic
def give_right(
    *,
    territory_key: str,
    unit: str,
    basis: str,
    acts: Collection[str] = (),
    first: date,
    last: date | None = None,
    actor: str,
) -> models.ActingRight:
    """A unit of another service may act here between two days, on these acts (none: any), by `basis`.

    From then on the unit is one of another service: without a right in force it is not proposed.
    Raises UnknownTerritory, UnknownUnit, BadTerms.
    """
    _require_dates(first, last)
    if not 1 <= len(basis.strip()) <= LONGEST_BASIS or not basis.isprintable():
        raise BadTerms(why=f"say what it rests on, in {LONGEST_BASIS} letters at most")
    unknown = sorted(set(acts) - set(ACTS))
    if unknown:
        raise BadTerms(why=f"{unknown[0]!r} is not one of {', '.join(ACTS)}")
    territory.unit(territory_key, unit)
    row = models.ActingRight.objects.create(
        territory_key=territory_key,
        unit=unit,
        acts=sorted(set(acts)),
        first=first,
        last=last,
        basis=basis.strip(),
    )
    exercise = territory.territory(territory_key).exercise
    _tell(territory_key, _right(row, "given", exercise=exercise), actor)
    return row


@transaction.atomic
def end_right(*, territory_key: str, line: str, last: date, actor: str) -> models.ActingRight:
    """A right holds to this day included. Raises UnknownLine, BadTerms."""
    row = _right_row(territory_key, line)
    _require_dates(row.first, last)
    row.last = last
    row.save(update_fields=["last"])
    exercise = territory.territory(territory_key).exercise
    _tell(territory_key, _right(row, "ended", exercise=exercise), actor)
    return row


def _require_dates(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise BadTerms(why="the last day is before the first")


def _hours_row(territory_key: str, line: str) -> models.Hours:
    try:
        return models.Hours.objects.select_for_update().get(territory_key=territory_key, pk=UUID(line))
    except (ValueError, ValidationError, models.Hours.DoesNotExist):
        raise UnknownLine(what=line) from None


def _right_row(territory_key: str, line: str) -> models.ActingRight:
    try:
        return models.ActingRight.objects.select_for_update().get(territory_key=territory_key, pk=UUID(line))
    except (ValueError, ValidationError, models.ActingRight.DoesNotExist):
        raise UnknownLine(what=line) from None


def _hours(row: models.Hours, what: str, *, exercise: bool) -> facts.HoursChanged:
    return facts.HoursChanged(
        what=what, line=str(row.pk), unit=row.unit, kind=row.kind, last=_day(row.last), exercise=exercise
    )


def _right(row: models.ActingRight, what: str, *, exercise: bool) -> facts.RightChanged:
    return facts.RightChanged(
        what=what,
        line=str(row.pk),
        unit=row.unit,
        acts=row.acts,
        first=row.first.isoformat(),
        last=_day(row.last),
        exercise=exercise,
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _tell(territory_key: str, fact: Fact, actor: str) -> None:
    subject = f"territory:{territory_key}"
    journal.append(journal=subject, fact=fact, subject=subject, actor=actor)
