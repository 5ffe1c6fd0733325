"""Those who speak to an installation, written apart from it, from recorded messages: a panel, a recorder."""

from __future__ import annotations

import copy
import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt

_RECORDED_PANEL = "SIA-DCS"


def crc16_arc(data: bytes) -> int:
    """CRC-16/ARC, bit by bit: polynomial 0x8005 reflected, nothing before, nothing after."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def recorded_frame(table: Path) -> str:
    """The body of a recorded, unencrypted SIA frame that carries its time."""
    for line in table.read_text(encoding="utf-8-sig").splitlines()[1:]:
        message = line.split("\t")[4]
        body = message[8:]
        if body.startswith(f'"{_RECORDED_PANEL}"') and "]_" in body and "#AAA|Nri1/PA501" in body:
            return body
    raise AssertionError("no such recorded frame")


def alarm(recorded: str, *, account: str, data: str, at: datetime) -> bytes:
    """The recorded frame with another account, event and time, and the CRC and length that follow."""
    body = recorded.replace("#AAA", f"#{account}").replace("Nri1/PA501", data)
    body = body[: body.index("]") + 1] + f"_{at.astimezone(UTC):%H:%M:%S,%m-%d-%Y}"
    inside = body.encode("ascii")
    return b"\n" + f"{crc16_arc(inside):04X}{len(inside):04X}".encode() + inside + b"\r"


def send_alarm(host: str, port: int, frame: bytes) -> str:
    """Send a frame and return the whole answer."""
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(frame)
        answer = b""
        while b"\r" not in answer:
            part = connection.recv(512)
            assert part, "the panel was cut off without an answer"
            answer += part
    return answer.decode("ascii")


class Recorder:
    """A Frigate at the broker, publishing at QoS 1 what the recorded messages say, at other times."""

    def __init__(self, host: str, port: int, login: str, token: str, prefix: str) -> None:
        self.prefix = prefix
        self.refused = ""
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="journey-recorder")
        self.client.username_pw_set(login, token)
        self.client.on_connect = lambda *told: setattr(self, "refused", str(told[3]))
        self.client.connect(host, port)
        self.client.loop_start()

    def publish(self, topic: str, content: Any) -> None:
        """Publish and wait until the broker has it."""
        sent = self.client.publish(f"{self.prefix}/{topic}", json.dumps(content), qos=1)
        sent.wait_for_publish(10)
        assert sent.is_published(), f"the broker did not take {topic} ({self.refused})"

    def close(self) -> None:
        """Leave the broker."""
        self.client.disconnect()
        self.client.loop_stop()


def event(recorded: Path, *, camera: str, at: float) -> dict[str, Any]:
    """The recorded event, names and plate and all, of this camera and time."""
    message = json.loads(recorded.read_text())
    for side in (message["before"], message["after"]):
        side |= {"id": f"{at}-mxklsc", "camera": camera, "start_time": at, "frame_time": at + 1}
    return message


def review(recorded: Path, *, camera: str, at: float, kind: str) -> dict[str, Any]:
    """The recorded review, of this camera and time, about the event above."""
    message = copy.deepcopy(json.loads(recorded.read_text()))
    for side in (message["before"], message["after"]):
        side |= {"id": f"{at}-fqk5ka", "camera": camera, "start_time": at}
        side["data"]["detections"] = [f"{at}-mxklsc"]
    message["type"] = kind
    return message
