"""A client of paho driven by the event loop instead of its own thread.

Its thread waits with select(), which cannot watch a descriptor above 1,023: a centre that holds some hundred
consoles and thirty towns open would have lost its broker, silently.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

import paho.mqtt.client as paho
import structlog

from beffroi.during.intake import mqtt_wire

_log = structlog.get_logger("beffroi.intake.mqtt")
_KEEPALIVE_S = 30
#: Bytes asked of the network at once: some two hundred messages of a camera.
_AHEAD = 65_536
_SOONEST_S, _LATEST_S = 1.0, 30.0
_PUBACK = 0x40


class ReadingAhead(paho.Client):
    """paho's client, which asks the network three times a packet, asking once for all that has come.

    Where `on_messages` is set, it takes all the messages that came together, past paho: what paho does for
    each (a lock, a condition, three dictionaries) costs more than all that becomes of it afterwards.

    `_sock_recv`, `_in_packet` and `_packet_queue` are no public names of paho: tests hold them to what is
    needed here.
    """

    on_messages: Callable[[list[mqtt_wire.Incoming]], None] | None = None
    _ahead, _at = b"", 0
    _short = False

    @property
    def ahead(self) -> int:
        """Bytes that were read off the network and belong to packets that can be taken now."""
        return 0 if self._short else len(self._ahead) - self._at

    def forget(self) -> None:
        """Another connection: what came over the last one is of no use."""
        self._ahead, self._at, self._short = b"", 0, False

    def acknowledge(self, mids: Sequence[int]) -> None:
        """Let the broker forget these messages, in one writing."""
        if mids and self._sock is not None:
            self._packet_queue(_PUBACK, mqtt_wire.acknowledged(mids), 0, 0)

    def _sock_recv(self, bufsize: int) -> bytes:
        if self.on_messages is not None and self._in_packet["command"] == 0:
            return self._beginning(bufsize)
        if self._at == len(self._ahead):
            self._ahead, self._at = super()._sock_recv(max(bufsize, _AHEAD)), 0
        return self._part(bufsize)

    def _part(self, bufsize: int) -> bytes:
        part = self._ahead[self._at : self._at + bufsize]
        self._at += len(part)
        return part

    def _beginning(self, bufsize: int) -> bytes:
        """The first byte of the next packet that is paho's; the messages before it are handed over."""
        if self._short or self._at == len(self._ahead):
            more = super()._sock_recv(_AHEAD)
            if not more:
                return b""  # the broker hung up
            self._ahead, self._at = self._ahead[self._at :] + more, 0
        found, self._at, self._short = mqtt_wire.messages(self._ahead, self._at)
        if found and self.on_messages is not None:
            self.on_messages(found)
        if self._short or self._at == len(self._ahead):
            raise BlockingIOError  # nothing more has come
        # No packet begins with 0: where the broker sends one, the connection is of no more use.
        return self._part(bufsize) if self._ahead[self._at] else b""


class Link:
    """Keeps `client` connected to `host`:`port`: reads, writes and calls it in the loop's thread only."""

    def __init__(self, client: ReadingAhead, host: str, port: int) -> None:
        self._client, self._host, self._port = client, host, port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._lost = asyncio.Event()
        client.on_socket_open = self._hook(self._opened)
        client.on_socket_close = self._hook(self._closed)
        client.on_socket_register_write = self._hook(self._has_more)
        client.on_socket_unregister_write = self._hook(self._has_no_more)

    async def run(self) -> None:
        """Connect, and again after every cut, until cancelled."""
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        wait = _SOONEST_S
        while True:
            self._lost.clear()
            try:
                await asyncio.to_thread(self._client.connect, self._host, self._port, _KEEPALIVE_S)
            except OSError as error:
                _log.warning("the broker is not reached, tried again", why=str(error))
            else:
                wait = _SOONEST_S if await self._connected_once() else wait
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LATEST_S)

    def close(self) -> None:
        """Say good-bye and let go of the connection; `run` must have been cancelled."""
        self._client.disconnect()
        self._client.loop_write()
        if (left := self._client.socket()) is not None:  # the network took nothing more
            self._closed(left)
        self._loop = None

    async def _connected_once(self) -> bool:
        """Wait until the connection is lost; whether the broker had let us in meanwhile."""
        was = False
        while not self._lost.is_set():
            self._client.loop_misc()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), 1.0)
            was = was or self._client.is_connected()
        return was

    def _hook(self, act: Callable[[Any], None]) -> Callable[[Any, Any, Any], None]:
        """`act` in the loop's thread: connecting happens in another."""

        def called(_client: Any, _data: Any, sock: Any) -> None:
            if self._loop is None:
                return
            if threading.get_ident() == self._thread:
                act(sock)
            else:
                with contextlib.suppress(RuntimeError):  # the loop ended while we were connecting
                    self._loop.call_soon_threadsafe(act, sock)

        return called

    def _opened(self, sock: Any) -> None:
        self._client.forget()
        if self._loop is not None and sock.fileno() >= 0:
            self._loop.add_reader(sock.fileno(), self._read, sock)

    def _closed(self, sock: Any) -> None:
        if self._loop is not None and sock.fileno() >= 0:
            self._loop.remove_reader(sock.fileno())
            self._loop.remove_writer(sock.fileno())
        self._lost.set()

    def _has_more(self, sock: Any) -> None:
        if self._loop is not None and sock.fileno() >= 0:
            self._loop.add_writer(sock.fileno(), self._client.loop_write)

    def _has_no_more(self, sock: Any) -> None:
        if self._loop is not None and sock.fileno() >= 0:
            self._loop.remove_writer(sock.fileno())

    def _read(self, sock: Any) -> None:
        self._client.loop_read()
        # What was read ahead, or is held by TLS, makes no descriptor ready again.
        while self._client.socket() is sock and (self._client.ahead or getattr(sock, "pending", int)()):
            self._client.loop_read()
