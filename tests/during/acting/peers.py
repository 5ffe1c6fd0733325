"""Peers of the hand: a lamp that is a real MQTT client, and a broker that never acknowledges."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import paho.mqtt.client as paho


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.02)


class Thing:
    """A device over MQTT: it keeps what it is told, and answers by `answers`."""

    def __init__(
        self, port: int, login: str, token: str, command: str, state: str, *, retain: bool = False
    ) -> None:
        self.told: list[bytes] = []
        self.answers: Callable[[bytes], bytes | None] = lambda payload: payload
        self.granted: list[bool] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(login, token)
        self._command, self._state, self._retain = command, state, retain
        self.client.on_connect = lambda client, *_: client.subscribe(command, 1)
        self.client.on_subscribe = lambda _c, _d, _m, reasons, _p: self.granted.append(
            not reasons[0].is_failure
        )
        self.client.on_message = self._heard
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def _heard(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        self.told.append(message.payload)
        answer = self.answers(message.payload)
        if answer is not None:
            self.client.publish(self._state, answer, 1, self._retain)

    def close(self) -> None:
        """Go away."""
        self.client.disconnect()
        self.client.loop_stop()


class DeafBroker:
    """It lets a client in and takes what it publishes (`got`), but never acknowledges it."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link: socket.socket) -> None:
        with link:
            while (packet := _packet(link)) is not None:
                kind, body = packet
                if kind >> 4 == 1:
                    link.sendall(b"\x20\x02\x00\x00")
                elif kind >> 4 == 3:
                    self.got.append(body)
                elif kind >> 4 == 8:
                    link.sendall(bytes((0x90, 3, body[0], body[1], 0)))
                elif kind >> 4 == 12:
                    link.sendall(b"\xd0\x00")

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()


def _packet(link: socket.socket) -> tuple[int, bytes] | None:
    """One MQTT packet of less than 2 MiB: its first byte and its body."""
    first = link.recv(1)
    if not first:
        return None
    length, shift = 0, 0
    while True:
        byte = link.recv(1)
        if not byte:
            return None
        length |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80:
            break
    body = b""
    while len(body) < length:
        more = link.recv(length - len(body))
        if not more:
            return None
        body += more
    return first[0], body


@contextmanager
def deaf_broker() -> Iterator[DeafBroker]:
    """A broker that never acknowledges."""
    made = DeafBroker()
    try:
        yield made
    finally:
        made.close()
