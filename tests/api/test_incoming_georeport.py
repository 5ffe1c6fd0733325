"""GeoReport v2 through the door: the key in the form, answers and errors in its own words, nothing of who."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.api.posting import Door

from beffroi.api.incoming import _UNKNOWN_MAX_BODY
from beffroi.during.intake import actions, queries

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
REPORT = "service_code=lamp&lat=47.6512&long=-2.0848&email=jeanne%40mail.example&description=Broken+by+Paul"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path, "open311", devices={"lamp": {"kind": "signal.damage"}})


def tree(answer: bytes) -> ElementTree.Element:
    """Our own answer, as a client reads it."""
    return ElementTree.fromstring(answer)  # noqa: S314 - made here


def body(door: Door, report: str = REPORT) -> bytes:
    return f"{report}&api_key={door.token}".encode()


def test_a_report_with_its_key_in_the_form_is_on_disk_when_answered(door: Door) -> None:
    answer = door.post("open311/requests.json", body(door), **FORM)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")
    [kept] = door.kept()
    assert answer.json()[0]["service_request_id"] == kept.key
    assert (kept.kind, kept.lat, kept.lon, kept.device) == ("signal.damage", 47.6512, -2.0848, "")
    again = door.post("open311/requests.xml", body(door), **FORM)
    assert tree(again.content).findtext("request/service_request_id") == kept.key
    assert len(door.kept()) == 1
    assert "jeanne" not in repr(door.kept()) and "Paul" not in repr(door.kept())


def test_the_key_may_be_in_a_header_but_never_in_the_address(door: Door) -> None:
    headers = {**FORM, "X-Api-Key": door.token}
    assert door.post("open311/requests.json", REPORT.encode(), **headers).status_code == 200
    for address in (f"requests.json?api_key={door.token}", f"services.json?api_key={door.token}"):
        method = "POST" if "requests" in address else "GET"
        assert door.send(method, f"open311/{address}", REPORT.encode(), FORM).status_code == 403


@pytest.mark.parametrize("form", ["json", "xml"])
def test_without_a_live_key_it_is_refused_in_georeport_s_words(door: Door, form: str) -> None:
    for report in (REPORT, f"{REPORT}&api_key=wrong", f"{REPORT}&api_key={'x' * 400}"):
        answer = door.post(f"open311/requests.{form}", report.encode(), **FORM)
        assert answer.status_code == 403
        if form == "json":
            assert answer.json() == [{"code": "403", "description": "Missing or invalid api_key."}]
        else:
            assert tree(answer.content).findtext("error/code") == "403"
    assert door.kept() == [] and queries.unread() == []


def test_a_key_of_another_kind_of_source_opens_nothing(door: Door) -> None:
    other = actions.declare_source(territory="redon", key="program", connector="http").token
    answer = door.post("open311/requests.json", f"{REPORT}&api_key={other}".encode(), **FORM)
    assert answer.status_code == 403 and door.kept() == []


def test_a_bad_report_is_counted_and_nothing_of_it_is_kept(door: Door) -> None:
    answer = door.post("open311/requests.json", body(door, REPORT.replace("lat=47.6512", "lat=")), **FORM)
    assert answer.status_code == 400 and "lat" in answer.json()[0]["description"]
    [shown] = queries.unread(["redon"])
    assert (shown.source, shown.content, shown.code) == ("a-open311", b"", "open311.bad_request")
    assert shown.size > 100 and "jeanne" not in shown.why


def test_who_is_unknown_may_not_send_much(door: Door) -> None:
    long = REPORT.encode() + b"&description=" + b"x" * _UNKNOWN_MAX_BODY
    assert door.post("open311/requests.json", long, **FORM).status_code == 413


def test_services_are_listed_to_who_has_the_key(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.token}"}
    answer = door.send("GET", "open311/services.json", headers=headers)
    assert answer.status_code == 200
    assert [row["service_code"] for row in answer.json()] == ["lamp"]
    assert door.send("GET", "open311/services.json", headers=FORM).status_code == 403
    missing = door.send("GET", "open311/requests.json", headers=headers)
    assert (missing.status_code, json.loads(missing.content)[0]["code"]) == (404, "404")
    assert door.send("DELETE", "open311/requests.json", headers=headers).status_code == 400


def test_other_connectors_are_not_asked_and_read_no_key_in_a_body(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.token}"}
    assert door.send("GET", "suricata", headers=headers).status_code == 405
    assert door.send("POST", "suricata", body(door), FORM).status_code == 401
