"""The MQTT way in: our client at the broker, which acknowledges a message only once it is on disk.

The session is persistent: what arrives while we are away waits at the broker. Messages of QoS 0 are taken
too, and counted as not guaranteed, since nobody holds them for us.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import structlog
from django.db import DatabaseError

from beffroi.during.intake.broker import Access
from beffroi.during.intake.connectors import (
    Connector,
    MqttConnector,
    OwnTopicsConnector,
    RetainedConnector,
    registry,
)
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.mqtt_link import Link, ReadingAhead
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable
from beffroi.foundation import clock

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


class _Delivery(NamedTuple):
    """A message and the connection that brought it: identifiers of messages mean nothing on another."""

    connection: int
    message: paho.MQTTMessage


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
        self._queue: asyncio.Queue[_Delivery] = asyncio.Queue()
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
        if message.qos == 0 and self._queue.qsize() > _MOST_WAITING:
            return  # nobody holds QoS 0 for us and memory has an end; QoS 1 is bounded by the broker's window
        self._queue.put_nowait(_Delivery(self._connection, message))

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
        self._speakers = speakers
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
            delivery = await self._queue.get()
            while self._reception.writer.waiting > _MOST_BEFORE_DISK:
                await asyncio.sleep(_ROOM_S)
            try:
                await self._take(delivery)
            except Exception as error:  # noqa: BLE001 - a process's edge: one message never stops the rest
                self._later(delivery, error)

    async def _take(self, delivery: _Delivery) -> None:
        message = delivery.message
        named = self._named(message.topic)
        if named is None:
            self._ack(delivery)  # of no source, or of one that was revoked
            return
        connector, speaker = named
        # What the broker kept of a source and tells again is no sign that it lives.
        self._reception.tally.heard(speaker, guaranteed=message.qos > 0, alive=not message.retain)
        topic = message.topic[len(speaker.address) + 1 :]
        try:
            found = _read(connector, speaker, topic, message)
        except Unreadable as error:
            found = [error]
        await self._unread(message, connector, speaker, found)
        for fix in (each for each in found if isinstance(each, Fix)):
            placed = self._reception.place(speaker, fix)
            if isinstance(placed, Unreadable):
                self._note(message, connector, speaker, placed)
        self._keep(delivery, speaker, [each for each in found if isinstance(each, Draft)])

    def _named(self, topic: str) -> tuple[MqttConnector, Speaker] | None:
        """Who speaks under the longest known prefix of `topic`, and who reads it."""
        parts = topic.split("/")
        for length in range(len(parts) - 1, 0, -1):
            found = self._speakers.get("/".join(parts[:length]))
            if found is not None:
                return found
        return None

    def _note(
        self, message: paho.MQTTMessage, connector: Connector, speaker: Speaker, error: Unreadable
    ) -> None:
        self._reception.tally.unread(
            connector.name,
            error,
            message.payload,
            speaker=speaker,
            sender=message.topic,
        )

    async def _unread(
        self,
        message: paho.MQTTMessage,
        connector: Connector,
        speaker: Speaker,
        found: Sequence[Draft | Fix | Unreadable],
    ) -> None:
        """What could not be read is kept among the unreadable before the broker lets it go."""
        errors = [each for each in found if isinstance(each, Unreadable)]
        for each in errors:
            self._note(message, connector, speaker, each)
        if errors:
            await self._reception.tally.flush()

    def _keep(self, delivery: _Delivery, speaker: Speaker, drafts: Sequence[Draft]) -> None:
        if not drafts:
            self._ack(delivery)
            return
        whole = self._reception.submit(speaker, drafts)

        def done(future: asyncio.Future[list[Receipt]]) -> None:
            error = None if future.cancelled() else future.exception()
            if error is None and not future.cancelled():
                self._ack(delivery)
            else:
                self._later(delivery, error)

        whole.add_done_callback(done)

    def _later(self, delivery: _Delivery, error: BaseException | None) -> None:
        """Not kept: taken again in a moment. It is not acknowledged, so the broker holds it too."""
        _log.error("message not kept, tried again", topic=delivery.message.topic, why=str(error))
        asyncio.get_running_loop().call_later(_AGAIN_S, self._queue.put_nowait, delivery)

    def _ack(self, delivery: _Delivery) -> None:
        """Let the broker forget it, unless it came by a connection that is gone: then it comes again."""
        if delivery.message.qos > 0 and delivery.connection == self._connection:
            self._client.ack(delivery.message.mid, delivery.message.qos)


def _read(
    connector: MqttConnector, speaker: Speaker, topic: str, message: paho.MQTTMessage
) -> Sequence[Draft | Fix | Unreadable]:
    if message.retain and isinstance(connector, RetainedConnector):
        return connector.read_retained(speaker, topic, message.payload, clock.now())
    return connector.read(speaker, topic, message.payload, clock.now())


def _mqtt_connectors() -> list[MqttConnector]:
    return [each for each in registry().values() if isinstance(each, MqttConnector)]
