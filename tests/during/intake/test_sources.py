"""Sources, what is counted of them, what cannot be read, digests, and signals that become observations."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from tests.during.intake.shapes import T0

from beffroi.before.signal import actions as signals
from beffroi.during.intake import actions, queries, tasks
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors import connector, doc, registry
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.models import Follower, Source
from beffroi.during.intake.rules import Draft, Speaker, Unreadable, judged
from beffroi.during.intake.rules import observation as made
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.tally import KEPT, Tally
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def test_a_token_is_shown_once_and_only_its_hash_is_kept() -> None:
    declared = actions.declare_source(territory="redon", key="P-1", connector="dc09", address="#12ab")
    row = Source.objects.get()
    assert declared.token not in str(vars(row))
    assert len(declared.token) >= 43
    found = queries.speaker_by_token(queries.token_hash(declared.token))
    assert found is not None
    assert (found.key, found.address) == ("P-1", "12AB")
    assert queries.speaker_by_address("dc09", "12AB") == found
    assert queries.speaker_by_token("") is None


def test_a_new_token_replaces_the_old_and_a_revoked_source_is_unknown() -> None:
    old = actions.declare_source(territory="redon", key="P-1", connector="http")
    new = actions.renew_token(territory="redon", key="P-1")
    assert queries.speaker_by_token(queries.token_hash(old.token)) is None
    assert queries.speaker_by_token(queries.token_hash(new.token)) is not None
    actions.revoke_source(territory="redon", key="P-1")
    assert queries.speaker_by_token(queries.token_hash(new.token)) is None
    assert queries.speaker_by_key("redon", "P-1") is None
    with pytest.raises(NotFound):
        actions.renew_token(territory="redon", key="P-1")


def test_the_journal_tells_of_sources_without_their_secrets() -> None:
    declared = actions.declare_source(
        territory="redon", key="P-1", connector="http", exercise=True, actor="member:x"
    )
    actions.renew_token(territory="redon", key="P-1")
    actions.revoke_source(territory="redon", key="P-1")
    entries = journal.entries_about("source:P-1")
    assert [each.fact for each in entries] == [
        "intake.source_declared",
        "intake.source_token_made",
        "intake.source_revoked",
    ]
    assert entries[0].body == {"connector": "http", "exercise": True}
    assert declared.token not in str(entries)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "a b"},
        {"key": ""},
        {"connector": "frigate", "address": "a/#"},
        {"connector": "frigate", "address": "/a"},
        {"connector": "dc09", "address": "XYZ"},
        {"connector": "dc09", "address": ""},
    ],
)
def test_what_cannot_be_a_source(changed: dict[str, str]) -> None:
    with pytest.raises(BadSource):
        actions.declare_source(**{"territory": "redon", "key": "K", "connector": "http", **changed})  # type: ignore[arg-type]
    assert not Source.objects.exists()


def test_keys_and_addresses_are_taken_once() -> None:
    actions.declare_source(territory="redon", key="P-1", connector="dc09", address="12AB")
    with pytest.raises(BadSource):
        actions.declare_source(territory="redon", key="P-1", connector="http")
    with pytest.raises(BadSource):
        actions.declare_source(territory="guer", key="P-2", connector="dc09", address="12ab")
    actions.declare_source(territory="guer", key="P-1", connector="http")
    with pytest.raises(NotFound):
        actions.declare_source(territory="guer", key="P-3", connector="telepathy")


def test_unreadable_messages_are_bounded_and_cut() -> None:
    actions.declare_source(territory="redon", key="P-1", connector="http")
    speaker = queries.speaker_by_key("redon", "P-1")

    async def scene() -> None:
        tally = Tally()
        for number in range(KEPT + 30):
            tally.unread("http", Unreadable(f"bad {number}"), b"x" * 9000, speaker=speaker)
        tally.unread("dc09", Unreadable("nobody"), b"y", sender="192.0.2.1")
        await tally.close()

    asyncio.run(scene())
    rows = queries.unread(limit=1000)
    assert len(rows) == KEPT + 1
    own = queries.unread(["redon"], limit=1000)
    assert {row.source for row in own} == {"P-1"}
    assert (len(own[0].content), own[0].size) == (4096, 9000)
    assert "bad 0" not in {row.why for row in own}
    assert queries.sources(["redon"])[0].unread == KEPT + 30


def test_counters_wait_for_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from beffroi.during.intake import tally as module

    actions.declare_source(territory="redon", key="P-1", connector="http")
    speaker = queries.speaker_by_key("redon", "P-1")
    assert speaker is not None
    real, calls = module._write, []

    def away_once(*rows: object) -> None:
        calls.append(rows)
        if len(calls) == 1:
            raise OperationalError("away")
        real(*rows)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_write", away_once)

    async def scene() -> None:
        tally = Tally(flush_s=0.01)
        tally.kept(speaker, new=1)
        await tally.flush()
        tally.kept(speaker, new=0, again=1)
        await tally.close()

    asyncio.run(scene())
    [source] = queries.sources()
    assert (source.received, source.duplicates, len(calls)) == (1, 1, 2)


def test_times_of_the_future_are_not_believed_and_late_ones_are() -> None:
    assert judged(T0, T0) == (T0, {})
    assert judged(T0 + timedelta(minutes=2), T0) == (T0 + timedelta(minutes=2), {})
    assert judged(T0 + timedelta(minutes=3), T0) == (T0, {"clock_ahead_s": 180.0})
    assert judged(T0 - timedelta(hours=24), T0) == (T0 - timedelta(hours=24), {})
    assert judged(T0 - timedelta(days=2), T0) == (T0 - timedelta(days=2), {"late_s": 172800.0})


def test_an_observation_takes_its_source_s_device_and_exercise() -> None:
    speaker = Speaker(id=uuid7(), key="S", territory="redon", connector="http", device="D", exercise=True)
    plain = made(speaker, Draft(key="k", kind="fire.alarm"), identifier=uuid7(), received_at=T0)
    assert (plain.device, plain.exercise, plain.seen_at) == ("D", True, T0)
    named = made(speaker, Draft(key="k", kind="fire.alarm", name="E"), identifier=uuid7(), received_at=T0)
    assert named.device == "E"


def report(**changed: object) -> None:
    plain: dict[str, object] = {
        "territory": "redon",
        "member": uuid7(),
        "what": "signal.vehicle_slow",
        "place": Position(47.65, -2.08, 25),
        "seen_at": clock.now(),
        "exercise": True,
    }
    signals.report(**{**plain, **changed})  # type: ignore[arg-type]


def test_a_signal_becomes_one_observation_whatever_happens(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "s.sqlite3")
    assert tasks.follow_signals(spool) == 0
    report()
    report(what="signal.noise")
    assert tasks.follow_signals(spool) == 2
    assert tasks.follow_signals(spool) == 0
    Follower.objects.update(position=0)  # as after a cut between the spool and the position
    assert tasks.follow_signals(spool) == 2
    kept = [each for _, each in spool.read(0, 9)]
    assert [each.kind for each in kept] == ["signal.vehicle_slow", "signal.noise"]
    assert (kept[0].source, kept[0].territory, kept[0].exercise) == ("signal", "redon", True)
    assert (kept[0].lat, kept[0].lon, kept[0].radius_m) == (47.65, -2.08, 25.0)
    assert kept[0].key == kept[0].content["signal"]


def test_signals_are_followed_in_pieces(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "s.sqlite3")
    for _ in range(5):
        report()
    assert [tasks.follow_signals(spool, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert spool.head() == 5


def test_a_spool_that_fails_leaves_the_signal_to_the_next_call(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "s.sqlite3")
    report()
    spool.close()
    with pytest.raises(Exception, match="written to disk"):
        tasks.follow_signals(spool)
    again = SqliteSpool(tmp_path / "s.sqlite3")
    assert tasks.follow_signals(again) == 1
    assert again.head() == 1


def test_every_connector_has_its_page_and_its_worth() -> None:
    assert {"http", "frigate", "dc09", "alertmanager"} <= set(registry())
    for name, each in registry().items():
        assert each.name == name
        assert each.guarantee in ("durable", "broker", "not_guaranteed")
        assert doc(name).startswith("# ")
        assert "guarantee" in doc(name).lower()
    with pytest.raises(NotFound):
        connector("telepathy")


def test_the_vocabulary_is_frozen_and_whole() -> None:
    assert len(KINDS) == 47
    assert all(kind.name == name and 0 < kind.certainty <= 1 and kind.channel for name, kind in KINDS.items())
    assert {name for name, kind in KINDS.items() if kind.is_life} == {
        "panic.holdup",
        "panic.duress",
        "fire.alarm",
        "report.assault",
        "report.crew_assault",
        "report.fire",
        "report.missing_person",
        "report.rescue",
        "panic.crew",
        "lift.trapped",
        "hazard.detected",
    }
    with pytest.raises(TypeError):
        KINDS["new.kind"] = KINDS["fire.alarm"]  # type: ignore[index]


def test_nothing_is_kept_of_an_unreadable_message_with_personal_content() -> None:
    actions.declare_source(territory="redon", key="ids", connector="suricata")
    speaker = queries.speaker_by_key("redon", "ids")

    async def scene() -> None:
        tally = Tally()
        tally.unread("suricata", Unreadable("cut short"), b"src_ip 198.51.100.9", speaker=speaker)
        await tally.close()

    asyncio.run(scene())
    [row] = queries.unread(["redon"])
    assert (row.content, row.size, row.why) == (b"", 19, "cut short")
