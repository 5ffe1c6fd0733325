"""CAP 1.2 over HTTP: warnings of the prefecture, the weather service, a river's or a dam's watch.

What is written for the public (headline, description, instruction) is not kept: such prose may describe a
person (a child abducted, say). What happens, how soon, how grave, how sure, where and until when is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.connectors.cap.alert import Alert, Area, Info
from beffroi.during.intake.connectors.cap.read import read
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.geography import Position, distance_m

#: What the words of certainty are worth; 'Unknown' leaves it to the kind.
CERTAINTY = {"Observed": 0.95, "Likely": 0.75, "Possible": 0.35, "Unlikely": 0.05}
_SEVERITY = {"Extreme": 3, "Severe": 2, "Moderate": 1, "Minor": 0, "Unknown": 0}
#: How grave it must be to be a warning, by its urgency.
_LEAST = {"Immediate": 1, "Expected": 1, "Future": 2, "Unknown": 2}
#: A larger area says nothing of a place in one town.
_WIDEST_M = 100_000.0
_WORD = 80
_AREAS = 5
_KEY = 190


class CapConnector:
    """Warnings of authorities, posted by a program that receives them: answered after the commit."""

    name = "cap"
    guarantee = DURABLE

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable]:
        """The draft of one alert, none for what is not for people. Raises Unreadable."""
        try:
            alert = read(message.body)
        except ValueError as error:
            raise Unreadable(str(error)[:300], code="cap.unreadable") from None
        return _drafts(alert, received_at)


def _drafts(alert: Alert, received_at: datetime) -> list[Draft]:
    if alert.status in ("System", "Draft") or alert.kind in ("Ack", "Error"):
        return []  # between machines, or not finished: nothing that a person acts on
    if alert.status == "Test":
        return [_draft(alert, "test.periodic", None)]
    if alert.kind == "Cancel":
        if not alert.references:
            raise Unreadable("it cancels, and does not say what", code="cap.no_references")
        return [_draft(alert, "alarm.restored", None)]
    if alert.references and alert.infos and all(_is_over(each) for each in alert.infos):
        return [_draft(alert, "alarm.restored", alert.infos[0])]
    info = max(alert.infos, key=lambda each: _rank(each, received_at), default=None)
    warns = info is not None and _warns(info, received_at)
    return [_draft(alert, "hazard.warning" if warns else "technical.other", info)]


def _rank(info: Info, now: datetime) -> tuple[bool, int, float]:
    """The gravest `info` speaks for the alert; of equals (two languages), the first."""
    return _warns(info, now), _SEVERITY[info.severity], CERTAINTY.get(info.certainty, 0.5)


def _warns(info: Info, now: datetime) -> bool:
    """Whether someone should act on it: grave enough for how soon it is, not unlikely, not over."""
    expired = info.expires is not None and info.expires <= now
    if expired or _is_over(info) or info.certainty == "Unlikely":
        return False
    return _SEVERITY[info.severity] >= _LEAST[info.urgency]


def _is_over(info: Info) -> bool:
    """Whether it says that the danger is gone."""
    return info.urgency == "Past" or "AllClear" in info.response


def _draft(alert: Alert, kind: str, info: Info | None) -> Draft:
    place = _place(info.areas) if info else None
    return Draft(
        key=_short(f"{alert.sender},{alert.identifier},{alert.sent.isoformat()}", _KEY),
        kind=kind,
        seen_at=alert.sent.astimezone(UTC),
        # An update or the end of an alert finds it again by the name of the first of its line.
        name=_short(alert.root, _WORD),
        lat=place.lat if place else None,
        lon=place.lon if place else None,
        radius_m=place.radius_m if place else 0.0,
        certainty=CERTAINTY.get(info.certainty) if info else None,
        exercise=alert.status == "Exercise",
        content={
            **_content(alert),
            **({"over": True} if kind == "alarm.restored" else {}),
            **(_of_info(info) if info else {}),
        },
    )


def _short(name: str, most: int) -> str:
    """The name itself, or where it is too long its hash."""
    return name if len(name) <= most else hashlib.sha256(name.encode()).hexdigest()


def _content(alert: Alert) -> dict[str, object]:
    return {
        "protocol": "cap",
        "identifier": alert.identifier[:200],
        "sender": alert.sender[:200],
        "status": alert.status,
        "message": alert.kind,
        "scope": alert.scope,
    }


def _of_info(info: Info) -> dict[str, object]:
    times = {"effective": info.effective, "onset": info.onset, "expires": info.expires}
    return {
        "event": info.event[:_WORD],
        "category": list(dict.fromkeys(info.category)),
        "response": list(dict.fromkeys(info.response)),
        "urgency": info.urgency,
        "severity": info.severity,
        "certainty": info.certainty,
        "areas": [area.name[:_WORD] for area in info.areas[:_AREAS]],
        **{name: at.isoformat() for name, at in times.items() if at is not None},
    }


def _place(areas: Sequence[Area]) -> Position | None:
    """The circle that holds all shapes; None without any, or where it is too wide to place anything."""
    points = [(each, 0.0) for area in areas for ring in area.polygons for each in ring]
    points += [((each.lat, each.lon), each.km * 1000) for area in areas for each in area.circles]
    if not points:
        return None
    lats, lons = [point[0] for point, _ in points], [point[1] for point, _ in points]
    middle = Position(round((min(lats) + max(lats)) / 2, 6), round((min(lons) + max(lons)) / 2, 6))
    radius = max(distance_m(middle, Position(*point)) + metres for point, metres in set(points))
    if radius > _WIDEST_M:
        return None
    return Position(middle.lat, middle.lon, round(radius, 1))


CONNECTOR = CapConnector()
