"""A load of MQTT messages in a process of its own: `python -m benchmarks._mqtt_load PORT COUNT RATE …`.

A client of MQTT 3.1.1 that only publishes with QoS 1, its packets made beforehand: it takes a tenth of the
processor that one of paho would. RATE 0: as fast as they are acknowledged, 2,000 in flight.
"""

from __future__ import annotations

import json
import socket
import sys
import time

TOPIC = "frigate/events"
CAMERAS = 240
#: One message in so many is told on by the peer, so that its delay can be seen; and so many come twice.
MARKED, TWICE = 20, 10
_IN_FLIGHT = 2_000
_IDENTIFIERS = 60_000


def name(number: int) -> str:
    """The identifier of a message; every tenth is the one before it, said again."""
    told = number - 1 if number % TWICE == TWICE - 1 else number
    return f"{1772403300 + told}.5-b{told:07d}" + ("m" if told % MARKED == 0 else "")


def event(number: int, run: str) -> bytes:
    """A person seen by one of the cameras, as Frigate tells it."""
    at = time.time()
    after = {
        "id": f"{run}{name(number)}",
        "camera": f"C-{number * 7 % CAMERAS}",
        "label": "person",
        "frame_time": at,
        "start_time": at,
        "score": 0.8,
        "top_score": 0.84,
        "entered_zones": ["cour"],
    }
    return json.dumps({"type": "new", "before": after, "after": after}).encode()


def _length(count: int) -> bytes:
    made = b""
    while True:
        count, low = divmod(count, 128)
        made += bytes([low | (128 if count else 0)])
        if not count:
            return made


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _connect(port: int, user: str, password: str) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port))
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    flags = 0xC2 if user else 0x02
    body = _text("MQTT") + bytes([4, flags]) + (60).to_bytes(2, "big") + _text("load")
    if user:
        body += _text(user) + _text(password)
    wire.sendall(b"\x10" + _length(len(body)) + body)
    if wire.recv(4)[3:] != b"\x00":
        raise SystemExit("the broker refuses the load")
    return wire


def _packets(count: int, run: str) -> list[bytes]:
    made = []
    for number in range(count):
        body = _text(TOPIC) + (number % _IDENTIFIERS + 1).to_bytes(2, "big") + event(number, run)
        made.append(b"\x32" + _length(len(body)) + body)
    return made


def main(arguments: list[str]) -> None:
    """Publish, and print when it began and when the last was acknowledged (seconds since 1970)."""
    port, count, rate, run, *login = arguments
    wire = _connect(int(port), *(login or ["", ""]))
    packets = _packets(int(count), run)
    sent = heard = 0
    began = time.time()
    while heard // 4 < len(packets):
        due = len(packets) if float(rate) == 0 else int((time.time() - began) * float(rate)) + 1
        upto = min(len(packets), due, sent + _IN_FLIGHT - (sent - heard // 4))
        if upto > sent:
            wire.sendall(b"".join(packets[sent:upto]))
            sent = upto
        wire.settimeout(0.002 if sent < len(packets) and float(rate) else 60)
        try:
            got = wire.recv(65_536)
        except TimeoutError:
            continue
        if not got:
            raise SystemExit("the broker hung up")
        heard += len(got)
    print(json.dumps({"began": began, "ended": time.time()}))


if __name__ == "__main__":
    main(sys.argv[1:])
