"""Decoders as the web process holds them: shared, bounded, stopped after the last viewer, started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.eyes.conftest import Configured
from tests.eyes.peers import RtspPeer, rtsp_peer

from beffroi.eyes import streams, wire
from beffroi.eyes.shown import Source
from beffroi.eyes.streams import Stream, Streams, Viewer

pytestmark = pytest.mark.service
WAIT_S = 20.0


@pytest.fixture(scope="module")
def camera() -> Iterator[RtspPeer]:
    with rtsp_peer() as peer:
        yield peer


def viewer() -> Viewer:
    return Viewer(asyncio.Event())


def source(camera: RtspPeer, path: str = "live") -> Source:
    return Source(camera.address(path), "", "")


async def frames(stream: Stream, who: Viewer, more: int = 1) -> None:
    """Wait until so many images more came."""
    wanted = stream.frames + more
    async with asyncio.timeout(WAIT_S):
        while stream.frames < wanted:
            who.news.clear()
            await who.news.wait()


def decoders() -> list[int]:
    """The decoders that this process started and that run."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"beffroi.eyes.decoding" in (each / "cmdline").read_bytes():
                found.append(int(each.name))
        except (OSError, ValueError):
            continue
    return found


def test_one_decoder_serves_all_who_look_and_ends_after_the_last(
    camera: RtspPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LINGER_S", 0.5)

    async def looking() -> None:
        held, first, second = Streams(), viewer(), viewer()
        stream = held.join(first, ("t", "C-1"), source(camera))
        again = held.join(second, ("t", "C-1"), source(camera))
        assert stream is not None and stream is again
        await frames(stream, second)
        assert len(decoders()) == 1 and stream.name == wire.LIVE
        held.leave(first, stream)
        await asyncio.sleep(1.0)
        await frames(stream, second)
        held.leave(second, stream)
        async with asyncio.timeout(WAIT_S):
            while decoders():
                await asyncio.sleep(0.05)
        assert len(held) == 0

    asyncio.run(looking())


def test_who_comes_back_at_once_finds_the_same_decoder(camera: RtspPeer) -> None:
    async def looking() -> None:
        held, who = Streams(), viewer()
        stream = held.join(who, ("t", "C-1"), source(camera))
        assert stream is not None
        await frames(stream, who)
        before = decoders()
        held.leave(who, stream)
        assert held.join(who, ("t", "C-1"), source(camera)) is stream and decoders() == before
        stream.task.cancel()
        await asyncio.wait({stream.task})

    asyncio.run(looking())


def test_so_many_cameras_at_once_and_no_more(camera: RtspPeer, configured: Configured) -> None:
    configured(camera_decoders=1)

    async def looking() -> None:
        held, who = Streams(), viewer()
        first = held.join(who, ("t", "C-1"), source(camera))
        assert first is not None and held.join(who, ("t", "C-2"), source(camera)) is None
        held.leave(who, first)  # it only waits for whoever comes back: its place can be had
        second = held.join(who, ("t", "C-2"), source(camera))
        assert second is not None and len(held) == 1
        second.task.cancel()
        await asyncio.wait({first.task, second.task})

    asyncio.run(looking())


def test_a_decoder_that_is_killed_is_started_again_and_said_cut(camera: RtspPeer) -> None:
    async def looking() -> None:
        held, who = Streams(), viewer()
        stream = held.join(who, ("t", "C-1"), source(camera))
        assert stream is not None
        await frames(stream, who)
        (decoder,) = decoders()
        os.kill(decoder, signal.SIGKILL)
        async with asyncio.timeout(WAIT_S):
            while stream.name != wire.CUT:
                await asyncio.sleep(0.01)
        await frames(stream, who, 2)
        assert stream.name == wire.LIVE and decoders() != [decoder]
        stream.task.cancel()
        await asyncio.wait({stream.task})

    asyncio.run(looking())


def test_a_recording_is_played_once_and_again_when_it_is_asked_again(camera: RtspPeer) -> None:
    async def looking() -> None:
        held, who = Streams(), viewer()
        key, asked = ("t", "C-1", "look"), source(camera, "replay?from=1&to=2")
        stream = held.join(who, key, asked, starts_ms=1000)
        assert stream is not None
        await asyncio.wait_for(asyncio.shield(stream.task), WAIT_S)
        assert stream.name == wire.END and stream.frames > 3
        again = held.join(who, key, asked, starts_ms=1000)
        assert again is not None and again is not stream
        await frames(again, who)
        again.task.cancel()
        await asyncio.wait({again.task})

    asyncio.run(looking())
