"""What is read of cameras that speak ONVIF Profile M over MQTT, and what never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged
from tests.real_data import need

from beffroi.during.intake.connectors import BROKER, MqttConnector
from beffroi.during.intake.connectors.onvif_mqtt import tracks
from beffroi.during.intake.connectors.onvif_mqtt.connector import OnvifMqttConnector
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.onvif import topics
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent / "messages"
NOW = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)
SOURCE = Speaker(
    id=uuid7(),
    key="cams",
    territory="redon",
    connector="onvif_mqtt",
    address="ville/cams",
    device="C-08",
    devices={"Fence1": {"device": "C-09", "kind": "intrusion.perimeter"}, "DI-1": {"device": "GATE"}},
)
LINE = "onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Fence1"
SCENE = "onvif-ej/VideoSource/GlobalSceneChange/AnalyticsService/&VideoSource_1"
FRAME = "onvif-mj/VideoAnalytics/1/MyClassifier"
PERSONAL = ("Female", "Male", "Age", "30", "LongSleeve", "AB-123-CD", "White", "Backpack", "Gender", "Plate")


def message(name: str) -> bytes:
    return (HERE / name).read_bytes()


def event(source: dict[str, Any], data: dict[str, Any], at: str = "2026-03-01T22:15:03Z") -> bytes:
    return json.dumps({"UtcTime": at, "Source": source, "Data": data}).encode()


def frame(*objects: dict[str, Any], second: float = 0) -> bytes:
    at = (datetime(2026, 3, 1, 22, 15, tzinfo=UTC) + timedelta(seconds=second)).isoformat()[:-6]
    return json.dumps({"Frame": {"@UtcTime": at, "Object": list(objects)}}).encode()


def thing(number: object, label: str = "", likelihood: object = 0.7) -> dict[str, Any]:
    types = [{"@Likelihood": likelihood, "#text": label}] if label else []
    return {"@ObjectId": number, "Appearance": {"Class": {"Type": types}}}


@pytest.fixture
def camera() -> OnvifMqttConnector:
    return OnvifMqttConnector()


def test_it_is_a_connector_of_the_broker(camera: OnvifMqttConnector) -> None:
    assert isinstance(camera, MqttConnector) and camera.guarantee == BROKER
    assert camera.topics("ville/cams") == (
        "ville/cams/onvif-ej/#",
        "ville/cams/onvif-mj/VideoAnalytics/#",
        "ville/cams/+/onvif-ej/#",
        "ville/cams/+/onvif-mj/VideoAnalytics/#",
    )
    with pytest.raises(ValueError, match="prefix"):
        camera.address("")


def test_every_known_topic_makes_kinds_of_the_vocabulary() -> None:
    for name, means in topics.TOPICS.items():
        assert means.kind in KINDS or means.kind == topics.SEEN, name
        assert means.ends in KINDS or not means.ends, name
        assert topics.meaning(name) == (name, means)


def test_a_crossed_line_is_who_crossed_it_unless_the_town_says_more(camera: OnvifMqttConnector) -> None:
    [draft] = camera.read(SOURCE, LINE, message("line-crossed.json"), NOW)
    assert (draft.kind, draft.name, draft.certainty) == ("intrusion.perimeter", "Fence1", 0.81)
    assert SOURCE.device_of(draft.name) == "C-09"
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, 3, 120000, tzinfo=UTC)
    assert draft.content["track"] == "15"
    other = message("line-crossed.json").replace(b"Fence1", b"Street")
    [draft] = camera.read(SOURCE, LINE.replace("Fence1", "Street"), other, NOW)
    assert (draft.kind, draft.name) == ("presence.person", "")
    [draft] = camera.read(SOURCE, "cam2/" + LINE, other, NOW)
    assert draft.name == "cam2", "its level names the camera"


def test_numbers_may_be_quoted_or_bare_and_items_come_in_two_ways(camera: OnvifMqttConnector) -> None:
    bare = message("line-crossed.json").replace(b'"VideoSource":"1"', b'"VideoSource":1')
    bare = bare.replace(b'"ObjectId":"15"', b'"ObjectId":15')
    quoted = camera.read(SOURCE, LINE, message("line-crossed.json"), NOW)
    assert camera.read(SOURCE, LINE, bare, NOW) == quoted
    topic = "onvif-ej/tns1:Device/tns1:Trigger/tns1:DigitalInput/&DI-1"
    [draft] = camera.read(SOURCE, topic, message("relay-simple-items.json"), NOW)
    assert (draft.kind, draft.name) == ("technical.other", "DI-1"), "what is wired to it was not said"


def test_an_input_is_what_the_town_says_it_is(camera: OnvifMqttConnector) -> None:
    told = Speaker(
        id=uuid7(),
        key="c",
        territory="redon",
        connector="onvif_mqtt",
        devices={"DI-1": {"device": "GATE", "kind": "intrusion.door"}},
    )
    topic = "onvif-ej/Device/Trigger/DigitalInput/&DI-1"
    on = event({"InputToken": "DI-1"}, {"LogicalState": "active"})
    off = event({"InputToken": "DI-1"}, {"LogicalState": "inactive"}, "2026-03-01T22:15:09Z")
    kinds = [each.kind for body in (on, off) for each in camera.read(told, topic, body, NOW)]
    assert kinds == ["intrusion.door", "alarm.restored"]


def test_a_state_is_told_when_it_changes_and_what_is_retained_is_no_news(camera: OnvifMqttConnector) -> None:
    begins = message("scene-change.json")
    same = begins.replace(b"22:15:05", b"22:15:06")
    over = same.replace(b"true", b'"false"')
    [first] = camera.read(SOURCE, SCENE, begins, NOW)
    assert (first.kind, first.name, first.seen_at) == (
        "tamper.device",
        "",
        datetime(2026, 3, 1, 22, 15, 5, tzinfo=UTC),
    )
    assert camera.read(SOURCE, SCENE, same, NOW) == []
    assert [each.key for each in camera.read(SOURCE, SCENE, begins, NOW)] == [first.key], (
        "read again: the same"
    )
    [last] = camera.read(SOURCE, SCENE, over, NOW)
    assert last.kind == "alarm.restored" and last.key != first.key
    [again] = OnvifMqttConnector().read(SOURCE, SCENE, begins, NOW + timedelta(hours=3))
    assert again.key == first.key, "retained, after a start: the spool knows it"


def test_a_first_state_that_says_nothing_happens_is_no_news(camera: OnvifMqttConnector) -> None:
    quiet = message("scene-change.json").replace(b"true", b"false")
    for _ in range(2):
        assert camera.read(SOURCE, SCENE, quiet, NOW) == []
    assert len(camera.read(SOURCE, SCENE, message("scene-change.json"), NOW)) == 1


def test_an_empty_message_forgets(camera: OnvifMqttConnector) -> None:
    begins = message("scene-change.json")
    camera.read(SOURCE, SCENE, begins, NOW)
    assert camera.read(SOURCE, SCENE, b"", NOW) == []
    assert len(camera.read(SOURCE, SCENE, begins.replace(b":05", b":50"), NOW)) == 1
    assert camera.read(SOURCE, LINE, b"", NOW) == []


def test_two_cameras_of_one_source_are_two(camera: OnvifMqttConnector) -> None:
    body = event({"Source": "1"}, {"State": "true"})
    topic = "onvif-ej/VideoSource/SignalLoss/&1"
    drafts = [draft for name in ("a/", "b/", "a/") for draft in camera.read(SOURCE, name + topic, body, NOW)]
    assert [each.kind for each in drafts] == ["device.offline"] * 3
    assert len({each.key for each in drafts}) == 2


@pytest.mark.parametrize(
    ("topic", "data", "kind"),
    [
        ("RuleEngine/FieldDetector/ObjectsInside/&1/2/Yard", {"IsInside": "true"}, "presence.other"),
        ("RuleEngine/LoiteringDetector/ObjectIsLoitering/&1", {"ObjectId": "7"}, "presence.other"),
        ("RuleEngine/CellMotionDetector/Motion/&1", {"IsMotion": True}, "presence.other"),
        ("VideoSource/MotionAlarm/&1", {"State": 1}, "presence.other"),
        ("RuleEngine/TamperDetector/Tamper/&1", {"IsTamper": "true"}, "tamper.device"),
        ("VideoSource/ImageTooDark/ImagingService/&1", {"State": "true"}, "device.fault"),
        ("Device/HardwareFailure/StorageFailure/&1", {"Failed": "true"}, "device.fault"),
        ("Door/State/DoorAlarm/&D1", {"State": "DoorForcedOpen"}, "intrusion.door"),
        ("AccessControl/Duress/&A1", {"CredentialHolderName": "Morvan"}, "panic.duress"),
    ],
)
def test_kinds(camera: OnvifMqttConnector, topic: str, data: dict[str, Any], kind: str) -> None:
    [draft] = camera.read(SOURCE, f"onvif-ej/{topic}", event({}, data), NOW)
    assert draft.kind == kind
    assert "Morvan" not in repr(draft)


def test_a_door_left_open_is_no_forced_door(camera: OnvifMqttConnector) -> None:
    body = event({}, {"State": "DoorOpenTooLong"})
    assert camera.read(SOURCE, "onvif-ej/Door/State/DoorAlarm/&D1", body, NOW) == []


def test_who_was_let_in_is_not_read(camera: OnvifMqttConnector) -> None:
    body = event({}, {"CredentialHolderName": "Morvan"})
    assert camera.read(SOURCE, "onvif-ej/AccessControl/AccessGranted/Credential/&A1", body, NOW) == []


def test_what_is_not_known_is_told_once_an_hour(camera: OnvifMqttConnector) -> None:
    topic = "onvif-ej/RuleEngine/CountAggregation/Counter/&1/2/Gate"
    counts = [event({}, {"Count": n}) for n in range(50)]
    drafts = [each for body in counts for each in camera.read(SOURCE, topic, body, NOW)]
    drafts += camera.read(SOURCE, topic, counts[-1], NOW + timedelta(hours=1))
    assert [each.kind for each in drafts] == ["technical.other"] * 2
    assert len({each.key for each in drafts}) == 2
    assert drafts[0].content["topic"] == topic.removeprefix("onvif-ej/")


def test_of_an_object_only_that_it_appeared_and_its_class_are_told(camera: OnvifMqttConnector) -> None:
    told: list[Draft] = []
    for n in range(300):
        label = "" if n < 10 else "Human" if n < 200 or n % 2 else ""
        told += camera.read(SOURCE, FRAME, frame(thing(4, label), second=n / 30), NOW)
    assert [each.kind for each in told] == ["presence.other", "presence.person"]
    assert [each.seen_at for each in told] == [
        datetime(2026, 3, 1, 22, 15, tzinfo=UTC),
        datetime(2026, 3, 1, 22, 15, 0, 333333, tzinfo=UTC),
    ]
    [other] = camera.read(SOURCE, FRAME, frame(thing(4, "Human"), second=90), NOW)
    assert other.key not in {each.key for each in told}, "a minute unseen: another object of the same number"


def test_a_frame_that_could_not_be_kept_tells_the_same_again(camera: OnvifMqttConnector) -> None:
    body = frame(thing(4, "Vehicle"), thing("5", "acme:Bus"))
    assert camera.read(SOURCE, FRAME, body, NOW) == camera.read(SOURCE, FRAME, body, NOW)
    assert len(camera.read(SOURCE, FRAME, body, NOW)) == 2


def test_the_memory_has_an_end() -> None:
    memory = tracks.Tracks(most=50)
    for n in range(500):
        memory.read(("a", "", "m"), frame(thing(n)))
    assert len(memory) == 50


def test_faces_plates_clothes_age_and_gender_are_never_read(camera: OnvifMqttConnector) -> None:
    drafts = camera.read(SOURCE, FRAME, message("frame.json"), NOW)
    drafts += camera.read(SOURCE, LINE, message("line-crossed.json"), NOW)
    assert [each.content["track"] for each in drafts] == ["15", "16", "15"], "a plate is no object"
    for word in PERSONAL:
        assert word.lower() not in repr([each.content for each in drafts]).lower(), word
    described = camera.read(SOURCE, FRAME, frame(thing(40, "acme:ManInRedCoat"), second=2), NOW)
    assert "redcoat" not in repr(described).lower(), "a class may be a description"


def test_recorded_messages(camera: OnvifMqttConnector) -> None:
    """The specification's own metadata, and sensor data, which is not subscribed to."""
    [draft] = camera.read(SOURCE, FRAME, need("payloads/onvif/spec_profileM_0.json").read_bytes(), NOW)
    assert (draft.kind, draft.certainty, draft.content["track"]) == ("presence.person", 0.8, "15")
    assert not any(word in repr(draft.content) for word in ("Male", "White", "LongSleeve", "Shorts"))
    for number in (1, 2, 3):
        payload = need(f"payloads/onvif/spec_profileM_{number}.json").read_bytes()
        assert camera.read(SOURCE, "onvif-mj/SensorData/1/m", payload, NOW) == []


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"\xff", b"[" * 9_000, b'{"UtcTime":"yesterday"}', b'{"UtcTime":3}']
)
def test_what_is_no_event_is_refused(camera: OnvifMqttConnector, body: bytes) -> None:
    with pytest.raises(Unreadable):
        camera.read(SOURCE, LINE, body, NOW)
    with pytest.raises(Unreadable):
        camera.read(SOURCE, SCENE, event({}, {"Other": 1}), NOW)


def test_damaged_messages_are_read_or_refused() -> None:
    seeds = [message(each) for each in ("line-crossed.json", "relay-simple-items.json", "scene-change.json")]
    for topic in (LINE, SCENE, "onvif-ej/Device/Trigger/DigitalInput/&DI-1"):
        inputs = damaged(seeds)
        read = assert_sound(lambda body, t=topic: OnvifMqttConnector().read(SOURCE, t, body, NOW), inputs)
        assert read > 20
    inputs = damaged([message("frame.json")])
    assert assert_sound(lambda body: OnvifMqttConnector().read(SOURCE, FRAME, body, NOW), inputs) > 100


def test_no_topic_breaks_it() -> None:
    camera = OnvifMqttConnector()
    body = message("line-crossed.json")
    for topic in damaged([LINE.encode(), FRAME.encode(), SCENE.encode()], 2_000):
        try:
            drafts = camera.read(SOURCE, topic.decode("utf-8", "replace"), body, NOW)
        except Unreadable:
            continue
        assert all(0 < len(each.key) <= 200 for each in drafts)


def test_two_parts_are_two_where_the_topic_does_not_name_them(camera: OnvifMqttConnector) -> None:
    for source in ("1", "2"):
        [draft] = camera.read(
            SOURCE, "onvif-ej/VideoSource/SignalLoss", event({"Source": source}, {"State": 1}), NOW
        )
        assert draft.kind == "device.offline"
