"""Frames of a stream as JPEGs: so many a second, so wide, at the pace of what they show."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

from av import VideoFrame
from av.video.codeccontext import VideoCodecContext

from beffroi.eyes.wire import FRAME, Packet

_QUALITY = 6  # of 2 (best) to 31
_FURTHEST_AHEAD_S = 10.0
_TICK = Fraction(1, 25)  # an encoder wants one; a JPEG keeps none


class Pictures:
    """Makes packets of the frames of one connection.

    `starts_ms`: when the recording begins, so that each image tells when it was; None: live.
    """

    def __init__(self, *, fps: float, width: int, starts_ms: int | None) -> None:
        self._every_s = 1 / fps
        self._width = width
        self._starts_ms = starts_ms
        self._last = 0.0
        self._first_at: float | None = None
        self._began = 0.0
        self._encoder: Any = None
        self._made = 0

    def pace(self, frame: VideoFrame) -> None:
        """Wait until this frame is due, where the source sends faster than it happened."""
        if frame.time is None:
            return
        now = time.monotonic()
        if self._first_at is None:
            self._first_at, self._began = frame.time, now
        ahead = (frame.time - self._first_at) - (now - self._began)
        if abs(ahead) > _FURTHEST_AHEAD_S:
            self._first_at, self._began = frame.time, now  # its clock jumped
        elif ahead > 0:
            time.sleep(ahead)

    def packet(self, frame: VideoFrame, now_ms: int) -> Packet | None:
        """The frame as a packet; None where the last one is too recent."""
        now = time.monotonic()
        if now - self._last < self._every_s * 0.9:
            return None
        self._last = now
        at = now_ms
        if self._starts_ms is not None:
            first = self._first_at or 0.0
            at = self._starts_ms + round(1000 * ((frame.time or first) - first))
        return Packet(FRAME, at, self._jpeg(frame))

    def _jpeg(self, frame: VideoFrame) -> bytes:
        width = min(self._width, frame.width) // 2 * 2
        height = max(2, round(frame.height * width / frame.width) // 2 * 2)
        small = frame.reformat(width=width, height=height, format="yuvj420p")
        if self._encoder is None or (self._encoder.width, self._encoder.height) != (width, height):
            self._encoder = _encoder(width, height)
        self._made += 1
        small.pts, small.time_base = self._made, _TICK
        return b"".join(bytes(each) for each in self._encoder.encode(small))


def _encoder(width: int, height: int) -> Any:
    made: Any = VideoCodecContext.create("mjpeg", "w")
    made.width, made.height, made.pix_fmt = width, height, "yuvj420p"
    made.framerate, made.time_base = 25, _TICK
    made.qmin = made.qmax = _QUALITY
    made.thread_count = 1
    return made
