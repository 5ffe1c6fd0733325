"""The relay that asks a recorder by the clock: what it changes, and what it cuts out of a stream of bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes.ranging import Requests, rewritten

pytestmark = pytest.mark.unit
CLOCK = "clock=20260314T211500Z-20260314T212000Z"
PLAY = b"PLAY rtsp://r/1 RTSP/1.0\r\nRange: npt=0.000-\r\nCSeq: 5\r\nSession: 12\r\n\r\n"
SETUP = b"SETUP rtsp://r/1 RTSP/1.0\r\nCSeq: 4\r\nContent-Length: 3\r\n\r\nabc"
OPTIONS = b"OPTIONS rtsp://r/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n"
PACKET = b"$\x01\x00\x04\r\n\r\n"


def test_play_asks_for_the_span_and_nothing_else_changes() -> None:
    lines = rewritten(PLAY, CLOCK).split(b"\r\n")
    assert lines[0] == b"PLAY rtsp://r/1 RTSP/1.0" and lines[-2:] == [b"", b""]
    assert [each for each in lines if each.startswith(b"Range")] == [b"Range: " + CLOCK.encode()]
    assert b"Require: onvif-replay" in lines and b"CSeq: 5" in lines and b"Session: 12" in lines
    assert rewritten(PACKET, CLOCK) == PACKET and rewritten(OPTIONS, CLOCK) == OPTIONS
    setup = rewritten(SETUP, CLOCK)
    assert setup.replace(b"Require: onvif-replay\r\n", b"") == SETUP != setup


@given(st.lists(st.sampled_from([PLAY, SETUP, PACKET]), max_size=6), st.lists(st.integers(1, 40), min_size=1))
def test_whole_requests_come_out_however_the_bytes_are_cut(said: list[bytes], cuts: list[int]) -> None:
    requests, whole, rest, turn = Requests(), [], b"".join(said), 0
    while rest:
        size = cuts[turn % len(cuts)]
        whole += requests.feed(rest[:size])
        rest, turn = rest[size:], turn + 1
    assert whole == said


@given(st.binary(max_size=400))
def test_no_bytes_break_it_and_none_are_lost(said: bytes) -> None:
    requests = Requests()
    out = b"".join(requests.feed(said))
    assert said.startswith(out)


def test_a_request_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="without end"):
        Requests().feed(b"PLAY " + b"a" * 70_000)
