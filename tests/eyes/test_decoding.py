"""Decoders against a real RTSP server, a real recorder of one, and a real HLS playlist."""

from __future__ import annotations

import functools
import http.server
import itertools
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.eyes.peers import RtspPeer, decoder, rtsp_peer

from beffroi.eyes import wire

pytestmark = pytest.mark.service
JPEG = b"\xff\xd8\xff"
#: SOF0, as every JPEG of ours has one: height and width follow it.
SOF = b"\xff\xc0\x00\x11\x08"


@pytest.fixture(scope="module")
def camera() -> Iterator[RtspPeer]:
    with rtsp_peer() as peer:
        yield peer


def size(jpeg: bytes) -> tuple[int, int]:
    """Width and height that a JPEG says it has."""
    at = jpeg.index(SOF) + len(SOF)
    return int.from_bytes(jpeg[at + 2 : at + 4]), int.from_bytes(jpeg[at : at + 2])


def test_images_come_as_jpegs_no_wider_and_no_more_often_than_asked(camera: RtspPeer) -> None:
    with decoder(address=camera.address("live"), fps=5.0, width=320) as decoding:
        first = decoding.until(wire.FRAME)
        times = [decoding.until(wire.FRAME).at_ms for _ in range(10)]
    assert first.content.startswith(JPEG) and size(first.content) == (320, 180)
    assert all(b - a >= 1000 / 5 * 0.8 for a, b in itertools.pairwise(times))


def test_a_login_is_given_to_the_camera_and_a_wrong_one_is_told(camera: RtspPeer) -> None:
    with decoder(address=camera.address("guarded"), login="veilleur", secret="tour & guet") as decoding:
        assert decoding.until(wire.FRAME).content.startswith(JPEG)
        command = Path(f"/proc/{decoding.process.pid}/cmdline").read_bytes()
        environment = Path(f"/proc/{decoding.process.pid}/environ").read_bytes()
    assert b"guet" not in command + environment
    with decoder(address=camera.address("guarded"), login="veilleur", secret="wrong") as decoding:
        said = json.loads(decoding.until(wire.STATE, wire.CUT).content)
    assert said == {"state": "cut", "why": "denied"}


def test_nobody_there_is_told_and_tried_again() -> None:
    with decoder(address="rtsp://127.0.0.1:9/live") as decoding:
        assert json.loads(decoding.until(wire.STATE, wire.CUT).content)["why"] == "unreachable"
        decoding.until(wire.STATE, wire.OPENING)


def test_what_is_no_stream_is_told_and_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("not an image\n" * 100)
    (tmp_path / "list.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{tmp_path}/secret.txt\n#EXT-X-ENDLIST\n"
    )
    with serving(tmp_path) as address, decoder(address=f"{address}/list.m3u8") as decoding:
        decoding.until(wire.STATE, wire.CUT)


def test_a_camera_that_comes_back_is_seen_again() -> None:
    with rtsp_peer() as first, decoder(address=first.address("live")) as decoding:
        decoding.until(wire.FRAME)
        first.cut()
        assert json.loads(decoding.until(wire.STATE, wire.CUT).content)["why"] == "stopped"
        with rtsp_peer(first.port):
            decoding.until(wire.STATE, wire.LIVE)
            assert decoding.until(wire.FRAME).content.startswith(JPEG)


def test_a_recorder_plays_the_span_in_its_address_to_the_end(camera: RtspPeer) -> None:
    asked = camera.address("replay?from=20260314T211500Z&to=20260314T212000Z")
    with decoder(address=asked, live=False, starts_ms=1_000_000) as decoding:
        first = decoding.until(wire.FRAME)
        second = decoding.until(wire.FRAME)
        decoding.until(wire.STATE, wire.END)
        assert decoding.packet() is None
        assert decoding.process.wait(10) == 0, "it ends whole, though its input is open"
    assert heard(camera, "replay") == "20260314T211500Z 20260314T212000Z"
    assert 1_000_000 <= first.at_ms < second.at_ms < 1_002_100


def test_a_recorder_is_asked_by_its_clock(camera: RtspPeer) -> None:
    clock = "clock=20260314T211500Z-20260314T212000Z"
    with decoder(address=camera.address("recorder"), clock=clock, live=False, starts_ms=5_000) as decoding:
        assert decoding.until(wire.FRAME).content.startswith(JPEG)
        decoding.until(wire.STATE, wire.END)
    while (said := heard(camera, "range")) != clock:
        assert said.startswith("npt"), said


def heard(camera: RtspPeer, what: str) -> str:
    """The next thing of this kind that the server told of how it was asked."""
    while what not in (said := camera.told()):
        pass
    return str(said[what])


def test_a_decoder_ends_with_who_holds_it(camera: RtspPeer) -> None:
    with decoder(address=camera.address("live")) as decoding:
        decoding.until(wire.FRAME)
        assert decoding.process.stdin is not None
        decoding.process.stdin.close()
        assert decoding.process.wait(10) == 0


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


class serving:
    """A folder over HTTP on loopback."""

    def __init__(self, folder: Path) -> None:
        handler = functools.partial(_Quiet, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def playlist(tmp_path: Path) -> Iterator[str]:
    """A live HLS playlist that ffmpeg makes as it goes; its address."""
    if not shutil.which("ffmpeg"):
        if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
            pytest.fail("ffmpeg is required here")
        pytest.skip("ffmpeg is not installed")
    process = subprocess.Popen(
        [
            "ffmpeg", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=25",
            "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-f", "hls",
            "-hls_time", "1", "-hls_list_size", "5", "-hls_flags", "delete_segments",
            str(tmp_path / "live.m3u8"),
        ],
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 20
        while not (tmp_path / "live.m3u8").exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)
        with serving(tmp_path) as address:
            yield f"{address}/live.m3u8"
    finally:
        process.kill()
        process.wait()


def test_the_media_servers_hls_is_shown_at_its_own_pace(playlist: str) -> None:
    with decoder(address=playlist, fps=25.0) as decoding:
        first = decoding.until(wire.FRAME)
        begun, count = time.monotonic(), 50
        for _ in range(count):
            decoding.until(wire.FRAME)
        took = time.monotonic() - begun
    assert first.content.startswith(JPEG) and size(first.content) == (640, 360)
    assert took > count / 25 * 0.6, "a segment must not be shown in one go"
