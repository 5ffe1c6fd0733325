"""Our journals before a witness with an address, and this installation as the witness of another."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.journal.saying import TOWN, say, say_many
from tests.trust.witnesses.logs import INSTALLATION, Log
from tests.trust.witnesses.rewriting import alter, cut

from beffroi.foundation import clock
from beffroi.journal import actions as journal
from beffroi.journal import heads, keys
from beffroi.journal import queries as journal_queries
from beffroi.journal.models import Checkpoint, Journal
from beffroi.trust.witnesses import actions, cosigning, errors, models, queries, sending
from beffroi.trust.witnesses import keys as witness_keys
from beffroi.trust.witnesses.alone import program
from beffroi.trust.witnesses.alone.folder import Folder
from beffroi.trust.witnesses.alone.judging import read_note

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[models.Witness]:
    """A stand-alone witness that answers over HTTP, trusts us, and is known to us."""
    say()
    journal.sign_heads()
    folder = Folder(str(tmp_path / "peer"))
    folder.make("neighbour")
    folder.trust(heads.installation(), keys.current().fingerprint)
    started: list[HTTPServer] = []

    class Listening(HTTPServer):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            started.append(self)

    monkeypatch.setattr(program, "HTTPServer", Listening)
    thread = threading.Thread(target=program.serve, args=(folder, 0), daemon=True)
    thread.start()
    while not started:
        thread.join(0.01)
    url = f"http://127.0.0.1:{started[0].server_port}/"
    yield actions.add_witness(name="neighbour", public_key=folder.public().hex(), url=url)
    started[0].shutdown()
    started[0].server_close()
    thread.join(5)


def submit(row: models.Witness) -> models.Witness:
    models.Witness.objects.filter(pk=row.pk).update(next_at=clock.now())
    sending.submit(row.pk)
    return models.Witness.objects.get(pk=row.pk)


def facts(name: str) -> list[dict[str, Any]]:
    return [each.body or {} for each in journal_queries.follow(0, limit=1000) if each.fact == name]


def test_our_heads_are_counter_signed_and_what_did_not_move_is_not_sent_again(peer: models.Witness) -> None:
    say_many(300)
    assert submit(peer).why == ""
    (town,) = [each for each in queries.standings(peer) if each.journal == TOWN]
    assert (town.signed, town.size) == (301, 301) and town.at is not None
    row = models.CounterSigned.objects.get(journal=TOWN)
    note = Checkpoint.objects.filter(journal=TOWN).latest("id").note
    assert cosigning.signed_at(read_note(note), row.line, bytes(peer.public_key)) is not None
    say()
    submit(peer)
    submit(peer)
    assert models.CounterSigned.objects.filter(journal=TOWN).count() == 2
    assert not models.Refusal.objects.exists()


def test_it_is_sent_on_time_and_one_turn_at_a_time(peer: models.Witness) -> None:
    assert sending.due(8) == [peer.pk]
    sending.submit(peer.pk)
    assert sending.due(8) == []
    row = models.Witness.objects.get(pk=peer.pk)
    assert row.next_at > clock.now() + timedelta(minutes=30)
    models.Witness.objects.filter(pk=peer.pk).update(url="http://127.0.0.1:9/", next_at=clock.now())
    say()
    assert submit(row).failing_since is not None


def test_an_entry_altered_and_everything_rebuilt_and_signed_again_is_told_by_the_witness(
    peer: models.Witness,
) -> None:
    say_many(40)
    submit(peer)
    alter(TOWN, 7)
    say()
    submit(peer)
    (refusal,) = models.Refusal.objects.filter(journal=TOWN)
    assert refusal.code == "rewritten"
    (told,) = facts("witness.refused")
    assert told == {"journal": TOWN, "code": "rewritten", "size": 42}
    submit(peer)
    assert models.Refusal.objects.filter(journal=TOWN).count() == 1


def test_the_last_hundred_entries_cut_off_are_told_by_the_witness(peer: models.Witness) -> None:
    say_many(200)
    submit(peer)
    cut(TOWN, 101)
    submit(peer)
    assert models.Refusal.objects.get(journal=TOWN).code == "cut"


def test_an_honest_restore_is_taken_by_the_witness(peer: models.Witness) -> None:
    say_many(50)
    submit(peer)
    say_many(50)
    submit(peer)
    note = Checkpoint.objects.filter(journal=TOWN).latest("id").note
    cut(TOWN, 80)
    journal.open_epoch_from(journal=TOWN, note=note)
    say_many(5)
    assert submit(peer).why == ""
    assert not models.Refusal.objects.exists()
    assert Journal.objects.get(key=TOWN).epoch == 2
    assert queries.places(peer, TOWN)[-1] == (2, 86)


def test_an_answer_that_is_not_the_witness_s_signature_is_not_kept(peer: models.Witness) -> None:
    note = journal.sign_head(journal=TOWN).note
    with pytest.raises(errors.BadCounterSignature):
        actions.keep_answer(
            witness=peer, journal_key=TOWN, note=note, answer={"cosignature": "— neighbour AAAA\n"}
        )
    assert not models.CounterSigned.objects.exists()


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"name": "two words"}, "name"),
        ({"public_key": "12"}, "public_key"),
        ({"url": "http://neighbour.example/"}, "url"),
        ({"url": "https://login@neighbour.example/"}, "url"),
        ({"url": "ftp://neighbour.example/"}, "url"),
    ],
)
def test_a_witness_that_cannot_be_is_refused(given: dict[str, str], where: str) -> None:
    with pytest.raises(errors.BadWitness) as wrong:
        actions.add_witness(**{"name": "n", "public_key": "ab" * 32, "url": "", **given})
    assert wrong.value.fields["where"] == where


def posted(client: Client, proposal: Any) -> tuple[int, dict[str, Any]]:
    answer = client.post("/temoin/", json.dumps(proposal), content_type="application/json")
    return answer.status_code, answer.json()


def test_as_a_witness_we_take_what_extends_and_tell_what_does_not(client: Client) -> None:
    log = Log()
    log.say(30)
    assert posted(client, log.proposal())[0] == 404, "nobody told us of that installation"
    actions.trust_log(installation=INSTALLATION, name="Allaire", fingerprint=log.fingerprint)
    status, told = posted(client, log.proposal())
    public = witness_keys.key().public_key().public_bytes_raw()
    assert status == 200 and cosigning.signed_at(read_note(log.note()), told["cosignature"], public)
    assert client.get("/temoin/").json()["key"] == public.hex()
    log.say(5)
    status, told = posted(client, log.proposal([(1, 12)]))
    assert (status, told["code"], told["heads"]) == (409, "old", [[1, 30]])
    assert posted(client, log.proposal([(1, 30)]))[0] == 200
    del log.entries[20:]
    log.say(40, words="other")
    for _ in range(2):
        status, told = posted(client, log.proposal([(1, 35)]))
        assert (status, told["code"], told["grave"]) == (409, "rewritten", True)
    proof = models.Proof.objects.get()
    assert (read_note(proof.witnessed).size, read_note(proof.proposed).size) == (35, 60)
    assert len(facts("witness.log_refused")) == 1
    (view,) = queries.logs()
    assert (view.heads, view.size) == (2, 35)


@pytest.mark.parametrize("body", ["", "[", "[]", '"x"', "{}", "[" * 50_000])
def test_the_door_answers_whatever_comes(client: Client, body: str) -> None:
    answer = client.post("/temoin/", body, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["code"] == "malformed"


def test_who_did_not_sign_with_a_trusted_key_learns_nothing_of_what_is_kept(client: Client) -> None:
    log = Log()
    log.say(30)
    actions.trust_log(installation=INSTALLATION, name="Allaire", fingerprint=log.fingerprint)
    assert posted(client, log.proposal())[0] == 200
    stranger = Log()
    stranger.say(40)
    status, told = posted(client, stranger.proposal([(1, 30)]))
    assert (status, told["code"]) == (409, "key") and "heads" not in told
    assert models.Kept.objects.count() == 1 and not models.Proof.objects.exists()


def test_nobody_is_the_witness_of_their_own_journal() -> None:
    say()
    with pytest.raises(errors.BadWitness):
        actions.trust_log(installation=heads.installation(), name="us", fingerprint="ab" * 32)
