"""A media server on loopback that speaks WHEP and sends real video over WebRTC (aiortc).

Addresses are as MediaMTX gives them: POST /PATH/whep answers 201 with `Location: /PATH/whep/SESSION`, which
DELETE ends. With a login it asks for Basic, as that does.
"""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

aioice = pytest.importorskip("aioice")
aiortc = pytest.importorskip("aiortc")
from aiortc.mediastreams import VideoStreamTrack  # noqa: E402 - skipped by name where it is not there
from av import VideoFrame  # noqa: E402 - as above


class Ball(VideoStreamTrack):  # type: ignore[misc]
    """A white bar that moves over blue, 30 images a second."""

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        picture = np.zeros((180, 320, 3), np.uint8)
        picture[:, :, 2] = 160
        at = (pts // 3000 * 4) % 300
        picture[:, at : at + 20] = 255
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, time_base
        return frame


@dataclass
class WhepServer:
    """What it does wrong, and what it was asked."""

    path: str = "/gare"
    login: str = ""
    port: int = 0
    no_way: bool = False  # its answers name a port where nothing is
    refuse: int = 0  # an HTTP status instead of a session
    refuse_end: int = 0
    answer: bytes = b""  # what it answers instead of a description
    location: str = ""  # where it says that the session is
    asked: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    sessions: dict[str, Any] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}/whep"

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def cut(self) -> None:
        """The server lets go of every session, as when it is started again."""
        self.run(_all_closed(self))

    async def begin(self, offer: str) -> tuple[str, str]:
        peer = aiortc.RTCPeerConnection(aiortc.RTCConfiguration(iceServers=[]))
        await peer.setRemoteDescription(aiortc.RTCSessionDescription(offer, "offer"))
        for each in peer.getTransceivers():
            assert (each.kind, each._offerDirection) == ("video", "sendonly"), "one video, one way"
            peer.addTrack(Ball())
        await peer.setLocalDescription(await peer.createAnswer())
        key = str(uuid4())
        self.sessions[key] = peer
        said = peer.localDescription.sdp
        if self.no_way:
            said = "\r\n".join(_astray(line) for line in said.split("\r\n"))
        return key, said


def _astray(line: str) -> str:
    """A candidate at a port where nothing listens."""
    if not line.startswith("a=candidate:"):
        return line
    parts = line.split(" ")
    parts[5] = "9"
    return " ".join(parts)


async def _all_closed(server: WhepServer) -> None:
    for each in list(server.sessions.values()):
        await each.close()
    server.sessions.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_: WhepServer

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _let_in(self) -> bool:
        login, given = self.server_.login, self.headers.get("Authorization", "")
        if not login or given == f"Basic {base64.b64encode(login.encode()).decode()}":
            return True
        self._answer(401, WWW_Authenticate='Basic realm="mediamtx"')
        return False

    def do_POST(self) -> None:
        server = self.server_
        offer = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(f"POST {self.path}")
        server.given.append(self.headers.get("Authorization", ""))
        if not self._let_in():
            return
        sound = self.path == f"{server.path}/whep" and self.headers["Content-Type"] == "application/sdp"
        if server.refuse or not sound:
            self._answer(server.refuse or 404)
            return
        key, said = server.run(server.begin(offer.decode()))
        location = server.location or f"{self.path}/{key}"
        self._answer(201, server.answer or said.encode(), Content_Type="application/sdp", Location=location)

    def do_DELETE(self) -> None:
        server = self.server_
        server.asked.append(f"DELETE {self.path}")
        if not self._let_in():
            return
        if server.refuse_end:
            self._answer(server.refuse_end)
            return
        found = server.sessions.pop(self.path.rpartition("/")[2], None)
        if found is None:
            self._answer(404)
            return
        server.run(found.close())
        server.ended.append(self.path)
        self._answer(200)


@contextmanager
def whep_server(monkeypatch: pytest.MonkeyPatch, **given: Any) -> Iterator[WhepServer]:
    """The server within the block, on loopback alone."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    server = WhepServer(**given)
    http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_": server}))
    http.daemon_threads = True
    server.port = http.server_address[1]
    threads = [
        threading.Thread(target=server.loop.run_forever, daemon=True),
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
    ]
    for each in threads:
        each.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        server.cut()
        server.loop.call_soon_threadsafe(server.loop.stop)
        threads[0].join(5)
