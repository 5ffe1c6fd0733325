"""Building management over MQTT, one topic a point: `PREFIX/BUILDING/FLOOR/TYPE/POINT`, its state as payload.

Only changes are told. A state carries the time since when it stands, so that what the broker retained, and
sends again at each connection, is the same message as the first time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from beffroi.during.intake.changes import Changes, key_of
from beffroi.during.intake.connectors import BROKER, topic_prefix
from beffroi.during.intake.connectors.building import points
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_WORD = 32
_LEVEL = 64
_AVAILABLE = "$state"

Scalar = str | int | float | bool


class _State(msgspec.Struct, frozen=True):
    """The state of a point: a word, since when (ISO 8601 with its zone, or seconds since 1970), its zone."""

    state: Scalar
    at: str | int | float | None = None
    zone: Scalar = ""


_object = msgspec.json.Decoder(_State)
_scalar = msgspec.json.Decoder(Scalar)


@dataclass(frozen=True, slots=True)
class _Point:
    """A point of a building, as its topic names it."""

    building: str
    floor: str
    type: str
    name: str

    def names(self) -> tuple[str, ...]:
        """What may have been declared for it, the most precise first."""
        whole = "/".join((self.building, self.floor, self.type, self.name))
        return whole, f"{self.building}/{self.name}", self.name


class BuildingConnector:
    """Reads the points of public buildings under one topic prefix."""

    name = "building"
    guarantee = BROKER

    def __init__(self) -> None:
        self._states = Changes()

    def address(self, given: str) -> str:
        """The prefix above the buildings. Raises ValueError with why."""
        return topic_prefix(given or "building")

    def topics(self, address: str) -> tuple[str, ...]:
        """Every point, and whether each building's gateway is there."""
        return f"{address}/+/+/+/+", f"{address}/+/{_AVAILABLE}"

    def read(self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> list[Draft]:
        """The drafts in one message of a building. Raises Unreadable."""
        return self._read(speaker, topic, payload, received_at, retained=False)

    def read_retained(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime
    ) -> list[Draft]:
        """As `read`; a state that says not since when is remembered and not told."""
        return self._read(speaker, topic, payload, received_at, retained=True)

    def _read(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime, *, retained: bool
    ) -> list[Draft]:
        point = _point(topic)
        if point is None:
            return []
        thing = (speaker.territory, speaker.key, topic)
        if not payload:
            self._states.forget(thing)  # the point is gone
            return []
        given = _given(payload)
        word = _word(given.state).lower()
        kind = _kind(speaker, point, word)
        seen_at = _instant(given.at)
        before = self._states.state_of(thing)
        state = kind if kind == points.NORMAL else f"{kind} {word}"
        says = points.ended((before or "").partition(" ")[0]) if kind == points.NORMAL else kind
        key = key_of(says, topic, word, (seen_at or received_at).isoformat())
        if before is None and (kind == points.NORMAL or (retained and seen_at is None)):
            # What waited for us at the broker may come behind what it had retained.
            self._states.learn(thing, state, key, None if kind == points.NORMAL else payload)
            return []
        told = self._states.told(thing, state, key, payload)
        # The key holds the kind: read again, a state that is over still says what it ended.
        kind = (told or "").partition(":")[0]
        if told is None or kind not in KINDS:
            return []
        return [_draft(speaker, point, given, kind, key=told, seen_at=seen_at)]


def _point(topic: str) -> _Point | None:
    match [level[:_LEVEL] for level in topic.split("/")]:
        case [building, floor, type_name, name] if building and type_name and name:
            return _Point(building, floor, type_name.lower(), name)
        case [building, last] if building and last == _AVAILABLE:
            return _Point(building, "", "gateway", building)
    return None


def _given(payload: bytes) -> _State:
    """A JSON object, a JSON value, or a plain word. Raises Unreadable."""
    text = payload.strip()
    try:
        if text.startswith(b"{"):
            return _object.decode(text)
        if text[:1] in b'"-0123456789tf' and text[:1]:
            try:
                return _State(_scalar.decode(text))
            except msgspec.MsgspecError:
                pass  # a word that begins like JSON: `test`, `fault`, `forced`
        return _State(text.decode())
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "nested too deeply", code="building.unreadable") from None


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip()[:_LEVEL]


def _kind(speaker: Speaker, point: _Point, word: str) -> str:
    """What a state says; the town may have declared that an everyday one is an alarm here."""
    kind = points.kind_of(point.type, word) if len(word) <= _WORD else None
    if kind is None:
        raise Unreadable(f"{word[:_WORD]!r} is no state of a {point.type[:_WORD]}", code="building.bad_state")
    if not points.is_declarable(word):
        return kind
    return next((found for each in point.names() if (found := speaker.kind_of(each, ""))), kind)


def _instant(at: str | float | None) -> datetime | None:
    if at is None or at == "":
        return None
    try:
        if isinstance(at, str):
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None:
                raise Unreadable(f"{at[:40]!r} says no zone", code="building.bad_time")
            return moment.astimezone(UTC)
        if math.isfinite(at):
            return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    raise Unreadable(f"{str(at)[:40]!r} is no time", code="building.bad_time")


def _draft(
    speaker: Speaker, point: _Point, given: _State, kind: str, *, key: str, seen_at: datetime | None
) -> Draft:
    content = {
        "protocol": "building",
        "building": point.building,
        "floor": point.floor,
        "zone": _word(given.zone) or ("" if point.type == "gateway" else point.name),
        "type": point.type,
        "state": _word(given.state).lower()[:_WORD],
    }
    named = next((each for each in point.names() if each in speaker.devices), point.building)
    return Draft(
        key=key,
        kind=kind,
        seen_at=seen_at,
        name=named,
        content={name: each for name, each in content.items() if each},
    )


CONNECTOR = BuildingConnector()
