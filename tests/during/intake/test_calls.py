"""A call taken on duty: kept before anything else, once, with nothing of who called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from beffroi.during.intake import calls
from beffroi.during.intake.spool import Spool
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation.geography import Position
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

HERE = Position(47.65, -2.08, 30.0)


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Spool]:
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(calls, "shared", lambda: made)
    yield made
    made.close()


def test_a_call_is_one_observation_and_one_fact_however_often_it_is_sent(spool: Spool) -> None:
    form, member = uuid7(), uuid4()
    told = [
        calls.take(
            call=form,
            territory="town",
            member=member,
            kind="report.theft",
            place=HERE,
            ago=timedelta(minutes=5),
            life=True,
            near="La Flûte",
            near_kind="bakery",
        )
        for _ in range(2)
    ]
    ((position, kept),) = spool.read(0, 10)
    assert position == 1 and kept.id == told[0].id == told[1].id == calls.observation_of(form)
    assert (kept.received_at - kept.seen_at) == timedelta(minutes=5)
    assert kept.content == {"from": "call", "life": True, "near": "La Flûte", "near_kind": "bakery"}
    (entry,) = journal.entries_about(f"call:{form}")
    assert entry.fact == "intake.call_taken" and entry.actor == f"member:{member}"
    assert entry.body is not None and entry.body["life"] and entry.body["seen_seconds_before"] == 300
    assert "Flûte" not in str(entry.body) and "47.6" not in str(entry.body)


def test_what_always_means_life_needs_no_mark(spool: Spool) -> None:
    calls.take(
        call=uuid7(),
        territory="town",
        member=uuid4(),
        kind="report.fire",
        place=HERE,
        life=True,
        exercise=True,
    )
    ((_, kept),) = spool.read(0, 10)
    assert kept.content == {"from": "call"} and kept.exercise


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "intrusion.door"}, {"kind": ""}, {"ago": timedelta(days=2)}, {"ago": timedelta(seconds=-5)}],
)
def test_a_call_that_says_nothing_is_refused_and_nothing_is_kept(
    spool: Spool, wrong: dict[str, object]
) -> None:
    told: dict[str, object] = {"kind": "report.theft", "ago": timedelta(0)} | wrong
    with pytest.raises(calls.BadCall):
        calls.take(call=uuid7(), territory="town", member=uuid4(), place=HERE, **told)  # type: ignore[arg-type]
    assert spool.head() == 0


def test_two_callers_are_two_witnesses(spool: Spool) -> None:
    for _ in range(2):
        calls.take(call=uuid7(), territory="town", member=uuid4(), kind="report.theft", place=HERE)
    assert len({each.source for _, each in spool.read(0, 10)}) == 2
