"""Batches, cursor, decisions: what is written is written once, whatever happens in between."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from tests.during.fusion.conftest import Put

from beffroi.during.fusion import actions, engine, models, queries
from beffroi.during.fusion.news import News
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

HERE = {"place": (0.0, 0.0)}
NEAR = {"place": (30.0, 0.0)}
FAR = {"place": (900.0, 0.0)}


def step(batch: Any = ()) -> list[News]:
    with transaction.atomic():
        news = actions.step(batch)
        actions.checkpoint()
    return news


def test_a_batch_becomes_rows_and_news(put: Put) -> None:
    news = step(put(("intrusion.door", "P-1", 0, HERE), ("presence.person", "C-1", 9, NEAR)))
    assert [each.kind for each in news] == ["opened", "joined", "confirmed"]
    (row,) = models.Hypothesis.objects.all()
    assert row.state == "confirmed" and row.probability > 0.8
    signs = list(queries.sign_rows(row.pk))
    assert [sign.kind for sign in signs] == ["intrusion.door", "presence.person"]
    assert all(len(sign.digest) == 64 and len(bytes(sign.salt)) == 16 for sign in signs)
    assert news[0].signs[0].digest == signs[0].digest
    assert queries.position() == 2


def test_a_batch_given_again_changes_nothing(put: Put) -> None:
    batch = put(("intrusion.door", "P-1", 0, HERE))
    step(batch)
    assert step(batch) == []
    assert models.Sign.objects.count() == 1


def test_a_rolled_back_batch_is_folded_again(put: Put) -> None:
    first, second = put(("intrusion.door", "P-1", 0, HERE)), put(("presence.person", "C-1", 9, NEAR))
    step(first)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.step(second)
        raise RuntimeError("the machine stops here")
    assert queries.position() == 1
    assert [each.kind for each in step(second)] == ["joined", "confirmed"]


def test_a_rolled_back_decision_is_applied_again(put: Put) -> None:
    (news,) = step(put(("intrusion.door", "P-1", 0, HERE)))
    with transaction.atomic():
        actions.decide(territory="town", kind="close", hypothesis=news.hypothesis, member=uuid4(), real=True)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.step()
        raise RuntimeError("the machine stops here")
    assert actions.decisions_wait()
    assert [each.kind for each in step()] == ["closed"]
    assert not actions.decisions_wait()


def test_a_restarted_engine_goes_on_as_if_nothing_happened(put: Put) -> None:
    step(put(("intrusion.door", "P-1", 0, HERE)))
    engine.forget()
    assert [each.kind for each in step(put(("presence.person", "C-1", 9, NEAR)))] == ["joined", "confirmed"]
    assert models.Hypothesis.objects.count() == 1


def test_a_snapshot_stands_for_what_came_before(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 2)
    monkeypatch.setattr(actions, "SNAPSHOT_SOONEST", 0.0)
    for second in range(6):
        step(put(("intrusion.door", f"P-{second}", second, {"place": (900.0 * second, 0.0)})))
    assert models.Snapshot.objects.count() == 2
    live = engine.restored(6)
    whole = engine.restored(6)
    models.Snapshot.objects.all().delete()
    afresh = engine.restored(6)
    assert actions.digest(live, "town") == actions.digest(whole, "town") == actions.digest(afresh, "town")
    told = [entry for entry in journal.last("territory:town", 50) if entry.fact == "fusion.batch_folded"]
    assert sum(entry.body["count"] for entry in told if entry.body) == 6


def test_merge_moves_signs_and_split_takes_them_out(put: Put) -> None:
    one, two = step(put(("intrusion.door", "P-1", 0, HERE), ("intrusion.door", "P-2", 5, FAR)))
    with transaction.atomic():
        actions.decide(
            territory="town",
            kind="merge",
            hypothesis=one.hypothesis,
            other=two.hypothesis,
            member=uuid4(),
        )
    assert [each.kind for each in step()] == ["merged", "amended"]
    rows = list(queries.sign_rows(one.hypothesis))
    assert len(rows) == 2 and rows[1].digest == two.signs[0].digest
    assert models.Hypothesis.objects.get(pk=two.hypothesis).merged_into == one.hypothesis
    with transaction.atomic():
        leaving = [rows[1].observation_id]
        actions.decide(
            territory="town",
            kind="split",
            hypothesis=one.hypothesis,
            observations=leaving,
            member=uuid4(),
        )
    news = step()
    fresh = next(each for each in news if each.kind == "split")
    assert fresh.hypothesis not in (one.hypothesis, two.hypothesis)
    assert [row.digest for row in queries.sign_rows(fresh.hypothesis)] == [rows[1].digest]
    assert len(queries.sign_rows(one.hypothesis)) == 1
    joined = step(put(("intrusion.motion", "P-2", 20, FAR)))
    assert joined[0].hypothesis == fresh.hypothesis


def test_an_observation_set_aside_is_passed_over(put: Put) -> None:
    batch = put(("intrusion.door", "P-1", 0, HERE), ("intrusion.door", "P-2", 1, FAR))
    with transaction.atomic():
        actions.set_aside(*batch[0], "ValueError")
    (news,) = step(batch)
    assert news.device == "P-2"
    assert "fusion.observation_set_aside" in [entry.fact for entry in journal.last("territory:town", 9)]
    assert [item[0] for item in engine.items(0, 2, engine.shared()) if isinstance(item, tuple)] == [2]


def test_it_wants_the_caller_s_transaction() -> None:
    with pytest.raises(RuntimeError):
        actions.step()


def test_the_spool_is_only_read_when_needed(put: Put, spool: SqliteSpool) -> None:
    step(put(("intrusion.door", "P-1", 0, HERE)))
    kept = engine.live(1)
    engine.committed(kept)
    assert engine.live(1) is kept
