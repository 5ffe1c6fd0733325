"""When units work and what lets those of another service act here: as read now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from beffroi.during.dispatch import models, queries
from beffroi.during.dispatch.rules import terms as rules
from beffroi.foundation.settings import current
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView


@dataclass(frozen=True, slots=True)
class Terms:
    """What is known of a unit: its duty by its hours, whether a crew holds it, its lines, its right."""

    duty: rules.Duty
    held: bool
    hours: tuple[rules.HoursLine, ...]
    right: rules.Right | None

    @property
    def works(self) -> bool:
        """Whether it works now: by its hours, or because a crew holds it all the same."""
        return self.duty.works or self.held


_ALWAYS = Terms(rules.Duty(True), False, (), None)


def of_units(key: str, units: Sequence[UnitView], at: datetime) -> dict[str, Terms]:
    """The terms of each unit of a territory at `at`."""
    hours, rights = hours_of(key), rights_of(key)
    if not hours and not rights:
        return {unit.key: _ALWAYS for unit in units}
    place = place_of(key)
    today = at.astimezone(place.zone).date()
    held = queries.crews(key, at) if hours else {}
    known: dict[tuple[rules.HoursLine, ...], rules.Duty] = {}
    found = {}
    for unit in units:
        lines = rules.lines_of(hours, unit.key, unit.kind, today)
        if lines not in known:
            known[lines] = rules.duty(lines, at, place)
        right = rules.right(rights, unit.key, today)
        found[unit.key] = Terms(known[lines], unit.key in held, lines, right)
    return found


def place_of(key: str) -> rules.Place:
    """Where a territory's hours are read. Raises UnknownTerritory."""
    return rules.Place(ZoneInfo(current().time_zone), territory.territory(key).department)


def hours_of(key: str) -> list[rules.HoursLine]:
    """Every line of hours of a territory, those that are over too."""
    rows = models.Hours.objects.filter(territory_key=key).order_by("unit", "kind", "first", "begins", "pk")
    return [
        rules.HoursLine(
            id=str(row.pk),
            unit=row.unit,
            kind=row.kind,
            days=frozenset(row.days),
            begins=row.begins,
            ends=row.ends,
            first=row.first,
            last=row.last,
        )
        for row in rows
    ]


def rights_of(key: str) -> list[rules.RightLine]:
    """Every right given to units of other services in a territory, those that are over too."""
    rows = models.ActingRight.objects.filter(territory_key=key).order_by("unit", "first", "pk")
    return [
        rules.RightLine(
            id=str(row.pk),
            unit=row.unit,
            acts=frozenset(row.acts),
            first=row.first,
            last=row.last,
            basis=row.basis,
        )
        for row in rows
    ]
