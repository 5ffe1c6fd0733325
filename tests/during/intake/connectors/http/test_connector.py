"""Our own JSON, damaged in thousands of ways: read or refused, by itself, in batches and line by line."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors.http import connector
from beffroi.during.intake.rules import Draft, Unreadable
from beffroi.foundation.errors import Refused

pytestmark = pytest.mark.unit

ONE = {
    "kind": "intrusion.door",
    "key": "panel-1/2026-03-01/17",
    "seen_at": "2026-03-01T22:15:03.120+01:00",
    "territory": "redon",
    "device": "D-12",
    "lat": 47.65,
    "lon": -2.08,
    "radius_m": 12.5,
    "certainty": 0.7,
    "exercise": True,
    "content": {"zone": "3", "levels": [1, 2, {"a": None}], "text": "déjà vu"},
}
SEEDS = [
    json.dumps(ONE).encode(),
    json.dumps({"observations": [ONE, {"kind": "fire.alarm", "key": "b"}]}).encode(),
    b"\n".join(json.dumps({**ONE, "key": str(n)}).encode() for n in range(3)),
]


def read(body: bytes, *, lines: bool) -> Sequence[object]:
    found: list[object] = []
    items, _ = connector.split(body, lines=lines)
    for number, each in enumerate(items):
        try:
            found.append(connector.read(each, territory="redon", fallback_key=f"k{number}"))
        except (Unreadable, Refused) as error:
            found.append(error)
    return found


@pytest.mark.parametrize("lines", [False, True], ids=["json", "lines"])
def test_damaged_messages_are_read_or_refused(lines: bool) -> None:
    assert assert_sound(lambda body: read(body, lines=lines), damaged(SEEDS)) > 0


def test_what_is_not_damaged_is_read_whole() -> None:
    [one] = read(SEEDS[0], lines=False)
    assert isinstance(one, Draft) and (one.kind, one.lat, one.content["text"]) == (
        "intrusion.door",
        47.65,
        "déjà vu",
    )
    assert [type(each) for each in read(SEEDS[1], lines=False)] == [Draft, Draft]
    assert [type(each) for each in read(SEEDS[2], lines=True)] == [Draft] * 3
