"""Signed heads, keys that rotate, epochs, bodies that go, and proofs that stand through all of it."""

from __future__ import annotations

import stat
from datetime import timedelta

import pytest
from tests.journal.saying import TOWN, Said, say, say_many, tamper

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.journal import actions, entries, keys, merkle, models, notes, queries, signers, verify

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def test_a_head_is_signed_only_when_there_is_news() -> None:
    say()
    assert actions.sign_heads() == 1  # the entry that introduces the key came after
    assert actions.sign_heads() == 1
    assert actions.sign_heads() == 0
    say()
    assert actions.sign_heads() == 1
    head = queries.head(TOWN)
    assert (head.size, head.signed_size) == (2, 2)
    assert head.signed_at is not None


def test_a_signed_head_is_a_checkpoint_of_this_log() -> None:
    say()
    checkpoint = actions.sign_head(journal=TOWN)
    note = notes.read(checkpoint.note)
    head = queries.head(TOWN)
    assert note.head == notes.Head(head.origin, 1, head.root)
    assert note.signed_by(keys.current().public_key)
    assert actions.sign_head(journal=TOWN).pk == checkpoint.pk


def test_the_private_key_is_for_the_servers_account_only() -> None:
    keys.current()
    assert stat.S_IMODE(keys.directory().stat().st_mode) == 0o700
    file = keys.directory() / f"{keys.current().fingerprint[:16]}.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_rotated_key_is_signed_by_the_old_one_and_old_heads_still_hold() -> None:
    say()
    old = actions.sign_head(journal=TOWN)
    first = keys.current()
    second = keys.rotate()
    say()
    new = actions.sign_head(journal=TOWN)
    assert (old.fingerprint, new.fingerprint) == (first.fingerprint, second.fingerprint)
    told = [each.fact for each in queries.last("installation", 10)]
    assert told == ["journal.key_rotated", "journal.key_introduced"]
    assert signers.key_chain(first.fingerprint) is None
    assert signers.key_chain(second.fingerprint) is None
    assert verify.verify(TOWN).good
    tamper("UPDATE journal_signing_key SET proof = %s WHERE follows <> ''", "AAAA")
    assert signers.key_chain() is not None


def test_a_lost_key_is_said_and_replaced() -> None:
    say()
    lost = keys.current()
    (keys.directory() / f"{lost.fingerprint[:16]}.pem").unlink()
    with pytest.raises(keys.KeyMissing):
        actions.sign_heads()
    new = keys.replace_lost(actor="member:1")
    assert queries.last("installation", 1)[0].body["old"] == lost.fingerprint
    assert queries.checkpoint(TOWN).fingerprint == new.fingerprint
    assert signers.key_chain() is None


@pytest.mark.parametrize("size", [1, 3, 256, 257, 1025])
def test_proofs_hold_for_a_stranger(size: int) -> None:
    say_many(size)
    root = queries.root_at(TOWN, size)
    for number in {1, size // 2 or 1, 256 if size > 256 else 1, size}:
        leaf = merkle.leaf_hash(queries.entry(TOWN, number).entry_bytes())
        path = queries.inclusion(TOWN, number, size)
        assert merkle.verify_inclusion(leaf, number - 1, size, path, root)
        old_root = queries.root_at(TOWN, number)
        path = queries.consistency(TOWN, number, size)
        assert merkle.verify_consistency(number, size, old_root, root, path)


def test_a_proof_of_what_is_not_there_is_refused() -> None:
    say()
    for asked in ((1, 2), (2, 1), (0, 1)):
        with pytest.raises(NotFound):
            queries.inclusion(TOWN, *asked)
        with pytest.raises(NotFound):
            queries.consistency(TOWN, *asked)
    with pytest.raises(NotFound):
        queries.head("territory:nowhere")


def test_bodies_go_and_the_tree_stands() -> None:
    now = clock.now()
    for days in (400, 390, 1):
        say(f"{days} days ago", at=now - timedelta(days=days))
    actions.sign_heads()
    path = queries.inclusion(TOWN, 1, 3)
    assert actions.prune_bodies(fact="test.said", before=now - timedelta(days=365)) == 2
    assert actions.prune_bodies(fact="test.said", before=now - timedelta(days=365)) == 0
    one = queries.entry(TOWN, 1)
    assert one.body is None
    with pytest.raises(entries.BodyPruned):
        one.read()
    leaf = merkle.leaf_hash(one.entry_bytes())
    assert merkle.verify_inclusion(leaf, 0, 3, path, queries.root_at(TOWN, 3))
    verdict = verify.verify(TOWN)
    assert verdict.good, verdict.findings
    assert verdict.pruned == 2
    assert queries.last(TOWN, 1)[0].body["count"] == 2
    tamper("UPDATE journal_entry SET body_sha256 = %s WHERE number = 2", one.body_sha256)
    assert verify.verify(TOWN).findings[0].first == 2


def test_the_journals_own_facts_are_not_pruned() -> None:
    with pytest.raises(Invalid):
        actions.prune_bodies(fact="journal.bodies_pruned", before=clock.now())


def test_a_restore_opens_an_epoch_and_tampering_does_not_pass_for_one() -> None:
    say_many(5)
    actions.sign_heads()
    backup = queries.head(TOWN)
    say_many(4)
    between = actions.sign_head(journal=TOWN).note
    say_many(1)
    witnessed = actions.sign_head(journal=TOWN).note
    position = queries.head_position()
    _restore(5, backup.root)
    assert verify.verify(TOWN).good
    assert signers.witnessed(witnessed).kind == "truncated"
    opened = actions.open_epoch_from(journal=TOWN, note=witnessed, position=position)
    assert (opened.number, opened.epoch, opened.body["lost"]) == (6, 2, 5)
    assert opened.position == position + 1
    say_many(20)
    actions.sign_heads()
    assert verify.verify(TOWN).good
    assert queries.head(TOWN).origin.endswith("/epoch/2")
    assert signers.witnessed(witnessed) is None
    assert signers.witnessed(between) is None
    assert signers.witnessed(queries.checkpoint(TOWN).note) is None
    with pytest.raises(Invalid):
        actions.open_epoch_from(journal=TOWN, note=witnessed)


def test_a_witness_who_saw_another_journal_is_heard() -> None:
    say_many(5)
    note = actions.sign_head(journal=TOWN).note
    forged = notes.sign(notes.Head(queries.head(TOWN).origin, 4, bytes(32)), keys.current().private)
    assert signers.witnessed(note) is None
    assert signers.witnessed(forged).kind == "altered"
    elsewhere = notes.sign(
        notes.Head("beffroi/other/installation/epoch/1", 4, bytes(32)), keys.current().private
    )
    assert signers.witnessed(elsewhere).kind == "checkpoint"


def _restore(size: int, root: bytes) -> None:
    """The database as it was when `size` entries were there."""
    frontier = merkle.Frontier()
    for each in queries.numbered(TOWN, after=0, limit=size):
        frontier = frontier.push(each.leaf)
    assert frontier.root() == root
    tamper("DELETE FROM journal_entry WHERE number > %s AND journal = %s", size, TOWN)
    tamper("DELETE FROM journal_checkpoint WHERE size > %s AND journal = %s", size, TOWN)
    tamper(
        "UPDATE journal_journal SET size = %s, frontier = %s WHERE key = %s", size, frontier.to_bytes(), TOWN
    )
    assert models.Journal.objects.get(key=TOWN).size == size


def test_a_stranger_needs_only_the_said_fact_class_to_read() -> None:
    assert say("x").read() == Said(words="x")
