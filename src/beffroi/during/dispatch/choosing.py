"""What the person on duty had before their eyes when a unit was sent, and why they took another."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F

from beffroi.during.dispatch import models, terms
from beffroi.during.dispatch.errors import (
    NoPower,
    NoRight,
    NotAvailable,
    NotProposed,
    OtherWorld,
    ReasonNeeded,
    ReasonTooLong,
)
from beffroi.during.dispatch.rules.may_go import lacks_right
from beffroi.during.dispatch.rules.words import OVERRIDES
from beffroi.during.incident.models import Incident
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView

#: A unit that was proposed first until a moment ago was first for whoever was about to press the key.
GRACE = timedelta(seconds=10)
LONGEST = 200
_SALT_BYTES = 16


@dataclass(frozen=True)
class Choice:
    """A unit chosen: its place in the order shown (0: not proposed), what was said of it, why not the first.

    `override` goes to the journal: a code, or the salted digest of `text`.
    """

    place: int
    order: list[str]
    eta_s: float | None = None
    chance: float | None = None
    override: str = ""
    text: str = ""
    salt: bytes = b""


def choice(row: Incident, unit: str, reason: str, at: datetime) -> Choice:
    """The choice of a unit for an incident. Raises UnknownUnit, NotAvailable, OtherWorld, NoRight, NoPower,
    ReasonNeeded, NotProposed, ReasonTooLong.
    """
    seen = territory.unit(row.territory_key, unit)
    if seen.state == "off":
        raise NotAvailable(unit=unit)
    if seen.exercise != row.exercise:
        raise OtherWorld(unit=unit)
    _refuse_without_right(row, seen, at)
    ranking = models.Ranking.objects.filter(pk=row.pk).first()
    rows: list[dict[str, Any]] = ranking.rows if ranking is not None else []
    found = next((each for each in rows if each["unit"] == unit), None)
    just_first = ranking is not None and ranking.before == unit and _lately(ranking.first_since, at)
    if rows and not just_first and (found is None or found["place"] != 1) and not reason.strip():
        raise ReasonNeeded(unit=unit, first=rows[0]["unit"])
    left = ranking.left_out if ranking is not None else []
    if not rows and any(each["unit"] == unit for each in left) and not reason.strip():
        raise NotProposed(unit=unit)
    override, text, salt = _said(reason.strip())
    return Choice(
        place=found["place"] if found else 0,
        order=[each["unit"] for each in rows],
        eta_s=found["eta_s"] if found else None,
        chance=found["chance"] if found else None,
        override=override,
        text=text,
        salt=salt,
    )


def _refuse_without_right(row: Incident, unit: UnitView, at: datetime) -> None:
    """Raises NoRight, NoPower: as things are now, whatever an order made earlier says."""
    right = terms.of_units(row.territory_key, [unit], at)[unit.key].right
    why = lacks_right(unit.kind, right, row.act)
    if why is None:
        return
    if right is not None and not right.covers(row.act):
        raise NoRight(unit=unit.key, basis=right.basis)
    raise NoPower(unit=unit.key)


def _lately(since: datetime | None, at: datetime) -> bool:
    return since is not None and at - since < GRACE


def _said(reason: str) -> tuple[str, str, bytes]:
    """The override for the journal, and where it was written by hand its text and salt."""
    if not reason or reason in OVERRIDES:
        return reason, "", b""
    if len(reason) > LONGEST:
        raise ReasonTooLong(length=len(reason))
    salt = os.urandom(_SALT_BYTES)
    return f"sha256:{hashlib.sha256(salt + reason.encode()).hexdigest()}", reason, salt


def move_to_coming(incident: UUID, unit: str) -> None:
    """Show the unit as on its way at once; the engine renews the rest within seconds."""
    ranking = models.Ranking.objects.select_for_update().filter(pk=incident).first()
    row = next((each for each in ranking.rows if each["unit"] == unit), None) if ranking else None
    if ranking is None or row is None:
        return
    row |= {"place": 0, "state": "sent", "diverted_from": "", "diverted_reference": "", "chance_later": None}
    row["reasons"] = [{"code": "dispatch.on_its_way", "params": {}}]
    rest = [each for each in ranking.rows if each["unit"] != unit]
    for place, each in enumerate(rest, 1):
        each["place"] = place
    models.Ranking.objects.filter(pk=incident).update(
        rows=rest, coming=[*ranking.coming, row], revision=F("revision") + 1
    )
