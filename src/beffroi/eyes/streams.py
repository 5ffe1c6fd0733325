"""Decoders as the web process holds them: one a camera, shared by all who look, gone after the last.

Nothing is kept but the last image of each. All methods belong to one event loop; decoding is in processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass

import msgspec
import structlog

from beffroi.eyes import wire
from beffroi.eyes.shown import Source
from beffroi.eyes.wire import Packet
from beffroi.foundation import clock
from beffroi.foundation.settings import current

log = structlog.get_logger("eyes")

#: After the last viewer left, a decoder waits so long for the next: a page that is opened again finds it.
LINGER_S = 4.0
AGAIN_S = (0.5, 1.0, 2.0, 5.0)
_END_S = 2.0

Key = tuple[str, ...]


@dataclass(eq=False)
class Viewer:
    """Who waits for news of some streams."""

    news: asyncio.Event

    def wake(self) -> None:
        """There is news."""
        self.news.set()


class Stream:
    """One decoder: its last image, its state, and who looks."""

    def __init__(self, key: Key, source: Source, *, starts_ms: int = 0) -> None:
        self.key = key
        self.live = not starts_ms
        self.viewers: set[Viewer] = set()
        self.frame: Packet | None = None
        self.state = wire.state(wire.OPENING, _now_ms())
        self.frames = 0
        self.states = 1
        self._order = msgspec.json.encode(
            {
                "address": source.address,
                "login": source.login,
                "secret": source.secret,
                "clock": source.clock,
                "live": self.live,
                "starts_ms": starts_ms,
                "recorder": source.recorder.address if source.recorder else "",
                "recording": source.recorder.recording if source.recorder else "",
                "names": source.recorder.names if source.recorder else (),
                "ends_ms": int(source.until.timestamp() * 1000) if source.until else 0,
                "fps": current().camera_fps,
                "width": current().camera_width,
            }
        )
        self.task = asyncio.ensure_future(self._run())

    @property
    def name(self) -> str:
        """The present state."""
        return str(json.loads(self.state.content)["state"])

    async def _run(self) -> None:
        """Keep a decoder going: one that ends is started again, ever later, until the stream is over."""
        tried = 0
        while True:
            before = self.frames
            await self._decode()
            if self.name == wire.END or not self.live:
                return
            tried = 0 if self.frames > before else tried + 1
            log.warning("a decoder ended", camera=self.key[1], tried=tried)
            self._take(wire.state(wire.CUT, _now_ms(), why=wire.STOPPED))
            await asyncio.sleep(AGAIN_S[min(tried, len(AGAIN_S) - 1)])

    async def _decode(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "beffroi.eyes.decoding", stdin=PIPE, stdout=PIPE, limit=wire.LARGEST
        )
        try:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
            process.stdin.write(self._order + b"\n")
            await process.stdin.drain()
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    self._take(await _packet(process.stdout))
        except (ValueError, ConnectionError):
            log.warning("a decoder says what is no packet", camera=self.key[1])
        finally:
            await _ended(process)

    def _take(self, packet: Packet) -> None:
        if packet.kind == wire.FRAME:
            self.frame = packet
            self.frames += 1
        else:
            self.state = packet
            self.states += 1
        for each in self.viewers:
            each.wake()


async def _packet(out: asyncio.StreamReader) -> Packet:
    """The next packet. Raises IncompleteReadError at the end, ValueError where it is none."""
    kind, at_ms, length = wire.HEAD.unpack(await out.readexactly(wire.HEAD.size))
    if kind not in (wire.FRAME, wire.STATE) or length > wire.LARGEST:
        raise ValueError("no packet")
    return Packet(kind, at_ms, await out.readexactly(length))


async def _ended(process: Process) -> None:
    """Let a decoder end: its input is closed; one that does not is killed."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _END_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


class Streams:
    """The decoders of this process, by what they show."""

    def __init__(self) -> None:
        self._streams: dict[Key, Stream] = {}
        self._lingering: dict[Key, asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def join(self, viewer: Viewer, key: Key, source: Source, *, starts_ms: int = 0) -> Stream | None:
        """Look at what `key` names; its decoder starts with the first. None where too many run already."""
        lingering = self._lingering.pop(key, None)
        if lingering is not None:
            lingering.cancel()
        stream = self._streams.get(key)
        if stream is None or stream.task.done():
            if stream is None and len(self._streams) >= current().camera_decoders and not self._make_room():
                return None
            stream = self._streams[key] = Stream(key, source, starts_ms=starts_ms)
        stream.viewers.add(viewer)
        return stream

    def leave(self, viewer: Viewer, stream: Stream) -> None:
        """Look no more; the last one to leave stops the decoder a little later."""
        stream.viewers.discard(viewer)
        if stream.viewers or self._streams.get(stream.key) is not stream:
            return
        loop = asyncio.get_running_loop()
        self._lingering[stream.key] = loop.call_later(LINGER_S, self._stop, stream.key)

    def _make_room(self) -> bool:
        """Stop a decoder that only waits for whoever may come back; whether there was one."""
        for key in list(self._lingering):
            self._lingering[key].cancel()
            self._stop(key)
            return True
        return False

    def _stop(self, key: Key) -> None:
        self._lingering.pop(key, None)
        stream = self._streams.pop(key, None)
        if stream is not None:
            stream.task.cancel()


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)
