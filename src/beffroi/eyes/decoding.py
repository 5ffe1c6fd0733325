"""A decoder: one process for one camera, which writes JPEGs and states to its standard output.

    python -m beffroi.eyes.decoding   reads one line of JSON (an `Order`), decodes until its input ends

Without Django: it holds no database and knows of no look. It tries again by itself after a cut, ever later.
The login stands in its input only, never among its arguments, where any user of the machine could read it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import av
import msgspec
from av.error import FFmpegError, HTTPUnauthorizedError

from beffroi.eyes import wire
from beffroi.eyes.methods.addresses import with_login
from beffroi.eyes.onvif.errors import CameraError
from beffroi.eyes.pictures import Pictures
from beffroi.eyes.ranging import Ranging
from beffroi.eyes.shown import Recorder
from beffroi.eyes.wire import Packet

_WAITS_S = (0.5, 1.0, 2.0, 5.0)
_OPEN_S, _READ_S = 8.0, 6.0
#: What a recorder says once and for all: asking it again would only lock us out.
_FINAL = (wire.DENIED, wire.NOT_HELD)
_RTSP = {
    "rtsp_transport": "tcp",
    "flags": "low_delay",
    "analyzeduration": "200000",
    "fpsprobesize": "0",  # how often images come is not waited for: the first is shown at once
    "probesize": "500000",
    "protocol_whitelist": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto",
}
#: A playlist may name anything: only what a media server serves is opened.
_HTTP = {"protocol_whitelist": "http,https,tcp,tls,crypto", "live_start_index": "-2"}


class Order(msgspec.Struct, frozen=True):
    """What to decode. `clock`: the `Range` that a recorder is played with; `starts_ms`: when its span begins.

    `recorder`: an ONVIF service that is asked for address and `Range` of the span until `ends_ms`, of its
    `recording`, else of the one that bears one of the `names`. `live` is tried again after a cut, a recording
    is not.
    """

    address: str
    login: str = ""
    secret: str = ""
    clock: str = ""
    live: bool = True
    starts_ms: int = 0
    recorder: str = ""
    recording: str = ""
    names: tuple[str, ...] = ()
    ends_ms: int = 0
    fps: float = 8.0
    width: int = 960


Say = Callable[[Packet], None]


def run(order: Order, say: Say) -> None:
    """Decode until the recording ends; a live camera never does."""
    tried = 0
    while True:
        say(wire.state(wire.OPENING, _now_ms()))
        seen, why = _once(order, say)
        if not order.live and not why:
            say(wire.state(wire.END, _now_ms()))
            return
        say(wire.state(wire.CUT, _now_ms(), why=why or wire.STOPPED))
        if not order.live and (seen or why in _FINAL):
            return
        tried = 0 if seen else tried + 1
        time.sleep(_WAITS_S[min(tried, len(_WAITS_S) - 1)])


def _once(order: Order, say: Say) -> tuple[bool, str]:
    """One connection: whether any image came, and why it ended ('' at the end of what there was)."""
    seen = False
    try:
        for picture in _pictures(_located(order) if order.recorder else order):
            if not seen:
                seen = True
                say(wire.state(wire.LIVE, _now_ms()))
            say(picture)
    except CameraError as error:
        return False, wire.ASKED.get(error.code, wire.UNREADABLE)
    except HTTPUnauthorizedError:
        return seen, wire.DENIED
    except FFmpegError as error:
        denied = "401" in str(error) or "403" in str(error)
        return seen, wire.DENIED if denied else wire.STOPPED if seen else wire.UNREACHABLE
    except (OSError, ValueError, LookupError):
        return seen, wire.STOPPED if seen else wire.UNREADABLE
    return seen, "" if seen else wire.UNREADABLE


def _located(order: Order) -> Order:
    """The order with where the recorder says that the span is. Raises CameraError."""
    from beffroi.eyes.replaying import located  # a tenth of a second, which no live image waits for

    first, last = (datetime.fromtimestamp(each / 1000, UTC) for each in (order.starts_ms, order.ends_ms))
    recorder = Recorder(order.recorder, order.login, order.secret, order.recording, order.names)
    address, clock = asyncio.run(located(recorder, first, last))
    return msgspec.structs.replace(order, address=address, clock=clock)


def _pictures(order: Order) -> Iterator[Packet]:
    over_http = order.address.startswith("http")
    with ExitStack() as opened:
        address = order.address
        if order.clock:
            address = opened.enter_context(Ranging(address, order.clock)).address
        container: Any = opened.enter_context(
            av.open(
                with_login(address, order.login, order.secret),
                options=dict(_HTTP if over_http else _RTSP),
                timeout=(_OPEN_S, _READ_S),
            )
        )
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1  # bounded: one core at most for one camera
        made = Pictures(fps=order.fps, width=order.width, starts_ms=None if order.live else order.starts_ms)
        for frame in container.decode(stream):
            if over_http or not order.live:
                made.pace(frame)
            packet = made.packet(frame, _now_ms())
            if packet is not None:
                yield packet


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def main() -> int:
    """Read the order, then decode until nobody holds the input any more."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    out = sys.stdout.buffer
    av.logging.set_level(av.logging.PANIC)  # addresses stand in its messages

    def until_let_go() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=until_let_go, daemon=True).start()

    def say(packet: Packet) -> None:
        out.write(packet.packed())
        out.flush()

    try:
        run(order, say)
    except BrokenPipeError:
        return 0
    return 0


if __name__ == "__main__":
    os._exit(main())  # the thread that reads the input holds it, which Python's own end would abort over
