"""What is read of a smart-city broker's alerts, in each way of writing them, and what we write."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged
from tests.real_data import need

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage, WithholdingConnector
from beffroi.during.intake.connectors.ngsi_ld.connector import CONNECTOR
from beffroi.during.intake.connectors.ngsi_ld.shape import place
from beffroi.during.intake.connectors.ngsi_ld.write import PublicIncident, alert
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 12, 1, 10, tzinfo=UTC)
FOLDER = Path(__file__).parent / "messages"
FORMS = ("normalised", "concise", "key-values", "v2", "expanded", "feature")
MAP: dict[str, Any] = {
    "urn:ngsi-ld:Device:siren-4": "SIREN-4",
    "trafficJam": {"kind": "report.hazard"},
    "health": {"device": "", "kind": "report.rescue"},
}
SOURCE = Speaker(id=uuid7(), key="city", territory="redon", connector="ngsi_ld", devices=MAP)
NEIGHBOUR = Speaker(id=uuid7(), key="city", territory="guer", connector="ngsi_ld")


def recorded(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def read(
    body: bytes, speaker: Speaker = SOURCE, now: datetime = NOW
) -> list[Draft | Unreadable | PassedOver]:
    return list(CONNECTOR.read_web(speaker, WebMessage("application/ld+json", body), now))


def one(**changes: Any) -> Draft | Unreadable | PassedOver:
    return read(json.dumps({**json.loads(recorded("key-values")), **changes}).encode())[0]


def test_it_is_durable_and_withholds_what_it_cannot_read() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE
    assert isinstance(CONNECTOR, WithholdingConnector)


@pytest.mark.parametrize("form", FORMS)
def test_each_way_of_writing_an_alert_is_the_same_alert(form: str) -> None:
    [found] = read(recorded(form))
    assert isinstance(found, Draft)
    assert (found.kind, found.lat, found.lon, found.radius_m) == ("report.disorder", 47.6512, -2.0848, 0.0)
    assert found.seen_at == datetime(2026, 11, 12, 1, 5, 41, tzinfo=UTC)
    assert found.content == {
        "protocol": "ngsi_ld",
        "category": "security",
        "subCategory": "civilDisorder",
        "alert_severity": "high",
    }
    assert found == read(recorded("normalised"))[0]


def test_a_notification_holds_several_and_what_is_no_alert_is_counted() -> None:
    disorder, flood, passed = read(recorded("notification"))
    assert isinstance(disorder, Draft) and isinstance(flood, Draft)
    assert flood.kind == "hazard.warning"
    assert (round(flood.lat or 0, 4), round(flood.lon or 0, 4)) == (47.65, -2.08)
    assert 1_800 < flood.radius_m < 2_000
    assert passed == PassedOver(1, "not an alert")
    assert read(recorded("notification-v2")) == [disorder]


@pytest.mark.parametrize("name", ["Alert_examples_example.json", "Alert_examples_example.jsonld"])
def test_the_data_model_s_own_example_is_a_traffic_jam(name: str) -> None:
    body = need(f"payloads/ngsi_ld/{name}").read_bytes()
    assert read(body, NEIGHBOUR) == [PassedOver(1, "none of ours")]
    assert read(body) == [PassedOver(1, "over")], "wanted by this source's map, and years old"
    [found] = read(body, now=datetime(2017, 1, 2, 9, 30, tzinfo=UTC))
    assert isinstance(found, Draft) and found.kind == "report.hazard"
    assert (found.lat, found.lon) == (40.423852777777775, -3.712247222222222)


@pytest.mark.parametrize("name", ["Camera_examples_example.jsonld", "Device_examples_example.jsonld"])
def test_other_entities_of_the_models_are_passed_over(name: str) -> None:
    assert read(need(f"payloads/ngsi_ld/{name}").read_bytes()) == [PassedOver(1, "not an alert")]


def test_nothing_of_people_is_kept() -> None:
    kept = "".join(repr(read(recorded(form))) for form in FORMS)
    for word in ("Jeanne", "shouting", "users/8"):
        assert word not in kept, word


@pytest.mark.parametrize(
    ("category", "sub", "severity", "kind"),
    [
        ("security", "robbery", "high", "report.theft"),
        ("security", "assault", "low", "report.assault"),
        ("security", "suspiciousAction", "", "report.prowling"),
        ("security", "crowdRisk", "high", "crowd.dense"),
        ("crowd", "", "high", "crowd.dense"),
        ("security", "buildingFire", "critical", "report.fire"),
        ("security", "somethingElse", "high", "report.other"),
        ("https://x.example/def#security", "", "", "report.other"),
        ("security", "assault", "informational", ""),
        ("weather", "wind", "critical", "hazard.warning"),
        ("weather", "wind", "medium", ""),
        ("weather", "wind", "", "hazard.warning"),
        ("environment", "airPollution", "low", ""),
        ("traffic", "carAccident", "high", "report.hazard"),
        ("traffic", "roadWorks", "high", ""),
        ("health", "heartAttack", "critical", "report.rescue"),
        ("agriculture", "snail", "high", ""),
    ],
)
def test_categories_decide_and_the_map_goes_before(category: str, sub: str, severity: str, kind: str) -> None:
    found = one(category=category, subCategory=sub, severity=severity)
    assert found == PassedOver(1, "none of ours") if not kind else isinstance(found, Draft)
    assert not isinstance(found, Draft) or found.kind == kind


def test_health_of_persons_is_none_of_ours_unless_the_town_says_so() -> None:
    body = json.dumps(
        {**json.loads(recorded("key-values")), "category": "health", "subCategory": "x"}
    ).encode()
    assert read(body, NEIGHBOUR) == [PassedOver(1, "none of ours")]


def test_who_issued_it_is_kept_only_where_it_is_a_device_of_the_map() -> None:
    found = one(alertSource="urn:ngsi-ld:Device:siren-4")
    assert isinstance(found, Draft) and SOURCE.device_of(found.name) == "SIREN-4"
    unknown = one()
    assert isinstance(unknown, Draft) and unknown.name == ""


def test_told_again_it_is_known_and_changed_it_is_not() -> None:
    first, again = one(), one(severity="critical", description="other words")
    changed, later = one(subCategory="assault"), one(dateIssued="2026-11-12T01:09:00Z")
    keys = {each.key for each in (first, changed, later) if isinstance(each, Draft)}
    assert isinstance(first, Draft) and isinstance(again, Draft) and first.key == again.key
    assert len(keys) == 3


SQUARE = [[0.0, 0.0], [0.01, 0.0], [0.01, 0.01], [0.0, 0.01], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("geometry", "lat", "lon", "least", "most"),
    [
        ({"type": "Polygon", "coordinates": [SQUARE, [[0.001, 0.001]]]}, 0.005, 0.005, 780, 795),
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[0.02, 0.0]] * 4]]},
            0.005,
            0.005,
            1_700,
            1_800,
        ),
        ({"type": "LineString", "coordinates": [[0.0, 0.0], [0.01, 0.0]]}, 0.0, 0.005, 550, 560),
        ({"type": "MultiPoint", "coordinates": [[0.0, 0.0], [0.01, 0.0, 5.0]]}, 0.0, 0.005, 550, 560),
        ({"type": "Point", "coordinates": [2.0, 48.0, 120.0]}, 48.0, 2.0, 0, 0),
        ("48.0, 2.0", 48.0, 2.0, 0, 0),
    ],
)
def test_a_geometry_is_its_middle_and_a_radius_that_covers_it(
    geometry: Any, lat: float, lon: float, least: float, most: float
) -> None:
    found = place(geometry)
    assert found is not None
    assert (round(found.lat, 4), round(found.lon, 4)) == (lat, lon)
    assert least <= found.radius_m <= most


def test_an_uneven_polygon_has_its_centroid_not_the_mean_of_its_corners() -> None:
    ring = [[0.0, 0.0], [0.009, 0.0], *[[0.01, 0.0001 * n] for n in range(1, 100)], [0.0, 0.01]]
    found = place({"type": "Polygon", "coordinates": [ring]})
    assert found is not None and abs(found.lon - 0.005) < 1e-4


def test_a_region_is_no_place() -> None:
    ring = [[-4.0, 47.0], [-1.0, 47.0], [-1.0, 49.0], [-4.0, 49.0], [-4.0, 47.0]]
    assert place({"type": "Polygon", "coordinates": [ring]}) is None


@pytest.mark.parametrize(
    "location", [{}, 3, {"type": "Point"}, {"type": "Point", "coordinates": [400, 1]}, [1]]
)
def test_an_alert_whose_place_cannot_be_read_is_still_an_alert(location: Any) -> None:
    found = one(location=location)
    assert isinstance(found, Draft) and found.lat is None and found.content["place_unread"]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"dateIssued": "yesterday"},
        {"dateIssued": 5},
        {"validTo": "0001-01-01T00:00+14:00"},
    ],
)
def test_a_bad_alert_does_not_stop_the_others(changes: dict[str, Any]) -> None:
    assert isinstance(one(**changes), Unreadable)
    whole = json.loads(recorded("notification"))
    whole["data"][0] |= changes
    assert [type(each) for each in read(json.dumps(whole).encode())] == [Unreadable, Draft, PassedOver]


@pytest.mark.parametrize(
    "body", [b"", b"3", b"<x/>", b"[" * 10_000, b'{"type":"Notification","data":3}', b"\xff"]
)
def test_what_holds_no_entity_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


# What we write.

FIRE = PublicIncident(
    id=UUID("018f0000-0000-7000-8000-000000000001"),
    territory="redon",
    act="fire",
    state="confirmed",
    life=True,
    entered_at=datetime(2026, 11, 12, 2, 5, 41, tzinfo=UTC),
    lat=47.651234,
    lon=-2.084876,
)


def told(**changes: Any) -> dict[str, Any] | None:
    return alert(replace(FIRE, **changes), source="https://redon.example/")


def test_an_incident_is_told_without_its_address_or_second() -> None:
    assert told() == {
        "id": "urn:ngsi-ld:Alert:beffroi:redon:018f0000-0000-7000-8000-000000000001",
        "type": "Alert",
        "category": "security",
        "subCategory": "buildingFire",
        "severity": "critical",
        "dateIssued": "2026-11-12T02:05:00Z",
        "alertSource": "https://redon.example/",
        "location": {"type": "Point", "coordinates": [-2.085, 47.651]},
        "@context": [
            "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
            "https://raw.githubusercontent.com/smart-data-models/dataModel.Alert/master/context.jsonld",
        ],
    }


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("fire", "report.fire"),
        ("theft", "report.theft"),
        ("assault", "report.assault"),
        ("vandalism", "report.prowling"),
        ("disorder", "report.disorder"),
        ("crowd", "crowd.dense"),
        ("hazard", "hazard.warning"),
    ],
)
def test_what_is_written_is_read_by_a_neighbour(act: str, kind: str) -> None:
    [found] = read(json.dumps(told(act=act)).encode(), NEIGHBOUR)
    assert isinstance(found, Draft)
    assert (found.kind, found.lat, found.lon) == (kind, 47.651, -2.085)
    assert found.seen_at == datetime(2026, 11, 12, 2, 5, tzinfo=UTC)


def test_our_own_alert_that_comes_back_is_never_a_sign_of_itself() -> None:
    assert read(json.dumps(told()).encode()) == [PassedOver(1, "our own")]


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "missing_person"},
        {"act": "rescue"},
        {"act": "cyber_attack"},
        {"state": "closed"},
        {"state": "technical"},
        {"exercise": True},
    ],
)
def test_what_is_not_for_others_is_not_written(changes: dict[str, Any]) -> None:
    assert told(**changes) is None


def test_an_incident_without_a_place_says_none() -> None:
    written = told(lat=None, lon=None, state="to_check", life=False)
    assert written is not None and "location" not in written and written["severity"] == "medium"


def test_damaged_messages_are_read_or_refused() -> None:
    names = (*FORMS, "notification", "notification-v2")
    assert assert_sound(read, damaged([recorded(each) for each in names])) > 100
