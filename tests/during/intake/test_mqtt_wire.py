"""MQTT's messages off the wire: whatever way the network cuts them, and whatever else comes between."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.during.intake.fuzzing import INPUTS

from beffroi.during.intake.mqtt_wire import LONGEST, Incoming, acknowledged, messages

pytestmark = pytest.mark.unit

PINGRESP, SUBACK = b"\xd0\x00", b"\x90\x03\x00\x01\x01"


def length(count: int) -> bytes:
    made = b""
    while True:
        count, low = divmod(count, 128)
        made += bytes([low | (128 if count else 0)])
        if not count:
            return made


def packet(message: Incoming, *, again: bool = False) -> bytes:
    topic = message.topic.encode()
    body = len(topic).to_bytes(2, "big") + topic
    if message.qos:
        body += message.mid.to_bytes(2, "big")
    body += message.payload
    flags = 0x30 | (8 if again else 0) | message.qos << 1 | message.retain
    return bytes([flags]) + length(len(body)) + body


@some.composite
def message(draw: some.DrawFn) -> Incoming:
    qos = draw(some.sampled_from([0, 1]))
    return Incoming(
        topic=draw(some.text(some.characters(exclude_categories=["Cs"]), max_size=40)),
        payload=draw(some.binary(max_size=300)),
        mid=draw(some.integers(1, 65_535)) if qos else 0,
        qos=qos,
        retain=draw(some.booleans()),
    )


@given(some.lists(message(), max_size=20), some.randoms(use_true_random=False), some.integers(1, 400))
def test_however_the_network_cuts_them_the_messages_are_the_same(
    sent: list[Incoming], chance: random.Random, most: int
) -> None:
    wire = b"".join(packet(each, again=chance.random() < 0.2) for each in sent)
    found: list[Incoming] = []
    left = b""
    while wire:
        size = chance.randint(1, most)
        left, wire = left + wire[:size], wire[size:]
        taken = messages(left)
        found += taken.messages
        left = left[taken.end :]
        assert bool(left) == taken.short
    assert found == sent
    assert left == b""


@pytest.mark.parametrize("other", [PINGRESP, SUBACK, b"\x34\x05\x00\x01a\x00\x01", b"\x00\x00"])
def test_it_ends_where_another_packet_begins(other: bytes) -> None:
    one = packet(Incoming("a/b", b"{}", 7, 1, retain=False))
    taken = messages(one + one + other + one)
    assert len(taken.messages) == 2
    assert (taken.end, taken.short) == (2 * len(one), False)


class Wrong(NamedTuple):
    why: str
    data: bytes


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("a topic longer than the packet", b"\x30\x04\x00\x09ab"),
        Wrong("no room for the topic's length", b"\x30\x01\x00"),
        Wrong("no number where one is due", b"\x32\x03\x00\x01a"),
        Wrong("the number 0", b"\x32\x05\x00\x01a\x00\x00"),
        Wrong("a topic that is not UTF-8", b"\x30\x03\x00\x01\xff"),
        Wrong("a length of five bytes", b"\x30\x80\x80\x80\x80\x01"),
        Wrong("too long to be waited for", b"\x30" + length(LONGEST + 1) + b"\x00\x01a"),
    ],
    ids=lambda wrong: wrong.why,
)
def test_what_is_wrong_or_too_long_is_left_to_who_knows_the_protocol(wrong: Wrong) -> None:
    good = packet(Incoming("a", b"x", 1, 1, retain=False))
    taken = messages(good + wrong.data)
    assert (len(taken.messages), taken.end, taken.short) == (1, len(good), False)


def test_as_many_damaged_streams_as_asked_for_do_not_stall_it() -> None:
    chance = random.Random(3)
    seed = b"".join(packet(Incoming(f"t/{n}", b"x" * n, n + 1, n % 2, retain=n % 3 == 0)) for n in range(12))
    for _ in range(INPUTS):
        data = bytearray(seed)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        taken = messages(bytes(data[: chance.randint(0, len(data))]), 0)
        assert 0 <= taken.end <= len(data)
        assert all(each.mid if each.qos else not each.mid for each in taken.messages)
        # What was taken stands there, whole: written again it is the same bytes, but for what says 'again'.
        again = b"".join(map(packet, taken.messages))
        assert len(again) <= taken.end


def test_acknowledgements_stand_one_after_the_other() -> None:
    assert acknowledged([1, 65_535]) == b"\x40\x02\x00\x01\x40\x02\xff\xff"
    assert acknowledged([]) == b""
