"""What is sent to the exchange: as its schema asks, read again as it was meant, and naming nobody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from tests.during.intake.connectors.cisu.wrapping import CASE

from beffroi.during.fusion.rules.words import ACTS
from beffroi.during.intake.connectors import WebMessage
from beffroi.during.intake.connectors.cisu.connector import CONNECTOR
from beffroi.during.intake.connectors.cisu.natures import PASSED_ON, UNNAMED, kind_of
from beffroi.during.intake.connectors.cisu.write import Case, Letter, NotAllowed, write
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Speaker
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

PARIS = timezone(timedelta(hours=1))
AT = datetime(2026, 3, 1, 22, 15, tzinfo=PARIS)
SOURCE = Speaker(id=uuid7(), key="exchange", territory="redon", connector="cisu")
HANDED = Case(
    identifier="fr.police.redon.R-2026-0017",
    local="R-2026-0017",
    creation=AT,
    act="burglary",
    place_id="0194f1d2-0000-7000-8000-000000000001",
    position=Position(47.65123449, -2.0832, 12.0),
    place="Pharmacie, 12 rue Basse",
    city="Redon",
    insee="35236",
    notes=("Deux signes indépendants. Patrouille 1 sur place dans 4 min.",),
)
LETTER = Letter(
    identifier="fr.police.redon_0194f1d2-0000-7000-8000-000000000002",
    sender="fr.police.redon",
    sender_name="redon",
    recipient="fr.fire.sis035",
    recipient_name="sis035",
    sent=AT + timedelta(seconds=20),
    expires=AT + timedelta(hours=24),
    exercise=False,
)


def read(content: bytes) -> Draft:
    [draft] = CONNECTOR.read_web(SOURCE, WebMessage("application/json", content), AT)
    assert isinstance(draft, Draft)
    return draft


def body(content: bytes) -> dict[str, Any]:
    message = json.loads(content)["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    found = message["createCase"]
    assert isinstance(found, dict)
    return found


def assert_valid(content: bytes) -> None:
    """What the exchange's schemas (envelope, RC-EDA of November 2025) ask for."""
    whole = json.loads(content)
    assert set(whole) == set(CASE), "the keys of a real envelope"
    message = whole["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    real = CASE["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]
    assert set(message) == set(real)
    assert message["sender"].keys() == real["sender"].keys()
    assert (message["status"], message["kind"]) == (whole["distributionStatus"], whole["distributionKind"])
    case = message["createCase"]
    assert {"caseId", "creation", "referenceVersion", "qualification", "location"} <= set(case)
    assert set(case) <= {
        *("caseId", "senderCaseId", "creation", "referenceVersion", "qualification", "location"),
        *("initialAlert", "newAlert", "freetext", "additionalInformation"),
    }
    assert re.fullmatch(r"([a-zA-Z0-9_-]+\.?){4,10}", case["caseId"])
    happened = case["qualification"]["whatsHappen"]
    assert set(happened) == {"code", "label"} and re.fullmatch(r"C\d{2}(\.\d{2}){2}", happened["code"])
    place = case["location"]
    assert {"locID", "country"} <= set(place) <= {"locID", "locLabel", "city", "country", "geometry"}
    times = [whole["dateTimeSent"], whole["dateTimeExpires"], message["sentAt"], case["creation"]]
    if "geometry" in place:
        times.append(place["geometry"]["datetime"])
        coord = place["geometry"]["point"]["coord"]
        assert coord["precision"] in ("VILLE", "RUE", "ADRESSE", "EXACTE", "INCONNUE")
    if "city" in place:
        assert re.fullmatch(r"[0-9]{5}", place["city"]["inseeCode"])
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", each) for each in times)


def test_what_is_handed_over_is_valid_and_read_again_as_it_was_meant() -> None:
    content = write(HANDED, LETTER)
    assert_valid(content)
    draft = read(content)
    assert (draft.kind, draft.name, draft.seen_at) == (
        "report.burglary",
        "fr.police.redon.R-2026-0017",
        AT.astimezone(UTC),
    )
    assert (draft.lat, draft.lon, draft.radius_m) == (47.651234, -2.0832, 15.0)
    assert (draft.exercise, draft.content["sender"], draft.content["insee"]) == (
        False,
        "fr.police.redon",
        "35236",
    )
    assert "initialAlert" not in body(content), "no caller, no patient"


def test_an_exercise_and_an_update_say_so() -> None:
    content = write(HANDED, replace(LETTER, exercise=True, update=True))
    assert_valid(content)
    assert read(content).exercise
    assert json.loads(content)["distributionKind"] == "Update"


@pytest.mark.parametrize("act", [*ACTS, "unheard"])
def test_every_act_has_a_code_of_the_same_meaning(act: str) -> None:
    content = write(replace(HANDED, act=act), LETTER)
    assert_valid(content)
    code = body(content)["qualification"]["whatsHappen"]["code"]
    near = {"crew_assault": "assault", "sabotage": "vandalism"}
    if act in PASSED_ON:
        assert KINDS[kind_of(code)].act == near.get(act, act)
    else:
        assert (code, kind_of(code)) == (UNNAMED[0], "report.other")


@pytest.mark.parametrize(
    ("radius", "precision"), [(0, "EXACTE"), (50, "ADRESSE"), (300, "RUE"), (5_000, "VILLE")]
)
def test_the_radius_becomes_a_precision(radius: float, precision: str) -> None:
    content = write(replace(HANDED, position=Position(47.65, -2.08, radius)), LETTER)
    assert body(content)["location"]["geometry"]["point"]["coord"]["precision"] == precision


def test_a_place_may_be_words_or_a_commune() -> None:
    words = write(replace(HANDED, position=None, city="", insee="", notes=()), LETTER)
    assert_valid(words)
    assert read(words).lat is None
    commune = write(replace(HANDED, position=None, place=""), LETTER)
    assert_valid(commune)
    corsica = write(replace(HANDED, city="Ajaccio", insee="2A004"), LETTER)
    assert_valid(corsica)
    assert "city" not in body(corsica)["location"], "the schema takes digits only"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"identifier": "fr.redon.1"}, "caseId"),
        ({"identifier": "fr.police.redon.a b"}, "caseId"),
        ({"local": ""}, "senderCaseId"),
        ({"place_id": ""}, "locID"),
        ({"creation": datetime(2026, 3, 1)}, "creation"),  # noqa: DTZ001 - what is refused
        ({"located_at": datetime(2026, 3, 1)}, "geometry"),  # noqa: DTZ001 - what is refused
        ({"place": "x" * 256}, "locLabel"),
        ({"insee": "352"}, "inseeCode"),
        ({"insee": ""}, "city"),
        ({"country": "France"}, "country"),
        ({"position": None, "place": "", "city": "", "insee": ""}, "location"),
    ],
)
def test_a_case_that_the_exchange_does_not_take_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        write(replace(HANDED, **changes), LETTER)
    assert why in str(caught.value.fields["why"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sender": "redon"}, "sender"),
        ({"recipient": "sis035"}, "recipient"),
        ({"identifier": "a b"}, "distributionID"),
        ({"sender_name": ""}, "name"),
        ({"expires": AT}, "dateTimeExpires"),
        ({"sent": datetime(2026, 3, 1)}, "dateTimeSent"),  # noqa: DTZ001 - what is refused
    ],
)
def test_an_envelope_that_the_exchange_does_not_take_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        write(HANDED, replace(LETTER, **changes))
    assert why in str(caught.value.fields["why"])
