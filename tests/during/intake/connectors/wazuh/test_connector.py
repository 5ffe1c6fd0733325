"""What is read of Wazuh's alerts, versions 4 and 5, and what never is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage, WithholdingConnector
from beffroi.during.intake.connectors.wazuh.connector import CONNECTOR
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 12, 1, 10, tzinfo=UTC)
FOLDER = Path(__file__).parent / "messages"
BRUTE, SHELL, FINDING = (
    (FOLDER / name).read_bytes()
    for name in ("v4-brute-force.json", "v4-shell-of-web-server.json", "v5-finding.json")
)
MAP: dict[str, Any] = {
    "srv-etat-civil": "SRV-1",
    "10.2.8.77": "SRV-7",
    "rule:100": {"kind": "cyber.host"},
    "group:backup": {"device": "", "kind": "cyber.outage"},
}
SOURCE = Speaker(id=uuid7(), key="wazuh", territory="redon", connector="wazuh", devices=MAP)


def read(body: bytes) -> list[Draft | Unreadable | PassedOver]:
    return list(CONNECTOR.read_web(SOURCE, WebMessage("application/json", body), NOW))


def one(seed: bytes, **rule: Any) -> Draft | Unreadable | PassedOver:
    alert = json.loads(seed)
    if "_source" in alert:
        alert["_source"]["wazuh"]["rule"] |= rule
    else:
        alert["rule"] |= rule
    return read(json.dumps(alert).encode())[0]


def test_it_is_durable_and_withholds_what_it_cannot_read() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE
    assert isinstance(CONNECTOR, WithholdingConnector)


def test_version_4() -> None:
    [found] = read(SHELL)
    assert isinstance(found, Draft)
    assert (found.kind, found.name) == ("cyber.host", "srv-etat-civil")
    assert found.seen_at == datetime(2026, 11, 12, 1, 5, 41, 312000, tzinfo=UTC)
    assert found.content == {
        "protocol": "wazuh",
        "version": 4,
        "rule": "92652",
        "level": "13",
        "groups": ["linux", "audit", "attack"],
        "mitre": ["T1059.004", "T1505.003"],
    }
    [brute] = read(BRUTE)
    assert isinstance(brute, Draft) and brute.kind == "technical.other"


def test_version_5() -> None:
    [found] = read(FINDING)
    assert isinstance(found, Draft)
    assert (found.kind, found.name) == ("cyber.host", "srv-etat-civil")
    assert found.seen_at == datetime(2026, 11, 12, 1, 5, 41, 312000, tzinfo=UTC)
    assert found.content["version"] == 5 and found.content["mitre"] == ["T1059", "T1059.004"]
    bare = json.dumps(json.loads(FINDING)["_source"]).encode()
    assert read(bare) == [found], "with or without the indexer's wrapping"


def test_version_5_with_names_that_hold_dots() -> None:
    flat = {
        "@timestamp": "2026-11-12T01:05:41Z",
        "wazuh.rule.id": "r",
        "wazuh.rule.level": "critical",
        "wazuh.agent.name": "srv-etat-civil",
    }
    [found] = read(json.dumps(flat).encode())
    assert isinstance(found, Draft) and (found.kind, found.name) == ("cyber.host", "srv-etat-civil")


@pytest.mark.parametrize(
    ("seed", "rule", "kind"),
    [
        (SHELL, {"level": 15}, "cyber.host"),
        (SHELL, {"level": 12}, "cyber.host"),
        (SHELL, {"level": "12"}, "cyber.host"),
        (SHELL, {"level": 11}, "technical.other"),
        (SHELL, {"level": 3}, "technical.other"),
        (SHELL, {"level": 8, "groups": ["clamd", "virus"]}, "cyber.malware"),
        (SHELL, {"level": 12, "groups": ["virustotal"]}, "cyber.malware"),
        (SHELL, {"level": 3, "groups": ["virustotal"]}, "technical.other"),
        (SHELL, {"level": 7, "groups": ["ossec", "rootcheck"]}, "technical.other"),
        (SHELL, {"level": 13, "groups": ["vulnerability-detector"]}, "technical.other"),
        (SHELL, {"level": 12, "groups": ["ids", "suricata"]}, "technical.other"),
        (SHELL, {"level": 5, "id": "100"}, "cyber.host"),
        (SHELL, {"level": 5, "groups": ["backup"]}, "cyber.outage"),
        (FINDING, {"level": "critical"}, "cyber.host"),
        (FINDING, {"level": "medium"}, "technical.other"),
        (FINDING, {"level": "medium", "tags": ["malware"]}, "cyber.malware"),
    ],
)
def test_level_and_groups_decide(seed: bytes, rule: dict[str, Any], kind: str) -> None:
    found = one(seed, **rule)
    assert isinstance(found, Draft) and found.kind == kind


def test_a_known_sign_of_compromise_is_malware() -> None:
    finding = json.loads(FINDING)
    finding["_source"]["wazuh"]["threat"] = {"enrichments": [{"indicator": {"type": "hash_sha256"}}]}
    [found] = read(json.dumps(finding).encode())
    assert isinstance(found, Draft) and found.kind == "cyber.malware"


@pytest.mark.parametrize(("seed", "level"), [(SHELL, 0), (SHELL, 2), (FINDING, "informational")])
def test_what_only_informs_is_counted(seed: bytes, level: int | str) -> None:
    assert one(seed, level=level) == PassedOver(1, "informational")


def test_nothing_of_people_is_kept() -> None:
    kept = repr(read(SHELL) + read(BRUTE) + read(FINDING))
    for word in ("jeanne", "blimey", "198.51.100", "comm=", "sshd[", "/bin/sh", "web server"):
        assert word not in kept, word


def test_an_address_leads_to_the_device_where_the_name_does_not() -> None:
    alert = json.loads(SHELL)
    alert["agent"] = {"id": "1", "name": "unknown-name", "ip": "10.2.8.77"}
    [found] = read(json.dumps(alert).encode())
    assert isinstance(found, Draft) and found.name == "10.2.8.77"
    alert["agent"]["ip"] = "10.2.8.78"
    [found] = read(json.dumps(alert).encode())
    assert isinstance(found, Draft) and found.name == "unknown-name"


def test_one_rule_on_one_machine_in_a_minute_is_one_observation() -> None:
    alert = json.loads(SHELL)
    alerts = [{**alert, "id": str(n), "timestamp": f"2026-11-12T02:05:{n:02d}+0100"} for n in range(60)]
    *kept, passed = read("\n".join(json.dumps(each) for each in alerts).encode())
    assert len(kept) == 1 and passed == PassedOver(59, "repeats")
    later = read(json.dumps({**alert, "timestamp": "2026-11-12T02:06:00+0100"}).encode())
    assert isinstance(kept[0], Draft) and isinstance(later[0], Draft) and kept[0].key != later[0].key


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "2026-11-12T02:05:41"},
        {"timestamp": None},
        {"timestamp": "0001-01-01T00:00:00+14:00"},
        {"rule": {"id": "1"}},
        {"rule": {"level": "enormous", "id": "1"}},
        {"rule": {"level": True, "id": "1"}},
        {"rule": {"level": 12}},
    ],
)
def test_a_bad_alert_does_not_stop_the_others(change: dict[str, Any]) -> None:
    alert = json.loads(SHELL)
    good, bad = read(json.dumps([{**alert, **change}, alert]).encode())
    assert isinstance(good, Draft) and isinstance(bad, Unreadable)
    with pytest.raises(Unreadable):
        read(json.dumps({**alert, **change}).encode())


@pytest.mark.parametrize(
    "body", [b"", b"3", b"<html>", b"[" * 10_000, b"\xff", b"x\n" * 5_100, b"[" + b"1," * 5_100 + b"1]"]
)
def test_what_is_no_alert_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_damaged_messages_are_read_or_refused() -> None:
    seeds = [BRUTE, SHELL, FINDING, json.dumps([json.loads(SHELL), json.loads(BRUTE)]).encode()]
    assert assert_sound(read, damaged(seeds)) > 100
