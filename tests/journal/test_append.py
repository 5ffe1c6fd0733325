"""Appending: in the caller's transaction, numbered without gaps, read back as it was said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from tests.journal.saying import TOWN, Said, SaidV1, say, say_many

from beffroi.foundation import clock
from beffroi.journal import actions, canonical, entries, facts, merkle, models, queries

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(actions.OutsideTransaction):
        actions.append(journal=TOWN, fact=Said(words="x"), subject="incident:1", actor="system")


def test_an_entry_is_read_as_it_was_said() -> None:
    instant = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    with clock.use(clock.FixedClock(instant)):
        said = say("au loup", subject="device:Caméra 3 100%", actor="member:7")
    found = queries.entry(TOWN, 1)
    assert found == said
    assert (found.time, found.subject, found.actor) == (instant, "device:Caméra 3 100%", "member:7")
    assert (found.fact, found.version, found.epoch) == ("test.said", 2, 1)
    assert found.read() == Said(words="au loup")
    assert merkle.leaf_hash(found.entry_bytes()) == found.leaf


def test_an_old_version_is_read_through_its_upcaster() -> None:
    assert say(fact=SaidV1(words="AU FEU")).read() == Said(words="AU FEU", loud=True)


def test_a_fact_that_no_room_declares_cannot_be_read_but_stands() -> None:
    with pytest.raises(facts.UnknownFact):
        facts.read("test.unknown", 1, "{}")


def test_each_journal_counts_for_itself_and_positions_over_all() -> None:
    one, two, three = say(), say(journal="installation"), say()
    assert [each.number for each in (one, two, three)] == [1, 1, 2]
    assert [each.position for each in (one, two, three)] == [1, 2, 3]


def test_what_is_rolled_back_leaves_no_gap() -> None:
    say()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.append(journal=TOWN, fact=Said(words="x"), subject="incident:1", actor="system")
        raise RuntimeError
    assert say().number == 2


def test_several_at_once_keep_their_order_and_head() -> None:
    say_many(600)
    last = say()
    assert last.number == 601
    head = queries.head(TOWN)
    assert head.root == merkle.root([each.leaf for each in queries.numbered(TOWN, after=0, limit=1000)])
    assert models.Tile.objects.filter(journal=TOWN, level=1).count() == 2


@pytest.mark.parametrize("journal", ["", "territory:é", 'x"y'])
def test_a_bad_name_writes_nothing(journal: str) -> None:
    with pytest.raises(canonical.BadName):
        say(journal=journal)
    assert queries.head_position() == 0


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        say(at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the test


def test_columns_are_read_by_the_database_from_the_proven_header() -> None:
    said = say(subject="unit:P1")
    row = models.Entry.objects.get(position=said.position)
    assert (row.fact, row.version, row.subject, row.actor) == ("test.said", 2, "unit:P1", "system")
    assert row.time == entries.instant(said.time)


def test_about_a_subject_and_the_newest_first() -> None:
    say("a", subject="incident:1")
    say("b", subject="incident:2")
    say("c", subject="incident:1", journal="installation")
    assert [each.body and each.body["words"] for each in queries.entries_about("incident:1")] == ["a", "c"]
    assert len(queries.entries_about("incident:1", journal=TOWN)) == 1
    assert [each.number for each in queries.last(TOWN, 5)] == [2, 1]
