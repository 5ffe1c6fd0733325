"""The form of a call: what may be chosen, what was understood of it, and what lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext

from beffroi.desks.duty import words, words_more
from beffroi.desks.towns import Town
from beffroi.during.intake import calls
from beffroi.during.intake.kinds import KINDS
from beffroi.foundation.geography import Position, distance_m
from beffroi.foundation.identifiers import uuid7
from beffroi.territory import places
from beffroi.territory import queries as territory

BY_MAP_M = 25.0
PROPOSED = 7


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing that someone may call about; `life`: it always means that a life may be in danger."""

    kind: str
    words: str
    icon: str
    life: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A place proposed: its name, what it is and where it lies in words, and where it is.

    `own_name` and `kind` are the map's own, whatever language reads them.
    """

    name: str
    note: str
    lat: float
    lon: float
    radius_m: int
    own_name: str
    kind: str


@dataclass
class Call:
    """A call as it was filled in, ready for its form: `faults` by field, in words."""

    town: Town
    form: UUID = field(default_factory=uuid7)
    kind: str = ""
    place: Position | None = None
    where: str = ""
    near: str = ""
    near_kind: str = ""
    minutes: int = 0
    life: bool = False
    exercise: bool = False
    faults: dict[str, str] = field(default_factory=dict)
    towns: tuple[Town, ...] = ()

    @property
    def tiles(self) -> list[Tile]:
        """What someone may call about."""
        return [
            Tile(kind, words.said(words_more.CALLS, kind), words_more.CALL_ICONS[kind], KINDS[kind].is_life)
            for kind in calls.KINDS_TOLD
        ]

    @property
    def ages(self) -> list[tuple[int, str]]:
        """How long ago it may have been."""
        return [(minutes, str(said)) for minutes, said in words_more.AGO]


def propose(key: str, query: str) -> list[Proposal]:
    """The places of a town that bear what was typed, in the reader's language."""
    found = places.find(key, query, PROPOSED)
    return [_proposal(key, each) for each in found]


def _proposal(key: str, found: places.FoundPlace) -> Proposal:
    at = found.position
    kind = str(words_more.PLACE_KINDS.get(found.kind, ""))
    name = found.name or kind[:1].upper() + kind[1:]
    plain = found.kind in ("street", "address")
    beside = "" if plain else found.beside or territory.place_name(key, at.lat, at.lon)
    parts = [kind if found.name else "", "" if found.name and found.name in beside else beside]
    if found.near:
        parts.insert(0, gettext("nearby"))
    note = ", ".join(part for part in parts if part)
    return Proposal(name, note, at.lat, at.lon, round(at.radius_m), found.name, found.kind)


def fill(post: Mapping[str, str], town: Town) -> Call:
    """Understand a posted form. Where words alone say the place, the likeliest that bears them is taken."""
    call = Call(town, kind=post.get("kind", ""), where=post.get("where", "").strip()[: places.LONGEST])
    call.life, call.exercise = post.get("life") == "1", town.exercise or post.get("exercise") == "1"
    call.form = _form(post.get("form", "")) or call.form
    if call.kind not in calls.KINDS_TOLD:
        call.faults["kind"] = gettext("Choose what happens.")
    call.place = _pointed(post)
    if call.place is None and call.where:
        for best in propose(town.key, call.where)[:1]:
            call.place, call.where = Position(best.lat, best.lon, best.radius_m), best.name
    if call.place is None:
        call.faults["place"] = gettext("Say where: press the map, or choose a place of the list.")
    elif distance_m(call.place, town.centre) > town.reach_m:
        call.faults["place"] = gettext("This place is not in the territory.")
    # The town's own name of the place, never what was typed.
    for chosen in propose(town.key, call.where):
        if chosen.name == call.where:
            call.near, call.near_kind = chosen.own_name, chosen.kind
            break
    minutes = {str(each): each for each, _said in words_more.AGO}
    call.minutes = minutes.get(post.get("ago", "0"), 0)
    return call


def take(call: Call, member: UUID) -> UUID:
    """Keep a call without faults; its observation."""
    assert call.place is not None  # noqa: S101 - no fault was found
    told = calls.take(
        call=call.form,
        territory=call.town.key,
        member=member,
        kind=call.kind,
        place=call.place,
        ago=timedelta(minutes=call.minutes),
        life=call.life,
        near=call.near,
        near_kind=call.near_kind,
        exercise=call.exercise,
    )
    return told.id


def _form(text: str) -> UUID | None:
    try:
        form = UUID(text)
    except ValueError:
        return None
    return form if form.version == 7 else None


def _pointed(post: Mapping[str, str]) -> Position | None:
    try:
        lat, lon = float(post.get("lat", "")), float(post.get("lon", ""))
        return Position(lat, lon, max(0.0, float(post.get("radius", "") or BY_MAP_M)))
    except ValueError:
        return None
