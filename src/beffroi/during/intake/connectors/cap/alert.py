"""A CAP 1.2 alert as plain values, and what the standard forbids in one (OASIS, 1 July 2010).

What is read of a partner's alert and what is written to the population are of the same shape. Embedded
files (`resource`) and signatures are in neither.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra"),
    *("CBRNE", "Other"),
)
RESPONSES = (
    *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
#: What is taken if an `info` does not say its language.
LANGUAGE = "en-US"

_NAME = re.compile(r"[^\s,<&]{1,500}")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
# Characters that no XML 1.0 document may hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Point = tuple[float, float]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier alert, by the three values that name one."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """Degrees of WGS 84, and a radius in kilometres."""

    lat: float
    lon: float
    km: float


@dataclass(frozen=True, slots=True)
class Area:
    """A place by its words, and its shape: rings of (latitude, longitude) in degrees, and circles."""

    name: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: Pairs = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What happens, how soon, how grave, how sure, what to do: one a language."""

    category: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    language: str = LANGUAGE
    response: tuple[str, ...] = ()
    event_codes: Pairs = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: Pairs = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One message. `kind` is its msgType; `references` the alerts that it updates, cancels or answers."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    scope: str
    source: str = ""
    restriction: str = ""
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def reference(self) -> Reference:
        """This alert, as an update or an end of it refers to it."""
        return Reference(self.sender, self.identifier, self.sent)

    @property
    def root(self) -> str:
        """The identifier of the first alert of this one's line: its own where it refers to none."""
        first = min(self.references, key=lambda each: each.sent, default=None)
        return first.identifier if first else self.identifier


def ring(points: Sequence[Point]) -> tuple[Point, ...]:
    """A polygon closed as CAP has it: its first point is also its last."""
    return (*points, points[0]) if points and points[0] != points[-1] else tuple(points)


def faults(alert: Alert) -> list[str]:
    """What CAP 1.2 does not allow in this alert, in words; none: it may be sent."""
    return [*_of_alert(alert), *(each for info in alert.infos for each in _of_info(info))]


def shape_faults(area: Area) -> list[str]:
    """What is wrong with the shape of an area."""
    found = [f"polygon: {why}" for each in area.polygons if (why := _of_ring(each))]
    for circle in area.circles:
        if not _on_earth((circle.lat, circle.lon)):
            found.append("circle: its middle is not on the earth")
        if not (math.isfinite(circle.km) and circle.km >= 0):
            found.append("circle: its radius is not a length")
    return found


def _of_ring(points: Sequence[Point]) -> str:
    if not all(_on_earth(each) for each in points):
        return "a point is not on the earth"
    if len(points) < 4:
        return f"{len(points)} points, at least 4 are needed"
    return "" if points[0] == points[-1] else "its first point is not its last"


def _on_earth(point: Point) -> bool:
    return -90 <= point[0] <= 90 and -180 <= point[1] <= 180


def _of_alert(alert: Alert) -> Iterator[str]:
    for name, value in (("identifier", alert.identifier), ("sender", alert.sender)):
        if not _NAME.fullmatch(value):
            yield f"{name}: no space, no comma, no < and no &, and not empty"
    yield from _of_time("sent", alert.sent)
    yield from _of_list("status", STATUSES, [alert.status])
    yield from _of_list("msgType", MESSAGES, [alert.kind])
    yield from _of_list("scope", SCOPES, [alert.scope])
    if (alert.scope == "Restricted") != bool(alert.restriction):
        yield "restriction: there when the scope is Restricted, and only then"
    if alert.scope == "Private" and not alert.addresses:
        yield "addresses: needed when the scope is Private"
    if alert.kind not in ("Alert", "") and not alert.references:
        yield f"references: {alert.kind} says which alerts it is about"
    for each in alert.references:
        if not (_NAME.fullmatch(each.sender) and _NAME.fullmatch(each.identifier)):
            yield "references: no space, no comma, no < and no & in a sender or an identifier"
        yield from _of_time("references", each.sent)
    yield from _of_text(
        "alert", [alert.source, alert.restriction, alert.note, *alert.addresses, *alert.codes]
    )
    if any('"' in each or not each for each in alert.addresses):
        yield "addresses: not empty, and without a double quote"


def _of_info(info: Info) -> Iterator[str]:
    if not info.category:
        yield "category: at least one"
    yield from _of_list("category", CATEGORIES, info.category)
    yield from _of_list("responseType", RESPONSES, info.response)
    yield from _of_list("urgency", URGENCIES, [info.urgency])
    yield from _of_list("severity", SEVERITIES, [info.severity])
    yield from _of_list("certainty", CERTAINTIES, [info.certainty])
    if not info.event.strip():
        yield "event: not empty"
    if not _LANGUAGE.fullmatch(info.language):
        yield f"language: {info.language!r} is not a code of a language"
    for name, at in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        if at is not None:
            yield from _of_time(name, at)
    if info.web and not _ABSOLUTE.fullmatch(info.web):
        yield "web: a whole address, with its scheme"
    pairs = (*info.event_codes, *info.parameters, *(code for area in info.areas for code in area.geocodes))
    if any(not name for name, _ in pairs):
        yield "valueName: not empty"
    texts = (info.event, info.sender_name, info.headline, info.description, info.instruction, info.contact)
    yield from _of_text("info", [*texts, info.web, *(each for pair in pairs for each in pair)])
    for area in info.areas:
        if not area.name.strip():
            yield "areaDesc: not empty"
        yield from _of_text("areaDesc", [area.name])
        yield from shape_faults(area)


def _of_list(name: str, allowed: Sequence[str], given: Iterable[str]) -> Iterator[str]:
    for each in given:
        if each not in allowed:
            yield f"{name}: {each!r} is not one of {', '.join(allowed)}"


def _of_time(name: str, at: datetime) -> Iterator[str]:
    offset = at.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        yield f"{name}: a time with its offset in hours and minutes"


def _of_text(name: str, texts: Iterable[str]) -> Iterator[str]:
    if any(_NO_XML.search(each) for each in texts):
        yield f"{name}: a character that XML cannot hold"
