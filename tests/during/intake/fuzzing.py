"""Thousands of damaged messages for a connector: cut, swapped, repeated, wrong types, wrong bytes.

`BEFFROI_FUZZ` says how many a seed (2,000 unless told); the long form of 100,000 inputs a connector is
the same test with a larger number.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Unreadable

INPUTS = int(os.environ.get("BEFFROI_FUZZ", "2000"))
_ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, -1e308, 2**70, "", "\x00", "é" * 300, [], {}, [[]], "NaN",
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00Z", "2026-03-01T22:00:00", "../../etc/passwd", "<x>&amp;</x>", {"a": {"b": []}},
)  # fmt: skip
_BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"}",
    b"[",
    b'"',
    b"\r\n",
    b"<",
    b">",
    b"]]>",
    b"NaN",
    b"1e999",
    b"\xc3",
)


def damaged(seeds: Sequence[bytes], count: int = INPUTS, *, start: int = 1) -> Iterator[bytes]:
    """`count` damaged copies of the seeds, the same on every run."""
    chance = random.Random(start)
    for number in range(count):
        seed = seeds[number % len(seeds)]
        yield _other_values(seed, chance) if chance.random() < 0.5 else _other_bytes(seed, chance)


def _other_bytes(seed: bytes, chance: random.Random) -> bytes:
    made = bytearray(seed)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        match chance.randrange(5):
            case 0:
                del made[at:]
            case 1:
                del made[at : at + chance.randint(1, 40)]
            case 2:
                made[at:at] = chance.choice(_BYTES)
            case 3:
                made[at : at + 1] = bytes([chance.randrange(256)])
            case _:
                made[at:at] = made[at : at + chance.randint(1, 80)] * chance.randint(1, 3)
    return bytes(made)


def _other_values(seed: bytes, chance: random.Random) -> bytes:
    try:
        whole = json.loads(seed)
    except ValueError:
        return _other_bytes(seed, chance)
    for _ in range(chance.randint(1, 3)):
        whole = _changed(whole, chance)
    return json.dumps(whole).encode()


def _changed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.15:
            return {name: each for name, each in value.items() if name != key}
        return {**value, key: _changed(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], _changed(value[at], chance), *value[at + 1 :]]
    return chance.choice(_ODD)


def assert_sound(read: Callable[[bytes], Sequence[object]], inputs: Iterator[bytes]) -> int:
    """Every input is read or refused as Unreadable; each draft can be kept. How many drafts there were."""
    count = 0
    for message in inputs:
        try:
            found = read(message)
        except Unreadable:
            continue
        for each in found:
            if isinstance(each, Draft):
                count += 1
                assert each.kind in KINDS, message
                assert 0 < len(each.key) <= 200, message
                assert (each.lat is None) == (each.lon is None), message
                assert each.lat is None or (abs(each.lat) <= 90 and abs(each.lon or 0) <= 180), message
                assert each.certainty is None or 0 <= each.certainty <= 1, message
                assert 0 <= each.radius_m <= 100_000, message
                assert each.seen_at is None or each.seen_at.tzinfo is not None, message
                assert len(each.name) <= 120, message
                assert len(json.dumps(dict(each.content), allow_nan=False)) <= 8_192, message
    return count
