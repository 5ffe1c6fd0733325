"""What the report's form says, read and checked before the signal room sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from beffroi.before.signal import rules
from beffroi.desks.report import words
from beffroi.foundation.geography import Position, distance_m

BY_STREET_M = 120.0
BY_MAP_M = 25.0


@dataclass
class Filled:
    """A form as it was filled: what was understood, and a fault a field for what was not."""

    what: str = ""
    details: dict[str, str] = field(default_factory=dict)
    place: Position | None = None
    street: str = ""
    age: timedelta | None = None
    form: UUID | None = None
    faults: dict[str, str] = field(default_factory=dict)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _pointed(post: Mapping[str, str]) -> Position | None:
    lat, lon = _number(post.get("lat", "")), _number(post.get("lon", ""))
    if lat is None or lon is None:
        return None
    radius = _number(post.get("radius", "")) or BY_MAP_M
    try:
        return Position(lat, lon, max(0.0, radius))
    except ValueError:
        return None


def fill(post: Mapping[str, str], streets: Mapping[str, Position], town: Position, reach_m: float) -> Filled:
    """Understand a posted form; `streets` are those of the list, `town` and `reach_m` where it may be (m)."""
    filled = Filled(what=post.get("what", ""), street=post.get("street", "").strip())
    if filled.what not in rules.DETAILS:
        filled.faults["what"] = words.FAULTS["what"]
    else:
        for question, answers in rules.DETAILS[filled.what].items():
            answer = post.get(f"{filled.what}.{question}", "")
            if answer in answers:
                filled.details[question] = answer
    filled.place = _pointed(post)
    if filled.place is None and filled.street in streets:
        at = streets[filled.street]
        filled.place = Position(at.lat, at.lon, max(BY_STREET_M, at.radius_m))
    if filled.place is None or filled.place.radius_m > rules.WIDEST_M:
        filled.faults["place"] = words.FAULTS["place"]
    elif distance_m(filled.place, town) > reach_m:
        filled.faults["place"] = words.FAULTS["place_far"]
    filled.age = words.seen_before(post.get("age", ""))
    if filled.age is None:
        filled.faults["when"] = words.FAULTS["when"]
    try:
        filled.form = UUID(post.get("form", ""))
    except ValueError:
        filled.form = None
    return filled
