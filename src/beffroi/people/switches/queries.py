"""Reads of the legal switches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from beffroi.foundation.geography import Position
from beffroi.people.orders.queries import today
from beffroi.people.orders.rules import warned
from beffroi.people.switches import models, rules
from beffroi.people.switches.shown import SwitchView


def switches(territories: Collection[str], day: date | None = None) -> list[SwitchView]:
    """Every decision of these territories, those that are on first, then those that end soonest."""
    found = models.Switch.objects.filter(territory_key__in=list(territories))
    shown = [_view(each, day or today()) for each in found]
    return sorted(shown, key=lambda each: (not each.on, each.capability, each.ends_on))


def on(
    capability: str, territory: str, *, place: Position | None = None, day: date | None = None
) -> SwitchView | None:
    """The decision that allows a capability in a territory, at a place, on a day; None: it is off.

    Raises KeyError for a capability that is none.
    """
    if capability not in rules.CAPABILITIES:
        raise KeyError(capability)
    at = (place.lat, place.lon) if place else None
    found = models.Switch.objects.filter(territory_key=territory, capability=capability)
    shown = [_view(each, day or today()) for each in found]
    holding = [each for each in shown if each.on and rules.reaches(each.perimeter, at)]
    return max(holding, key=lambda each: each.ends_on, default=None)


def _view(row: models.Switch, day: date) -> SwitchView:
    is_on = rules.is_on(row.starts_on, row.ends_on, row.off_from, day)
    return SwitchView(
        id=row.id,
        territory=row.territory_key,
        capability=row.capability,
        basis=row.basis,
        authority=row.authority,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        places=row.places,
        perimeter=tuple((float(lat), float(lon)) for lat, lon in row.perimeter),
        off_from=row.off_from,
        on=is_on,
        ends_within=warned(row.ends_on, day) if is_on else None,
    )
