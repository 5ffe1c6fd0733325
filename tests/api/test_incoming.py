"""`POST /api/v1/in/NAME`: who may post what, and what is answered after the commit."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest
from tests.api.posting import Door

from beffroi.during.intake import actions, queries

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

MESSAGE = (
    Path(__file__).parents[1] / "during/intake/connectors/alertmanager/messages/firing-and-resolved.json"
).read_bytes()

FLOOD = (Path(__file__).parents[1] / "during/intake/connectors/cap/messages/flood.xml").read_bytes()


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path, "alertmanager", MESSAGE)


def test_all_of_a_message_is_on_disk_when_answered(door: Door) -> None:
    answer = door.post()
    assert answer.status_code == 202
    assert [each["position"] for each in answer.json()["results"]] == [1, 2, 3]
    assert [each.kind for each in door.kept()] == ["device.fault", "device.online", "technical.other"]
    assert door.post().status_code == 200, "the same again is known"
    assert len(door.kept()) == 3


def test_the_token_may_come_in_three_ways(door: Door) -> None:
    basic = b64encode(f"anyone:{door.token}".encode()).decode()
    for headers in ({"Authorization": f"Basic {basic}"}, {"X-Api-Key": door.token}):
        assert door.post(**headers).status_code in (200, 202)
    for headers in ({"Authorization": "Basic !!"}, {"X-Api-Key": "x" * 400}, {"X-Other": "1"}):
        assert door.post(**headers).status_code == 401


def test_a_source_speaks_its_own_language_only(door: Door) -> None:
    other = actions.declare_source(territory="redon", key="program", connector="http").token
    answer = door.post(Authorization=f"Bearer {other}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "intake.other_connector")
    assert door.post("dc09").status_code == 404
    assert door.kept() == []


def test_what_cannot_be_read_is_counted_and_shown(door: Door) -> None:
    answer = door.post(body=b"<html>")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "alertmanager.not_a_webhook")
    [shown] = queries.unread(["redon"])
    assert (shown.source, shown.content) == ("a-alertmanager", b"<html>")


def test_a_part_that_cannot_be_read_leaves_the_rest(door: Door) -> None:
    answer = door.post(body=MESSAGE.replace(b'"8f1a2b3c4d5e6f70"', b'""'))
    assert answer.status_code == 207
    assert [("error" in each) for each in answer.json()["results"]] == [True, False, False]
    assert len(door.kept()) == 2


def test_a_warning_of_an_authority_is_on_disk_when_answered(door: Door) -> None:
    token = actions.declare_source(territory="redon", key="vigilance", connector="cap").token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cap+xml"}
    assert door.post("cap", FLOOD, **headers).status_code == 202
    assert door.post("cap", FLOOD, **headers).status_code == 200
    [kept] = door.kept()
    assert (kept.kind, kept.content["severity"], kept.source) == ("technical.other", "Severe", "vigilance"), (
        "it expired before it came"
    )
    bad = door.post("cap", FLOOD.replace(b"<scope>Public</scope>", b""), **headers)
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "cap.unreadable")
    assert "scope is missing" in bad.json()["error"]["message"]
    assert len(queries.unread(["redon"])) == 1
