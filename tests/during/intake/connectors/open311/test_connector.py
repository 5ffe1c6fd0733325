"""What is taken of a resident's report by GeoReport v2, and what never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import (
    DURABLE,
    AnsweringConnector,
    AskedConnector,
    KeyedConnector,
    RefusingConnector,
    WebMessage,
    WithholdingConnector,
)
from beffroi.during.intake.connectors.open311.connector import CONNECTOR
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.errors import NotFound
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 12, 1, 10, tzinfo=UTC)
EXAMPLE = (Path(__file__).parent / "messages" / "example-request.form").read_bytes()
MAP = {"001": {"kind": "signal.damage"}, "fire": {"device": "", "kind": "fire.alarm"}, "<&>": "D-1"}
SOURCE = Speaker(id=uuid7(), key="app", territory="redon", connector="open311", devices=MAP)
FORM = "application/x-www-form-urlencoded"


def tree(answer: bytes) -> ElementTree.Element:
    """Our own answer, as a client reads it."""
    return ElementTree.fromstring(answer)  # noqa: S314 - made here


def message(body: bytes, path: str = "requests.json", kind: str = FORM) -> WebMessage:
    return WebMessage(kind, body, path)


def read(body: bytes, now: datetime = NOW) -> list[Draft]:
    return list(CONNECTOR.read_web(SOURCE, message(body), now))


def with_fields(**changes: str) -> bytes:
    return urlencode({**dict(parse_qsl(EXAMPLE.decode())), **changes}).encode()


def test_it_speaks_georeport_and_withholds_what_it_cannot_read() -> None:
    assert CONNECTOR.guarantee == DURABLE
    for what in (AnsweringConnector, RefusingConnector, KeyedConnector, AskedConnector, WithholdingConnector):
        assert isinstance(CONNECTOR, what)


def test_the_standard_s_own_example() -> None:
    [found] = read(EXAMPLE)
    assert (found.kind, found.lat, found.lon, found.radius_m) == (
        "signal.damage",
        37.76524078,
        -122.4212043,
        25,
    )
    assert found.content == {"protocol": "open311", "service_code": "001"}
    assert (found.name, found.seen_at) == ("", NOW)


def test_nothing_of_who_and_no_word_of_theirs_is_kept_or_answered() -> None:
    drafts = read(EXAMPLE)
    answer = CONNECTOR.answer_web(SOURCE, message(EXAMPLE), [(drafts[0], Receipt(1, False))])
    kept = repr(drafts) + answer.body.decode()
    for word in ("smit333", "john", "smith", "1111", "sinkhole", "flickr", "tt222", "123456", "5th", "xyz"):
        assert word not in kept, word
    others = read(with_fields(description="other words", email="x@y.example", phone="2"))
    assert others == drafts, "and nothing of it goes into the key"


@pytest.mark.parametrize(
    ("code", "kind"), [("001", "signal.damage"), ("unheard", "signal.other"), ("<&>", "signal.other")]
)
def test_the_map_says_what_a_service_means(code: str, kind: str) -> None:
    assert read(with_fields(service_code=code))[0].kind == kind


def test_a_resident_s_report_raises_no_alarm_whatever_the_map_says() -> None:
    assert read(with_fields(service_code="fire"))[0].kind == "signal.other"


def test_sent_again_it_is_known_and_later_or_elsewhere_it_is_not() -> None:
    [first] = read(EXAMPLE)
    assert read(EXAMPLE, NOW + timedelta(minutes=2))[0].key == first.key
    keys = {
        first.key,
        read(EXAMPLE, NOW + timedelta(minutes=20))[0].key,
        read(with_fields(lat="37.76524079"))[0].key,
        read(with_fields(service_code="002"))[0].key,
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"service_code": ""},
        {"service_code": "x" * 65},
        {"service_code": "a\x00b"},
        {"lat": ""},
        {"lat": "north"},
        {"lat": "91"},
        {"lat": "nan"},
        {"long": "1e999"},
    ],
)
def test_a_bad_request_is_said(fields: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        read(with_fields(**fields))


@pytest.mark.parametrize(
    "body", [b"", b"\xff=\xff", b"%ff=%fe", b"&".join([b"a=1"] * 300), b'{"service_code": 1}']
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)
    assert CONNECTOR.token_in(message(body)) == ""


def test_other_types_and_other_resources_are_refused() -> None:
    with pytest.raises(Unreadable):
        CONNECTOR.read_web(SOURCE, message(EXAMPLE, kind="multipart/form-data"), NOW)
    for path in ("", "requests", "tokens.json", "requests/1.json"):
        with pytest.raises(NotFound):
            CONNECTOR.read_web(SOURCE, message(EXAMPLE, path), NOW)
        with pytest.raises(NotFound):
            CONNECTOR.ask_web(SOURCE, path)


def test_the_key_is_in_the_form() -> None:
    assert CONNECTOR.token_in(message(EXAMPLE)) == "xyz"
    assert CONNECTOR.token_in(message(b"service_code=1")) == ""


def test_answers_as_json_and_as_xml() -> None:
    [draft] = read(EXAMPLE)
    kept = [(draft, Receipt(1, False))]
    told = CONNECTOR.answer_web(SOURCE, message(EXAMPLE), kept)
    assert told.content_type == "application/json; charset=utf-8"
    [row] = json.loads(told.body)
    assert row["service_request_id"] == draft.key and "112" in row["service_notice"]
    told = CONNECTOR.answer_web(SOURCE, message(EXAMPLE, "requests.xml"), kept)
    assert told.content_type == "text/xml; charset=utf-8" and told.body.startswith(b"<?xml version=")
    assert tree(told.body).findtext("request/service_request_id") == draft.key


def test_services_are_those_of_the_map() -> None:
    rows = json.loads(CONNECTOR.ask_web(SOURCE, "services.json").body)
    assert [(row["service_code"], row["metadata"], row["type"]) for row in rows] == [
        ("001", False, "realtime"),
        ("fire", False, "realtime"),
        ("<&>", False, "realtime"),
    ]
    root = tree(CONNECTOR.ask_web(SOURCE, "services.xml").body)
    assert [each.findtext("service_code") for each in root] == ["001", "fire", "<&>"]
    assert [each.findtext("metadata") for each in root] == ["false"] * 3


@pytest.mark.parametrize("path", ["requests.json", "requests.xml"])
def test_errors_are_in_its_own_format(path: str) -> None:
    told = CONNECTOR.refuse_web(path, Unreadable("lat was not provided\x00 <b>"))
    assert told.status == 400
    if path.endswith("json"):
        [error] = json.loads(told.body)
        assert error == {
            "code": "400",
            "description": "This message cannot be read: lat was not provided <b>.",
        }
    else:
        root = tree(told.body)
        assert (root.tag, root.findtext("error/code")) == ("errors", "400")
    assert CONNECTOR.refuse_web(path, NotFound(what="x")).status == 404


def test_damaged_messages_are_read_or_refused() -> None:
    seeds: list[Any] = [
        EXAMPLE,
        with_fields(service_code="fire", lat="1e2"),
        b"service_code=001&lat=1&long=2",
    ]
    assert assert_sound(read, damaged(seeds)) > 100
    for body in damaged(seeds, 500, start=2):
        assert isinstance(CONNECTOR.token_in(message(body)), str)
