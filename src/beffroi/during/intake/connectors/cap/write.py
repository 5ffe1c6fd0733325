"""From an alert to the bytes of a valid CAP 1.2 message; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from beffroi.during.intake.connectors.cap.alert import NAMESPACE, Alert, Area, Info, Pairs, Point, faults
from beffroi.foundation.errors import BeffroiError


class NotAllowed(BeffroiError):
    """An alert that CAP 1.2 does not allow."""

    code = "cap.not_allowed"
    message = "This alert cannot be sent as CAP 1.2: {why}."
    advice = "Correct what is named; see the page of the connector `cap`."
    status = 422


Line = tuple[str, str]


def write(alert: Alert) -> bytes:
    """The message, in UTF-8, its elements in the order of the standard's schema. Raises NotAllowed."""
    found = faults(alert)
    if found:
        raise NotAllowed(why="; ".join(found))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<alert xmlns="{NAMESPACE}">',
        *_elements(_head(alert)),
        *(line for info in alert.infos for line in _info(info)),
        "</alert>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _elements(pairs: Iterable[Line], indent: str = "  ") -> Iterator[str]:
    """One element a pair; what says nothing is left out."""
    return (f"{indent}<{name}>{escape(said)}</{name}>" for name, said in pairs if said)


def _head(alert: Alert) -> Iterator[Line]:
    yield "identifier", alert.identifier
    yield "sender", alert.sender
    yield "sent", _time(alert.sent)
    yield "status", alert.status
    yield "msgType", alert.kind
    yield "source", alert.source
    yield "scope", alert.scope
    yield "restriction", alert.restriction
    yield "addresses", " ".join(f'"{each}"' if len(each.split()) > 1 else each for each in alert.addresses)
    yield from (("code", each) for each in alert.codes)
    yield "note", alert.note
    references = (f"{each.sender},{each.identifier},{_time(each.sent)}" for each in alert.references)
    yield "references", " ".join(references)


def _info(info: Info) -> Iterator[str]:
    yield "  <info>"
    yield from _elements(_what(info), "    ")
    yield from _pairs("eventCode", info.event_codes, "    ")
    yield from _elements(_told(info), "    ")
    yield from _pairs("parameter", info.parameters, "    ")
    for area in info.areas:
        yield "    <area>"
        yield from _elements(_shape(area), "      ")
        yield from _pairs("geocode", area.geocodes, "      ")
        yield "    </area>"
    yield "  </info>"


def _what(info: Info) -> Iterator[Line]:
    yield "language", info.language
    yield from (("category", each) for each in info.category)
    yield "event", info.event
    yield from (("responseType", each) for each in info.response)
    yield "urgency", info.urgency
    yield "severity", info.severity
    yield "certainty", info.certainty


def _told(info: Info) -> Iterator[Line]:
    for name, at in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        yield name, _time(at) if at else ""
    yield "senderName", info.sender_name
    yield "headline", info.headline
    yield "description", info.description
    yield "instruction", info.instruction
    yield "web", info.web
    yield "contact", info.contact


def _pairs(name: str, pairs: Pairs, indent: str) -> Iterator[str]:
    for key, value in pairs:
        yield f"{indent}<{name}>"
        yield f"{indent}  <valueName>{escape(key)}</valueName>"
        yield f"{indent}  <value>{escape(value)}</value>"
        yield f"{indent}</{name}>"


def _shape(area: Area) -> Iterator[Line]:
    yield "areaDesc", area.name
    yield from (("polygon", " ".join(_point(each) for each in ring)) for ring in area.polygons)
    for circle in area.circles:
        yield "circle", f"{_point((circle.lat, circle.lon))} {_number(circle.km)}"


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _number(value: float) -> str:
    """Six decimals at most (0.1 m of a degree), no exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _time(at: datetime) -> str:
    """Seconds and a numeric offset, as the standard has it."""
    return at.isoformat(timespec="seconds")
