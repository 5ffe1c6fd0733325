"""Session descriptions (RFC 8866) between a browser and a media server: one video, one way, nothing else."""

from __future__ import annotations

#: A browser's offer of one video with all its codecs comes to some 6 kB.
LARGEST = 65_536


def bad_offer(said: bytes) -> str:
    """Why a browser's offer is not handed on ('' where it is): it asks to see, never to hear or to send."""
    return _bad(said, wanted="recvonly")


def bad_answer(said: bytes) -> str:
    """Why a media server's answer is not handed back ('' where it is)."""
    return _bad(said, wanted="sendonly")


def _bad(said: bytes, *, wanted: str) -> str:
    if len(said) > LARGEST:
        return "it is too long"
    try:
        lines = said.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        return "it is not text"
    if not lines or lines[0].strip() != "v=0":
        return "it is no session description"
    media = [number for number, line in enumerate(lines) if line.startswith("m=")]
    if len(media) != 1 or not lines[media[0]].startswith("m=video "):
        return "it is not for one video alone"
    ways = {"sendrecv", "sendonly", "recvonly", "inactive"}
    said_ways = [line[2:].strip() for line in lines if line.startswith("a=") and line[2:].strip() in ways]
    if said_ways != [wanted]:
        return f"it is not {wanted}"
    return ""
