"""Writes of the legal switches: each one transaction with its entry in the territory's journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from beffroi.people.entries import SYSTEM, append
from beffroi.people.orders.queries import today
from beffroi.people.switches import facts, models, rules
from beffroi.people.switches.errors import BadSwitch, UnknownSwitch

_LONGEST = {"basis": 200, "authority": 160, "number": 80}


@dataclass(frozen=True, slots=True)
class DecisionText:
    """The decision that allows a capability, as it was signed; days are the first and the last."""

    capability: str
    basis: str
    authority: str
    number: str
    starts_on: date
    ends_on: date
    perimeter: Sequence[tuple[float, float]] = ()
    places: str = ""


@transaction.atomic
def turn_on(*, territory: str, text: DecisionText, actor: str = SYSTEM) -> models.Switch:
    """Allow a capability by a decision, from its first day to its last. Raises BadSwitch."""
    _checked(territory, text)
    row = models.Switch.objects.create(
        territory_key=territory,
        capability=text.capability,
        basis=text.basis.strip(),
        authority=text.authority.strip(),
        number=text.number.strip(),
        starts_on=text.starts_on,
        ends_on=text.ends_on,
        perimeter=[list(corner) for corner in text.perimeter],
        places=text.places.strip()[:400],
    )
    fact = facts.TurnedOn(
        capability=row.capability,
        number=row.number,
        basis=row.basis,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
        perimeter=bool(row.perimeter),
    )
    append(journal=f"territory:{territory}", fact=fact, subject=f"switch:{row.id}", actor=actor)
    return row


def _checked(territory: str, text: DecisionText) -> None:
    if text.capability not in rules.CAPABILITIES:
        raise BadSwitch(where="capability", why="is none that a switch allows")
    for name, longest in _LONGEST.items():
        given = getattr(text, name).strip()
        if not given or len(given) > longest:
            raise BadSwitch(where=name, why="is missing, or too long")
    if why := rules.bad_term(text.capability, text.starts_on, text.ends_on):
        raise BadSwitch(where="ends_on", why=why)
    if text.perimeter and (why := rules.bad_ring(text.perimeter)):
        raise BadSwitch(where="perimeter", why=why)
    same = models.Switch.objects.filter(
        territory_key=territory, capability=text.capability, number=text.number.strip()
    )
    if same.exists():
        raise BadSwitch(where="number", why="is registered already")


@transaction.atomic
def turn_off(
    *, territory: str, capability: str, number: str, from_day: date | None = None, actor: str = SYSTEM
) -> None:
    """A decision allows nothing from a day on (today where none is given). Raises UnknownSwitch."""
    row = models.Switch.objects.filter(territory_key=territory, capability=capability, number=number).first()
    if row is None:
        raise UnknownSwitch(what=f"{capability} {number}")
    row.off_from = from_day or today()
    row.save(update_fields=["off_from"])
    fact = facts.TurnedOff(capability=capability, number=number, from_day=row.off_from.isoformat())
    append(journal=f"territory:{territory}", fact=fact, subject=f"switch:{row.id}", actor=actor)
