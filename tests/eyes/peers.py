"""The RTSP peer as a process of its own, and a decoder asked by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest

from beffroi.eyes import wire
from beffroi.eyes.wire import Packet

PYTHON = "/usr/bin/python3"
_NEEDS = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst; "
    "Gst.init(None); assert all(Gst.ElementFactory.find(n) for n in ('x264enc', 'rtph264pay', 'textoverlay'))"
)


class RtspPeer:
    """A real RTSP server and what it told of how it was asked."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        ports = self.told()
        self.port, self.guarded = int(ports["port"]), int(ports["guarded"])

    def told(self) -> dict[str, Any]:
        """The next thing that the server says."""
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def address(self, path: str) -> str:
        return f"rtsp://127.0.0.1:{self.guarded if path == 'guarded' else self.port}/{path}".replace(
            "/guarded", "/live"
        )

    def cut(self) -> None:
        """The camera is gone."""
        self._process.kill()
        self._process.wait()


@contextmanager
def rtsp_peer(port: int = 0) -> Iterator[RtspPeer]:
    """The server, on a free port unless told; skips by name where GStreamer's RTSP server is absent."""
    there = Path(PYTHON).exists()
    if not there or subprocess.run([PYTHON, "-c", _NEEDS], check=False, capture_output=True).returncode:
        if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
            pytest.fail("gir1.2-gst-rtsp-server-1.0 is required here")
        pytest.skip("gir1.2-gst-rtsp-server-1.0 is not installed")
    script = Path(__file__).with_name("rtsp_peer.py")
    process = subprocess.Popen(
        [PYTHON, str(script), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    try:
        yield RtspPeer(process)
    finally:
        process.kill()
        process.wait()


class Decoder:
    """A decoder as the web process starts it; packets are read one by one."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def packet(self) -> Packet | None:
        """The next packet; None at the end."""
        out = self.process.stdout
        assert out is not None
        head = _whole(out, wire.HEAD.size)
        if head is None:
            return None
        kind, at_ms, length = wire.HEAD.unpack(head)
        assert length <= wire.LARGEST
        return Packet(kind, at_ms, _whole(out, length) or b"")

    def until(self, kind: bytes, state: str = "", most_s: float = 20.0) -> Packet:
        """The first packet of this kind, in this state."""
        deadline = time.monotonic() + most_s
        while (found := self.packet()) is not None and time.monotonic() < deadline:
            if found.kind == kind and (not state or json.loads(found.content)["state"] == state):
                return found
        raise AssertionError(f"no {kind!r} {state} came")


def _whole(out: IO[bytes], size: int) -> bytes | None:
    held = b""
    while len(held) < size:
        piece = out.read(size - len(held))
        if not piece:
            return None
        held += piece
    return held


@contextmanager
def decoder(**order: Any) -> Iterator[Decoder]:
    """A decoder with this order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "beffroi.eyes.decoding"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(order) + b"\n")
    process.stdin.flush()
    try:
        yield Decoder(process)
    finally:
        process.kill()
        process.wait()
