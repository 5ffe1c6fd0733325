"""What is read of a NotificationMessage, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from beffroi.during.intake.onvif.events import Section
from beffroi.during.intake.rules import Unreadable
from beffroi.eyes.onvif.device import ClockOffset
from beffroi.eyes.onvif.events import moment
from beffroi.eyes.onvif.tree import Element

_LONGEST = 64
_ITEMS = 64
_SECTIONS = {"source": "Source", "key": "Key", "data": "Data"}


@dataclass(frozen=True, slots=True)
class Notification:
    """An event in XML, as `onvif.events` asks it; `moment` is the camera's own word for when it was."""

    element: Element
    seen_at: datetime
    moment: str
    operation: str
    notes: Mapping[str, object]

    def item(self, section: Section, name: str) -> str:
        """The value of a simple item, 64 characters at most."""
        rows = self.element.all(_SECTIONS[section], "SimpleItem")[:_ITEMS]
        found = (each.attributes.get("Value", "") for each in rows if each.attributes.get("Name") == name)
        return next(found, "").strip()[:_LONGEST]

    def likeliest(self) -> tuple[str, float | None]:
        """The likeliest class of the object that the event carries, in either way in which it is written."""
        rated: list[tuple[float | None, str]] = []
        for item in self.element.all("Data", "ElementItem")[:_ITEMS]:
            for each in item.all("Object", "Appearance", "Class")[:_ITEMS]:
                rated += [(_part(one.attributes.get("Likelihood", "")), one.text) for one in each.all("Type")]
                candidates = each.all("ClassCandidate")[:_ITEMS]
                rated += [(_part(one.said("Likelihood")), one.said("Type")) for one in candidates]
        if not rated:
            return "", None
        likelihood, label = max(rated, key=lambda each: -1.0 if each[0] is None else each[0])
        return label.strip()[:_LONGEST], likelihood


def notification(element: Element, offset: ClockOffset) -> Notification:
    """The event in a NotificationMessage, its time corrected by how far the camera's clock is off.

    Raises Unreadable.
    """
    message = element.first("Message", "Message")
    if message is None:
        raise Unreadable("it holds no Message", code="onvif.unreadable")
    said = message.attributes.get("UtcTime", "").strip()
    when = moment(said)
    if when is None:
        raise Unreadable(f"{said[:40]!r} is not a time", code="onvif.bad_time")
    notes: dict[str, object] = {}
    if offset.matters:
        notes = {
            "clock_off_s": round(offset.ahead.total_seconds(), 1),
            "clock_doubt_s": round(offset.doubt.total_seconds(), 1),
        }
        try:
            when -= offset.ahead
        except OverflowError:
            raise Unreadable(f"{said[:40]!r} is not a time", code="onvif.bad_time") from None
    operation = message.attributes.get("PropertyOperation", "")
    return Notification(message, when, said[:40], operation, notes)


def _part(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return round(value, 4) if math.isfinite(value) and 0 <= value <= 1 else None
