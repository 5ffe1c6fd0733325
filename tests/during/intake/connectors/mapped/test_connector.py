"""What mapped sources become, from recorded messages of products that have no connector of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import (
    BROKER,
    DURABLE,
    MappingConnector,
    MqttConnector,
    OwnTopicsConnector,
    RetainedConnector,
    WebConnector,
    WebMessage,
    guaranteed,
)
from beffroi.during.intake.connectors.mapped.connector import CONNECTOR, MappedConnector
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7
from beffroi.foundation.settings import Settings

pytestmark = pytest.mark.unit

HERE = Path(__file__).parent
NOW = datetime(2026, 3, 1, 22, 15, 30, tzinfo=UTC)
SIMPLE = 'key = "id"\nkind = "device.fault"\n'


def speaker(mapping: str, **changed: Any) -> Speaker:
    file = HERE / "mappings" / f"{mapping}.toml"
    text = file.read_text() if "\n" not in mapping else mapping
    plain: dict[str, Any] = {"address": "zigbee2mqtt", "mapping": {"toml": text}, **changed}
    return Speaker(id=uuid7(), key="src", territory="redon", connector="mapped", **plain)


def message(name: str, **changed: Any) -> bytes:
    return json.dumps({**json.loads((HERE / "messages" / f"{name}.json").read_text()), **changed}).encode()


def post(
    mapping: str, body: bytes, *, connector: MappedConnector | None = None, **query: str
) -> list[Draft | Unreadable]:
    found = connector or MappedConnector()
    return list(found.read_web(speaker(mapping), WebMessage("application/json", body, query=query), NOW))


def one(mapping: str, body: bytes, **query: str) -> Draft:
    [draft] = post(mapping, body, **query)
    assert isinstance(draft, Draft), draft
    return draft


def why(mapping: str, body: bytes) -> str:
    [error] = post(mapping, body)
    assert isinstance(error, Unreadable)
    return f"{error.reason} {error}"


def test_it_comes_in_both_ways_and_says_what_each_is_worth() -> None:
    for protocol in (WebConnector, MqttConnector, MappingConnector, OwnTopicsConnector, RetainedConnector):
        assert isinstance(CONNECTOR, protocol)
    assert (CONNECTOR.guarantee_of(""), CONNECTOR.guarantee_of("a")) == (DURABLE, BROKER)
    elsewhere = Settings(mqtt_url="mqtt://elsewhere")
    assert guaranteed("mapped", elsewhere) and not guaranteed("mapped", elsewhere, address="a")
    assert CONNECTOR.topics_of(speaker("zigbee2mqtt")) == ("zigbee2mqtt/+",)
    assert CONNECTOR.address("") == ""


def test_a_door_behind_chirpstack() -> None:
    draft = one("chirpstack-door", message("chirpstack-door"), event="up")
    assert (draft.kind, draft.name) == ("intrusion.door", "a84041000181c061")
    assert draft.key == "0:intrusion.door:3ac7e3c4-4401-4b8d-9386-a5c902f9202d"
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, 3, 775023, tzinfo=UTC)
    assert draft.content == {"protocol": "mapped", "battery_v": 3.028, "zone": "atelier"}
    assert post("chirpstack-door", message("chirpstack-door"), event="join") == []
    assert post("chirpstack-door", message("chirpstack-door")) == [], "no event, no news"
    assert post("chirpstack-door", message("chirpstack-door", object={}), event="up") == []


def test_the_same_door_behind_the_things_stack() -> None:
    draft = one("ttn-door", message("ttn-door"))
    assert (draft.kind, draft.name) == ("intrusion.door", "porte-atelier")
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, 3, 640101, tzinfo=UTC)


def test_a_keep_alive_that_repeats_a_state_is_no_news_and_a_webhook_sent_again_is_the_same() -> None:
    connector = MappedConnector()
    opened, later = message("chirpstack-door"), message("chirpstack-door", deduplicationId="next")
    first = post("chirpstack-door", opened, connector=connector, event="up")
    assert post("chirpstack-door", later, connector=connector, event="up") == []
    assert post("chirpstack-door", opened, connector=connector, event="up") == first
    closed = message("chirpstack-door", deduplicationId="closed", object={"DOOR_OPEN_STATUS": 0})
    [over] = post("chirpstack-door", closed, connector=connector, event="up")
    assert isinstance(over, Draft) and over.kind == "alarm.restored"


def zigbee(connector: MappedConnector, body: bytes, *, retained: bool = False) -> list[str]:
    read = connector.read_retained if retained else connector.read
    found = read(speaker("zigbee2mqtt"), "porte", body, NOW)
    assert all(isinstance(each, Draft) for each in found)
    return [each.kind for each in found if isinstance(each, Draft)]


def test_a_contact_behind_zigbee2mqtt() -> None:
    connector = MappedConnector()
    closed, opened = message("zigbee2mqtt-contact"), message("zigbee2mqtt-open")
    for retained in (False, True, False):
        assert zigbee(connector, closed, retained=retained) == [], "closed at first: no news"
    assert zigbee(connector, opened) == ["intrusion.door"]
    assert zigbee(connector, message("zigbee2mqtt-open", battery=99, last_seen="2024-04-09T00:40:02Z")) == []
    assert zigbee(connector, message("zigbee2mqtt-open", tamper=True)) == ["tamper.device"]
    assert zigbee(connector, closed) == ["alarm.restored"]
    assert zigbee(connector, b"") == []
    assert connector.read(speaker("zigbee2mqtt"), "bridge", b'{"state":"online"}', NOW) == []


def test_what_a_broker_retained_is_told_once_where_it_says_since_when() -> None:
    opened = message("zigbee2mqtt-open")
    [before] = MappedConnector().read(speaker("zigbee2mqtt"), "porte", opened, NOW)
    [after] = MappedConnector().read_retained(
        speaker("zigbee2mqtt"), "porte", opened, NOW + timedelta(days=1)
    )
    assert isinstance(before, Draft) and isinstance(after, Draft) and before.key == after.key
    connector = MappedConnector()
    timeless = json.dumps({"contact": False}).encode()
    assert zigbee(connector, timeless, retained=True) == [], "it may be of last week"
    assert zigbee(connector, json.dumps({"contact": True}).encode()) == ["alarm.restored"]
    assert zigbee(connector, timeless) == ["intrusion.door"]


def test_a_shelly_over_mqtt() -> None:
    found = MappedConnector().read(speaker("shelly-flood"), "cave/events/rpc", message("shelly-flood"), NOW)
    [draft] = found
    assert isinstance(draft, Draft)
    assert (draft.kind, draft.name) == ("hazard.detected", "cave")
    assert draft.seen_at == datetime(2026, 3, 1, 22, 15, 3, 620000, tzinfo=UTC)
    other = message("shelly-flood", params={"ts": 1, "temperature:0": {"tC": 19.8}})
    assert MappedConnector().read(speaker("shelly-flood"), "cave/events/rpc", other, NOW) == []


def test_each_of_a_list_is_one_observation_and_a_bad_one_does_not_stop_the_others() -> None:
    mapping = (
        'each = "alarms"\nkey = ["id"]\nkind = "intrusion.motion"\nzone = "@body.site"\n'
        'lat = "at[0]"\nlon = "at[1]"\ncertainty = { path = "sure", of = 100 }\n'
    )
    alarms = [{"id": 1, "at": [47.6, -2.1], "sure": 80}, {"at": [0, 0]}, {"id": 3, "at": ["47.7", "-2.2"]}]
    first, bad, last = post(mapping, json.dumps({"site": "école", "alarms": alarms}).encode())
    assert isinstance(first, Draft) and isinstance(bad, Unreadable) and isinstance(last, Draft)
    assert (first.lat, first.lon, first.certainty, first.content["zone"]) == (47.6, -2.1, 0.8, "école")
    assert (last.lat, last.certainty) == (47.7, None)
    assert bad.reason == "mapped.no_value"
    assert post(mapping, b'{"alarms": []}') == post(mapping, b"{}") == []
    with pytest.raises(Unreadable, match="more than 500"):
        post(mapping, json.dumps({"alarms": [{"id": n} for n in range(501)]}).encode())


@pytest.mark.parametrize(
    ("seen_at", "given", "expected"),
    [
        ('"t"', "2026-03-01T23:15:00+01:00", "2026-03-01T22:15:00+00:00"),
        ('{ path = "t", zone = "Europe/Paris" }', "2026-07-01T23:15:00", "2026-07-01T21:15:00+00:00"),
        ('{ path = "t", as = "epoch_s" }', 1772403300.5, "2026-03-01T22:15:00.500000+00:00"),
        ('{ path = "t", as = "epoch_s" }', "1772403300", "2026-03-01T22:15:00+00:00"),
        ('{ path = "t", as = "epoch_ms" }', 1772403300500, "2026-03-01T22:15:00.500000+00:00"),
        (
            '{ path = "t", as = "%d/%m/%Y %H:%M:%S", zone = "Europe/Paris" }',
            "01/03/2026 23:15:00",
            "2026-03-01T22:15:00+00:00",
        ),
        ('{ path = "t", as = "%Y%m%d%H%M%S%z" }', "20260301231500+0100", "2026-03-01T22:15:00+00:00"),
    ],
)
def test_times_in_many_ways(seen_at: str, given: object, expected: str) -> None:
    draft = one(SIMPLE + f"seen_at = {seen_at}\n", json.dumps({"id": 1, "t": given}).encode())
    assert draft.seen_at is not None and draft.seen_at.isoformat() == expected


@pytest.mark.parametrize(
    ("more", "value", "code"),
    [
        ('seen_at = "v"', "2026-03-01T22:15:00", "mapped.bad_value"),
        ('seen_at = "v"', "yesterday", "mapped.bad_value"),
        ('seen_at = { path = "v", as = "epoch_s" }', 1e300, "mapped.bad_value"),
        ('seen_at = { path = "v", as = "epoch_ms" }', "NaN", "mapped.bad_value"),
        ('seen_at = "v"', {"a": 1}, "mapped.bad_value"),
        ('certainty = "v"', 1.5, "mapped.bad_value"),
        ('certainty = "v"', True, "mapped.bad_value"),
        ('certainty = "v"', "high", "mapped.bad_value"),
        ('lat = "v"\nlon = { always = 2 }', 91, "mapped.bad_value"),
        ('lat = "none"\nlon = { always = 2 }', 1, "mapped.no_value"),
        ('radius_m = "v"', -1, "mapped.bad_value"),
        ('device = "v"', [1], "mapped.bad_value"),
    ],
)
def test_what_is_no_value_is_refused(more: str, value: object, code: str) -> None:
    assert why(SIMPLE + more + "\n", json.dumps({"id": 1, "v": value}).encode()).startswith(code)


def test_words_of_a_table() -> None:
    words = '{ ON = "fire.alarm", 2 = "device.fault", true = "tamper.device" }'
    table = f'key = "id"\n[kind]\npath = "s"\nvalues = {words}\n'
    for given, kind in (
        ("on ", "fire.alarm"),
        (2, "device.fault"),
        (2.0, "device.fault"),
        (True, "tamper.device"),
    ):
        assert one(table, json.dumps({"id": 1, "s": given}).encode()).kind == kind
    assert why(table, b'{"id": 1, "s": "off"}').startswith("mapped.unknown_value")
    assert why(table, b'{"id": 1}').startswith("mapped.no_value")
    assert why(table, b'{"s": "on"}').startswith("mapped.no_value"), "nothing names it"
    assert one(table + 'default = "technical.other"\n', b'{"id": 1, "s": "off"}').kind == "technical.other"


@pytest.mark.parametrize(
    ("condition", "ignored"),
    [
        ('is = ["TEST", 3]', True),
        ("is = 4", False),
        ('not = ["test"]', False),
        ('not = ["real"]', True),
        ("missing = true", False),
        ("missing = false", True),
    ],
)
def test_what_is_ignored(condition: str, ignored: bool) -> None:
    mapping = SIMPLE + f'[[ignore]]\npath = "mode[*].m"\n{condition}\n'
    body = b'{"id": 1, "mode": [{"m": null}, {"m": "test"}]}'
    assert (post(mapping, body) == []) is ignored


def test_plain_text_and_forms() -> None:
    text = 'format = "text"\non_change = "@body"\ndevice = "@topic[0]"\n'
    text += '[kind]\npath = "@body"\nvalues = { open = "intrusion.door" }\n'
    [draft] = MappedConnector().read(speaker(text), "porte/state", b" OPEN\n", NOW)
    assert isinstance(draft, Draft) and (draft.kind, draft.name) == ("intrusion.door", "porte")
    with pytest.raises(Unreadable):
        MappedConnector().read(speaker(text), "porte/state", b"\xff", NOW)
    form = 'format = "form"\nkey = "n"\n[kind]\npath = "state"\nvalues = { a = "fire.alarm" }\n'
    assert one(form, b"n=12&state=a&n=13").key.endswith(":12")


def test_what_is_kept_besides_is_plain_and_short() -> None:
    mapping = SIMPLE + '[content]\na = "a"\nb = "b"\nc = { always = "mairie" }\nd = "d"\n'
    body = json.dumps({"id": 1, "a": "x" * 500, "b": {"name": "Morvan"}, "d": False}).encode()
    assert one(mapping, body).content == {"protocol": "mapped", "a": "x" * 64, "c": "mairie", "d": False}


@pytest.mark.parametrize("body", [b"", b"<xml/>", b"{", b"[" * 20_000, b"\xff"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        post(SIMPLE, body)


@pytest.mark.parametrize(
    ("mapping", "seed"),
    [
        ("chirpstack-door", "chirpstack-door"),
        ("ttn-door", "ttn-door"),
        ("zigbee2mqtt", "zigbee2mqtt-open"),
        ("shelly-flood", "shelly-flood"),
    ],
)
def test_damaged_messages_are_read_or_refused(mapping: str, seed: str) -> None:
    def read(body: bytes) -> list[Draft | Unreadable]:
        return MappedConnector(quiet=False).read(speaker(mapping), "porte/events/rpc", body, NOW)

    source = speaker(mapping)

    def web(body: bytes) -> list[Draft | Unreadable]:
        query = {"event": "up"}
        return list(MappedConnector(quiet=False).read_web(source, WebMessage("", body, query=query), NOW))

    assert assert_sound(web, damaged([message(seed)])) > 100
    assert_sound(read, damaged([message(seed)], 200))


@pytest.mark.parametrize(
    ("filter", "topic", "taken"),
    [
        ("#", "a/b", True),
        ("+", "a", True),
        ("+", "a/b", False),
        ("+/state", "a/state", True),
        ("+/state", "a/other", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "b/c", False),
        ("a/+/#", "a", False),
    ],
)
def test_topics_that_were_not_asked_for_are_left_alone(filter: str, topic: str, taken: bool) -> None:
    mapping = f'topics = ["{filter}"]\n{SIMPLE}'
    assert bool(MappedConnector().read(speaker(mapping), topic, b'{"id": 1}', NOW)) is taken
    if not taken:
        assert MappedConnector().read(speaker(mapping), topic, b"broken", NOW) == []
