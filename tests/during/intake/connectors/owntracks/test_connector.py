"""What is read of OwnTracks' messages, and what never is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import (
    AddressedConnector,
    AnsweringConnector,
    MqttConnector,
    WebMessage,
    WithholdingConnector,
    guaranteed,
    is_insistent,
)
from beffroi.during.intake.connectors.owntracks.connector import CONNECTOR
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 5, tzinfo=UTC)
SEED = (Path(__file__).parent / "messages" / "location.json").read_bytes()
SOURCE = Speaker(id=uuid7(), key="phone-p1", territory="redon", connector="owntracks", device="P1")


def read(body: bytes) -> Sequence[Fix]:
    return CONNECTOR.read(SOURCE, "owntracks", body, NOW)


def one(**changes: Any) -> Sequence[Fix]:
    return read(json.dumps({**json.loads(SEED), **changes}).encode())


def test_it_promises_nothing_and_keeps_nothing_unread() -> None:
    assert isinstance(CONNECTOR, AnsweringConnector) and isinstance(CONNECTOR, MqttConnector)
    assert isinstance(CONNECTOR, AddressedConnector)
    assert (
        not guaranteed("owntracks")
        and isinstance(CONNECTOR, WithholdingConnector)
        and is_insistent(CONNECTOR)
    )
    assert CONNECTOR.topics("redon/p1") == ("redon/p1/owntracks",)
    assert CONNECTOR.address("") == ""
    with pytest.raises(ValueError, match="prefix"):
        CONNECTOR.address("a/+/b")


def test_a_location_is_where_and_when_and_nothing_else() -> None:
    [fix] = read(SEED)
    assert fix == Fix(
        name="p1",
        at=datetime(2026, 3, 1, 22, 14, 59, tzinfo=UTC),
        lat=47.6512,
        lon=-2.0832,
        radius_m=13.0,
        heading_deg=271.0,
    )
    assert CONNECTOR.read_web(SOURCE, WebMessage("application/json", SEED), NOW) == (fix,)
    assert CONNECTOR.read(SOURCE, "owntracks/event", SEED, NOW) == ()


def test_the_unit_is_the_declared_one() -> None:
    assert SOURCE.unit_of("zz") == "P1"
    several = Speaker(uuid7(), "gate", "redon", "owntracks", devices={"zz": "P2", "yy": {"device": "P3"}})
    assert [several.unit_of(each) for each in ("zz", "yy", "P4")] == ["P2", "P3", "P4"]


def test_what_the_phone_does_not_know_is_not_invented() -> None:
    assert one(cog=-1)[0].heading_deg is None
    assert one(cog=360)[0].heading_deg == 0.0
    assert one(acc=None)[0].radius_m == 50.0


@pytest.mark.parametrize(
    "changes",
    [
        {"acc": -1},
        {"acc": 20_001},
        {"lat": 91},
        {"lon": "2"},
        {"tst": 0},
        {"tst": 1e300},
        {"lat": None},
        {"_type": "encrypted", "data": "AAAA"},
    ],
)
def test_what_places_nobody_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as caught:
        one(**changes)
    assert caught.value.reason.startswith("owntracks.")
    assert "47.65" not in str(caught.value)
    body = json.dumps({**json.loads(SEED), **changes}).encode()
    [told] = CONNECTOR.read_web(SOURCE, WebMessage("application/json", body), NOW)
    assert isinstance(told, Unreadable) and told.reason == caught.value.reason


@pytest.mark.parametrize("kind", ["transition", "waypoint", "lwt", "status", "card", "steps", "cmd"])
def test_other_messages_are_left_alone(kind: str) -> None:
    assert one(_type=kind) == ()
    assert read(b"") == ()


def test_the_application_is_told_that_there_is_nothing_to_show() -> None:
    answer = CONNECTOR.answer_web(SOURCE, WebMessage("application/json", SEED), [])
    assert (answer.content_type, answer.body) == ("application/json", b"[]")


def test_damaged_messages_are_read_or_refused() -> None:
    fixes = 0

    def drafts(body: bytes) -> list[Draft | Unreadable]:
        nonlocal fixes
        for fix in read(body):
            fixes += 1
            assert abs(fix.lat) <= 90 and abs(fix.lon) <= 180 and 0 <= fix.radius_m <= 20_000
            assert fix.at.tzinfo is not None
            assert fix.heading_deg is None or 0 <= fix.heading_deg < 360
            assert len(fix.name) <= 80
        return []

    assert_sound(drafts, damaged([SEED]))
    assert fixes > 100
