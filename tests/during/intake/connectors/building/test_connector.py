"""What is read of public buildings, and what of their everyday life is not kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import BROKER, MqttConnector, RetainedConnector
from beffroi.during.intake.connectors.building import points
from beffroi.during.intake.connectors.building.connector import BuildingConnector
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)
FORCED = (Path(__file__).parent / "messages" / "door-forced.json").read_bytes()
DOOR = "mairie/RDC/door/D-12"
SOURCE = Speaker(
    id=uuid7(),
    key="gtb",
    territory="redon",
    connector="building",
    address="gtb",
    devices={"mairie": "MAIRIE", "mairie/D-13": {"device": "DOOR-13", "kind": "intrusion.door"}},
)


def said(state: object, second: int = 0, **more: Any) -> bytes:
    at = (datetime(2026, 3, 1, 22, 15, tzinfo=UTC) + timedelta(seconds=second)).isoformat()
    return json.dumps({"state": state, "at": at, **more}).encode()


def kinds(topic: str, *messages: bytes, connector: BuildingConnector | None = None) -> list[str]:
    found = connector or BuildingConnector()
    return [each.kind for body in messages for each in found.read(SOURCE, topic, body, NOW)]


@pytest.fixture
def gateway() -> BuildingConnector:
    return BuildingConnector()


def test_it_is_a_connector_of_the_broker(gateway: BuildingConnector) -> None:
    assert isinstance(gateway, MqttConnector) and isinstance(gateway, RetainedConnector)
    assert gateway.guarantee == BROKER
    assert gateway.topics("a/b") == ("a/b/+/+/+/+", "a/b/+/$state")


def test_every_type_makes_a_kind_of_the_vocabulary() -> None:
    for name, found in points.TYPES.items():
        assert found.alarm in KINDS, name
        assert points.kind_of(name, "alarm") == found.alarm
        assert points.ended(found.alarm) in KINDS


def test_a_forced_door_says_where_it_is(gateway: BuildingConnector) -> None:
    [draft] = gateway.read(SOURCE, DOOR, FORCED, NOW)
    assert (draft.kind, draft.name, SOURCE.device_of(draft.name)) == ("intrusion.door", "mairie", "MAIRIE")
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, tzinfo=UTC)
    assert draft.content == {
        "protocol": "building",
        "building": "mairie",
        "floor": "RDC",
        "zone": "archives",
        "type": "door",
        "state": "forced",
    }
    [other] = gateway.read(SOURCE, "mairie/2/smoke/S-4", said("alarm"), NOW)
    assert (other.kind, other.content["zone"], other.content["floor"]) == ("fire.alarm", "S-4", "2")


def test_everyday_life_is_not_kept() -> None:
    for topic, words in (
        ("m/0/door/D", ["open", "closed", "open", True, False, "locked", "held"]),
        ("m/0/motion/P", ["on", "off", 1, 0]),
        ("m/0/lift/L", ["moving", "idle", "moving"]),
        ("m/0/partition/P", ["armed", "disarmed", "armed"]),
    ):
        assert kinds(topic, *(said(word, n) for n, word in enumerate(words))) == [], topic


def test_what_is_everyday_elsewhere_may_be_an_alarm_here() -> None:
    told = kinds(
        "mairie/RDC/door/D-13", said("open"), said("closed", 1), said("locked", 2), said("forced", 3)
    )
    assert told == ["intrusion.door", "alarm.restored", "intrusion.door"]


@pytest.mark.parametrize(
    ("type_name", "states", "expected"),
    [
        ("fire", ["alarm", "normal"], ["fire.alarm", "alarm.restored"]),
        ("callpoint", [1, 0], ["fire.alarm", "alarm.restored"]),
        ("gas", ["detected", "cancelled"], ["hazard.detected", "alarm.cancelled"]),
        ("water", ["wet", "dry", "wet"], ["hazard.detected", "alarm.restored", "hazard.detected"]),
        ("lift", ["trapped", "normal"], ["lift.trapped", "alarm.restored"]),
        ("lift", ["stopped", "running"], ["device.fault", "device.online"]),
        ("partition", ["armed", "alarm", "disarmed"], ["intrusion.door"]),
        ("door", ["tamper", "closed"], ["tamper.device", "alarm.restored"]),
        ("smoke", ["fault", "alarm", "fault"], ["device.fault", "fire.alarm", "device.fault"]),
        ("motion", ["alarm"], ["intrusion.motion"]),
        ("duress", ["active"], ["panic.duress"]),
        ("fire", ["test", "normal"], ["test.periodic"]),
        ("fire", ["offline", "online"], ["device.offline", "device.online"]),
        ("sauna", ["alarm", "normal"], ["technical.other"]),
        ("FIRE", ["ALARM "], ["fire.alarm"]),
    ],
)
def test_states_make_kinds_on_change(type_name: str, states: list[object], expected: list[str]) -> None:
    twice = [said(state, n) for n, state in enumerate(each for state in states for each in (state, state))]
    assert kinds(f"m/0/{type_name}/X", *twice) == expected


def test_a_gateway_that_is_lost(gateway: BuildingConnector) -> None:
    assert kinds("mairie/$state", b"ready", b"lost", b"init", b"ready", b"lost", connector=gateway) == [
        "device.offline",
        "device.offline",
    ]
    [back] = gateway.read(SOURCE, "mairie/$state", b"ready", NOW)
    assert (back.kind, back.name) == ("device.online", "mairie")


def test_read_again_a_message_says_the_same(gateway: BuildingConnector) -> None:
    """What could not be kept is read again."""
    for body in (FORCED, said("closed", 9)):
        first = gateway.read(SOURCE, DOOR, body, NOW)
        assert len(first) == 1
        assert gateway.read(SOURCE, DOOR, body, NOW + timedelta(seconds=2)) == first


def test_what_was_retained_is_no_new_alarm() -> None:
    [before] = BuildingConnector().read(SOURCE, DOOR, FORCED, NOW)
    [after] = BuildingConnector().read_retained(SOURCE, DOOR, FORCED, NOW + timedelta(days=2))
    assert before.key == after.key, "the spool knows it"
    gateway = BuildingConnector()
    assert gateway.read_retained(SOURCE, "m/0/fire/F", b"alarm", NOW) == [], "since when?"
    assert kinds("m/0/fire/F", b"normal", b"alarm", connector=gateway) == ["alarm.restored", "fire.alarm"]
    for retained in (gateway.read_retained, gateway.read, gateway.read_retained):
        assert retained(SOURCE, "m/0/gas/G", b"normal", NOW) == []


def test_a_point_that_is_taken_away_is_forgotten(gateway: BuildingConnector) -> None:
    assert kinds(DOOR, FORCED, b"", said("forced", 5), connector=gateway) == ["intrusion.door"] * 2


@pytest.mark.parametrize("body", [b"alarm", b'"alarm"', b" ALARM\n", b"true", b"1", b"1.0", b'{"state": 1}'])
def test_a_state_may_stand_alone(body: bytes) -> None:
    [draft] = BuildingConnector().read(SOURCE, "m/0/fire/F", body, NOW)
    assert (draft.kind, draft.seen_at) == ("fire.alarm", None)
    assert NOW.isoformat() in draft.key


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"{",
        b"{}",
        b"[1]",
        b'{"state": {}}',
        b'{"state": "alarm", "at": "yesterday"}',
        b'{"state": "alarm", "at": "2026-03-01T22:15:00"}',
        b'{"state": "alarm", "at": 1e300}',
        b"purple",
        b"-3",
        b'"alarm',
    ],
)
def test_what_is_no_state_is_refused(gateway: BuildingConnector, body: bytes) -> None:
    with pytest.raises(Unreadable):
        gateway.read(SOURCE, "m/0/fire/F", body, NOW)
    assert kinds("m/0/fire/F", b"alarm", connector=gateway) == ["fire.alarm"], "it spoilt nothing"


def test_other_topics_are_left_alone(gateway: BuildingConnector) -> None:
    for topic in ("", "a", "a/b", "a/b/c", "a/b/c/d/e", "//door/", "mairie/$name"):
        assert gateway.read(SOURCE, topic, b"anything", NOW) == []


def test_damaged_messages_are_read_or_refused() -> None:
    seeds = [FORCED, said("alarm"), b"alarm", said("fault", zone="x")]

    def read(body: bytes) -> list[Draft]:
        return BuildingConnector().read(SOURCE, "mairie/RDC/fire/F-1", body, NOW)

    assert assert_sound(read, damaged(seeds)) > 100


@given(st.text(max_size=300), st.text(max_size=80))
def test_no_topic_and_no_word_break_it(topic: str, word: str) -> None:
    gateway = BuildingConnector()
    for name in (topic, f"{topic}/{topic}/fire/{topic}"):
        try:
            drafts = gateway.read(SOURCE, name, word.encode("utf-8", "replace"), NOW)
        except Unreadable:
            continue
        assert all(0 < len(each.key) <= 200 and len(each.name) <= 120 for each in drafts)
