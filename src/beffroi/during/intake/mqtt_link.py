"""A client of paho driven by the event loop instead of its own thread.

Its thread waits with select(), which cannot watch a descriptor above 1,023: a centre that holds some hundred
consoles and thirty towns open would have lost its broker, silently.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as paho
import structlog

_log = structlog.get_logger("beffroi.intake.mqtt")
_KEEPALIVE_S = 30
#: Bytes asked of the network at once: some two hundred messages of a camera.
_AHEAD = 65_536
_SOONEST_S, _LATEST_S = 1.0, 30.0


class ReadingAhead(paho.Client):
    """paho's client, which asks the network three times a packet, asking once for all that has come.

    `_sock_recv` is no public name of paho: should it go, packets are read as before, only slower.
    """

    _ahead, _at = b"", 0

    @property
    def ahead(self) -> int:
        """Bytes that were read off the network and belong to packets not taken yet."""
        return len(self._ahead) - self._at

    def forget(self) -> None:
        """Another connection: what came over the last one is of no use."""
        self._ahead, self._at = b"", 0

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self.ahead:
            self._ahead, self._at = super()._sock_recv(max(bufsize, _AHEAD)), 0
        part = self._ahead[self._at : self._at + bufsize]
        self._at += len(part)
        return part


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
