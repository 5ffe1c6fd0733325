"""MQTT 3.1.1 on the wire, the two packets that come and go by the thousand: messages and acknowledgements.

All others (connecting, subscribing, keeping alive) are paho's. Pure: bytes in, values out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

#: A message longer than this (bytes) is not waited for whole: paho gathers it piece by piece.
LONGEST = 262_144
_PUBLISH, _RETAIN = 0x30, 0x01


class Incoming(NamedTuple):
    """One message: its number on its connection (0 where its quality of service is 0)."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    retain: bool


class Taken(NamedTuple):
    """The messages at the front of some bytes, where they end, and whether the next one is only begun."""

    messages: list[Incoming]
    end: int
    short: bool


def messages(data: bytes, at: int = 0) -> Taken:
    """The whole messages (quality of service 0 or 1) that stand one after the other in `data` from `at`.

    It ends at the first packet of another kind, and at one that is wrong or longer than `LONGEST`: those are
    for whoever knows the whole protocol. `short`: what follows may be a message of which more must come.
    """
    found: list[Incoming] = []
    size = len(data)
    topics: dict[bytes, str] = {}
    while at < size and data[at] & 0xF4 == _PUBLISH:
        body, length = _length(data, at + 1)
        end = body + length
        if not body or end > size:
            return Taken(found, at, short=length <= LONGEST)
        message = _message(data, at, body, end, topics)
        if message is None:
            break
        found.append(message)
        at = end
    return Taken(found, at, short=False)


def _length(data: bytes, at: int) -> tuple[int, int]:
    """Where a packet's body begins and its length (bytes); 0 where the length has not come whole."""
    length = shift = 0
    for place, byte in enumerate(data[at : at + 4], at + 1):
        length |= (byte & 127) << shift
        if byte < 128:
            return place, length
        shift += 7
    return 0, 0 if shift < 28 else LONGEST + 1  # no length has five bytes


def _message(data: bytes, at: int, body: int, end: int, topics: dict[bytes, str]) -> Incoming | None:
    """The message from `at` to `end`; None where it is wrong. `topics`: those that were read before it."""
    qos = data[at] >> 1 & 1
    topic_end = body + 2 + (data[body] << 8 | data[body + 1]) if end - body >= 2 else end + 1
    content = topic_end + 2 * qos
    if content > end:
        return None
    named = data[body + 2 : topic_end]
    topic = topics.get(named)
    if topic is None:
        try:
            topic = topics[named] = named.decode()
        except UnicodeDecodeError:
            return None
    mid = data[topic_end] << 8 | data[topic_end + 1] if qos else 0
    if qos and not mid:
        return None
    return Incoming(topic, data[content:end], mid, qos, bool(data[at] & _RETAIN))


def acknowledged(mids: Iterable[int]) -> bytes:
    """One PUBACK for each of these numbers."""
    return b"".join(b"\x40\x02" + mid.to_bytes(2) for mid in mids)
