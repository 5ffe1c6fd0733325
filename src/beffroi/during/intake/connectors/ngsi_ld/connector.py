"""Alerts of a smart-city broker (NGSI-LD, NGSI-v2), by its subscription's notifications or posted plainly.

An entity that is no Alert, an alert that is over or none of a supervision centre's business, and our own
that comes back are passed over. Descriptions and whoever issued an alert are never kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from beffroi.during.intake.connectors import DURABLE, WebMessage
from beffroi.during.intake.connectors.ngsi_ld.meanings import kind_of
from beffroi.during.intake.connectors.ngsi_ld.shape import place, plain, short
from beffroi.during.intake.connectors.ngsi_ld.write import own_prefix
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable

_WORD, _KEY_LONGEST, _ENTITIES_MOST = 64, 200, 5_000


class NgsiLdConnector:
    """Alert entities, by webhook: answered after the commit."""

    name = "ngsi_ld"
    guarantee = DURABLE
    withholds = "descriptions and who issued an alert"

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable | PassedOver]:
        """One draft an alert; what is none of ours is counted. Raises Unreadable."""
        found: list[Draft | Unreadable] = []
        passed: dict[str, int] = {}
        for entity in _entities(message.body):
            try:
                read = _read(entity, speaker, received_at)
            except (ValueError, OverflowError) as error:
                found.append(Unreadable(str(error), code="ngsi_ld.bad_alert"))
                continue
            if isinstance(read, str):
                passed[read] = passed.get(read, 0) + 1
            else:
                found.append(read)
        return [*found, *(PassedOver(count, what) for what, count in passed.items())]


def _entities(body: bytes) -> list[Any]:
    """The entities in a body: a notification's, an array's, a collection's, or the one. Raises Unreadable."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        why = str(error) or "nested too deeply"
        raise Unreadable(why, code="ngsi_ld.not_json") from None
    if isinstance(whole, Mapping) and "data" in whole and ("subscriptionId" in whole or _is_notice(whole)):
        whole = whole["data"]
    if isinstance(whole, Mapping) and whole.get("type") == "FeatureCollection":
        whole = whole.get("features")
    if isinstance(whole, Mapping):
        whole = [whole]
    if not isinstance(whole, list) or len(whole) > _ENTITIES_MOST:
        raise Unreadable("neither an entity nor a notification of some", code="ngsi_ld.not_json")
    return whole


def _is_notice(whole: Mapping[str, Any]) -> bool:
    given = whole.get("type")
    return isinstance(given, str) and short(given) == "Notification"


def _read(entity: Any, speaker: Speaker, received_at: datetime) -> Draft | str:
    """The draft of an entity, or the reason for which it is passed over. Raises ValueError, OverflowError."""
    if not isinstance(entity, Mapping):
        raise ValueError("an entity is a JSON object")
    given = plain(entity)
    types = given.get("type", given.get("@type"))
    if "Alert" not in [short(each) for each in _texts(types)]:
        return "not an alert"
    identifier = _text(given.get("id", given.get("@id")), _KEY_LONGEST)
    if not identifier:
        raise ValueError("an alert without its id")
    if identifier.startswith(own_prefix(speaker.territory)):
        return "our own"
    category, sub, severity = (_word(given.get(each)) for each in ("category", "subCategory", "severity"))
    kind = speaker.kind_of(sub, speaker.kind_of(category, kind_of(category, sub, severity)))
    if not kind:
        return "none of ours"
    ends = _time(given.get("validTo"))
    if ends is not None and ends < received_at:
        return "over"
    return _draft(given, identifier, kind, (category, sub, severity), speaker)


def _draft(
    given: Mapping[str, Any], identifier: str, kind: str, words: tuple[str, str, str], speaker: Speaker
) -> Draft:
    category, sub, severity = words
    seen = _time(given.get("dateIssued")) or _time(given.get("validFrom"))
    try:
        where, unread = place(given.get("location")), False
    except ValueError:
        where, unread = None, True  # an alert without its place is still one
    issuer = _text(given.get("alertSource"), _KEY_LONGEST)
    content: dict[str, Any] = {"protocol": "ngsi_ld", "category": category, "subCategory": sub}
    content |= {"alert_severity": severity, "place_unread": unread}
    return Draft(
        key=_key(identifier, kind, seen),
        kind=kind,
        seen_at=seen,
        # Who issued it may be a person: only a device that the source's map names is kept.
        name=issuer if issuer in speaker.devices else "",
        lat=where.lat if where else None,
        lon=where.lon if where else None,
        radius_m=where.radius_m if where else 0.0,
        content={name: value for name, value in content.items() if value},
    )


def _key(identifier: str, kind: str, seen: datetime | None) -> str:
    """Names what an alert said: told again it is known; of another kind or issued anew it is not."""
    key = f"{identifier}:{kind}:{seen.isoformat() if seen else ''}"
    return key if len(key) <= _KEY_LONGEST else hashlib.sha256(key.encode()).hexdigest()


def _time(given: Any) -> datetime | None:
    """An instant; brokers leave the zone out where it is UTC. None where there is none; ValueError."""
    if given is None:
        return None
    if not isinstance(given, str):
        raise ValueError("a time that is no text")
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise ValueError("a time that cannot be read") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _texts(given: Any) -> list[str]:
    return [each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str)]


def _word(given: Any) -> str:
    """A word of the vocabulary, without its IRI."""
    return _text(short(given) if isinstance(given, str) else None, _WORD)


def _text(given: Any, most: int) -> str:
    return "".join(each for each in given[:most] if each.isprintable()) if isinstance(given, str) else ""


CONNECTOR = NgsiLdConnector()
