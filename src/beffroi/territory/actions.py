"""Writes of the territory: imports, and where patrol units are and what they do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.foundation.geography import Position
from beffroi.journal import actions as journal
from beffroi.territory import models, queries
from beffroi.territory.errors import UnknownUnit
from beffroi.territory.facts import UnitStateChanged
from beffroi.territory.shown import Move, UnitView
from beffroi.territory.table_import import import_devices, import_units
from beffroi.territory.town_import import import_town

__all__ = [
    "hold_units",
    "import_devices",
    "import_town",
    "import_units",
    "move_unit",
    "move_units",
    "set_unit_state",
]


def move_unit(
    *,
    territory: str,
    unit: str,
    position: Position,
    at: datetime | None = None,
    heading_deg: float | None = None,
) -> UnitView:
    """Where a unit was at `at` (default: now). A position older than the one known changes nothing.

    Not in the journal: positions come every few seconds and tell of agents. Raises UnknownUnit.
    """
    moment = at or clock.now()
    rows = models.PatrolUnit.objects.filter(territory__key=territory, key=unit, retired_at=None)
    rows.filter(Q(position_at=None) | Q(position_at__lt=moment)).update(
        lat=position.lat,
        lon=position.lon,
        radius_m=position.radius_m,
        heading_deg=heading_deg,
        position_at=moment,
    )
    return queries.unit(territory, unit)


@transaction.atomic
def move_units(moves: Iterable[Move]) -> list[Move]:
    """Where several units were, in one write; the moves that name no unit of their world are answered.

    As for `move_unit`, a position older than the one known changes nothing, and none is in the journal.
    Who speaks for exercises moves units of exercises only, who speaks for real moves real ones only.
    """
    told = list(moves)
    found = _units_of(told)
    nobody: list[Move] = []
    newer: dict[UUID, models.PatrolUnit] = {}
    for move in told:
        row = found.get((move.territory, move.unit, move.exercise))
        if row is None:
            nobody.append(move)
        elif row.position_at is None or row.position_at < move.at:
            row.lat, row.lon, row.radius_m = move.position.lat, move.position.lon, move.position.radius_m
            row.heading_deg, row.position_at = move.heading_deg, move.at
            newer[row.pk] = row
    # One statement for all; their rows are held, so none of these inserts anything.
    models.PatrolUnit.objects.bulk_create(
        newer.values(), update_conflicts=True, unique_fields=["id"], update_fields=_POSITION
    )
    return nobody


_POSITION = ("lat", "lon", "radius_m", "heading_deg", "position_at")


def _units_of(moves: Collection[Move]) -> dict[tuple[str, str, bool], models.PatrolUnit]:
    """The rows that moves may change, held until the transaction ends, in one order for all."""
    rows = (
        models.PatrolUnit.objects.select_for_update(of=("self",))
        .filter(
            territory__key__in={each.territory for each in moves},
            key__in={each.unit for each in moves},
            retired_at=None,
        )
        .annotate(town=F("territory__key"))
        .order_by("territory__key", "key")
    )
    return {(row.town, row.key, row.exercise): row for row in rows}


def hold_units(*, territory: str, units: Collection[str]) -> None:
    """Lock these units until the caller's transaction ends, in one order for all.

    For whoever changes several and writes the journal between: units before the journal, always.
    """
    rows = models.PatrolUnit.objects.select_for_update().filter(territory__key=territory, key__in=list(units))
    list(rows.order_by("key").values_list("pk", flat=True))


@transaction.atomic
def set_unit_state(
    *, territory: str, unit: str, state: str, mission: str = "", actor: str, at: datetime | None = None
) -> UnitView:
    """What a unit does now: free, sent, on_scene, busy or off; `mission` names what for.

    The same state and mission again changes and says nothing. Raises UnknownUnit, Invalid.
    """
    if state not in models.PatrolUnit.State.values:
        raise Invalid(
            where="state", why=f"{state!r} is not one of {', '.join(models.PatrolUnit.State.values)}"
        )
    found = (
        models.PatrolUnit.objects.select_for_update()
        .filter(territory__key=territory, key=unit, retired_at=None)
        .first()
    )
    if found is None:
        raise UnknownUnit(territory=territory, unit=unit, what=unit)
    if (found.state, found.mission) != (state, mission):
        found.state, found.mission = state, mission
        found.save(update_fields=["state", "mission"])
        journal.append(
            journal=f"territory:{territory}",
            fact=UnitStateChanged(unit=unit, state=state, mission=mission, exercise=found.exercise),
            subject=f"unit:{unit}",
            actor=actor,
            at=at,
        )
    return queries.unit(territory, unit)
