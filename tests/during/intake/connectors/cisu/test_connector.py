"""What is read of the exchange's messages, and what never is."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.during.intake.connectors.cisu.wrapping import CASE, real, wrapped
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage, WithholdingConnector
from beffroi.during.intake.connectors.cisu.connector import CONNECTOR
from beffroi.during.intake.connectors.cisu.natures import NATURES, kind_of
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 21, 16, tzinfo=UTC)
SOURCE = Speaker(id=uuid7(), key="exchange", territory="redon", connector="cisu")
BODY: dict[str, Any] = CASE["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]["createCase"]
PERSONAL = (
    *("Morvan", "Jeanne", "34 ans", "Kerlann", "Yann", "+336", "5678B", "volets", "mari", "M02.01"),
    *("thoracique", "ADULTE", "rue Basse"),
)
VSAV = "fr.fire.sis035.cgo-035.resource.VSAV1"
RC_RI = {
    "caseId": "fr.fire.sis035.SC-20260301-AT517",
    "resource": [
        {
            "resourceId": VSAV,
            "datetime": "2026-03-01T22:15:00+01:00",
            "vehicleType": "SIS",
            "name": "VSAV 1",
            "team": {"name": "Equipe Morvan"},
            "contact": {"type": "TEL", "details": "+33600000000"},
            "freetext": ["Jeanne Morvan, Yann Kerlann"],
            "state": {"status": "ARRIVEE", "datetime": "2026-03-01T22:15:30+01:00", "availability": False},
            "position": {
                "datetime": "2026-03-01T22:15:20+01:00",
                "coord": {"lat": 47.65, "lon": -2.08},
                "speed": 31.0,
            },
        }
    ],
}
GEO_POS = {
    "position": [
        {
            "resourceId": VSAV,
            "datetime": "2026-03-01T22:15:20+01:00",
            "coord": {"lat": 47.65, "lon": -2.08, "height": 12},
            "cap": "271",
            "speed": 40,
            "move": "MOBILE",
            "status": "INDISPONIBLE",
        }
    ]
}
EMSI = {
    "CONTEXT": {"CREATION": "2026-03-01T22:15:00+01:00", "MODE": "ACTUAL", "FREETEXT": "Morvan"},
    "EVENT": {"ID": "E1", "MAIN_EVENT_ID": "fr.fire.sis035.E1", "NAME": "chez Morvan"},
    "RESOURCE": [
        {"ID": "77_22245# VSAV2", "STATUS": "IN_USE/MOBILE", "FREETEXT": "IMMATRICULATION#AJ-76-MZ"}
    ],
}
SEEDS = [
    json.dumps(CASE).encode(),
    wrapped({"resourcesInfoCisu": RC_RI}),
    wrapped({"geoPositionsUpdate": GEO_POS}),
    wrapped({"emsi": EMSI}),
]


def read(body: bytes) -> list[Draft | Fix | Unreadable]:
    return list(CONNECTOR.read_web(SOURCE, WebMessage("application/json", body), NOW))


def one(body: dict[str, Any] | None = None, **envelope: Any) -> Draft:
    [draft] = read(wrapped({"createCase": body or BODY}, **envelope))
    assert isinstance(draft, Draft)
    return draft


def with_code(code: str) -> dict[str, Any]:
    body = deepcopy(BODY)
    body["qualification"]["whatsHappen"] = {"code": code, "label": "?"}
    return body


def test_it_is_durable_and_keeps_nothing_of_what_it_cannot_read() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE
    assert isinstance(CONNECTOR, WithholdingConnector)


def test_a_case_is_what_when_and_where() -> None:
    [draft] = read(SEEDS[0])
    assert draft == Draft(
        key="fr.fire.sis035_2608323d-507d-4cbf-bf74-52007f8124ea",
        kind="report.assault",
        seen_at=datetime(2026, 3, 1, 21, 14, tzinfo=UTC),
        name="fr.fire.sis035.SC-20260301-AT517",
        lat=47.6512,
        lon=-2.0832,
        radius_m=40.0,
        content={
            "protocol": "cisu",
            "message": "RC-EDA",
            "case": "fr.fire.sis035.SC-20260301-AT517",
            "sender": "fr.fire.sis035",
            "code": "C02.15.02",
            "version": "1.3",
            "insee": "35236",
            "precision": "ADRESSE",
        },
    )


def test_persons_are_never_read() -> None:
    for seed in SEEDS:
        assert "Morvan" in seed.decode() or "geoPos" in seed.decode(), "the messages do name someone"
        assert not any(word in repr(read(seed)) for word in PERSONAL)


def test_an_envelope_may_stand_under_its_name() -> None:
    assert read(json.dumps({"edxl": CASE}).encode()) == read(SEEDS[0])


def test_exercise_and_end_of_a_case() -> None:
    assert one(distributionStatus="Exercise").exercise
    again = one(distributionKind="Update", distributionID="second")
    assert (again.kind, again.name, again.seen_at) == ("report.assault", one().name, None)
    end = one(distributionKind="Cancel", distributionID="third")
    assert (end.kind, end.name, end.content["over"]) == ("alarm.restored", one().name, True)
    for kind in ("Ack", "Error"):
        assert read(wrapped({"createCase": BODY}, distributionKind=kind)) == []
    assert read(wrapped({"reference": {"distributionID": "x"}})) == []
    assert read(wrapped({"geoResourcesDetails": {"resource": []}})) == []


def test_without_coordinates_there_is_no_place() -> None:
    body = deepcopy(BODY)
    del body["location"]["geometry"]
    draft = one(body)
    assert (draft.lat, draft.radius_m) == (None, 0.0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("C01.01.05", "report.rescue"),
        ("C02.05.02", "report.rescue"),
        ("C02.15.03", "report.disorder"),
        ("C03.01.01", "report.vandalism"),
        ("C03.02.03", "report.theft"),
        ("C03.02.05", "report.vehicle_crime"),
        ("C03.02.12", "report.assault"),
        ("C03.03.02", "report.burglary"),
        ("C04.02.01", "report.fire"),
        ("C07.04.02", "report.crowd"),
        ("C07.07.03", "report.disorder"),
        ("C07.09.03", "report.prowling"),
        ("C08.01.00", "report.hazard"),
        ("C09.03.00", "report.hazard"),
        ("C09.06.00", "report.rescue"),
        ("C10.01.03", "report.missing_person"),
        ("C11.02.01", "report.other"),
        ("C99.99.99", "report.other"),
    ],
)
def test_codes_become_kinds(code: str, kind: str) -> None:
    assert one(with_code(code)).kind == kind == kind_of(code)


def test_the_table_holds_codes_and_kinds_only() -> None:
    for beginning, kind in NATURES.items():
        assert re.fullmatch(r"C\d\d(\.\d\d){0,2}", beginning)
        assert kind in KINDS and kind.startswith("report.")


def test_a_vehicle_has_a_state_that_is_kept_and_a_place_that_is_not() -> None:
    state, fix = read(SEEDS[1])
    assert isinstance(state, Draft) and isinstance(fix, Fix)
    assert (state.kind, state.name, state.content["status"]) == ("technical.other", VSAV, "ARRIVEE")
    assert state.content["available"] is False and state.lat is None
    assert fix == Fix(VSAV, datetime(2026, 3, 1, 21, 15, 20, tzinfo=UTC), 47.65, -2.08, 30.0)


def test_geo_pos_tells_where_a_unit_is() -> None:
    [fix] = read(SEEDS[2])
    assert fix == Fix(VSAV, datetime(2026, 3, 1, 21, 15, 20, tzinfo=UTC), 47.65, -2.08, 30.0, 271.0)
    [drill] = read(wrapped({"geoPositionsUpdate": GEO_POS}, distributionStatus="Exercise"))
    assert isinstance(drill, Fix) and drill.exercise


def test_older_shapes_of_a_position_are_read_too() -> None:
    place = {**GEO_POS["position"][0], "id": "V1", "coord": [{"lat": 1.0, "lon": 2.0}], "cap": "north"}
    del place["resourceId"]
    [fix] = read(wrapped({"geoPositionsUpdate": {"position": [place]}}))
    assert isinstance(fix, Fix) and (fix.name, fix.lat, fix.heading_deg) == ("V1", 1.0, None)


def test_one_bad_vehicle_leaves_the_others() -> None:
    bad = {**GEO_POS["position"][0], "coord": {"lat": 147.0, "lon": 0}}
    found = read(wrapped({"geoPositionsUpdate": {"position": [bad, *GEO_POS["position"]]}}))
    assert [type(each) for each in found] == [Unreadable, Fix]
    bad_state = {**RC_RI["resource"][0], "state": {}}
    found = read(wrapped({"resourcesInfoCisu": {**RC_RI, "resource": [bad_state, *RC_RI["resource"]]}}))
    assert [type(each) for each in found] == [Unreadable, Draft, Fix]


def test_emsi_tells_states_of_vehicles() -> None:
    [state] = read(SEEDS[3])
    assert isinstance(state, Draft)
    assert (state.kind, state.content["case"]) == ("technical.other", "fr.fire.sis035.E1")
    assert state.content["status"] == "IN_USE/MOBILE" and not state.exercise
    drill = {**EMSI, "CONTEXT": {**EMSI["CONTEXT"], "MODE": "EXERCS"}}
    [state] = read(wrapped({"emsi": drill}))
    assert isinstance(state, Draft) and state.exercise


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "cisu.not_json"),
        (b"[]", "cisu.not_agreed"),
        (b"{}", "cisu.not_agreed"),
        (b"[" * 50_000, "cisu.not_agreed"),
        (b'{"edxl":' * 50_000, "cisu.not_json"),
        (json.dumps({"createCase": BODY}).encode(), "cisu.not_agreed"),
        (wrapped({"createCase": BODY}, content=[]), "cisu.not_agreed"),
        (wrapped({"createCase": BODY}, distributionStatus="Test"), "cisu.not_agreed"),
        (wrapped({"createCase": BODY, "emsi": EMSI}), "cisu.several"),
        (wrapped({"createCase": {**BODY, "creation": "2026-03-01T22:14:00"}}), "cisu.not_agreed"),
        (wrapped({"createCase": {**BODY, "creation": "0001-01-01T00:00:00+23:00"}}), "cisu.bad_time"),
        (wrapped({"createCase": with_code("feu chez Morvan")}), "cisu.not_agreed"),
        (wrapped({"createCase": {**BODY, "location": {"country": "FR"}}}), "cisu.not_agreed"),
    ],
)
def test_what_is_not_as_agreed_is_refused_and_not_repeated(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(body)
    assert caught.value.reason == code
    assert "Morvan" not in repr(caught.value.as_dict())


def test_the_reason_says_where_in_names_of_the_exchange() -> None:
    for body, why in (
        (json.dumps({"createCase": BODY}).encode(), "distributionID is missing at its root"),
        (
            wrapped({"createCase": with_code("chez Morvan")}),
            "$.qualification.whatsHappen.code is not as agreed",
        ),
        (wrapped({"createCase": {**BODY, "location": {"country": "FR"}}}), "locID is missing at $.location"),
    ):
        with pytest.raises(Unreadable) as caught:
            read(body)
        assert why in str(caught.value.fields["why"])


@pytest.mark.parametrize(
    ("name", "kind", "place"),
    [
        ("RC-EDA-FuiteDeGaz-AliceGregoireNormand.01.json", "report.hazard", (47.147005, -1.690548, 40.0)),
        ("RC-EDA-DouleurThoracique-PierreLegrand.json", "report.other", (47.2184, -1.5536, 15.0)),
    ],
)
def test_real_cases(name: str, kind: str, place: tuple[float, float, float]) -> None:
    [draft] = read(real(name))
    assert isinstance(draft, Draft)
    assert (draft.kind, (draft.lat, draft.lon, draft.radius_m)) == (kind, place)
    told = repr(draft)
    for word in ("Legrand", "Pierre", "Sophie", "Dubois", "Marie", "+336", "enfants", "M17", "M03", "5678"):
        assert word not in told


def test_real_vehicles() -> None:
    statuses = []
    for case in (
        "Incendie_RaymondeLECCIA.03",
        "Incendie_RaymondeLECCIA.07",
        "FuiteDeGaz_AliceGregoireNORMAND.05",
    ):
        found = read(real(f"RC-RI_{case}.json"))
        assert not any(isinstance(each, Unreadable) for each in found)
        statuses += [each.content["status"] for each in found if isinstance(each, Draft)]
        assert not any(word in repr(found) for word in ("AZERTY", "ANELI", "0762865426", "Equipe"))
    assert statuses == ["DEPART", "ARRIVEE", "ARRIVEE", "DECLENCHE", "DECISION"]
    [fix] = read(real("CU2_Geolocation_03.json"))
    assert isinstance(fix, Fix) and fix.name == "fr.health.samu760.resource.VLM25"
    assert read(real("CU1_Geolocation.json")) == []
    assert read(real("EMSI-RDC-message.json")) == [], "it tells of no vehicle"
    found = read(real("EMSI-Complet-DC-RDC-OPG-message.json"))
    assert [each.content["status"] for each in found if isinstance(each, Draft)] == [
        "AVAILB",
        "IN_USE/MOBILE",
    ]
    assert "AJ-75-MZ" not in repr(found)


def test_damaged_messages_are_read_or_refused() -> None:
    fixes = 0

    def checked(body: bytes) -> list[Draft | Unreadable]:
        nonlocal fixes
        found = read(body)
        for fix in (each for each in found if isinstance(each, Fix)):
            fixes += 1
            assert abs(fix.lat) <= 90 and abs(fix.lon) <= 180 and fix.at.tzinfo is not None
            assert 0 < len(fix.name) <= 80
            assert fix.heading_deg is None or 0 <= fix.heading_deg < 360
        return [each for each in found if not isinstance(each, Fix)]

    assert assert_sound(checked, damaged(SEEDS)) > 100
    assert fixes > 50
