"""What is kept, the registers and the alerts on the screen: for the officer; for the elected in counts."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from html import unescape

import pytest
from django.db import transaction
from tests.desks.oversight.conftest import Officer, Town
from tests.trust.unusual.conftest import Looked, looked

from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.territory.models import PatrolUnit
from beffroi.trust.registers import queries as registers
from beffroi.trust.retention import expiring, queries
from beffroi.trust.unusual import actions as unusual

__all__ = ["looked"]

pytestmark = [pytest.mark.desk, pytest.mark.django_db]
KEPT, LOOKS, IMAGES = "/controle/effacements/", "/controle/registres/", "/controle/registres/images/"
PROCESSING, ASSESSMENT = "/controle/registres/traitements/", "/controle/registres/aipd/"
ALERTS, MINE = "/controle/alertes/", "/controle/mes-regards/"
DECIDE = "/controle/alertes/decider/"
DPO = "data_protection_officer"


@pytest.fixture(autouse=True)
def _a_spool(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A spool of the test's own, empty."""
    from pathlib import Path

    from beffroi.during.intake import spool as spools
    from beffroi.during.intake.spool_sqlite import SqliteSpool

    made = SqliteSpool(Path(str(tmp_path)) / "kept.sqlite3")
    monkeypatch.setattr(spools, "shared", lambda: made)


def test_terms_are_shown_shortened_and_never_beyond_the_limit(town: Town, officer: Officer) -> None:
    client = town.signed_in(officer(DPO), "fr")
    page = client.get(KEPT).content.decode()
    assert "Signalements des référents" in page and "CSI L252-5" in page
    said = {"do": "term", "territory": "town", "kind": "signals"}
    assert client.post(KEPT, {**said, "days": "90"}).status_code == 302
    assert next(each.days for each in queries.terms("town") if each.kind.key == "signals") == 90
    refused = client.post(KEPT, {**said, "kind": "images", "days": "31"})
    assert refused.status_code == 422 and "elle dépasse la limite" in refused.content.decode()
    assert client.post(KEPT, {**said, "days": "soon"}).status_code == 422


def test_a_hold_is_placed_read_and_released(town: Town, officer: Officer) -> None:
    client = town.signed_in(officer(DPO), "fr")
    said = {"do": "hold", "territory": "town", "subject": "device:C-1", "ground": "requisition"}
    assert client.post(KEPT, {**said, "reference": ""}).status_code == 422
    assert client.post(KEPT, {**said, "reference": "PV-7", "since": "2026-03-14T21:00"}).status_code == 302
    (hold,) = queries.holds(["town"])
    assert "PV-7" in client.get(KEPT).content.decode()
    client.post(KEPT, {"do": "release", "territory": "town", "hold": str(hold.id)})
    assert not queries.holds(["town"])


def test_the_elected_read_counts_and_nothing_else(town: Town, officer: Officer, looked: Looked) -> None:
    town.signed_in(officer(DPO)).post(
        KEPT,
        {
            "do": "hold",
            "territory": "town",
            "subject": "device:C-1",
            "ground": "requisition",
            "reference": "PV-7",
        },
    )
    looked(town.operator, 8)
    unusual.notice("town")
    client = town.signed_in(officer("elected"))
    page = client.get(KEPT).content.decode()
    assert "1 hold stands." in page and "PV-7" not in page and "Change a term" not in page
    alerts = client.get(ALERTS).content.decode()
    assert "<dd>1</dd>" in alerts and "Camille" not in alerts and "Decide" not in alerts
    assert client.post(DECIDE, {"decision": "accepted"}).status_code == 403
    assert client.post(KEPT, {"do": "term", "territory": "town"}).status_code == 403
    assert {client.get(page).status_code for page in (LOOKS, IMAGES, PROCESSING, ASSESSMENT)} == {403}


def test_an_erasure_is_shown_with_its_proof(town: Town, officer: Officer) -> None:
    PatrolUnit.objects.update(position_at=clock.now() - timedelta(days=40))
    expiring.expire()
    (fact,) = [each for each in journal.follow(0, facts=["trust.erased"]) if each.body]
    page = town.signed_in(officer(DPO), "fr").get(KEPT).content.decode()
    assert fact.body and str(fact.body["digest"])[:12] in page and "Positions des patrouilles" in page
    assert not PatrolUnit.objects.exclude(lat=None).exists()


def test_the_register_answers_by_camera_by_person_and_as_a_file(
    town: Town, officer: Officer, looked: Looked
) -> None:
    looked(town.operator, 2)
    looked(town.other, 1, device="C-9")
    client = town.signed_in(officer(DPO), "fr")
    page = client.get(LOOKS).content.decode()
    assert "3 lignes." in page and "sécurité des lieux exposés" in page
    assert "2 lignes." in client.get(LOOKS, {"camera": "C-1"}).content.decode()
    assert "1 ligne." in client.get(LOOKS, {"qui": town.other.actor}).content.decode()
    before = {"du": "2020-01-01", "au": "2020-02-01"}
    assert "0 ligne" in client.get(LOOKS, before).content.decode()
    assert client.get(LOOKS, {"du": "2020-01-01", "au": "2022-02-01"}).status_code == 422
    file = client.get(LOOKS, {"format": "csv", "qui": town.operator.actor})
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3 and rows[1][1] == "Camille" and "attachment" in file["Content-Disposition"]


def test_a_cell_of_the_file_is_never_a_formula(town: Town, officer: Officer, looked: Looked) -> None:
    looked(town.operator, device="=1+1")
    file = town.signed_in(officer(DPO)).get(LOOKS, {"format": "csv"}).content.decode("utf-8-sig")
    assert ";'=1+1;" in file


def test_images_looked_at_in_the_recorder_are_in_the_register_of_images(town: Town, officer: Officer) -> None:
    from beffroi.eyes.facts import LookOpened
    from beffroi.journal import actions

    now = clock.now()
    fact = LookOpened(
        look="l", device="C-1", kind="past", purpose="rescue", until=now.isoformat(),
        span_from=(now - timedelta(minutes=5)).isoformat(), span_to=now.isoformat(),
    )  # fmt: skip
    with transaction.atomic():
        actions.append(journal="territory:town", fact=fact, subject="device:C-1", actor=town.operator.actor)
    page = town.signed_in(officer(DPO)).get(IMAGES).content.decode()
    assert "Recording looked at" in page and "Camille" in page


def test_the_documents_fill_themselves_and_keep_every_version(town: Town, officer: Officer) -> None:
    dpo = officer(DPO)
    client = town.signed_in(dpo, "fr")
    page = client.get(PROCESSING).content.decode()
    assert "Signalements des référents" in page and "Opérateur du centre de supervision, Town" in page
    assert dpo.display_name in page and "À compléter" in page
    said = {"do": "complete", "territory": "town", "section": "controller"}
    for text in ("Le maire", "Le maire", "Madame la maire"):
        assert client.post(PROCESSING, {**said, "text": text}).status_code == 302
    assert [each.text for each in registers.versions("town", "processing")] == ["Madame la maire", "Le maire"]
    assert "Madame la maire" in client.get(PROCESSING).content.decode()
    assert client.post(PROCESSING, {**said, "section": "opinion", "text": "x"}).status_code == 422
    aipd = client.get(ASSESSMENT).content.decode()
    assert "Avis du délégué" in aipd and "reconnaître un visage" in aipd


def test_the_officer_decides_and_the_person_is_told(town: Town, officer: Officer, looked: Looked) -> None:
    looked(town.operator, 8)
    unusual.notice("town")
    client, own = town.signed_in(officer(DPO), "fr"), town.signed_in(town.operator, "fr")
    page = client.get(ALERTS).content.decode()
    assert "Toujours la même caméra" in page and "Camille" in page and "Seuil : 8 regards." in page
    assert "Toujours la même caméra" not in own.get(MINE).content.decode()
    (alert,) = unusual.models.Alert.objects.all()
    said = {"alert": str(alert.id), "decision": "explained", "reason": "Marché de Noël", "tell": "1"}
    assert client.post(DECIDE, {**said, "alert": "x"}).status_code == 422
    assert client.post(DECIDE, said).status_code == 302
    assert client.post(DECIDE, said).status_code == 409
    assert "Marché de Noël" in own.get(MINE).content.decode()
    assert own.get(ALERTS).status_code == 403


def test_a_street_is_declared_by_oneself_only(town: Town, officer: Officer) -> None:
    client = town.signed_in(town.operator)
    street = unusual.streets_of("town")[0]
    assert client.post(MINE, {"territory": "town", "street": "nowhere"}).status_code == 422
    assert client.post(MINE, {"territory": "elsewhere", "street": street}).status_code == 422
    assert client.post(MINE, {"territory": "town", "street": street}).status_code == 302
    assert street in unescape(client.get(MINE).content.decode())
    assert street not in unescape(town.signed_in(officer(DPO)).get(MINE).content.decode())
    assert client.post(MINE, {"street": ""}).status_code == 302
    assert street not in unescape(client.get(MINE).content.decode())
