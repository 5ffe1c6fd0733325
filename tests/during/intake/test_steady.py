"""The cluster goes and comes back: this machine's disk takes what comes meanwhile, and each is there once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.centre import Nats, nats
from tests.during.intake.shapes import observation

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.jetstream import JetStreamOff, NatsAway, NatsRefuses, TooFewServers, places
from beffroi.during.intake.spool import Encoded, SpoolUnavailable
from beffroi.during.intake.spool_jetstream import JetStreamSpool
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.during.intake.spool_steady import ASIDE, SteadySpool

pytestmark = [pytest.mark.room, pytest.mark.service]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    """One server that may be killed."""
    with nats(tmp_path / "nats") as made:
        yield made


@pytest.fixture
def steady(server: Nats, tmp_path: Path) -> Iterator[SteadySpool]:
    """A spool over it."""
    made = SteadySpool(JetStreamSpool(server.url), SqliteSpool(tmp_path / "aside.sqlite3"))
    yield made
    made.close()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_the_cluster_does_not_take_is_kept_aside_and_brought_once(
    server: Nats, steady: SteadySpool, tmp_path: Path
) -> None:
    assert steady.append_many([observation("before")])[0].position == 1
    server.kill(0)
    began = time.monotonic()
    told = steady.append_many([observation("one"), observation("two"), observation("before")])
    assert [each.position for each in told] == [ASIDE] * 3
    assert steady.append_many([observation("three")])[0].position == ASIDE
    assert time.monotonic() - began < 5, "the second did not wait for the cluster again"
    assert steady.append_many([observation("two")])[0].duplicate
    server.start(0)
    until(lambda: steady.head() == 4)
    assert [each.key for _, each in steady.read(0, 10)] == ["before", "one", "two", "three"]
    until(lambda: steady.append_many([observation("after")])[0].position == 5)
    aside = SqliteSpool(tmp_path / "aside.sqlite3")
    until(lambda: aside.read(0, 10) == [])
    aside.close()


def test_what_is_aside_outlives_the_process(server: Nats, tmp_path: Path) -> None:
    aside = SqliteSpool(tmp_path / "aside.sqlite3")
    aside.append_many([observation("left")])
    aside.close()
    made = SteadySpool(JetStreamSpool(server.url), SqliteSpool(tmp_path / "aside.sqlite3"))
    until(lambda: made.head() == 1)
    assert [each.key for _, each in made.read(0, 10)] == ["left"]
    made.close()


def test_a_server_that_is_away_is_not_the_end_of_the_stream(server: Nats) -> None:
    spool = JetStreamSpool(server.url, patience_s=0.5)
    spool.append_many([observation("one")])
    server.kill(0)
    with pytest.raises(SpoolUnavailable):
        spool.read(0, 10)
    server.start(0)
    until(lambda: _keys(spool) == ["one"])
    spool.close()


def _keys(spool: JetStreamSpool) -> list[str]:
    try:
        return [each.key for _, each in spool.read(0, 10)]
    except SpoolUnavailable:
        return []


def test_a_stream_made_anew_begins_behind_what_was_folded(server: Nats) -> None:
    spool = JetStreamSpool(server.url, first=501)
    assert spool.head() == 500
    assert spool.append_many([observation("one")])[0].position == 501
    assert [position for position, _ in spool.read(0, 10)] == [501]
    spool.close()


def test_a_village_spool_made_anew_begins_there_too(tmp_path: Path) -> None:
    spool = SqliteSpool(tmp_path / "spool.sqlite3", first=501)
    assert spool.append_many([observation("one")])[0].position == 501
    spool.close()
    again = SqliteSpool(tmp_path / "spool.sqlite3", first=12)
    assert again.append_many([observation("two")])[0].position == 502
    again.close()


def test_no_server_is_said_without_the_password(server: Nats) -> None:
    server.kill(0)
    url = server.url.replace("nats://", "nats://me:hidden@")
    with pytest.raises(NatsAway) as told:
        JetStreamSpool(url)
    assert places(url) in told.value.sentence()
    assert "hidden" not in told.value.sentence()


def test_fewer_servers_than_copies_are_said(server: Nats) -> None:
    with pytest.raises(TooFewServers) as told:
        JetStreamSpool(server.url, replicas=3)
    assert "3 copies" in told.value.sentence()


def test_a_server_that_keeps_nothing_is_said(tmp_path: Path) -> None:
    with nats(tmp_path, jetstream=False) as server, pytest.raises(JetStreamOff):
        JetStreamSpool(server.url)


def test_a_wrong_password_is_said(tmp_path: Path) -> None:
    with nats(tmp_path, user="beffroi", password="right") as server, pytest.raises(NatsRefuses):
        JetStreamSpool(server.url.replace("nats://", "nats://beffroi:wrong@"))


def test_what_a_cut_try_published_is_not_called_known(server: Nats, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of the first try is lost on its way; the second finds what that one left."""
    spool = JetStreamSpool(server.url)
    spool.append_many([observation("told before")])
    real, cut = spool._append, [True]

    async def answered_late(batch: Sequence[Encoded]) -> list[Receipt]:
        found = await real(batch)
        if cut.pop() if cut else False:
            raise TimeoutError
        return found

    monkeypatch.setattr(spool, "_append", answered_late)
    told = spool.append_many([observation("one"), observation("told before"), observation("two")])
    assert [each.duplicate for each in told] == [False, True, False]
    assert len(spool.read(0, 10)) == 3
    spool.close()
