"""What is read of Frigate's messages, and what never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.intake.fuzzing import assert_sound, damaged
from tests.real_data import need

from beffroi.during.intake.connectors import BROKER, MqttConnector, guaranteed
from beffroi.during.intake.connectors.frigate.connector import FrigateConnector, kind_of
from beffroi.during.intake.rules import Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7
from beffroi.foundation.settings import Settings

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 5, tzinfo=UTC)
HERE = Path(__file__).parent / "messages"
SOURCE = Speaker(
    id=uuid7(),
    key="frigate-1",
    territory="redon",
    connector="frigate",
    address="ville/frigate",
    device="NVR-1",
    devices={"mairie": "C-08"},
)
NAMES = (
    "John",
    "Bob",
    "Jeanne",
    "Morvan",
    "ABC12345",
    "123ABC",
    "AB-123-CD",
    "face",
    "delivery_person",
    "sedan",
)


def message(name: str, **after: Any) -> bytes:
    whole = json.loads((HERE / name).read_text())
    whole["after"].update(after)
    return json.dumps(whole).encode()


def test_it_is_a_connector_of_the_broker() -> None:
    frigate = FrigateConnector()
    assert isinstance(frigate, MqttConnector)
    assert frigate.guarantee == BROKER
    assert guaranteed("frigate", Settings())
    assert not guaranteed("frigate", Settings(mqtt_url="mqtt://elsewhere"))
    assert frigate.topics("ville/frigate") == (
        "ville/frigate/events",
        "ville/frigate/reviews",
        "ville/frigate/available",
        "ville/frigate/+/status/+",
        "ville/frigate/stats",
    )


def test_an_event_follows_an_object() -> None:
    [draft] = FrigateConnector().read(SOURCE, "events", message("event-person.json"), NOW)
    assert (draft.kind, draft.certainty, draft.name) == ("presence.person", 0.84, "mairie")
    assert SOURCE.device_of(draft.name) == "C-08"
    assert SOURCE.device_of("gare") == "gare"
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, 0, 500000, tzinfo=UTC)
    assert draft.content["track"] == "1772403300.5-aaa111"


def test_names_and_plates_are_never_read() -> None:
    frigate = FrigateConnector()
    for name, topic in (("event-person.json", "events"), ("review-alert.json", "reviews")):
        [draft] = frigate.read(SOURCE, topic, message(name), NOW)
        assert not any(word in repr(draft) for word in NAMES)


def test_a_review_takes_the_best_score_of_its_objects() -> None:
    frigate = FrigateConnector()
    [alone] = frigate.read(SOURCE, "reviews", message("review-alert.json"), NOW)
    assert alone.certainty is None
    frigate.read(SOURCE, "events", message("event-person.json"), NOW)
    [known] = frigate.read(SOURCE, "reviews", message("review-alert.json"), NOW)
    assert (known.certainty, known.kind, known.content["severity"]) == (0.84, "presence.person", "alert")
    assert known.key == "review:1772403300.6-rrr111:new:alert:presence.person"


def test_updates_that_say_nothing_new_are_the_same_message() -> None:
    frigate = FrigateConnector()

    def key(name: str, topic: str, **after: Any) -> str:
        return frigate.read(SOURCE, topic, message(name, **after), NOW)[0].key

    assert key("event-person.json", "events", score=0.9) == key("event-person.json", "events", score=0.7)
    assert key("event-person.json", "events", entered_zones=["rue"]) != key("event-person.json", "events")
    assert key("review-alert.json", "reviews", severity="detection") != key("review-alert.json", "reviews")
    car = {"detections": [], "objects": ["car"]}
    assert key("review-alert.json", "reviews", data=car) != key("review-alert.json", "reviews")


def test_a_false_positive_makes_nothing() -> None:
    assert (
        FrigateConnector().read(SOURCE, "events", message("event-person.json", false_positive=True), NOW)
        == []
    )


def test_status_tells_of_changes_only() -> None:
    frigate = FrigateConnector()
    later = NOW + timedelta(seconds=1)
    said = [
        frigate.read(SOURCE, "available", payload, at)
        for payload, at in ((b"online", NOW), (b"online", later), (b" online", later), (b"offline", later))
    ]
    assert [[draft.kind for draft in each] for each in said] == [
        ["device.online"],
        ["device.online"],
        [],
        ["device.offline"],
    ]
    # The very same message has the key that it got first: the spool knows it, kept or not the first time.
    assert said[0] == said[1]
    assert said[0][0].key != frigate.read(SOURCE, "available", b"online", later)[0].key
    [camera] = frigate.read(SOURCE, "mairie/status/detect", b"offline", NOW)
    assert (camera.kind, camera.name) == ("device.offline", "mairie")
    assert frigate.read(SOURCE, "mairie/status/record", b"disabled", NOW)[0].kind == "technical.other"
    with pytest.raises(Unreadable):
        frigate.read(SOURCE, "available", b"\xff\xfe", NOW)


def test_other_topics_are_left_alone() -> None:
    for topic in ("tracked_object_update", "mairie/person/snapshot", "stats", "", "a/b/c/d"):
        assert FrigateConnector().read(SOURCE, topic, b"anything", NOW) == []


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["car", "person-verified"], "presence.person"),
        (["car-verified"], "presence.vehicle"),
        (["dog"], "presence.other"),
        ([], "presence.other"),
    ],
)
def test_kinds(labels: list[str], kind: str) -> None:
    assert kind_of(labels) == kind


def test_recorded_messages() -> None:
    """The published examples: an event and a review are read, the rest is not subscribed to."""
    frigate = FrigateConnector()
    event = need("payloads/frigate/mqtt_00.json").read_bytes()
    [draft] = frigate.read(SOURCE, "events", event, NOW)
    assert (draft.kind, draft.certainty, draft.content["zones"]) == (
        "presence.person",
        0.959,
        ["yard", "driveway"],
    )
    review = need("payloads/frigate/mqtt_06.json").read_bytes()
    [draft] = frigate.read(SOURCE, "reviews", review, NOW)
    assert (draft.kind, draft.content["severity"], draft.name) == ("presence.person", "alert", "front_cam")
    assert not any(word in repr(draft) for word in NAMES)
    for number in (1, 2, 3, 4, 5, 7):
        payload = need(f"payloads/frigate/mqtt_0{number}.json").read_bytes()
        assert frigate.read(SOURCE, "tracked_object_update", payload, NOW) == []
        with pytest.raises(Unreadable):
            frigate.read(SOURCE, "events", payload, NOW)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=90),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    (
        *("id", "camera", "label", "score", "top_score", "start_time", "frame_time", "end_time"),
        *("entered_zones", "severity", "data", "false_positive", "average_estimated_speed"),
    )
)


@given(st.sampled_from(["event-person.json", "review-alert.json"]), st.dictionaries(fields, values))
def test_no_shape_breaks_it(name: str, after: dict[str, Any]) -> None:
    topic = "events" if "event" in name else "reviews"
    try:
        drafts = FrigateConnector().read(SOURCE, topic, message(name, **after), NOW)
    except Unreadable:
        return
    for draft in drafts:
        assert 0 < len(draft.key) <= 200
        assert draft.certainty is None or 0 <= draft.certainty <= 1


@given(st.sampled_from(["events", "reviews", "available", "x/status/detect"]), st.binary(max_size=200))
def test_no_bytes_break_it(topic: str, payload: bytes) -> None:
    try:
        FrigateConnector().read(SOURCE, topic, payload, NOW)
    except Unreadable as error:
        assert error.as_dict()["code"].startswith("frigate.")  # type: ignore[attr-defined]


@pytest.mark.parametrize("topic", ["events", "reviews", "available", "C1/status/detect"])
def test_damaged_messages_are_read_or_refused(topic: str) -> None:
    seeds = [message("event-person.json"), message("review-alert.json"), b"online"]
    frigate = FrigateConnector()
    told = assert_sound(lambda body: frigate.read(SOURCE, topic, body, NOW), damaged(seeds))
    assert told > 0 or topic not in ("events", "reviews")
