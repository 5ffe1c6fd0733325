"""What metadata says of the objects that a camera follows: each once, again when its class is known."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from beffroi.during.intake.changes import key_of
from beffroi.during.intake.connectors.onvif_mqtt import shapes
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.rules import Draft

#: An object unseen for this long is another one, whatever its number: cameras count anew after a start.
LOST = timedelta(seconds=60)
_TRACKS = 20_000
_OBJECTS = 200
_NUMBER = 64

Module = tuple[str, str, str]


@dataclass(slots=True)
class _Track:
    """An object: when it was first and last seen, and by which message each kind was told of it."""

    first: datetime
    last: datetime
    told: dict[str, int] = field(default_factory=dict)


class Tracks:
    """The objects that cameras follow; those unseen for longest are forgotten first."""

    def __init__(self, most: int = _TRACKS) -> None:
        self._most = most
        self._tracks: OrderedDict[tuple[str, ...], _Track] = OrderedDict()

    def read(self, module: Module, payload: bytes) -> list[Draft]:
        """What is new in frames; `module` is source, camera and what analyses. Raises Unreadable."""
        drafts: dict[str, Draft] = {}
        for frame in shapes.listed(shapes.decoded(shapes.metadata, payload).frames):
            seen_at = shapes.instant(frame.time)
            for thing in shapes.listed(frame.objects)[:_OBJECTS]:
                draft = self._object(module, seen_at, thing, hash(payload))
                if draft is not None:
                    drafts.setdefault(draft.key, draft)
        return list(drafts.values())

    def __len__(self) -> int:
        return len(self._tracks)

    def _object(self, module: Module, seen_at: datetime, thing: shapes.Object, message: int) -> Draft | None:
        label, likelihood = shapes.likeliest(thing)
        kind = topics.presence(label)
        if thing.id is None or not kind:
            return None
        number = str(thing.id)[:_NUMBER]
        track = self._track((*module, number), seen_at)
        if kind == "presence.other" and track.told.keys() - {kind}:
            return None  # a class that is lost again is no news
        # The same message read again tells the same again: it may not have been kept the first time.
        if track.told.setdefault(kind, message) != message:
            return None
        _, camera, analysis = module
        content = {
            "protocol": "onvif",
            "from": "metadata",
            "track": number,
            "module": analysis,
            "label": topics.word(label),
        }
        return Draft(
            key=key_of("track", camera, analysis, number, kind, track.first.isoformat()),
            kind=kind,
            seen_at=seen_at,
            name=camera,
            certainty=likelihood,
            content=content,
        )

    def _track(self, name: tuple[str, ...], seen_at: datetime) -> _Track:
        track = self._tracks.get(name)
        if track is None or seen_at - track.last > LOST:
            track = self._tracks[name] = _Track(seen_at, seen_at)
        track.last = max(track.last, seen_at)
        self._tracks.move_to_end(name)
        if len(self._tracks) > self._most:
            self._tracks.popitem(last=False)
        return track
