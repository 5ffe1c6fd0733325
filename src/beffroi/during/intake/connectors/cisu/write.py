"""From an incident that is handed over to the bytes of a valid RC-EDA `createCase`; pure.

What the exchange asks for and nothing of persons: no caller, no patient, no alert of origin. Its freetext
is for all services: what the person on duty writes there, they all read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from beffroi.during.intake.connectors.cisu.natures import PASSED_ON, UNNAMED
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.geography import Position

#: The nomenclatures that our codes are taken from.
VERSION = "1.3"
#: Radius in metres up to which a place is called so; wider is a town's.
_PRECISIONS = ((20.0, "EXACTE"), (60.0, "ADRESSE"), (400.0, "RUE"))
_LABEL = 255

_CASE = re.compile(r"([a-zA-Z0-9_-]+\.){3,9}[a-zA-Z0-9_-]+")
_PARTY = re.compile(r"[a-z]{2}(\.[a-zA-Z0-9_-]+){2,6}")
_NAME = re.compile(r"\S{1,180}")
_INSEE = re.compile(r"[0-9][0-9AB][0-9]{3}")
# The exchange's schema forgets Corsica: a commune's code is five digits there.
_INSEE_TAKEN = re.compile(r"[0-9]{5}")


class NotAllowed(BeffroiError):
    """A case that the exchange does not take."""

    code = "cisu.not_allowed"
    message = "This case cannot be sent to the exchange: {why}."
    advice = "Correct what is named; see the page of the connector `cisu`."
    status = 422


@dataclass(frozen=True, slots=True)
class Case:
    """What is handed over.

    `identifier` is `country.domain.organisation.number`, the same for every service from now on; `act` one
    of the acts of incidents. `position` None: only words tell where. `notes` are read by all services.
    """

    identifier: str
    local: str
    creation: datetime
    act: str
    place_id: str
    position: Position | None = None
    located_at: datetime | None = None
    place: str = ""
    city: str = ""
    insee: str = ""
    country: str = "FR"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """The envelope: who sends to whom, when, until when, and for which world.

    Parties are addresses of the exchange, `country.domain.organisation`. `update`: the case was sent before.
    """

    identifier: str
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    sent: datetime
    expires: datetime
    exercise: bool
    update: bool = False


def write(case: Case, letter: Letter) -> bytes:
    """The message, as JSON in UTF-8. Raises NotAllowed, naming all that is wrong."""
    found = [*_of_case(case), *_of_letter(letter)]
    if found:
        raise NotAllowed(why="; ".join(found))
    return msgspec.json.encode(_envelope(letter, _case(case)))


def _of_case(case: Case) -> Iterator[str]:
    if not _CASE.fullmatch(case.identifier):
        yield "caseId: country.domain.organisation.number, of letters, digits, - and _"
    if not _NAME.fullmatch(case.local):
        yield "senderCaseId: not empty, no space"
    if not _NAME.fullmatch(case.place_id):
        yield "locID: not empty, no space"
    yield from _of_time("creation", case.creation)
    if case.located_at is not None:
        yield from _of_time("geometry", case.located_at)
    if len(case.place) > _LABEL:
        yield f"locLabel: at most {_LABEL} characters"
    if case.insee and not _INSEE.fullmatch(case.insee):
        yield "inseeCode: five characters"
    if case.city and not case.insee:
        yield "city: its name asks for its code"
    if not re.fullmatch(r"[A-Z]{2}", case.country):
        yield "country: two capitals"
    if case.position is None and not (case.place or case.insee):
        yield "location: neither coordinates nor words nor a commune"


def _of_letter(letter: Letter) -> Iterator[str]:
    for name, party in (("sender", letter.sender), ("recipient", letter.recipient)):
        if not _PARTY.fullmatch(party):
            yield f"{name}: country.domain.organisation"
    if not _NAME.fullmatch(letter.identifier):
        yield "distributionID: not empty, no space"
    if not (letter.sender_name and letter.recipient_name):
        yield "name: the sender and the recipient have one"
    times = [*_of_time("dateTimeSent", letter.sent), *_of_time("dateTimeExpires", letter.expires)]
    yield from times
    if not times and letter.expires <= letter.sent:
        yield "dateTimeExpires: after dateTimeSent"


def _of_time(name: str, at: datetime) -> Iterator[str]:
    offset = at.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        yield f"{name}: a time with its offset in hours and minutes"


def _envelope(letter: Letter, body: dict[str, Any]) -> dict[str, Any]:
    status = "Exercise" if letter.exercise else "Actual"
    kind = "Update" if letter.update else "Report"
    message = {
        "messageId": letter.identifier,
        "sender": {"name": letter.sender_name, "URI": f"hubex:{letter.sender}"},
        "sentAt": _time(letter.sent),
        "status": status,
        "kind": kind,
        "recipient": [{"name": letter.recipient_name, "URI": f"hubex:{letter.recipient}"}],
        "createCase": body,
    }
    return {
        "distributionID": letter.identifier,
        "senderID": letter.sender,
        "dateTimeSent": _time(letter.sent),
        "dateTimeExpires": _time(letter.expires),
        "distributionStatus": status,
        "distributionKind": kind,
        "descriptor": {
            "language": "fr-FR",
            "explicitAddress": {
                "explicitAddressScheme": "hubex",
                "explicitAddressValue": letter.recipient,
            },
        },
        "content": [{"jsonContent": {"embeddedJsonContent": {"message": message}}}],
    }


def _case(case: Case) -> dict[str, Any]:
    code, label = PASSED_ON.get(case.act, UNNAMED)
    return {
        "caseId": case.identifier,
        "senderCaseId": case.local,
        "creation": _time(case.creation),
        "referenceVersion": VERSION,
        "qualification": {"whatsHappen": {"code": code, "label": label}},
        "location": _location(case),
        **({"freetext": list(case.notes)} if case.notes else {}),
    }


def _location(case: Case) -> dict[str, Any]:
    city = {"name": case.city, "inseeCode": case.insee}
    taken = _INSEE_TAKEN.fullmatch(case.insee)
    return {
        "locID": case.place_id,
        **({"locLabel": case.place} if case.place else {}),
        **({"city": {name: said for name, said in city.items() if said}} if taken else {}),
        "country": case.country,
        **({"geometry": _geometry(case, case.position)} if case.position else {}),
    }


def _geometry(case: Case, position: Position) -> dict[str, Any]:
    precision = next((name for most, name in _PRECISIONS if position.radius_m <= most), "VILLE")
    coord = {"lat": round(position.lat, 6), "lon": round(position.lon, 6), "precision": precision}
    return {"datetime": _time(case.located_at or case.creation), "point": {"coord": coord}}


def _time(at: datetime) -> str:
    """Seconds and a numeric offset: the exchange refuses Z."""
    return at.isoformat(timespec="seconds")
