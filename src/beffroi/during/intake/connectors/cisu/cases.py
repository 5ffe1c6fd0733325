"""RC-EDA `createCase`: a case that another service shares becomes one observation.

Read: what happened (a code), when, where (coordinates), the case's number. Never read: the caller, the
patients and their state, the reason for care, notes, free texts, access codes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from beffroi.during.intake.connectors.cisu.envelope import Envelope, Identifier, decoded
from beffroi.during.intake.connectors.cisu.natures import kind_of
from beffroi.during.intake.rules import Draft, Unreadable

#: What the exchange's words for precision are worth, in metres.
PRECISION_M = {"EXACTE": 15.0, "ADRESSE": 40.0, "RUE": 250.0, "VILLE": 3_000.0, "INCONNUE": 500.0}
_DEVICE = 80

Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Code = Annotated[str, msgspec.Meta(pattern=r"^C\d{2}(\.\d{2}){2}$")]


class Coord(msgspec.Struct, frozen=True):
    """Degrees of WGS 84."""

    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    precision: Literal["EXACTE", "ADRESSE", "RUE", "VILLE", "INCONNUE"] = "INCONNUE"


class _Point(msgspec.Struct, frozen=True):
    coord: Coord


class _Geometry(msgspec.Struct, frozen=True):
    point: _Point | None = None


class _City(msgspec.Struct, frozen=True, rename="camel"):
    insee_code: Annotated[str, msgspec.Meta(pattern=r"^[0-9AB]{5}$")] = ""


class _Location(msgspec.Struct, frozen=True):
    loc_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = msgspec.field(name="locID")
    country: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
    geometry: _Geometry | None = None
    city: _City | None = None


class _Happened(msgspec.Struct, frozen=True):
    code: Code


class _Qualification(msgspec.Struct, frozen=True, rename="camel"):
    whats_happen: _Happened


class _Case(msgspec.Struct, frozen=True, rename="camel"):
    case_id: Identifier
    creation: Aware
    reference_version: Annotated[str, msgspec.Meta(max_length=32)]
    qualification: _Qualification
    location: _Location


_case = msgspec.json.Decoder(_Case)


def drafts(envelope: Envelope, body: msgspec.Raw) -> list[Draft]:
    """The draft that a case makes. Raises Unreadable."""
    case = decoded(_case, body)
    try:
        seen_at = case.creation.astimezone(UTC)
    except OverflowError:
        raise Unreadable("its creation is not a time", code="cisu.bad_time") from None
    ended = envelope.kind == "Cancel"
    code = case.qualification.whats_happen.code
    point = case.location.geometry.point if case.location.geometry else None
    coord = point.coord if point else None
    city = case.location.city.insee_code if case.location.city else ""
    content = {
        "protocol": "cisu",
        "message": "RC-EDA",
        "case": case.case_id,
        "sender": envelope.sender_id,
        "code": code,
        "version": case.reference_version,
        **({"over": True} if ended else {}),
        **({"insee": city} if city else {}),
        **({"precision": coord.precision} if coord else {}),
    }
    return [
        Draft(
            key=envelope.distribution_id,
            kind="alarm.restored" if ended else kind_of(code),
            # A case that is told again is the same one told now: its creation dates the first only.
            seen_at=seen_at if envelope.kind == "Report" else None,
            # Messages of one case find each other by its number, whatever they say of the place.
            name=case.case_id[-_DEVICE:],
            lat=coord.lat if coord else None,
            lon=coord.lon if coord else None,
            radius_m=PRECISION_M[coord.precision] if coord else 0.0,
            exercise=envelope.status == "Exercise",
            content=content,
        )
    ]
