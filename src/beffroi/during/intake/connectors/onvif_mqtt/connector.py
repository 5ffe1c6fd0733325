"""ONVIF Profile M over MQTT: a camera's events, and what its metadata says of the objects that it follows.

Frames come many times a second: of each object only that it appeared, and that its class became known, is
told. Faces, plates and what people wear or are thought to be are never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beffroi.during.intake.changes import Changes, key_of
from beffroi.during.intake.connectors import BROKER, topic_prefix
from beffroi.during.intake.connectors.onvif_mqtt import shapes, topics
from beffroi.during.intake.connectors.onvif_mqtt.topics import SEEN, Meaning
from beffroi.during.intake.connectors.onvif_mqtt.tracks import Tracks
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_NAME = 64
#: Items of a source that name the part of a camera, the most precise first.
_PARTS = (
    *("Rule", "InputToken", "DoorToken", "AccessPointToken", "RelayToken"),
    *("VideoSource", "VideoSourceToken", "Source", "VideoSourceConfigurationToken"),
)


class OnvifMqttConnector:
    """Reads what cameras publish under `PREFIX/onvif-…` or `PREFIX/CAMERA/onvif-…`."""

    name = "onvif_mqtt"
    guarantee = BROKER

    def __init__(self) -> None:
        self._states = Changes()
        self._tracks = Tracks()

    def address(self, given: str) -> str:
        """A camera's topic prefix, or the level above those of several. Raises ValueError with why."""
        return topic_prefix(given)

    def topics(self, address: str) -> tuple[str, ...]:
        """Events and the metadata of video; not that of sound, movement or weather."""
        names = ("onvif-ej/#", "onvif-mj/VideoAnalytics/#")
        return tuple(f"{address}/{level}{each}" for level in ("", "+/") for each in names)

    def read(self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> list[Draft]:
        """The drafts in one message of a camera. Raises Unreadable."""
        levels = topic.split("/")
        at = 1 if len(levels) > 1 and levels[1].startswith("onvif-") else 0
        camera, rest = levels[0][:_NAME] if at else "", "/".join(levels[at + 1 :])
        if levels[at] == "onvif-ej" and rest:
            return self._event(speaker, camera, rest, payload, received_at)
        if levels[at] == "onvif-mj" and rest.startswith("VideoAnalytics/"):
            return self._tracks.read((speaker.address, camera, rest.partition("/")[2][:128]), payload)
        return []

    def _event(
        self, speaker: Speaker, camera: str, topic: str, payload: bytes, received_at: datetime
    ) -> list[Draft]:
        name, values = topics.split(topic)
        if name.startswith(topics.NEVER):
            return []
        found, means = topics.meaning(name)
        if not payload:
            # The property is gone: nothing is known of it any more.
            self._states.forget((speaker.address, camera, name, *values))
            return []
        event = shapes.decoded(shapes.event, payload)
        values = values or _values(event)
        thing = (speaker.address, camera, name, *values)
        seen_at = shapes.instant(event.time)
        if means is None:
            return self._other(thing, topic, seen_at, payload, received_at)
        part = self._part(speaker, camera, event)
        told = _Told(thing, camera, found, part, seen_at, values)
        if not means.items:
            return _draft(speaker, told, means, event)
        return self._state(speaker, told, means, event, payload)

    def _state(
        self, speaker: Speaker, told: _Told, means: Meaning, event: shapes.Event, payload: bytes
    ) -> list[Draft]:
        """A state that lasts: told when it begins and, where that says something, when it is over."""
        words = (shapes.item(event.data, each) for each in means.items)
        word = next((each for each in words if each), "")
        if not word:
            raise Unreadable(f"no {' or '.join(means.items)} among its data", code="onvif.no_state")
        on = topics.is_on(word, means)
        thing, key = told.thing, key_of(told.name, told.seen_at.isoformat(), "on" if on else "off")
        if not on and self._states.state_of(thing) is None:
            self._states.learn(thing, "off")
            return []
        known = self._states.told(thing, "on" if on else "off", key, payload)
        if known is None or not (on or means.ends):
            return []
        return _draft(speaker, told, means, event, key=known, on=on)

    def _other(
        self, thing: tuple[str, ...], topic: str, seen_at: datetime, payload: bytes, received_at: datetime
    ) -> list[Draft]:
        """A topic that is not known: told once an hour, so that someone may see that it comes."""
        hour = f"{received_at:%Y-%m-%dT%H}"
        key = self._states.told(("other", *thing), hour, key_of("other", topic, hour), payload)
        if key is None:
            return []
        content = {"protocol": "onvif", "topic": topic[:200]}
        return [Draft(key=key, kind="technical.other", seen_at=seen_at, content=content)]

    def _part(self, speaker: Speaker, camera: str, event: shapes.Event) -> str:
        """The part that an event is of: the most precise of its names that leads to a device."""
        named = [shapes.item(event.source, each) for each in _PARTS]
        candidates = [f"{camera}/{each}" for each in named if each and camera] + named + [camera]
        declared = next((each for each in candidates if each and each in speaker.devices), "")
        if declared or camera or speaker.device:
            return declared or camera
        return next((each for each in reversed(named) if each), "")[:_NAME]


@dataclass(frozen=True, slots=True)
class _Told:
    """What an event is remembered by, and where and when it was."""

    thing: tuple[str, ...]
    camera: str
    topic: str
    part: str
    seen_at: datetime
    values: Sequence[str]

    @property
    def name(self) -> str:
        return ":".join((self.camera, self.topic, *self.values))


def _values(event: shapes.Event) -> tuple[str, ...]:
    """The values of a source whose topic does not carry them."""
    return tuple(each for each in (shapes.item(event.source, name) for name in _PARTS) if each)


def _draft(
    speaker: Speaker, told: _Told, means: Meaning, event: shapes.Event, *, key: str = "", on: bool = True
) -> list[Draft]:
    label, likelihood = next((shapes.likeliest(each) for each in shapes.objects(event.data)), ("", None))
    track = shapes.item(event.data, "ObjectId") or shapes.item(event.key, "ObjectId")
    words = {
        "rule": shapes.item(event.source, "Rule"),
        "track": track,
        "label": topics.word(label),
    }
    content = {"protocol": "onvif", "from": "event", "topic": told.topic}
    return [
        Draft(
            key=key or key_of(told.name, track, told.seen_at.isoformat()),
            kind=_kind(speaker, told, means, label, on),
            seen_at=told.seen_at,
            name=told.part,
            certainty=likelihood if on else None,
            content={**content, **{name: each for name, each in words.items() if each}},
        )
    ]


def _kind(speaker: Speaker, told: _Told, means: Meaning, label: str, on: bool) -> str:
    """The kind of an event; what a rule or an input stands for, the town may have declared."""
    kind = means.kind
    if kind == SEEN:
        kind = speaker.kind_of(told.part, topics.presence(label) or "presence.other")
    elif kind == topics.OPEN:
        kind = speaker.kind_of(told.part, topics.OPEN)
    return kind if on or kind == topics.OPEN else means.ends


CONNECTOR = OnvifMqttConnector()
