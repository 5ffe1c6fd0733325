"""From an ONVIF event to drafts: the same whether it came by a broker or by a pull point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from beffroi.during.intake.changes import Changes, key_of
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.onvif.topics import SEEN, Meaning
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_NAME = 64
#: Items of a source that name the part of a camera, the most precise first.
_PARTS = (
    *("Rule", "InputToken", "DoorToken", "AccessPointToken", "RelayToken"),
    *("VideoSource", "VideoSourceToken", "Source", "VideoSourceConfigurationToken"),
)
Section = Literal["source", "key", "data"]


class Said(Protocol):
    """An event as its carrier read it.

    `seen_at` is when it was, by our clock; `moment` the same as the camera wrote it, which names the event;
    `notes` what the carrier has to say besides (how far a clock was off).
    """

    @property
    def seen_at(self) -> datetime: ...

    @property
    def moment(self) -> str: ...

    @property
    def notes(self) -> Mapping[str, object]: ...

    def item(self, section: Section, name: str) -> str:
        """The value of that name in a section, 64 characters at most; '' where there is none."""
        ...

    def likeliest(self) -> tuple[str, float | None]:
        """The likeliest class of the object that it carries, and how likely (0 to 1); '' where none."""
        ...


class Events:
    """Reads events of one connector and remembers the states that last."""

    def __init__(self) -> None:
        self._states = Changes()

    def forget(self, speaker: Speaker, camera: str, topic: str, said: Said | None = None) -> None:
        """A property is gone: nothing is known of it any more."""
        name, values = topics.split(topic)
        values = values or (_values(said) if said is not None else ())
        self._states.forget((speaker.address, camera, name, *values))

    def read(
        self, speaker: Speaker, camera: str, topic: str, said: Said, *, message: bytes, received_at: datetime
    ) -> list[Draft]:
        """The drafts in one event; `camera` its level below the source, '' where the source is the camera.

        Raises Unreadable.
        """
        name, values = topics.split(topic)
        if topics.is_private(name):
            return []
        found, means = topics.meaning(name)
        values = values or _values(said)
        thing = (speaker.address, camera, name, *values)
        if means is None:
            return self._other(thing, topic, said.seen_at, message, received_at)
        told = _Told(thing, camera, found, _part(speaker, camera, said), said, values)
        if not means.items:
            return _draft(speaker, told, means)
        return self._state(speaker, told, means, message)

    def _state(self, speaker: Speaker, told: _Told, means: Meaning, message: bytes) -> list[Draft]:
        """A state that lasts: told when it begins and, where that says something, when it is over."""
        words = (told.said.item("data", each) for each in means.items)
        word = next((each for each in words if each), "")
        if not word:
            raise Unreadable(f"no {' or '.join(means.items)} among its data", code="onvif.no_state")
        on = topics.is_on(word, means)
        thing, key = told.thing, key_of(told.name, told.said.moment, "on" if on else "off")
        if not on and self._states.state_of(thing) is None:
            self._states.learn(thing, "off")
            return []
        known = self._states.told(thing, "on" if on else "off", key, message)
        if known is None or not (on or means.ends):
            return []
        return _draft(speaker, told, means, key=known, on=on)

    def _other(
        self, thing: tuple[str, ...], topic: str, seen_at: datetime, message: bytes, received_at: datetime
    ) -> list[Draft]:
        """A topic that is not known: told once an hour, so that someone may see that it comes."""
        hour = f"{received_at:%Y-%m-%dT%H}"
        key = self._states.told(("other", *thing), hour, key_of("other", topic, hour), message)
        if key is None:
            return []
        content = {"protocol": "onvif", "topic": topic[:200]}
        return [Draft(key=key, kind="technical.other", seen_at=seen_at, content=content)]


@dataclass(frozen=True, slots=True)
class _Told:
    """What an event is remembered by, where it was, and what it said."""

    thing: tuple[str, ...]
    camera: str
    topic: str
    part: str
    said: Said
    values: Sequence[str]

    @property
    def name(self) -> str:
        return ":".join((self.camera, self.topic, *self.values))


def _part(speaker: Speaker, camera: str, said: Said) -> str:
    """The part that an event is of: the most precise of its names that leads to a device."""
    named = [said.item("source", each) for each in _PARTS]
    candidates = [f"{camera}/{each}" for each in named if each and camera] + named + [camera]
    declared = next((each for each in candidates if each and each in speaker.devices), "")
    if declared or camera or speaker.device:
        return declared or camera
    return next((each for each in reversed(named) if each), "")[:_NAME]


def _values(said: Said) -> tuple[str, ...]:
    """The values of a source whose topic does not carry them."""
    return tuple(each for each in (said.item("source", name) for name in _PARTS) if each)


def _draft(speaker: Speaker, told: _Told, means: Meaning, *, key: str = "", on: bool = True) -> list[Draft]:
    said = told.said
    label, likelihood = said.likeliest()
    track = said.item("data", "ObjectId") or said.item("key", "ObjectId")
    words = {"rule": said.item("source", "Rule"), "track": track, "label": topics.word(label)}
    content = {"protocol": "onvif", "from": "event", "topic": told.topic, **said.notes}
    return [
        Draft(
            key=key or key_of(told.name, track, said.moment),
            kind=_kind(speaker, told, means, label, on),
            seen_at=said.seen_at,
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
