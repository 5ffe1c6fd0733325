"""The hand that switches: our client at the broker, on a thread of its own beside the engine's work.

Each connection is a new client. One that lost its connection is thrown away with what it held: paho would
send again by itself what the broker had not acknowledged, and a bollard must never move because a network
came back. Commands are never retained.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import paho.mqtt.client as paho
import structlog
from django.db import DatabaseError, close_old_connections, connection

from beffroi.during.acting import sending
from beffroi.during.acting.sending import Order
from beffroi.during.intake import broker
from beffroi.during.intake.broker import Access
from beffroi.during.intake.mqtt_link import Link, ReadingAhead
from beffroi.foundation import clock

_log = structlog.get_logger("acting")

Done = TypeVar("Done")

_LOOK_S = 0.15
_TOPICS_EVERY_S = 2.0
_AFTER_FAULT_S = 1.0
#: States that wait to be written; a device that says more than that is not listened to meanwhile.
_HEARD_MOST = 2_000


class Hand:
    """Sends what is asked and hears what devices answer, until told to stop."""

    def __init__(self, reached: Callable[[], Access] = broker.reached) -> None:
        self._reached = reached
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self.connected = False

    def tend(self) -> None:
        """Start the thread, or start it again if it ended: the engine's duty calls this."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="acting-hand", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take nothing new and let go of the broker (tests)."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(30)

    def _run(self) -> None:
        asyncio.run(self._live())

    async def _live(self) -> None:
        with ThreadPoolExecutor(1, thread_name_prefix="acting-write") as writer:
            while not self._stopping.is_set():
                try:
                    await _Grip(self._reached(), writer, self).hold()
                except Exception:  # noqa: BLE001 - the edge of the hand's thread: told in full, begun anew
                    _log.exception("the hand lost its grip")
                self.connected = False
                await asyncio.sleep(_AFTER_FAULT_S)
            await asyncio.get_running_loop().run_in_executor(writer, _let_go)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()


def _let_go() -> None:
    connection.close()  # this thread's own


class _Grip:
    """One connection to the broker, from its first word to its loss."""

    def __init__(self, own: Access, writer: ThreadPoolExecutor, hand: Hand) -> None:
        self._writer, self._hand = writer, hand
        self._topics: frozenset[str] = frozenset()
        self._on_the_way: dict[int, Order] = {}
        self._acknowledged: list[int] = []
        self._heard: list[tuple[str, bytes, bool]] = []
        self._lost = False
        self._client = ReadingAhead(paho.CallbackAPIVersion.VERSION2, clean_session=True)
        if own.user:
            self._client.username_pw_set(own.user, own.password)
        if own.tls is not None:
            self._client.tls_set_context(own.tls)
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._link = Link(self._client, own.host, own.port)

    async def hold(self) -> None:
        """Serve until the connection is lost, or the hand is to stop."""
        running = asyncio.ensure_future(self._link.run())
        try:
            await self._serve(running)
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            self._link.close()

    async def _serve(self, running: asyncio.Future[None]) -> None:
        topics_at = 0.0
        while not (self._lost or self._hand.stopping or running.done()):
            self._hand.connected = bool(self._client.is_connected())
            if self._hand.connected:
                now = asyncio.get_running_loop().time()
                if now >= topics_at:
                    topics_at = now + _TOPICS_EVERY_S
                    await self._listen()
                await self._work()
            await asyncio.sleep(_LOOK_S)

    async def _listen(self) -> None:
        """Follow the list of actuators. QoS 0: what is lost with the connection is said to be no answer, and
        brokers bound how many subscriptions of QoS 1 a session may hold."""
        wanted = await self._write(sending.topics)
        if wanted is None:
            return
        if new := wanted - self._topics:
            self._client.subscribe([(each, 0) for each in sorted(new)])
        if gone := self._topics - wanted:
            self._client.unsubscribe(sorted(gone))
        self._topics = wanted

    async def _work(self) -> None:
        """Write what was acknowledged and heard, then send what waits."""
        sent, self._acknowledged = self._acknowledged, []
        for mid in sent:
            order = self._on_the_way.pop(mid, None)
            if order is not None:
                await self._write(partial(sending.mark_sent, order, clock.now()))
        heard, self._heard = self._heard, []
        for topic, payload, retained in heard:
            told = partial(sending.heard, topic, payload, retained=retained, now=clock.now())
            await self._write(told)
        for order in await self._write(partial(sending.claim, clock.now())) or []:
            if self._lost:
                return  # its lease says what becomes of it
            told_to = self._client.publish(order.topic, order.payload, qos=1, retain=False)
            self._on_the_way[told_to.mid] = order

    async def _write(self, work: Callable[[], Done]) -> Done | None:
        def done() -> Done:
            close_old_connections()
            return work()

        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, done)
        except DatabaseError as error:
            # Nothing is lost: what was on its way has its lease, what waits is taken up at the next look.
            _log.warning("database away", why=type(error).__name__)
            await asyncio.sleep(_AFTER_FAULT_S)
            return None

    def _on_disconnect(self, _c: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        _log.warning("the broker is gone", why=str(reason))
        self._lost = True

    def _on_publish(self, _c: Any, _data: Any, mid: int, _reason: Any, _properties: Any) -> None:
        self._acknowledged.append(mid)

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        if len(self._heard) < _HEARD_MOST:
            self._heard.append((message.topic, message.payload, bool(message.retain)))
