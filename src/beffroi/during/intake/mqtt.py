"""The MQTT way in: our client at the broker, which acknowledges a message only once it is on disk.

The session is persistent: what arrives while we are away waits at the broker. Messages of QoS 0 are taken
too, and counted as not guaranteed, since nobody holds them for us.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import paho.mqtt.client as paho
import structlog
from django.db import DatabaseError

from beffroi.during.intake.broker import Access
from beffroi.during.intake.connectors import (
    MqttConnector,
    OwnTopicsConnector,
    RetainedConnector,
    registry,
)
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.mqtt_link import Link, ReadingAhead
from beffroi.during.intake.mqtt_wire import Incoming
from beffroi.during.intake.reception import Part, Reception, made
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.identifiers import uuid7s

_log = structlog.get_logger("beffroi.intake.mqtt")
_CLIENT = "beffroi-intake"
_LOOK_FOR_SOURCES_S = 2.0
_AGAIN_S = 1.0
_MOST_WAITING = 20_000
#: Beyond so many observations before the disk, messages wait here: refused ones would only be taken again.
_MOST_BEFORE_DISK = 10_000
_ROOM_S = 0.002
#: Beyond so many filters of single sources, one for all of their depth takes their place: brokers bound what
#: a session may subscribe to, and a source that is not heard is worse than messages that are left alone.
_OWN_FILTERS_MOST = 60
#: So many messages are read at once; then whoever else waits for the event loop has a turn.
_TOGETHER = 250
_GATHER_S = 0.001
_MOST_TOPICS = 10_000


class _Delivery(NamedTuple):
    """Messages that came together, and their connection: on another their numbers mean nothing."""

    connection: int
    messages: Sequence[Incoming]


class _Named(NamedTuple):
    """Who speaks on a topic, who reads it, and what of it stands below the source's prefix."""

    connector: MqttConnector
    speaker: Speaker
    topic: str


class MqttGate:
    """Subscribes for the MQTT sources, hands messages to their connector, acknowledges after the commit."""

    def __init__(
        self,
        reception: Reception,
        *,
        host: str,
        port: int,
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._reception = reception
        self._filters: frozenset[str] = frozenset()
        self._speakers: dict[str, tuple[MqttConnector, Speaker]] = {}
        self._connection = 0
        self._topics: dict[str, _Named | None] = {}
        self._queue: asyncio.Queue[_Delivery] = asyncio.Queue()
        self._first: _Delivery | None = None  # taken out of it, and not dealt with
        self._queued = 0  # messages in both
        self._tasks: list[asyncio.Task[None]] = []
        self._client = ReadingAhead(
            paho.CallbackAPIVersion.VERSION2, client_id=_CLIENT, clean_session=False, manual_ack=True
        )
        if user:
            self._client.username_pw_set(user, password)
        if tls is not None:
            self._client.tls_set_context(tls)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_messages = self._on_messages
        self._client.on_message = self._on_message
        self._link = Link(self._client, host, port)

    @classmethod
    def of(cls, reception: Reception, own: Access) -> MqttGate:
        """The gate at a broker."""
        return cls(reception, host=own.host, port=own.port, user=own.user, password=own.password, tls=own.tls)

    @property
    def connected(self) -> bool:
        """Whether the broker answers."""
        return bool(self._client.is_connected())

    async def start(self) -> None:
        """Connect in the background, now and again after every cut."""
        work = (self._consume(), self._look_for_sources())
        self._tasks = [asyncio.create_task(each) for each in work]

    async def stop(self) -> None:
        """Disconnect; what was not acknowledged stays with the broker."""
        for task in self._tasks:
            task.cancel()
        self._link.close()

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _log.error("the broker refuses us", why=str(reason))
            return
        self._connection += 1
        if self._filters:
            self._client.subscribe([(each, 1) for each in self._filters])

    def _on_disconnect(self, _c: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        _log.warning("the broker is gone", why=str(reason))

    def _on_subscribe(self, _c: Any, _data: Any, _mid: Any, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            _log.error("the broker refuses a subscription", why=str(reasons))

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        """One that is too long to be taken with the others."""
        payload, retain = bytes(message.payload), bool(message.retain)
        self._on_messages([Incoming(message.topic, payload, message.mid, message.qos, retain)])

    def _on_messages(self, messages: Sequence[Incoming]) -> None:
        if self._queued > _MOST_WAITING:
            # Nobody holds QoS 0 for us and memory has an end; QoS 1 is bounded by the broker's window.
            messages = [each for each in messages if each.qos]
        for at in range(0, len(messages), _TOGETHER):
            self._wait(_Delivery(self._connection, messages[at : at + _TOGETHER]))

    def _wait(self, delivery: _Delivery) -> None:
        self._queued += len(delivery.messages)
        self._queue.put_nowait(delivery)

    async def _look_for_sources(self) -> None:
        """Follow the list of sources: new ones are listened to, revoked ones no longer.

        The broker is called only once they are known: what it kept for us comes at once, and must be
        recognised.
        """
        known = False
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - a process's edge: the database may be away for a while
                strange = not isinstance(error, DatabaseError)
                _log.error("sources not read, tried again", why=str(error), exc_info=strange)
            else:
                if not known:
                    known = True
                    self._tasks.append(asyncio.create_task(self._link.run()))
            await asyncio.sleep(_LOOK_FOR_SOURCES_S)

    async def _listen(self) -> None:
        """Subscribe for the sources of this moment.

        The filters hold `+` in place of the prefixes, so that their number does not grow with the sources:
        brokers bound what one session may subscribe to.
        """
        filters: set[str] = set()
        own: set[str] = set()
        instead: set[str] = set()
        speakers: dict[str, tuple[MqttConnector, Speaker]] = {}
        for connector in _mqtt_connectors():
            for speaker in await self._reception.book.of_connector(connector.name):
                speakers[speaker.address] = (connector, speaker)
                anywhere = connector.topics("/".join("+" for _ in speaker.address.split("/")))
                if isinstance(connector, OwnTopicsConnector):
                    own.update(connector.topics_of(speaker))
                    instead.update(anywhere)
                else:
                    filters.update(anywhere)
        filters |= own if len(own) <= _OWN_FILTERS_MOST else instead
        self._speakers, self._topics = speakers, {}
        new, gone = filters - self._filters, self._filters - filters
        self._filters = frozenset(filters)
        if not self.connected:
            return  # `_on_connect` subscribes to all
        if new:
            self._client.subscribe([(each, 1) for each in new])
        if gone:
            self._client.unsubscribe(list(gone))

    async def _consume(self) -> None:
        """Messages as they come: read, put in the next group, acknowledged when that is on disk."""
        while True:
            first, self._first = self._first, None
            delivery = self._with_more(first or await self._queue.get())
            while self._reception.writer.waiting > _MOST_BEFORE_DISK:
                await asyncio.sleep(_ROOM_S)
            try:
                await self._take(delivery)
            except Exception as error:  # noqa: BLE001 - a process's edge: no message ever stops the rest
                self._later(delivery, error)
            # Others' turn; and what comes meanwhile is taken together.
            await asyncio.sleep(_GATHER_S if self._queued < _TOGETHER else 0)

    def _with_more(self, delivery: _Delivery) -> _Delivery:
        """Take along what came behind it by the same connection: much of what messages cost can be shared."""
        messages = list(delivery.messages)
        while len(messages) < _TOGETHER and not self._queue.empty():
            more = self._queue.get_nowait()
            if more.connection != delivery.connection:
                self._first = more
                break
            messages += more.messages
        self._queued -= len(messages)
        return _Delivery(delivery.connection, messages)

    async def _take(self, delivery: _Delivery) -> None:
        """Read all, keep in one group what is to be kept; what life may hang on has a group of its own."""
        connection, received_at = delivery.connection, clock.now()
        identifiers = uuid7s(received_at)
        heard: dict[tuple[UUID, bool, bool], list[Speaker]] = {}
        empty: list[Incoming] = []
        groups: dict[bool, tuple[list[Incoming], list[Part]]] = {True: ([], []), False: ([], [])}
        unread = False
        for message in delivery.messages:
            named = self._named(message.topic)
            if named is None:
                empty.append(message)  # of no source, or of one that was revoked
                continue
            told = (named.speaker.id, message.qos > 0, not message.retain)
            heard.setdefault(told, []).append(named.speaker)
            try:
                drafts, failed = self._read(named, message, received_at)
                part = made(named.speaker, drafts, received_at, identifiers)
            except Exception as error:  # noqa: BLE001 - a process's edge: one message never stops the rest
                self._later(_Delivery(connection, [message]), error)
                continue
            unread = unread or failed
            if drafts:
                messages, parts = groups[part.urgent]
                messages.append(message)
                parts.append(part)
            else:
                empty.append(message)
        # What the broker kept of a source and tells again is no sign that it lives.
        for (_, guaranteed, alive), speakers in heard.items():
            self._reception.tally.heard(speakers[0], guaranteed=guaranteed, alive=alive, times=len(speakers))
        if unread:
            await self._reception.tally.flush()  # kept before the broker lets it go
        self._ack(_Delivery(connection, empty))
        for messages, parts in groups.values():
            self._keep(_Delivery(connection, messages), parts)

    def _named(self, topic: str) -> _Named | None:
        """Who speaks under the longest known prefix of `topic`, and who reads it."""
        if topic in self._topics:
            return self._topics[topic]
        if len(self._topics) >= _MOST_TOPICS:
            self._topics.clear()
        parts = topic.split("/")
        prefixes = ("/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
        prefix = next((each for each in prefixes if each in self._speakers), None)
        found = None
        if prefix is not None:
            connector, speaker = self._speakers[prefix]
            found = _Named(connector, speaker, topic[len(speaker.address) + 1 :])
        self._topics[topic] = found
        return found

    def _read(self, named: _Named, message: Incoming, received_at: datetime) -> tuple[list[Draft], bool]:
        """The drafts in a message, and whether a part of it could not be read (noted)."""
        connector, speaker, topic = named
        try:
            if message.retain and isinstance(connector, RetainedConnector):
                found = connector.read_retained(speaker, topic, message.payload, received_at)
            else:
                found = connector.read(speaker, topic, message.payload, received_at)
        except Unreadable as error:
            found = [error]
        drafts: list[Draft] = []
        failed: list[Unreadable] = []
        for each in found:
            told = self._reception.place(speaker, each) if isinstance(each, Fix) else each
            if isinstance(told, Draft):
                drafts.append(told)
            elif isinstance(told, Unreadable):
                failed.append(told)
        for each in failed:
            sender, tally = message.topic, self._reception.tally
            tally.unread(connector.name, each, message.payload, speaker=speaker, sender=sender)
        return drafts, bool(failed)

    def _keep(self, delivery: _Delivery, parts: Sequence[Part]) -> None:
        if not parts:
            return
        try:
            whole = self._reception.submit_together(parts)
        except BeffroiError as error:
            self._later(delivery, error)
            return

        def done(future: asyncio.Future[list[Receipt]]) -> None:
            error = None if future.cancelled() else future.exception()
            if error is None and not future.cancelled():
                self._ack(delivery)
            else:
                self._later(delivery, error)

        whole.add_done_callback(done)

    def _later(self, delivery: _Delivery, error: BaseException | None) -> None:
        """Not kept: taken again in a moment. It is not acknowledged, so the broker holds it too."""
        count, topic = len(delivery.messages), delivery.messages[0].topic
        _log.error("messages not kept, tried again", count=count, topic=topic, why=str(error))
        asyncio.get_running_loop().call_later(_AGAIN_S, self._wait, delivery)

    def _ack(self, delivery: _Delivery) -> None:
        """Let the broker forget them, unless their connection is gone: then they come again."""
        if delivery.connection == self._connection:
            self._client.acknowledge([each.mid for each in delivery.messages if each.qos])


def _mqtt_connectors() -> list[MqttConnector]:
    return [each for each in registry().values() if isinstance(each, MqttConnector)]
