"""How the exercise speaks: as an alarm panel over TCP, as a video recorder over MQTT, never past them."""

from __future__ import annotations

import socket
import threading
from types import TracebackType

import paho.mqtt.client as mqtt

from beffroi.during.intake.connectors.dc09.frame import build, parse
from beffroi.foundation.errors import BeffroiError

_WAIT_S = 10.0


class NotTaken(BeffroiError):
    """A message of the exercise that was not acknowledged."""

    code = "rehearsal.not_taken"
    message = "The exercise's {what} was not taken: {why}."
    advice = "Is `beffroi up` running on this data directory? `beffroi doctor` tells."


def send_frame(host: str, port: int, body: str) -> str:
    """Send one DC-09 frame and return the answer's word: ACK, NAK or DUH. Raises NotTaken."""
    try:
        with socket.create_connection((host, port), timeout=_WAIT_S) as connection:
            connection.sendall(build(body))
            answer = b""
            while b"\r" not in answer:
                part = connection.recv(1024)
                if not part:
                    raise NotTaken(what="panel", why="the connection was closed without an answer")
                answer += part
    except OSError as error:
        raise NotTaken(what="panel", why=str(error)) from error
    inside = answer.partition(b"\n")[2].partition(b"\r")[0]
    return parse(inside).word


class Recorder:
    """A video recorder at the broker: QoS 1, each message acknowledged before the next is sent."""

    def __init__(self, host: str, port: int, *, login: str, token: str, prefix: str) -> None:
        self._prefix = prefix
        self._why = ""
        self._connected = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"{prefix}-recorder")
        self._client.username_pw_set(login, token)
        self._client.on_connect = self._on_connect
        self._address = (host, port)

    def _on_connect(
        self, client: mqtt.Client, data: object, flags: object, reason: object, properties: object
    ) -> None:
        self._why = "" if not getattr(reason, "is_failure", False) else str(reason)
        self._connected.set()

    def __enter__(self) -> Recorder:
        try:
            self._client.connect(*self._address, keepalive=30)
        except OSError as error:
            raise NotTaken(what="recorder", why=str(error)) from error
        self._client.loop_start()
        if not self._connected.wait(_WAIT_S) or self._why:
            self._client.loop_stop()
            raise NotTaken(what="recorder", why=self._why or "the broker does not answer")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish under the recorder's prefix and wait until the broker has it. Raises NotTaken."""
        sent = self._client.publish(f"{self._prefix}/{topic}", payload, qos=1)
        try:
            sent.wait_for_publish(_WAIT_S)
        except (RuntimeError, ValueError) as error:
            raise NotTaken(what="recorder", why=str(error)) from error
        if not sent.is_published():
            raise NotTaken(what="recorder", why=f"{topic} was not acknowledged in {_WAIT_S:g} s")
