"""What is read of Suricata's EVE JSON, and what never is."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged
from tests.real_data import need

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage, WithholdingConnector
from beffroi.during.intake.connectors.suricata.connector import CONNECTOR
from beffroi.during.intake.rules import Draft, PassedOver, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 12, 1, 10, tzinfo=UTC)
FOLDER = Path(__file__).parent / "messages"
ATTACK = (FOLDER / "attack.ndjson").read_bytes()
NOISE = (FOLDER / "decoder-noise.json").read_bytes()
MAP = {
    "10.2.8.20": "SRV-1",
    "10.2.9.0/24": "SCHOOL",
    "10.2.9.7": "SCHOOL-SRV",
    "sid:7": {"kind": "cyber.host"},
}
SOURCE = Speaker(id=uuid7(), key="ids", territory="redon", connector="suricata", devices=MAP)


def read(body: bytes) -> list[Draft | Unreadable | PassedOver]:
    return list(CONNECTOR.read_web(SOURCE, WebMessage("application/json", body), NOW))


def drafts(body: bytes) -> list[Draft]:
    return [each for each in read(body) if isinstance(each, Draft)]


def passed(body: bytes) -> dict[str, int]:
    return {each.what: each.count for each in read(body) if isinstance(each, PassedOver)}


def alert(src: str = "198.51.100.9", dst: str = "10.2.8.20", /, **changes: Any) -> Draft:
    event = json.loads(ATTACK.split(b"\n")[0])
    event |= {"src_ip": src, "dest_ip": dst}
    event["alert"] |= changes
    [found] = drafts(json.dumps(event).encode())
    return found


def test_it_is_durable_and_withholds_what_it_cannot_read() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE
    assert isinstance(CONNECTOR, WithholdingConnector)


def test_the_real_sample_is_noise_and_nothing_but_alerts_is_kept() -> None:
    whole = gzip.decompress(need("payloads/suricata/eve-flows-and-alerts.json.gz").read_bytes())
    found = read(whole)
    assert {each.kind for each in found if isinstance(each, Draft)} == {"technical.other"}
    counted = passed(whole)
    assert counted["not an alert"] == 2_401 - 118
    assert len(drafts(whole)) + counted["repeats"] == 118
    assert not [each for each in found if isinstance(each, Unreadable)]


def test_the_stages_of_an_attack_have_their_kinds() -> None:
    assert Counter(each.kind for each in drafts(ATTACK)) == {
        "cyber.network": 2,
        "technical.other": 1,
        "cyber.malware": 2,
    }
    assert {each.name for each in drafts(ATTACK)} == {"10.2.8.20"}


def test_a_storm_of_one_signature_in_a_minute_is_one_observation() -> None:
    assert passed(ATTACK) == {"repeats": 43, "not an alert": 1}
    storm = b"\n".join(
        ATTACK.split(b"\n")[0].replace(b"198.51.100.23", f"203.0.113.{n}".encode()) for n in range(200)
    )
    assert len(drafts(storm)) == 1, "whoever is outside"


def test_the_same_events_again_have_the_same_keys() -> None:
    assert [each.key for each in drafts(ATTACK)] == [each.key for each in drafts(ATTACK)]
    again = ATTACK.replace(b"T02:00:05", b"T02:00:59")
    assert {each.key for each in drafts(again)} == {each.key for each in drafts(ATTACK)}


def test_nothing_of_strangers_and_of_traffic_is_kept() -> None:
    kept = repr(drafts(ATTACK)) + repr(drafts(NOISE))
    for word in ("198.51.100", "203.0.113", "192.0.2", "jeanne", "etat-civil", "curl", "dXNlcj"):
        assert word not in kept, word


@pytest.mark.parametrize(
    ("src", "dst", "machine", "peer"),
    [
        ("198.51.100.9", "10.2.8.20", "10.2.8.20", "outside"),
        ("10.2.8.20", "198.51.100.9", "10.2.8.20", "outside"),
        ("10.2.8.20", "10.2.9.30", "10.2.8.20", "SCHOOL"),
        ("10.2.9.7", "10.2.8.20", "10.2.9.7", "SRV-1"),
        ("10.9.9.9", "10.2.8.20", "10.2.8.20", "10.9.9.9"),
        ("192.168.4.4", "8.8.8.8", "192.168.4.4", "outside"),
        ("::ffff:10.2.8.20", "2001:db8::1", "10.2.8.20", "outside"),
        ("fe80::1%eth0", "2001:db8::1", "fe80::1", "outside"),
        ("8.8.8.8", "1.1.1.1", "", "outside"),
        ("", "nonsense", "", "outside"),
    ],
)
def test_which_machine_an_alert_is_about(src: str, dst: str, machine: str, peer: str) -> None:
    found = alert(src, dst)
    assert (found.name, found.content["peer"]) == (machine, peer)


def test_a_machine_of_the_town_that_attacks_others_is_one_machine() -> None:
    names = {alert("10.2.8.20", f"10.2.9.{host}").name for host in range(20, 60)}
    assert names == {"10.2.8.20"}


@pytest.mark.parametrize(
    ("category", "severity", "kind"),
    [
        ("A Network Trojan was detected", 1, "cyber.malware"),
        ("Web Application Attack", 1, "cyber.network"),
        ("Detection of a Network Scan", 3, "cyber.network"),
        ("Misc Attack", 2, "technical.other"),
        ("Generic Protocol Command Decode", 1, "technical.other"),
        ("A category of the town's own", 1, "cyber.network"),
        ("A category of the town's own", 3, "technical.other"),
        ("", 3, "technical.other"),
    ],
)
def test_category_and_severity_decide(category: str, severity: int, kind: str) -> None:
    assert alert(category=category, severity=severity, signature_id=1).kind == kind


def test_suricata_s_own_events_are_noise_whatever_their_severity() -> None:
    assert alert(signature="SURICATA STREAM excessive retransmissions", severity=1).kind == "technical.other"


def test_what_people_look_at_is_none_of_ours() -> None:
    event = json.loads(NOISE)
    event["alert"] |= {"category": "Potential Corporate Privacy Violation", "severity": 1}
    body = json.dumps(event).encode()
    assert drafts(body) == [] and passed(body) == {"people's conduct": 1}


def test_a_town_may_give_one_signature_another_kind() -> None:
    assert alert(signature_id=7, category="Misc Attack").kind == "cyber.host"


def test_what_was_blocked_weighs_least_and_confidence_is_the_rule_s_own() -> None:
    assert alert(action="blocked").certainty == 0.1
    assert alert().certainty == 0.9
    assert alert(metadata={}).certainty is None
    assert drafts(NOISE)[0].certainty is None


def test_lines_arrays_and_single_events_are_the_same() -> None:
    events = [json.loads(line) for line in ATTACK.splitlines()]
    assert drafts(json.dumps(events).encode()) == drafts(ATTACK)
    assert len(drafts(NOISE)) == 1, "one event over several lines"


def test_a_bad_line_does_not_stop_the_others() -> None:
    found = read(ATTACK + b'{"event_type":"alert","timestamp":"yesterday"}\n{"event_ty')
    assert len(drafts(ATTACK)) == len([each for each in found if isinstance(each, Draft)])
    assert len([each for each in found if isinstance(each, Unreadable)]) == 2


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"[" * 10_000, b"<html>", b"[1]", b"{}\n" * 5_100, b"[" + b"1," * 5_100 + b"1]", b"{}"],
)
def test_what_is_no_eve_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_damaged_messages_are_read_or_refused() -> None:
    seeds = [ATTACK.split(b"\n")[0], ATTACK.split(b"\n")[-2], NOISE, b"\n".join(ATTACK.split(b"\n")[38:44])]
    assert assert_sound(read, damaged(seeds)) > 100
