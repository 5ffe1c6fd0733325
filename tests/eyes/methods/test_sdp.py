"""What is handed on between a browser and a media server: one video, one way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes.methods.sdp import LARGEST, bad_answer, bad_offer

pytestmark = pytest.mark.unit
HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 H264/90000\r\n"
SOUND = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\n"
OFFER = f"{HEAD}{VIDEO}a=recvonly\r\n"


def test_one_video_to_see_passes() -> None:
    assert bad_offer(OFFER.encode()) == ""
    assert bad_answer(f"{HEAD}{VIDEO}a=sendonly\r\n".encode()) == ""


@pytest.mark.parametrize(
    "said",
    [
        "",
        "<html>",
        HEAD,
        OFFER + SOUND,
        HEAD + SOUND,
        OFFER + VIDEO + "a=recvonly\r\n",
        HEAD + VIDEO,
        f"{HEAD}{VIDEO}a=sendrecv\r\n",
        f"{HEAD}{VIDEO}a=sendonly\r\n",
        f"{HEAD}a=sendrecv\r\n{VIDEO}a=recvonly\r\n",
        OFFER + "a=x" * LARGEST,
        HEAD + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=recvonly\r\n",
    ],
)
def test_sound_a_way_back_or_anything_else_does_not(said: str) -> None:
    assert bad_offer(said.encode())


@given(st.binary(max_size=300))
def test_no_bytes_break_it(said: bytes) -> None:
    assert bad_offer(said) and bad_answer(said)
