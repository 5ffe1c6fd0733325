"""ONVIF Profile M over MQTT: a camera's events, and what its metadata says of the objects that it follows.

Frames come many times a second: of each object only that it appeared, and that its class became known, is
told. Faces, plates and what people wear or are thought to be are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from beffroi.during.intake.connectors import BROKER, topic_prefix
from beffroi.during.intake.connectors.onvif_mqtt import shapes
from beffroi.during.intake.connectors.onvif_mqtt.tracks import Tracks
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.onvif.events import Events, Section
from beffroi.during.intake.rules import Draft, Speaker

_NAME = 64


@dataclass(frozen=True, slots=True)
class _Said:
    """An event in JSON, as `onvif.events` asks it."""

    event: shapes.Event
    seen_at: datetime

    @property
    def moment(self) -> str:
        return self.seen_at.isoformat()

    @property
    def notes(self) -> Mapping[str, object]:
        return {}

    def item(self, section: Section, name: str) -> str:
        return shapes.item(getattr(self.event, section), name)

    def likeliest(self) -> tuple[str, float | None]:
        return next((shapes.likeliest(each) for each in shapes.objects(self.event.data)), ("", None))


class OnvifMqttConnector:
    """Reads what cameras publish under `PREFIX/onvif-…` or `PREFIX/CAMERA/onvif-…`."""

    name = "onvif_mqtt"
    guarantee = BROKER

    def __init__(self) -> None:
        self._events = Events()
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
        if topics.is_private(topics.split(topic)[0]):
            return []
        if not payload:
            self._events.forget(speaker, camera, topic)
            return []
        event = shapes.decoded(shapes.event, payload)
        said = _Said(event, shapes.instant(event.time))
        return self._events.read(speaker, camera, topic, said, message=payload, received_at=received_at)


CONNECTOR = OnvifMqttConnector()
