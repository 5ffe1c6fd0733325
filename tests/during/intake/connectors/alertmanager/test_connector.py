"""What is read of Alertmanager's webhook."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors import DURABLE, WebConnector, WebMessage
from beffroi.during.intake.connectors.alertmanager.connector import CONNECTOR
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 5, tzinfo=UTC)
SEED = (Path(__file__).parent / "messages" / "firing-and-resolved.json").read_bytes()
SOURCE = Speaker(id=uuid7(), key="monitoring", territory="redon", connector="alertmanager")


def read(body: bytes) -> list[Draft | Unreadable]:
    return list(CONNECTOR.read_web(SOURCE, WebMessage("application/json", body), NOW))


def one(**changes: Any) -> Draft | Unreadable:
    alert = {**json.loads(SEED)["alerts"][0], **changes}
    return read(json.dumps({"alerts": [alert]}).encode())[0]


def test_it_is_a_durable_web_connector() -> None:
    assert isinstance(CONNECTOR, WebConnector) and CONNECTOR.guarantee == DURABLE


def test_each_alert_is_one_observation() -> None:
    down, back, filling = (each for each in read(SEED) if isinstance(each, Draft))
    assert (down.kind, down.name) == ("device.fault", "camera-server")
    assert down.seen_at == datetime(2026, 3, 1, 22, 14, 31, 123457, tzinfo=UTC)
    assert (back.kind, back.name, back.seen_at) == (
        "device.online",
        "recorder",
        datetime(2026, 3, 1, 22, 12, 1, tzinfo=UTC),
    )
    assert filling.kind == "technical.other"


def test_prose_is_not_kept() -> None:
    assert "does not answer" not in repr(read(SEED))


def test_what_is_sent_again_has_the_same_key_and_each_change_another() -> None:
    first, again = one(), one(annotations={"summary": "other"})
    ended = one(status="resolved", endsAt="2026-03-01T22:20:00Z")
    assert isinstance(first, Draft) and isinstance(again, Draft) and isinstance(ended, Draft)
    assert first.key == again.key != ended.key


def test_a_label_may_name_the_kind() -> None:
    told = one(labels={"alertname": "SshBruteForce", "beffroi_kind": "cyber.host", "severity": "critical"})
    assert isinstance(told, Draft) and told.kind == "cyber.host"
    unknown = one(labels={"beffroi_kind": "cyber.unheard", "severity": "critical"})
    assert isinstance(unknown, Draft) and unknown.kind == "device.fault"


def test_a_bad_alert_does_not_stop_the_others() -> None:
    whole = json.loads(SEED)
    whole["alerts"][0]["startsAt"] = "yesterday"
    bad, *others = read(json.dumps(whole).encode())
    assert isinstance(bad, Unreadable) and bad.reason == "alertmanager.bad_alert"
    assert all(isinstance(each, Draft) for each in others)


def test_what_is_no_webhook_is_refused() -> None:
    for body in (b"", b"{}", b"[]", b'{"alerts": 3}', b"[" * 10_000):
        with pytest.raises(Unreadable):
            read(body)


def test_damaged_messages_are_read_or_refused() -> None:
    assert assert_sound(read, damaged([SEED])) > 100
