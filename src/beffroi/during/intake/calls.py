"""A call taken by the person on duty: one observation, on disk before the desk goes on.

Each call is a source of its own: two callers are two witnesses, wherever they call from, and nothing is
kept of who they are.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from beffroi.during.intake.facts import CallTaken, Observation
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.spool import shared
from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import derived_uuid7, instant_of
from beffroi.journal import actions as journal
from beffroi.journal import queries as journals

#: What someone may call about, the most pressing first.
KINDS_TOLD = tuple(
    f"report.{each}"
    for each in (
        "assault", "rescue", "fire", "burglary", "theft", "vehicle_crime", "vandalism", "prowling",
        "disorder", "crowd", "missing_person", "crew_assault", "hazard", "cyber", "other",
    )
)  # fmt: skip
OLDEST = timedelta(hours=24)
WIDEST_M = 500.0


class BadCall(Invalid):
    """A call that says nothing of what or where."""

    code = "intake.bad_call"
    message = "{where}: {why}."
    advice = "Choose what happens, and where."


def observation_of(call: UUID) -> UUID:
    """The identifier of the observation that a call's form makes: sent twice, it is one."""
    return derived_uuid7(instant_of(call), "call", str(call))


def take(
    *,
    call: UUID,
    territory: str,
    member: UUID,
    kind: str,
    place: Position,
    ago: timedelta = timedelta(0),
    life: bool = False,
    near: str = "",
    near_kind: str = "",
    exercise: bool = False,
) -> Observation:
    """Keep a call, in the spool then in the journal; the same form sent again changes nothing.

    `call`: the form's identifier (UUIDv7); `place.radius_m`: the doubt about the place; `near`,
    `near_kind`: the map's own name and kind of the place that was chosen. Raises BadCall, SpoolUnavailable.
    """
    if kind not in KINDS_TOLD:
        raise BadCall(where="kind", why="choose what happens among those proposed")
    if not timedelta(0) <= ago <= OLDEST:
        raise BadCall(where="ago", why="at most a day ago")
    at = clock.now()
    content: dict[str, Any] = {"from": "call"}
    if life and not KINDS[kind].is_life:
        content["life"] = True
    content |= {name: said[:120] for name, said in (("near", near), ("near_kind", near_kind)) if said}
    told = Observation(
        id=observation_of(call),
        territory=territory,
        source=f"call-{call.hex[-12:]}",
        key=str(call),
        kind=kind,
        seen_at=at - ago,
        received_at=at,
        lat=round(place.lat, 6),
        lon=round(place.lon, 6),
        radius_m=min(max(place.radius_m, 10.0), WIDEST_M),
        exercise=exercise,
        content=content,
    )
    shared().append_many([told])
    _tell(told, member, round(ago.total_seconds()), life=life or KINDS[kind].is_life)
    return told


def _tell(told: Observation, member: UUID, before_s: int, *, life: bool) -> None:
    """Say in the journal who took the call; once, also where an earlier try ended between the two."""
    subject, name = f"call:{told.key}", f"territory:{told.territory}"
    with transaction.atomic():
        journal.lock(name)
        if journals.entries_about(subject, journal=name, limit=1):
            return
        fact = CallTaken(
            kind=told.kind,
            observation=str(told.id),
            seen_seconds_before=before_s,
            life=life,
            exercise=told.exercise,
        )
        journal.append(
            journal=name, fact=fact, subject=subject, actor=f"member:{member}", at=told.received_at
        )
