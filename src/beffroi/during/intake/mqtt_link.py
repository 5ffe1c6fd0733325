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
_SOONEST_S, _LATEST_S = 1.0, 30.0


class Link:
    """Keeps `client` connected to `host`:`port`: reads, writes and calls it in the loop's thread only."""

    def __init__(self, client: paho.Client, host: str, port: int) -> None:
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
        # What TLS has already read off the network makes no descriptor ready again.
        while self._client.socket() is sock and getattr(sock, "pending", int)():
            self._client.loop_read()
