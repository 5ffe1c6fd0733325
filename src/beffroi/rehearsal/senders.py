"""How the exercise speaks: as an alarm panel over TCP, as a video recorder over MQTT, never past them."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType

import paho.mqtt.client as mqtt
from paho.mqtt.reasoncodes import ReasonCode

from beffroi.during.intake.connectors.dc09.frame import build, parse
from beffroi.foundation.errors import BeffroiError

_WAIT_S = 10.0
_AGAIN_S = 0.5


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
    """A video recorder at the broker: QoS 1, each message acknowledged before the next is sent.

    The broker learns of a new source within seconds: a refusal is tried again for a while.
    """

    def __init__(self, host: str, port: int, *, login: str, token: str, prefix: str) -> None:
        self._address = (host, port)
        self._login, self._token, self._prefix = login, token, prefix
        self._client: mqtt.Client | None = None

    def __enter__(self) -> Recorder:
        end = time.monotonic() + _WAIT_S
        while True:
            client, why = self._connected()
            if client is not None:
                self._client = client
                return self
            if time.monotonic() >= end:
                raise NotTaken(what="recorder", why=why)
            time.sleep(_AGAIN_S)

    def _connected(self) -> tuple[mqtt.Client | None, str]:
        """A client that the broker let in, or None and why not."""
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=f"{self._prefix}-recorder")
        client.username_pw_set(self._login, self._token)
        answered, said = threading.Event(), []

        def told(
            client: mqtt.Client, data: object, flags: object, reason: ReasonCode, properties: object
        ) -> None:
            said.append(reason)
            answered.set()

        client.on_connect = told
        try:
            client.connect(*self._address, keepalive=30)
        except OSError as error:
            return None, str(error)
        client.loop_start()
        if answered.wait(_WAIT_S) and not said[0].is_failure:
            return client, ""
        client.loop_stop()
        return None, str(said[0]) if said else "the broker does not answer"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish under the recorder's prefix and wait until the broker has it. Raises NotTaken."""
        if self._client is None:
            raise NotTaken(what="recorder", why="it is not connected")
        sent = self._client.publish(f"{self._prefix}/{topic}", payload, qos=1)
        try:
            sent.wait_for_publish(_WAIT_S)
        except (RuntimeError, ValueError) as error:
            raise NotTaken(what="recorder", why=str(error)) from error
        if not sent.is_published():
            raise NotTaken(what="recorder", why=f"{topic} was not acknowledged in {_WAIT_S:g} s")
