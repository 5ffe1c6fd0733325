"""Frigate over MQTT: reviews tell that something goes on, events follow objects, status tells of cameras.

Names of faces, sub labels and plates are never read, let alone kept.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Literal, TypeVar

import msgspec

from beffroi.during.intake.changes import Changes, key_of
from beffroi.during.intake.connectors import BROKER, topic_prefix
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_VEHICLES = frozenset(
    ("car", "truck", "bus", "motorcycle", "bicycle", "boat", "train", "van", "vehicle", "school_bus")
)
_REMEMBERED = 5_000
_WORD = 64
_WORDS = 20

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=_WORD)]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
State = Literal["new", "update", "end"]
T = TypeVar("T")


class _Object(msgspec.Struct, frozen=True):
    """What is read of a tracked object; scores from 0 to 1, times in seconds since 1970."""

    id: Identifier
    camera: Name
    label: Name
    frame_time: float | None = None
    start_time: float | None = None
    end_time: float | None = None
    score: float | None = None
    top_score: float | None = None
    false_positive: bool = False
    stationary: bool = False
    entered_zones: list[str] = []
    has_clip: bool = False
    has_snapshot: bool = False
    average_estimated_speed: float | None = None


class _Event(msgspec.Struct, frozen=True):
    type: State
    after: _Object


class _ReviewData(msgspec.Struct, frozen=True):
    detections: list[str] = []
    objects: list[str] = []
    zones: list[str] = []
    audio: list[str] = []


class _Review(msgspec.Struct, frozen=True):
    id: Identifier
    camera: Name
    severity: Literal["alert", "detection"]
    start_time: float | None = None
    end_time: float | None = None
    data: _ReviewData = msgspec.field(default_factory=_ReviewData)


class _ReviewMessage(msgspec.Struct, frozen=True):
    type: State
    after: _Review


_event = msgspec.json.Decoder(_Event)
_review = msgspec.json.Decoder(_ReviewMessage)


def _instant(seconds: float | None) -> datetime | None:
    if seconds is None or not math.isfinite(seconds):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unreadable(f"{seconds} is not a time", code="frigate.bad_time") from None


def _score(value: float | None) -> float | None:
    return round(value, 4) if value is not None and 0 <= value <= 1 else None


def _words(values: list[str]) -> list[str]:
    return [value[:_WORD] for value in values[:_WORDS]]


def kind_of(labels: list[str]) -> str:
    """The kind that these labels make: a person counts before a vehicle, a vehicle before the rest."""
    plain = {label.removesuffix("-verified") for label in labels}
    if "person" in plain:
        return "presence.person"
    return "presence.vehicle" if plain & _VEHICLES else "presence.other"


@lru_cache(maxsize=1_024)
def _kind_of_one(label: str) -> str:
    return kind_of([label])


class FrigateConnector:
    """Reads what Frigate publishes under one topic prefix.

    Reviews carry no score: the best score of their objects is remembered from the events before them.
    """

    name = "frigate"
    guarantee = BROKER

    def __init__(self) -> None:
        self._scores: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._states = Changes()

    def address(self, given: str) -> str:
        """Frigate's `topic_prefix`, `frigate` where none is given. Raises ValueError with why."""
        return topic_prefix(given or "frigate")

    def topics(self, address: str) -> tuple[str, ...]:
        """Events, reviews, availability, cameras' status, and the figures that it tells each minute.

        Not the updates that name faces and plates. Of the figures nothing is kept: they are a sign of life.
        """
        parts = ("events", "reviews", "available", "+/status/+", "stats")
        return tuple(f"{address}/{rest}" for rest in parts)

    def read(self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> list[Draft]:
        """The drafts in one message of this Frigate. Raises Unreadable."""
        match topic.split("/"):
            case ["events"]:
                return self._event(speaker, payload)
            case ["reviews"]:
                return self._review(speaker, payload)
            case ["available"]:
                return self._status(speaker, "", "frigate", payload, received_at)
            case [camera, "status", role]:
                return self._status(speaker, camera[:_WORD], role[:_WORD], payload, received_at)
        return []

    def _event(self, speaker: Speaker, payload: bytes) -> list[Draft]:
        message = _decoded(_event, payload)
        after = message.after
        score = _score(after.top_score) or _score(after.score)
        if after.false_positive:
            return []
        if score is not None:
            _remember(self._scores, (speaker.address, after.id), score)
        zones = _words(after.entered_zones)
        content: dict[str, object] = {
            "from": "event",
            "track": after.id,
            "state": message.type,
            "label": after.label,
            "zones": zones,
            "stationary": after.stationary,
            "has_clip": after.has_clip,
            "has_snapshot": after.has_snapshot,
        }
        speed = after.average_estimated_speed
        if speed is not None and math.isfinite(speed):
            content["speed"] = speed
        seen = {"new": after.start_time, "end": after.end_time}.get(message.type) or after.frame_time
        key = f"event:{after.id}:{message.type}:{'+'.join(zones)}"
        return [
            Draft(
                key=key[:200],
                kind=_kind_of_one(after.label),
                seen_at=_instant(seen),
                name=after.camera,
                certainty=score,
                content=content,
            )
        ]

    def _review(self, speaker: Speaker, payload: bytes) -> list[Draft]:
        message = _decoded(_review, payload)
        after = message.after
        labels = _words(after.data.objects) + _words(after.data.audio)
        kind = kind_of(labels)
        detections = [each[:80] for each in after.data.detections[:_WORDS]]
        scores = [self._scores.get((speaker.address, each)) for each in detections]
        known = [score for score in scores if score is not None]
        # An update carries no time of its own: it is seen when it is received.
        seen = {"new": after.start_time, "end": after.end_time}.get(message.type)
        return [
            Draft(
                key=f"review:{after.id}:{message.type}:{after.severity}:{kind}",
                kind=kind,
                seen_at=_instant(seen),
                name=after.camera,
                certainty=max(known) if known else None,
                content={
                    "from": "review",
                    "review": after.id,
                    "state": message.type,
                    "severity": after.severity,
                    "labels": labels,
                    "zones": _words(after.data.zones),
                    "tracks": detections,
                },
            )
        ]

    def _status(
        self, speaker: Speaker, camera: str, role: str, payload: bytes, received_at: datetime
    ) -> list[Draft]:
        """A change of state; the same message again (some are retained) has the key that it got first."""
        state = payload[:_WORD].decode("utf-8", "replace").strip()
        kinds = {"online": "device.online", "offline": "device.offline", "stopped": "device.offline"}
        if state not in kinds and state != "disabled":
            raise Unreadable(f"{state!r} is not a state", code="frigate.bad_state")
        thing = (speaker.territory, speaker.key, camera, role)
        key = self._states.told(
            thing, state, key_of("status", camera, role, state, received_at.isoformat()), payload
        )
        if key is None:
            return []
        return [
            Draft(
                key=key,
                kind=kinds.get(state, "technical.other"),
                name=camera,
                content={"from": "status", "role": role, "state": state},
            )
        ]


def _decoded(decoder: msgspec.json.Decoder[T], payload: bytes) -> T:
    try:
        return decoder.decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "nested too deeply", code="frigate.unreadable") from None


def _remember(memory: OrderedDict[tuple[str, str], T], name: tuple[str, str], value: T) -> None:
    memory[name] = value
    memory.move_to_end(name)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)


CONNECTOR = FrigateConnector()
