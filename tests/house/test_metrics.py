"""What Prometheus reads: only with the token, and what is so."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.during.fusion.made import observation

from beffroi.during.intake import actions, spool
from beffroi.during.intake.models import Source
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.house import metrics

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

TOKEN = "prometheus-reads-this"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqliteSpool:
    """A token, an empty spool, and no page from an earlier test."""
    chosen = replace(configuration.current(), metrics_token=TOKEN, data_dir=str(tmp_path))
    monkeypatch.setattr(configuration, "current", lambda: chosen)
    monkeypatch.setattr(metrics, "_shared", metrics._Text())
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(spool, "shared", lambda: made)
    return made


def get(**headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=metrics.application)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
            return await client.get("/metrics", headers=headers)

    return asyncio.run(ask())


def figures() -> dict[tuple[str, ...], float]:
    text = get(Authorization=f"Bearer {TOKEN}").text
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_programs_and_whether_they_are_told(installation: SqliteSpool) -> None:
    from beffroi.during.webhooks import actions as webhooks
    from beffroi.people import actions as people
    from beffroi.people import programs
    from beffroi.people.models import Program

    people.create_installation(name="Town")
    people.know_territory(key="town")
    made = programs.make_program(
        name="SIG",
        organisation=people.create_organisation(name="Town", kind="commune"),
        scopes=["events:read"],
        days=10,
        territories=["town"],
    )
    row = Program.objects.get(pk=made.member.pk)
    one = str(webhooks.subscribe(program=row, url="https://sig.example/").id)
    now = figures()
    assert 9 * 86_400 < now["beffroi_token_left_seconds", "SIG"] <= 10 * 86_400
    assert now["beffroi_webhook_paused", *sorted((one, "SIG"))] == 0.0
    assert now["beffroi_webhook_behind", *sorted((one, "SIG"))] == 1.0, "its own making, not looked at yet"
    webhooks.pause(subscription=UUID(one))
    metrics._shared._made -= 10
    assert figures()["beffroi_webhook_paused", *sorted((one, "SIG"))] == 1.0
    assert made.token not in get(Authorization=f"Bearer {TOKEN}").text


def test_only_with_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(Authorization=f"Bearer {TOKEN}").status_code == 200
    assert get().status_code == get(Authorization="Bearer other").status_code == 401
    closed = replace(configuration.current(), metrics_token="")
    monkeypatch.setattr(configuration, "current", lambda: closed)
    assert get(Authorization="Bearer ").status_code == 401


def test_what_waits_who_is_silent_and_what_could_not_be_read(installation: SqliteSpool) -> None:
    now = clock.now()
    installation.append_many([observation(n, "intrusion.door", "D-1", now, 0.0) for n in range(3)])
    actions.declare_source(territory="redon", key="PANEL", connector="dc09", address="1234")
    Source.objects.update(last_seen_at=now - timedelta(seconds=90), unread=2)
    found = figures()
    assert found["beffroi_spool_position",] == found["beffroi_engine_behind",] == 3
    assert found["beffroi_source_unread", "PANEL", "dc09", "redon"] == 2
    assert 90 <= found["beffroi_source_heard_seconds", "PANEL", "dc09", "redon"] < 120
    assert found["beffroi_disk_free_bytes",] > 0
    assert found["beffroi_journal_unsigned_seconds",] >= 0
    assert "# HELP beffroi_intake_observations" in get(Authorization=f"Bearer {TOKEN}").text


def test_a_spool_that_cannot_be_read_is_a_target_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    from beffroi.during.intake.spool import SpoolUnavailable

    def away() -> SqliteSpool:
        raise SpoolUnavailable(why="away")

    monkeypatch.setattr(spool, "shared", away)
    assert get(Authorization=f"Bearer {TOKEN}").status_code == 503
