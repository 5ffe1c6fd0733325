"""Units as the map shows them: where they were heard last, how old that is, what they do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from beffroi.desks import spelling
from beffroi.desks.duty import words
from beffroi.foundation import clock
from beffroi.foundation.settings import current
from beffroi.territory import queries as territory
from beffroi.territory.shown import UnitView

OURS = ("municipal", "rural", "security")


def corps(kind: str) -> str:
    """The mark's shape: a disc for the town's own, a square for gendarmerie, police and others."""
    return "u" if kind in OURS else "g"


def on_map(keys: Iterable[str]) -> list[dict[str, Any]]:
    """Every unit of these territories, as plain values for the page."""
    now = clock.now()
    return [_mark(unit, now) for key in keys for unit in territory.units(key) if unit.state != "off"]


def is_stale(position_at: datetime | None, now: datetime) -> bool:
    """Whether a position is too old to be trusted as it is."""
    return position_at is None or (now - position_at).total_seconds() > current().position_stale_seconds


def _mark(unit: UnitView, now: datetime) -> dict[str, Any]:
    position = unit.position or unit.home
    stale = is_stale(unit.position_at, now)
    state = words.said(words.UNIT_STATES, unit.state)
    return {
        "territory": unit.territory,
        "key": unit.key,
        "corps": corps(unit.kind),
        "state": "free" if unit.state == "free" else "busy",
        "lat": position.lat if position else None,
        "lon": position.lon if position else None,
        "heading": unit.heading_deg,
        "stale": stale,
        "sub": "" if unit.state == "free" else state,
        "words": f"{unit.name}, {state}, {seen(unit.position_at, now)}",
    }


def seen(position_at: datetime | None, now: datetime) -> str:
    """`seen 4 s ago`, or that its place was never heard."""
    if position_at is None:
        return gettext("position never heard, taken at its base")
    age = spelling.duration((now - position_at).total_seconds())
    return gettext("seen %(age)s ago") % {"age": age}
