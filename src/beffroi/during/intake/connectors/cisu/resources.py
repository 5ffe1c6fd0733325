"""Vehicles of other services: their states (RC-RI, EMSI) are kept, their places (GEO-POS, RC-RI) move units.

Read: the vehicle's number, its state, its place, the case. Never read: the team, its names, telephones,
plates, notes.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from beffroi.during.intake.connectors.cisu.cases import Aware, Coord
from beffroi.during.intake.connectors.cisu.envelope import Envelope, Identifier, decoded
from beffroi.during.intake.rules import Draft, Fix, Unreadable

#: No message tells how sure a place is: a vehicle's own receiver, in a street.
_RADIUS_M = 30.0
_KEY = 190
_DEVICE = 80
_MOST = 500

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Unit = Annotated[str, msgspec.Meta(min_length=1, max_length=_DEVICE)]


class _State(msgspec.Struct, frozen=True):
    status: Word
    datetime: Aware
    availability: bool | None = None


class _Place(msgspec.Struct, frozen=True):
    datetime: Aware
    coord: Coord


class _Resource(msgspec.Struct, frozen=True, rename="camel"):
    resource_id: Unit
    state: _State
    vehicle_type: Word = "SIS"
    position: _Place | None = None


class _Resources(msgspec.Struct, frozen=True, rename="camel"):
    case_id: Identifier
    resource: list[msgspec.Raw]


class _Position(msgspec.Struct, frozen=True, rename="camel"):
    """`cap` in degrees, a number or its digits; either of the schema's two names for the number."""

    datetime: Aware
    coord: Coord | list[Coord]
    resource_id: Unit | None = None
    id: Unit | None = None
    cap: float | str | None = None


class _Positions(msgspec.Struct, frozen=True):
    position: list[msgspec.Raw]


class _EmsiContext(msgspec.Struct, frozen=True, rename="upper"):
    creation: Aware
    mode: Word


class _EmsiEvent(msgspec.Struct, frozen=True, rename="upper"):
    id: Identifier
    main_event_id: Identifier | None = None


class _EmsiResource(msgspec.Struct, frozen=True, rename="upper"):
    id: Unit
    status: Word


class _Emsi(msgspec.Struct, frozen=True, rename="upper"):
    context: _EmsiContext
    event: _EmsiEvent
    resource: list[msgspec.Raw] = []


_resources = msgspec.json.Decoder(_Resources)
_resource = msgspec.json.Decoder(_Resource)
_positions = msgspec.json.Decoder(_Positions)
_position = msgspec.json.Decoder(_Position)
_emsi = msgspec.json.Decoder(_Emsi)
_emsi_resource = msgspec.json.Decoder(_EmsiResource)

Read = Draft | Fix | Unreadable


def states(envelope: Envelope, body: msgspec.Raw) -> list[Read]:
    """RC-RI: a state for each vehicle, and its place where it tells one. Raises Unreadable."""
    told = decoded(_resources, body)
    return [found for raw in _bounded(told.resource) for found in _each(raw, envelope, told.case_id)]


def _each(raw: msgspec.Raw, envelope: Envelope, case: str) -> list[Read]:
    try:
        one = decoded(_resource, raw)
        kept = {"message": "RC-RI", "case": case, "vehicle": one.vehicle_type}
        found: list[Read] = [_state(envelope, one.resource_id, one.state, kept)]
        if one.position is not None:
            found.append(_fix(one.resource_id, one.position.datetime, one.position.coord, envelope))
        return found
    except Unreadable as error:
        return [error]


def positions(envelope: Envelope, body: msgspec.Raw) -> list[Read]:
    """GEO-POS: where vehicles are. Raises Unreadable."""
    return [_geo(raw, envelope) for raw in _bounded(decoded(_positions, body).position)]


def _geo(raw: msgspec.Raw, envelope: Envelope) -> Read:
    try:
        one = decoded(_position, raw)
        name = one.resource_id or one.id
        coords = one.coord if isinstance(one.coord, list) else [one.coord]
        if not name or not coords:
            raise Unreadable("a position says neither of what nor where", code="cisu.not_agreed")
        return _fix(name, one.datetime, coords[-1], envelope, _heading(one.cap))
    except Unreadable as error:
        return error


def _heading(cap: float | str | None) -> float | None:
    try:
        degrees = float(cap) if cap is not None else math.nan
    except ValueError:
        return None
    return degrees % 360 if 0 <= degrees <= 360 else None


def emsi(envelope: Envelope, body: msgspec.Raw) -> list[Read]:
    """EMSI: a state for each vehicle; its event and its missions are not read. Raises Unreadable."""
    told = decoded(_emsi, body)
    case = told.event.main_event_id or told.event.id
    drill = told.context.mode != "ACTUAL"
    found: list[Read] = []
    for raw in _bounded(told.resource):
        try:
            one = decoded(_emsi_resource, raw)
            state = _State(status=one.status, datetime=told.context.creation)
            kept = {"message": "EMSI", "case": case}
            found.append(_state(envelope, one.id, state, kept, drill=drill))
        except Unreadable as error:
            found.append(error)
    return found


def _bounded(raws: Sequence[msgspec.Raw]) -> Sequence[msgspec.Raw]:
    if len(raws) > _MOST:
        raise Unreadable(f"it tells of more than {_MOST} vehicles", code="cisu.too_many")
    return raws


def _state(
    envelope: Envelope, unit: str, state: _State, kept: Mapping[str, str], *, drill: bool = False
) -> Draft:
    seen_at = _utc(state.datetime)
    key = f"state:{unit}:{state.status}:{seen_at.isoformat()}:{kept['case']}"
    return Draft(
        key=key if len(key) <= _KEY else f"state:{hashlib.sha256(key.encode()).hexdigest()}",
        kind="technical.other",
        seen_at=seen_at,
        name=unit,
        exercise=drill or envelope.status == "Exercise",
        content={
            "protocol": "cisu",
            "sender": envelope.sender_id,
            "resource": unit,
            "status": state.status,
            **kept,
            **({"available": state.availability} if state.availability is not None else {}),
        },
    )


def _fix(unit: str, at: datetime, coord: Coord, envelope: Envelope, heading: float | None = None) -> Fix:
    return Fix(
        name=unit,
        at=_utc(at),
        lat=coord.lat,
        lon=coord.lon,
        radius_m=_RADIUS_M,
        heading_deg=heading,
        exercise=envelope.status == "Exercise",
    )


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise Unreadable("it tells of no time of ours", code="cisu.bad_time") from None
