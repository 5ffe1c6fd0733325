"""Loads for the benchmark of intake: HTTP over raw sockets, MQTT by the same client for each broker."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import paho.mqtt.client as paho

_encode = msgspec.json.Encoder().encode


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def item(key: str) -> dict[str, object]:
    """An observation as a program would send it."""
    return {
        "key": key,
        "kind": "intrusion.motion",
        "device": "PIR-12",
        "lat": 47.6512,
        "lon": -2.0841,
        "certainty": 0.7,
        "content": {"zone": "12", "panel": "P-3"},
    }


@dataclass
class Http:
    """A server and a source's token; connections are kept open, as programs do."""

    port: int
    token: str

    def request(self, body: bytes) -> bytes:
        """One POST, ready for the wire."""
        head = (
            "POST /api/v1/observations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def _connections(self, count: int) -> list[_Wire]:
        loop = asyncio.get_running_loop()
        made = [await loop.create_connection(_Wire, "127.0.0.1", self.port) for _ in range(count)]
        return [wire for _, wire in made]

    async def paced(self, name: str, *, rate: int, seconds: float, connections: int = 64) -> list[float]:
        """Seconds until each answer of single requests at `rate` a second.

        Counted from when each was due, so that waiting for a free connection is counted too.
        """
        free: asyncio.Queue[_Wire] = asyncio.Queue()
        for wire in await self._connections(connections):
            free.put_nowait(wire)
        bodies = [self.request(_encode(item(f"{name}-{i}"))) for i in range(int(rate * seconds))]
        began = time.perf_counter() + 0.05
        taken: list[float] = []

        async def one(number: int) -> None:
            wire = await free.get()
            await wire.ask(bodies[number])
            taken.append(time.perf_counter() - began - number / rate)
            free.put_nowait(wire)

        tasks = []
        gc.collect()
        gc.disable()  # the collector of this process is no part of what is measured
        for number in range(len(bodies)):
            late = began + number / rate - time.perf_counter()
            if late > 0:
                await asyncio.sleep(late)
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
        gc.enable()
        return taken

    async def flat_out(self, name: str, *, requests: int, batch: int = 1, connections: int = 64) -> float:
        """Observations a second when each connection asks again as soon as it is answered."""
        bodies = []
        for number in range(requests):
            items = [item(f"{name}-{number}-{i}") for i in range(batch)]
            bodies.append(self.request(_encode({"observations": items} if batch > 1 else items[0])))
        left = iter(bodies)

        async def work(wire: _Wire) -> None:
            for body in left:
                await wire.ask(body)

        wires = await self._connections(connections)
        began = time.perf_counter()
        await asyncio.gather(*(work(wire) for wire in wires))
        return requests * batch / (time.perf_counter() - began)


class _Wire(asyncio.Protocol):
    """One HTTP connection: asks, and waits for the whole answer."""

    def __init__(self) -> None:
        self._got = b""
        self._answer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, ended, rest = self._got.partition(b"\r\n\r\n")
        if not ended:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(rest) >= length and self._answer is not None:
            self._got = b""
            if head.startswith(b"HTTP/1.1 20"):
                self._answer.set_result(None)
            else:
                self._answer.set_exception(RuntimeError(f"{head[:40]!r} {rest[:200]!r}"))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server hung up"))

    async def ask(self, request: bytes) -> None:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)  # type: ignore[attr-defined] - a TCP transport
        await self._answer


def mqtt_flat_out(
    port: int, topic: str, payloads: Sequence[bytes], *, user: str = "", password: str = ""
) -> float:
    """Messages of QoS 1 a second, each acknowledged to the publisher, with 100 in flight (paho-mqtt)."""
    done = threading.Event()
    acknowledged = 0

    def published(*_: object) -> None:
        nonlocal acknowledged
        acknowledged += 1
        if acknowledged == len(payloads):
            done.set()

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    if user:
        client.username_pw_set(user, password)
    client.max_inflight_messages_set(100)
    client.on_publish = published
    client.connect("127.0.0.1", port)
    client.loop_start()
    began = time.perf_counter()
    for payload in payloads:
        client.publish(topic, payload, 1)
    if not done.wait(120):
        raise SystemExit(f"only {acknowledged} of {len(payloads)} messages were acknowledged")
    rate = len(payloads) / (time.perf_counter() - began)
    client.loop_stop()
    client.disconnect()
    return rate
