"""Verifying: whatever is done to the stored bytes, the first entry concerned is named."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from tests.journal.saying import TOWN, Said, say, say_many, tamper

from beffroi.journal import actions, canonical, heads, merkle, models, queries, signers, verify

pytestmark = [pytest.mark.room, pytest.mark.django_db]

ALTER_BODY = "UPDATE journal_entry SET body = replace(body, 'n', 'm') WHERE number = %s"


def found() -> tuple[str, int, int]:
    """The kind of the first finding, and the entries that it names."""
    verdict = verify.verify(TOWN)
    assert not verdict.good
    first = verdict.findings[0]
    return first.kind, first.first, first.last


def move(number: int, to: int) -> None:
    tamper("UPDATE journal_entry SET number = %s WHERE number = %s AND journal = %s", to, number, TOWN)


def insert(number: int, words: str) -> None:
    """A forged entry, right in itself."""
    forged = queries.entry(TOWN, 1)
    body = canonical.encode(Said(words=words)).decode()
    leaf = merkle.leaf_hash(canonical.entry_bytes(number, canonical.body_sha256(body), forged.header))
    tamper(
        "INSERT INTO journal_entry (position, journal, number, header, body, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        queries.head_position() + 1,
        TOWN,
        number,
        forged.header,
        body,
        leaf,
    )


def recompute(number: int) -> None:
    """Put under an entry the leaf hash that its altered content has."""
    tamper("UPDATE journal_entry SET leaf = %s WHERE number = %s", queries_leaf(number), number)


def queries_leaf(number: int) -> bytes:
    return merkle.leaf_hash(queries.entry(TOWN, number).entry_bytes())


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_a_true_journal_holds(size: int) -> None:
    say()
    if size:
        say_many(size)
    actions.sign_heads()
    verdict = verify.verify(TOWN)
    assert verdict.good, verdict.findings
    assert verdict.root == queries.head(TOWN).root
    assert (verdict.size, verdict.checkpoints) == (size + 1, 1)


@pytest.mark.parametrize("number", [1, 2, 128, 256, 257, 300])
@pytest.mark.parametrize(
    "sql",
    [
        ALTER_BODY,
        "UPDATE journal_entry SET header = replace(header, 'system', 'member') WHERE number = %s",
        "UPDATE journal_entry SET header = replace(header, 'T', 't') WHERE number = %s",
        "UPDATE journal_entry SET body = NULL, body_sha256 = '00' WHERE number = %s",
    ],
)
def test_an_altered_entry_is_named(sql: str, number: int) -> None:
    say_many(300)
    assert tamper(sql, number) == 1
    assert found() == ("altered", number, number)


@pytest.mark.parametrize("number", [1, 200, 300])
def test_an_altered_leaf_is_named(number: int) -> None:
    say_many(300)
    tamper("UPDATE journal_entry SET leaf = %s WHERE number = %s", bytes(32), number)
    assert found() == ("altered", number, number)


@pytest.mark.parametrize("number", [1, 100, 256, 299])
def test_a_dropped_entry_is_named(number: int) -> None:
    say_many(300)
    tamper("DELETE FROM journal_entry WHERE number = %s", number)
    assert found() == ("dropped", number, number)


@pytest.mark.parametrize("number", [1, 100, 256, 298])
def test_a_dropped_entry_is_named_though_the_others_were_renumbered(number: int) -> None:
    say_many(300)
    tamper("DELETE FROM journal_entry WHERE number = %s", number)
    for each in range(number + 1, 301):
        move(each, each - 1)
    tamper("UPDATE journal_journal SET size = 299 WHERE key = %s", TOWN)
    assert found() == ("dropped", number, number)


@pytest.mark.parametrize(("one", "two"), [(1, 2), (10, 200), (255, 257), (299, 300)])
def test_swapped_entries_are_named(one: int, two: int) -> None:
    say_many(300)
    move(one, 9999)
    move(two, one)
    move(9999, two)
    assert found() == ("swapped", one, two)


def test_entries_swapped_from_afar_are_named() -> None:
    say_many(2500)
    move(3, 9999)
    move(2400, 3)
    move(9999, 2400)
    assert found() == ("swapped", 3, 2400)


def test_swapped_contents_are_named() -> None:
    say_many(40)
    bodies = {number: queries.entry(TOWN, number).body for number in (7, 30)}
    for number, other in ((7, 30), (30, 7)):
        body = canonical.encode(bodies[other]).decode()
        tamper("UPDATE journal_entry SET body = %s WHERE number = %s", body, number)
    assert found()[:2] == ("swapped", 7)


@pytest.mark.parametrize("number", [1, 128, 257])
def test_an_inserted_entry_is_named(number: int) -> None:
    say_many(300)
    for each in range(300, number - 1, -1):
        move(each, each + 1)
    if number > 1:
        insert(number, "forged")
    else:
        tamper("UPDATE journal_entry SET number = 1000 WHERE number = 2")
        insert_first()
    tamper("UPDATE journal_journal SET size = 301 WHERE key = %s", TOWN)
    assert found() == ("inserted", number, number)


def insert_first() -> None:
    """Before the first there is nothing to copy: take the header of the one moved away."""
    forged = queries.entry(TOWN, 1000)
    body = canonical.encode(Said(words="forged")).decode()
    leaf = merkle.leaf_hash(canonical.entry_bytes(1, canonical.body_sha256(body), forged.header))
    tamper("UPDATE journal_entry SET number = 2 WHERE number = 1000")
    tamper(
        "INSERT INTO journal_entry (position, journal, number, header, body, leaf)"
        " VALUES (%s, %s, 1, %s, %s, %s)",
        queries.head_position() + 1,
        TOWN,
        forged.header,
        body,
        leaf,
    )


@pytest.mark.parametrize("number", [6, 9])
def test_an_entry_inserted_beyond_the_head_is_named(number: int) -> None:
    say_many(5)
    insert(number, "forged")
    assert found() == ("inserted", number, number)


def test_a_wrong_number_is_refused_by_the_database_itself() -> None:
    say_many(5)
    row = models.Entry.objects.get(number=5)
    row_sql = (
        "INSERT INTO journal_entry (position, journal, number, header, body, leaf)"
        " VALUES (%s, %s, %s, %s, %s, %s)"
    )
    for number in (5, 7, 0):
        values = (99, TOWN, number, row.header, row.body, bytes(row.leaf))
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(row_sql, values)


@pytest.mark.parametrize("number", [5, 200, 260])
def test_content_and_leaf_changed_together_are_found_between_heads(number: int) -> None:
    for _ in range(27):
        say_many(10)
        actions.sign_heads()
    tamper(ALTER_BODY, number)
    recompute(number)
    kind, first, last = found()
    assert kind == "altered"
    assert (first, last) == (number - (number - 1) % 10, number - (number - 1) % 10 + 9)


def test_content_and_leaf_changed_together_are_found_by_the_frontier_alone() -> None:
    say_many(3)
    tamper(ALTER_BODY, 2)
    recompute(2)
    assert found() == ("altered", 1, 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keep_rows", [True, False])
def test_a_cut_end_is_found_by_the_signed_head(keep_rows: bool) -> None:
    """Even when the head, and its row among the checkpoints, are cut with it: a file stands beside."""
    say_many(10)
    actions.sign_heads()
    say_many(4)
    actions.sign_heads()
    tamper("DELETE FROM journal_entry WHERE number > 10")
    frontier = merkle.Frontier()
    for leaf in heads.leaves(TOWN, 0, 10):
        frontier = frontier.push(leaf)
    tamper("UPDATE journal_journal SET size = 10, frontier = %s WHERE key = %s", frontier.to_bytes(), TOWN)
    if not keep_rows:
        tamper("DELETE FROM journal_checkpoint WHERE size > 10")
    assert found() == ("truncated", 11, 14)


def test_a_cut_end_is_found_by_the_head_alone() -> None:
    say_many(10)
    tamper("DELETE FROM journal_entry WHERE number > 7")
    assert found() == ("truncated", 8, 10)


def test_a_forged_checkpoint_is_found() -> None:
    say_many(3)
    actions.sign_heads()
    tamper("UPDATE journal_checkpoint SET note = replace(note, '— ', '— x')")
    assert found()[0] == "checkpoint"


def test_a_checkpoint_signed_by_a_stranger_is_found() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from beffroi.journal import notes

    say_many(3)
    actions.sign_heads()
    row = models.Checkpoint.objects.get(journal=TOWN)
    note = notes.sign(notes.read(row.note).head, Ed25519PrivateKey.generate())
    tamper("UPDATE journal_checkpoint SET note = %s", note)
    assert found()[0] == "checkpoint"


@pytest.mark.parametrize("level", [1])
def test_a_wrong_tile_is_found(level: int) -> None:
    say_many(300)
    tamper("UPDATE journal_tile SET hash = %s WHERE level = %s", bytes(32), level)
    assert found()[1] == 1


def test_bodies_that_go_without_a_word_are_found() -> None:
    say_many(5)
    hash_ = queries.entry(TOWN, 3).body_sha256
    tamper("UPDATE journal_entry SET body = NULL, body_sha256 = %s WHERE number = 3", hash_)
    assert found() == ("pruned", 3, 3)


def test_progress_is_told() -> None:
    say_many(3000)
    told: list[int] = []
    verify.verify(TOWN, progress=told.append)
    assert sum(told) == 3000
    assert len(told) > 1


def test_the_chain_of_keys_is_the_journals() -> None:
    say()
    actions.sign_heads()
    assert signers.key_chain() is None
    (fingerprint,) = signers.known_keys()
    assert signers.key_chain(fingerprint) is None
    assert signers.key_chain("00" * 32) is not None
    tamper("UPDATE journal_signing_key SET public_key = %s", bytes(32))
    assert signers.key_chain() is not None
