"""What is read of cameras' events by pull point, and what never is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged
from tests.peers.onvif_device import notification

from beffroi.during.intake.connectors import (
    NOT_GUARANTEED,
    PulledConnector,
    WithholdingConnector,
    pulled_names,
)
from beffroi.during.intake.connectors.onvif_mqtt.connector import OnvifMqttConnector
from beffroi.during.intake.connectors.onvif_pullpoint.connector import OnvifPullPointConnector
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.eyes.onvif import envelope
from beffroi.eyes.onvif.device import NO_OFFSET, ClockOffset
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

PULLED = (Path(__file__).parent / "messages" / "pulled.xml").read_bytes()
NOW = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)
SOURCE = Speaker(
    id=uuid7(),
    key="cam",
    territory="redon",
    connector="onvif_pullpoint",
    address="http://10.0.0.8/onvif/device_service",
    device="C-08",
    devices={"Fence1": {"device": "C-09", "kind": "intrusion.perimeter"}},
)


@pytest.fixture
def camera() -> OnvifPullPointConnector:
    return OnvifPullPointConnector()


def read(
    camera: OnvifPullPointConnector, content: bytes, offset: ClockOffset = NO_OFFSET
) -> Sequence[Draft | Unreadable]:
    try:
        answer = envelope.answered(content)
    except (ValueError, envelope.Fault) as error:
        raise Unreadable(str(error)) from None
    return camera.read(SOURCE, answer, NOW, offset).found


def pulled(*messages: str) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2">'
        "<s:Body><PullMessagesResponse>"
        f"{''.join(messages)}</PullMessagesResponse></s:Body></s:Envelope>"
    ).encode()


def said(topic: str, data: dict[str, str], second: int = 3, operation: str = "", **source: str) -> bytes:
    at = datetime(2026, 3, 1, 22, 15, second, tzinfo=UTC)
    return pulled(notification(topic, source or {"Source": "VS_1"}, data, operation=operation, at=at))


def test_it_is_a_connector_that_fetches_and_promises_nothing(camera: OnvifPullPointConnector) -> None:
    assert isinstance(camera, PulledConnector) and camera.guarantee == NOT_GUARANTEED
    assert isinstance(camera, WithholdingConnector)
    assert pulled_names() == ["onvif_pullpoint"]
    assert camera.address("http://10.0.0.8") == "http://10.0.0.8/onvif/device_service"
    for bad in ("", "10.0.0.8", "http://a:b@10.0.0.8/", "http://h/" + "x" * 120):
        with pytest.raises(ValueError):
            camera.address(bad)
    assert camera.key(" veille:a:b \n") == b"veille:a:b"
    for bad in ("", "veille", ":x", "v:" + "x" * 60):
        with pytest.raises(ValueError) as found:
            camera.key(bad)
        assert "x" * 60 not in str(found.value)


def test_a_pull_is_read_in_its_order(camera: OnvifPullPointConnector) -> None:
    line, scene, contact = read(camera, PULLED)
    assert isinstance(line, Draft) and isinstance(scene, Draft) and isinstance(contact, Draft)
    assert (line.kind, line.name, line.certainty) == ("intrusion.perimeter", "Fence1", 0.81)
    assert line.seen_at == datetime(2026, 3, 1, 22, 15, 3, 120000, tzinfo=UTC)
    assert line.content["label"] == "human" and line.content["track"] == "15"
    assert (scene.kind, SOURCE.device_of(scene.name) if scene.name else SOURCE.device) == (
        "tamper.device",
        "C-08",
    )
    assert contact.kind == "technical.other", "what is wired to it was not said"
    told = repr([line, scene, contact])
    assert "Morvan" not in told and "Female" not in told


def test_the_same_event_is_the_same_by_either_way(camera: OnvifPullPointConnector) -> None:
    """The table is shared: every topic that makes an observation by MQTT makes the same here."""
    by_mqtt = OnvifMqttConnector()
    for topic, means in topics.TOPICS.items():
        state = means.states[0] if means.states else "true"
        data = dict.fromkeys(means.items[:1], state)
        [here] = read(camera, said("tns1:" + topic, data, Rule="Yard"))
        at = "2026-03-01T22:15:03Z"
        body = json.dumps({"UtcTime": at, "Source": {"Rule": "Yard"}, "Data": data}).encode()
        [there] = by_mqtt.read(SOURCE, f"onvif-ej/{topic}/&Yard", body, NOW)
        assert isinstance(here, Draft)
        assert (here.kind, here.seen_at, here.name, here.content) == (
            there.kind,
            there.seen_at,
            there.name,
            there.content,
        )


def test_a_state_is_told_when_it_changes(camera: OnvifPullPointConnector) -> None:
    topic = "tns1:VideoSource/SignalLoss"
    begins = said(topic, {"State": "true"}, operation="Changed")
    [first] = read(camera, begins)
    assert isinstance(first, Draft) and first.kind == "device.offline"
    assert read(camera, said(topic, {"State": "true"}, 9, "Initialized")) == [], "told again: no news"
    [last] = read(camera, said(topic, {"State": "false"}, 12, "Initialized"))
    assert isinstance(last, Draft) and last.kind == "device.online"
    assert read(OnvifPullPointConnector(), said(topic, {"State": "false"}, 12, "Initialized")) == []


def test_a_property_that_is_gone_is_forgotten(camera: OnvifPullPointConnector) -> None:
    topic = "tns1:VideoSource/SignalLoss"
    read(camera, said(topic, {"State": "true"}, operation="Initialized"))
    assert read(camera, said(topic, {"State": "true"}, 8, "Deleted")) == []
    assert len(read(camera, said(topic, {"State": "true"}, 9, "Initialized"))) == 1


def test_a_clock_that_is_off_is_corrected_and_the_doubt_is_said(camera: OnvifPullPointConnector) -> None:
    offset = ClockOffset(timedelta(hours=1, seconds=2), timedelta(seconds=0.6))
    line = read(camera, PULLED, offset)[0]
    right = read(OnvifPullPointConnector(), PULLED)[0]
    assert isinstance(line, Draft) and isinstance(right, Draft) and right.seen_at is not None
    assert line.seen_at == right.seen_at - timedelta(hours=1, seconds=2)
    assert (line.content["clock_off_s"], line.content["clock_doubt_s"]) == (3602.0, 0.6)
    assert line.key == right.key, "measured a little otherwise, it is the same event"
    near = read(
        OnvifPullPointConnector(), PULLED, ClockOffset(timedelta(seconds=0.4), timedelta(seconds=0.6))
    )[0]
    assert isinstance(near, Draft) and near.seen_at == right.seen_at and "clock_off_s" not in near.content


def test_one_bad_message_does_not_take_the_others_with_it(camera: OnvifPullPointConnector) -> None:
    good = notification("tns1:Device/HardwareFailure/FanFailure", {"Token": "f"}, {"Failed": "true"})
    bad = [
        good.replace("UtcTime", "Time"),
        good.replace("FanFailure</", "PowerSupplyFailure</").replace('"Failed"', '"Other"'),
        "<wsnt:NotificationMessage><wsnt:Topic>tns1:X/Y</wsnt:Topic></wsnt:NotificationMessage>",
        "<wsnt:NotificationMessage/>",
        good.replace('UtcTime="2', 'UtcTime="0001-01-01T00:00:00Z" x="'),
    ]
    answer = envelope.answered(pulled(*bad, good))
    fetched = camera.read(SOURCE, answer, NOW, ClockOffset(timedelta(days=9), timedelta(1)))
    codes = [each.reason for each in fetched.found if isinstance(each, Unreadable)]
    assert codes == [
        "onvif.bad_time",
        "onvif.no_state",
        "onvif.unreadable",
        "onvif.no_topic",
        "onvif.bad_time",
    ]
    assert [each.kind for each in fetched.found if isinstance(each, Draft)] == ["device.fault"]
    assert fetched.content


def test_damaged_answers_are_read_or_refused() -> None:
    camera = OnvifPullPointConnector()
    seeds = [
        PULLED,
        said("tns1:Door/State/DoorAlarm", {"State": "DoorForcedOpen"}, DoorToken="D1"),
        said("tns1:AccessControl/Duress", {"CredentialHolderName": "Morvan"}, AccessPointToken="A1"),
        said("tnsaxis:Vendor/Own/Thing", {"x": "1"}),
    ]
    far = ClockOffset(timedelta(days=400), timedelta(seconds=1))
    turn = iter(range(10**9))

    def either(content: bytes) -> Sequence[object]:
        return read(camera, content, far if next(turn) % 2 else NO_OFFSET)

    assert assert_sound(either, damaged(seeds)) > 0
