"""From what machines say of an attack, posted as it comes, to one incident; from noise, to none."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from tests.api.posting import Door
from tests.real_data import need

from beffroi.during.fusion import actions as fusion
from beffroi.during.fusion import engine
from beffroi.during.fusion import models as fusion_models
from beffroi.during.incident import actions
from beffroi.during.incident.models import Incident
from beffroi.during.intake.spool_sqlite import SqliteSpool

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

RECORDED = Path(__file__).parents[1] / "intake/connectors"
ATTACK = (RECORDED / "suricata/messages/attack.ndjson").read_bytes()
SHELL = (RECORDED / "wazuh/messages/v4-shell-of-web-server.json").read_bytes()
FINDING = (RECORDED / "wazuh/messages/v5-finding.json").read_bytes()


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteSpool]:
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: made)
    engine.forget()
    yield made
    engine.forget()
    made.close()


@pytest.fixture
def detector(tmp_path: Path, spool: SqliteSpool) -> Door:
    return Door(tmp_path, "suricata", devices={"10.2.8.20": "SRV-1"}, spool=spool)


@pytest.fixture
def agents(tmp_path: Path, spool: SqliteSpool) -> Door:
    return Door(tmp_path, "wazuh", devices={"srv-etat-civil": "SRV-1"}, spool=spool)


def fold(spool: SqliteSpool) -> list[UUID]:
    """Fold and take up whatever is new in the spool; the incidents that it touched."""
    with transaction.atomic():
        return list(actions.take_up(fusion.step(spool.read(engine.position(), 10_000))))


def lines(body: bytes, *words: bytes) -> bytes:
    return b"\n".join(line for line in body.splitlines() if any(word in line for word in words))


def test_the_real_sample_of_decoder_noise_opens_nothing(detector: Door, spool: SqliteSpool) -> None:
    sample = gzip.decompress(need("payloads/suricata/eve-flows-and-alerts.json.gz").read_bytes())
    events = sample.splitlines()
    assert len(events) == 2_401
    alerts = passed = 0
    for start in range(0, len(events), 500):
        answer = detector.post(body=b"\n".join(events[start : start + 500]))
        assert answer.status_code in (200, 202)
        counted = answer.json().get("passed_over", {})
        alerts += len(answer.json()["results"]) + counted.get("repeats", 0)
        passed += counted.get("not an alert", 0)
    assert (alerts, passed) == (118, 2_283)
    assert {each.kind for each in detector.kept()} == {"technical.other"}
    assert fold(spool) == []
    assert not Incident.objects.exists() and not fusion_models.Hypothesis.objects.exists()


def test_an_attack_in_stages_is_one_incident(detector: Door, agents: Door, spool: SqliteSpool) -> None:
    scan = lines(ATTACK, b"ET SCAN", b'"http","src_ip"')
    assert detector.post(body=scan).status_code == 202
    fold(spool)
    assert not Incident.objects.exists(), "a scan alone is the internet's weather"
    detector.post(body=lines(ATTACK, b"log4j", b"SURICATA STREAM"))
    fold(spool)
    assert not Incident.objects.exists()
    detector.post(body=lines(ATTACK, b"Cobalt"))
    fold(spool)
    [opened] = Incident.objects.all()
    assert (opened.state, opened.act, opened.device) == ("to_check", "cyber_attack", "SRV-1")
    before = opened.probability
    agents.post(body=SHELL)
    fold(spool)
    [incident] = Incident.objects.all()
    assert (incident.state, incident.act) == ("confirmed", "cyber_attack"), (
        "the network and the machine agree"
    )
    assert incident.probability > max(before, 0.9) and incident.independent == 2
    signs = fusion_models.Sign.objects.filter(hypothesis_id=incident.pk)
    assert {each.kind for each in signs} == {"cyber.network", "cyber.malware", "cyber.host"}


def test_the_attack_beside_the_noise_is_still_one(detector: Door, agents: Door, spool: SqliteSpool) -> None:
    noise = (RECORDED / "suricata/messages/decoder-noise.json").read_bytes()
    for body in (noise, ATTACK, noise, ATTACK):
        detector.post(body=body)
    agents.post(body=FINDING)
    agents.post(body=(RECORDED / "wazuh/messages/v4-brute-force.json").read_bytes())
    fold(spool)
    [incident] = Incident.objects.all()
    assert (incident.act, incident.device) == ("cyber_attack", "SRV-1")


def test_a_storm_of_alerts_is_a_handful_of_observations(detector: Door, spool: SqliteSpool) -> None:
    beacon = lines(ATTACK, b"Cobalt").splitlines()[0]
    storm = [
        beacon.replace(b"T02:04:20", f"T02:{m:02d}:{s:02d}".encode()) for m in range(5) for s in range(60)
    ]
    for start in range(0, len(storm), 100):
        detector.post(body=b"\n".join(storm[start : start + 100]))
    assert len(detector.kept()) == 5
    fold(spool)
    assert Incident.objects.count() == 1
