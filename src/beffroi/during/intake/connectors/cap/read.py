"""From the bytes of a CAP 1.2 message to an alert.

Elements in another order than the schema's, and elements that we do not know, are let pass: a warning
matters more than its form. What is needed and missing, or cannot mean anything, is refused with why.
"""

from __future__ import annotations

from datetime import UTC, datetime

from beffroi.during.intake.connectors.cap import alert as cap
from beffroi.during.intake.connectors.cap.alert import Alert, Area, Circle, Info, Point, Reference
from beffroi.during.intake.connectors.cap.tree import Element, parsed

#: The outline of a country has fewer; a larger one would hold up all other messages.
_POINTS = 5_000


def read(content: bytes) -> Alert:
    """The alert. Raises ValueError with why, in words."""
    root = parsed(content, cap.NAMESPACE)
    if root.name != "alert":
        raise ValueError(f"it is {root.name[:40]}, not an alert")
    if _points(root) > _POINTS:
        raise ValueError(f"its areas have more than {_POINTS} points")
    return Alert(
        identifier=_needed(root, "identifier"),
        sender=_needed(root, "sender"),
        sent=_time("sent", _needed(root, "sent")),
        status=_of(root, "status", cap.STATUSES),
        kind=_of(root, "msgType", cap.MESSAGES),
        scope=_of(root, "scope", cap.SCOPES),
        source=root.one("source"),
        restriction=root.one("restriction"),
        addresses=_addresses(root.one("addresses")),
        codes=tuple(root.texts("code")),
        note=root.one("note"),
        references=tuple(_reference(each) for each in root.one("references").split()),
        infos=tuple(_info(each) for each in root.all("info")),
    )


def _points(root: Element) -> int:
    areas = (area for info in root.all("info") for area in info.all("area"))
    shapes = (each for area in areas for name in ("polygon", "circle") for each in area.all(name))
    return sum(each.text.count(",") for each in shapes)


def _needed(element: Element, name: str) -> str:
    said = element.one(name)
    if not said:
        raise ValueError(f"{name} is missing")
    return said


def _of(element: Element, name: str, allowed: tuple[str, ...]) -> str:
    said = _needed(element, name)
    if said not in allowed:
        raise ValueError(f"{name} {said[:40]!r} is not one of {', '.join(allowed)}")
    return said


def _time(name: str, said: str) -> datetime:
    try:
        at = datetime.fromisoformat(said)
        at.astimezone(UTC)  # the first and the last day that we can count may lie outside of it
    except (ValueError, OverflowError):
        raise ValueError(f"{name} {said[:40]!r} is not a time") from None
    if at.tzinfo is None:
        raise ValueError(f"{name} has no offset")
    return at


def _maybe_time(element: Element, name: str) -> datetime | None:
    said = element.one(name)
    return _time(name, said) if said else None


def _addresses(said: str) -> tuple[str, ...]:
    """Addresses apart by spaces, those that hold one between double quotes."""
    parts = said.split('"')
    return tuple(
        each.strip()
        for number, part in enumerate(parts)
        for each in ([part] if number % 2 else part.split())
        if each.strip()
    )


def _reference(said: str) -> Reference:
    parts = said.split(",")
    if len(parts) != 3 or not all(parts):
        raise ValueError("references are sender,identifier,sent apart by spaces")
    return Reference(parts[0], parts[1], _time("references", parts[2]))


def _info(info: Element) -> Info:
    category = tuple(info.texts("category"))
    if not category:
        raise ValueError("category is missing")
    for each in category:
        if each not in cap.CATEGORIES:
            raise ValueError(f"category {each[:40]!r} is not one of {', '.join(cap.CATEGORIES)}")
    return Info(
        category=category,
        event=_needed(info, "event"),
        urgency=_of(info, "urgency", cap.URGENCIES),
        severity=_of(info, "severity", cap.SEVERITIES),
        certainty=_certainty(info),
        language=info.one("language") or cap.LANGUAGE,
        response=tuple(each for each in info.texts("responseType") if each in cap.RESPONSES),
        event_codes=_pairs(info, "eventCode"),
        effective=_maybe_time(info, "effective"),
        onset=_maybe_time(info, "onset"),
        expires=_maybe_time(info, "expires"),
        sender_name=info.one("senderName"),
        headline=info.one("headline"),
        description=info.one("description"),
        instruction=info.one("instruction"),
        web=info.one("web"),
        contact=info.one("contact"),
        parameters=_pairs(info, "parameter"),
        areas=tuple(_area(each) for each in info.all("area")),
    )


def _certainty(info: Element) -> str:
    # The standard keeps this word of CAP 1.0 as another name.
    if info.one("certainty") == "Very Likely":
        return "Likely"
    return _of(info, "certainty", cap.CERTAINTIES)


def _pairs(element: Element, name: str) -> tuple[tuple[str, str], ...]:
    return tuple((each.one("valueName"), each.one("value")) for each in element.all(name))


def _area(element: Element) -> Area:
    area = Area(
        name=_needed(element, "areaDesc"),
        polygons=tuple(_ring(each) for each in element.texts("polygon")),
        circles=tuple(_circle(each) for each in element.texts("circle")),
        geocodes=_pairs(element, "geocode"),
    )
    for why in cap.shape_faults(area):
        raise ValueError(why)
    return area


def _ring(said: str) -> tuple[Point, ...]:
    return tuple(_point("polygon", each) for each in said.split())


def _circle(said: str) -> Circle:
    parts = said.split()
    if len(parts) != 2:
        raise ValueError("circle: a point and a radius, apart by a space")
    return Circle(*_point("circle", parts[0]), _number("circle", parts[1]))


def _point(name: str, said: str) -> Point:
    parts = said.split(",")
    if len(parts) != 2:
        raise ValueError(f"{name}: {said[:40]!r} is not latitude,longitude")
    return _number(name, parts[0]), _number(name, parts[1])


def _number(name: str, said: str) -> float:
    try:
        return float(said)
    except ValueError:
        raise ValueError(f"{name}: {said[:40]!r} is not a number") from None
