"""The connector for the device that has none: posted or published, its messages mean what the town declared.

A mapping is data: paths, tables of words, formats of times. There is nothing in it to run.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from beffroi.during.intake.changes import Changes, key_of
from beffroi.during.intake.connectors import BROKER, DURABLE, WebMessage, topic_prefix
from beffroi.during.intake.connectors.mapped.reading import body_of
from beffroi.during.intake.connectors.mapped.rules import applied, paths, written
from beffroi.during.intake.connectors.mapped.rules.shapes import Mapping, Rule, matches
from beffroi.during.intake.rules import Draft, Speaker, Unreadable

_ITEMS_MOST = 500
#: Kinds that end or mend something: no news of a thing of which nothing was known.
_QUIET = frozenset(("alarm.restored", "alarm.cancelled", "device.online"))


@lru_cache(maxsize=500)
def mapping_of(text: str) -> Mapping:
    """The mapping that a text declares. Raises BadMapping."""
    return written.read(text)


def declared(speaker: Speaker) -> Mapping:
    """The mapping of a source. Raises Unreadable where it has none that can be used."""
    try:
        return mapping_of(str(speaker.mapping.get("toml", "")))
    except written.BadMapping as error:
        raise Unreadable(str(error), code="mapped.no_mapping") from None


@dataclass(frozen=True, slots=True)
class _Message:
    """A message, who sent it, and how it came."""

    speaker: Speaker
    payload: bytes
    received_at: datetime
    topic: str = ""
    path: str = ""
    query: MappingType[str, str] = field(default_factory=dict)
    retained: bool = False

    def seen(self, body: Any, item: Any) -> paths.Seen:
        """What paths look into."""
        return paths.Seen(body, item, self.topic, self.path, self.query)


class MappedConnector:
    """Reads what a source's own mapping says: answered after our disk by HTTP, after the broker's by MQTT.

    Where not `quiet`, all is told that could be (to try a mapping out).
    """

    name = "mapped"
    guarantee = BROKER

    def __init__(self, *, quiet: bool = True) -> None:
        self._states = Changes()
        self._quiet = quiet

    def guarantee_of(self, address: str) -> str:
        """HTTP is answered after the commit; with a prefix, messages come through the broker."""
        return BROKER if address else DURABLE

    def address(self, given: str) -> str:
        """The MQTT prefix, or nothing for what is posted only. Raises ValueError with why."""
        return topic_prefix(given) if given else ""

    def mapping(self, text: str) -> MappingType[str, Any]:
        """What is kept of a mapping with its source. Raises BadMapping."""
        mapping_of(text)
        return {"toml": text}

    def topics(self, address: str) -> tuple[str, ...]:
        """All below the prefix; see `topics_of`."""
        return (f"{address}/#",)

    def topics_of(self, speaker: Speaker) -> tuple[str, ...]:
        """The filters that the mapping declares, below the source's prefix."""
        try:
            topics = declared(speaker).topics
        except Unreadable:
            return self.topics(speaker.address)  # heard all the same, so that it is shown as unreadable
        return tuple(f"{speaker.address}/{each}" for each in topics)

    def read(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime
    ) -> list[Draft | Unreadable]:
        """The drafts in one published message. Raises Unreadable."""
        return self._heard(_Message(speaker, payload, received_at, topic=topic))

    def read_retained(
        self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime
    ) -> list[Draft | Unreadable]:
        """As `read`; a state that says not since when is remembered and not told."""
        return self._heard(_Message(speaker, payload, received_at, topic=topic, retained=True))

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Draft | Unreadable]:
        """The drafts in one posted message. Raises Unreadable."""
        if not message.body:
            raise Unreadable("an empty message", code="mapped.empty")
        path, query = message.path, message.query
        return self._read(_Message(speaker, message.body, received_at, path=path, query=query))

    def _heard(self, message: _Message) -> list[Draft | Unreadable]:
        """What was published; topics that only other subscriptions brought are left alone."""
        if not any(matches(each, message.topic) for each in declared(message.speaker).topics):
            return []
        return self._read(message)

    def _read(self, message: _Message) -> list[Draft | Unreadable]:
        if not message.payload:
            return []  # MQTT: what was retained is taken away
        mapping = declared(message.speaker)
        body = body_of(mapping.format, message.payload)
        whole = message.seen(body, body)
        if applied.is_ignored(mapping.ignore, whole):
            return []
        found: list[Draft | Unreadable] = []
        for item in _items(mapping, whole):
            seen = message.seen(body, item)
            for number, rule in enumerate(mapping.rules):
                found += self._made(message, rule, number, seen)
        return found

    def _made(self, message: _Message, rule: Rule, number: int, seen: paths.Seen) -> list[Draft | Unreadable]:
        try:
            made = applied.made(rule, seen)
        except Unreadable as error:
            return [error]
        if made is None or (rule.on_change and made.state is None):
            return []
        when = (made.seen_at or message.received_at).isoformat()
        key = key_of(str(number), made.kind, *(made.key or (made.name, *(made.state or ()), when)))
        told = self._news(message, number, made, key) if rule.on_change else key
        return [] if told is None else [_draft(made, told)]

    def _news(self, message: _Message, number: int, made: applied.Made, key: str) -> str | None:
        """The key under which a state is told; None where it is no news."""
        speaker = message.speaker
        thing = (speaker.territory, speaker.key, message.topic, str(number), made.name)
        state = "\x1f".join(made.state or ())
        if self._quiet and self._states.state_of(thing) is None:
            if made.kind in _QUIET:
                self._states.learn(thing, state)
                return None
            if message.retained and made.seen_at is None:
                # What waited for us at the broker may come behind what it had retained.
                self._states.learn(thing, state, key, message.payload)
                return None
        return self._states.told(thing, state, key, message.payload)


def _items(mapping: Mapping, whole: paths.Seen) -> list[Any]:
    if mapping.each is None:
        return [whole.body]
    found = paths.values(mapping.each, whole)
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    if len(found) > _ITEMS_MOST:
        raise Unreadable(f"more than {_ITEMS_MOST} items", code="mapped.too_many")
    return found


def _draft(made: applied.Made, key: str) -> Draft:
    return Draft(
        key=key,
        kind=made.kind,
        seen_at=made.seen_at,
        name=made.name,
        lat=made.lat,
        lon=made.lon,
        radius_m=made.radius_m,
        certainty=made.certainty,
        content={"protocol": "mapped", **made.content},
    )


CONNECTOR = MappedConnector()
