"""The command line: exit status 0 only when good, and a copy of the database edited by hand is caught."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.journal.saying import TOWN, say_many, tamper

from beffroi.cli.journal import journal
from beffroi.foundation.errors import Invalid
from beffroi.journal import actions, canonical, merkle, notes, queries

pytestmark = [pytest.mark.room]


def run(*words: str) -> Result:
    return CliRunner().invoke(journal, list(words))


@pytest.mark.django_db
def test_verify_says_so_in_words_in_json_and_by_its_status() -> None:
    say_many(3)
    actions.sign_heads()
    done = run("verify")
    assert done.exit_code == 0, done.output
    assert "territory:redon: holds: 3 entries" in done.output
    assert json.loads(run("verify", "--json", TOWN).stdout)["good"] is True
    tamper("UPDATE journal_entry SET body = 'x' WHERE number = 2 AND journal = %s", TOWN)
    done = run("verify", "--json")
    assert done.exit_code == 1
    bad = [each for each in json.loads(done.stdout)["journals"] if not each["good"]]
    assert [(each["journal"], each["findings"][0]["first"]) for each in bad] == [(TOWN, 2)]
    assert "entry 2: altered" in run("verify").output


@pytest.mark.django_db
def test_verify_takes_a_fingerprint_and_a_head_from_elsewhere(tmp_path: Path) -> None:
    say_many(3)
    note = tmp_path / "kept.note"
    note.write_text(actions.sign_head(journal=TOWN).note)
    spoken = notes.spoken(queries.signing_keys()[0].fingerprint)
    assert run("verify", "--fingerprint", spoken, "--witnessed", str(note)).exit_code == 0
    assert run("verify", "--fingerprint", "00" * 32).exit_code == 1
    note.write_text(note.read_text().replace("\n3\n", "\n4\n"))
    assert run("verify", "--witnessed", str(note)).exit_code == 1


@pytest.mark.django_db
def test_a_proof_is_checked_by_a_stranger() -> None:
    say_many(300)
    done = run("prove", TOWN, "7", "--since", "100", "--json")
    assert done.exit_code == 0, done.output
    proof = json.loads(done.stdout)
    head = notes.read(proof["checkpoint"]).head
    leaf = merkle.leaf_hash(proof["entry"].encode())
    path = [bytes.fromhex(each) for each in proof["inclusion"]]
    assert merkle.verify_inclusion(leaf, 6, head.size, path, head.root)
    number, body_hash, header = json.loads(proof["entry"])
    assert number == 7
    assert body_hash == canonical.body_sha256(canonical.encode(proof["body"]).decode())
    assert header["journal"] == TOWN
    assert "holds" in run("prove", TOWN, "7").output


@pytest.mark.django_db
def test_an_export_holds_all_that_a_stranger_needs(tmp_path: Path) -> None:
    say_many(1200)
    out = tmp_path / "redon.jsonl"
    assert run("export", TOWN, "--out", str(out)).exit_code == 0
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    leaves = [merkle.leaf_hash(each["entry"].encode()) for each in lines if "entry" in each]
    note = notes.read(lines[-1]["checkpoint"])
    assert (len(leaves), merkle.root(leaves)) == (note.head.size, note.head.root)


@pytest.mark.django_db
def test_keys_are_shown_and_rotated() -> None:
    say_many(1)
    assert "in force" in run("keys").output
    new = json.loads(run("rotate", "--json").stdout)["fingerprint"]
    shown = json.loads(run("keys", "--json").stdout)["keys"]
    assert [each["retired_at"] is None for each in shown] == [False, True]
    assert shown[-1]["fingerprint"] == new
    assert "New key" in run("rotate", "--lost").output
    assert run("verify").exit_code == 0


@pytest.mark.django_db
def test_an_epoch_is_opened_from_a_head_that_was_kept(tmp_path: Path) -> None:
    say_many(3)
    note = tmp_path / "kept.note"
    note.write_text(actions.sign_head(journal=TOWN).note)
    done = run("epoch", TOWN, str(note))
    assert done.exit_code == 0, done.output
    assert "Epoch 2 of territory:redon: 0 entries lost" in done.output
    assert run("verify").exit_code == 0
    assert isinstance(run("epoch", TOWN, str(note)).exception, Invalid)  # that head is of the first epoch


APPEND = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.journal.saying import say_many
from beffroi.journal import actions
say_many(40); actions.sign_heads(); say_many(5)
"""
EDITS = [
    ("UPDATE journal_entry SET body = replace(body, 'n', 'm') WHERE number = 17", "entry 17: altered"),
    ("DELETE FROM journal_entry WHERE number = 17", "entry 17: dropped"),
    ("DELETE FROM journal_entry WHERE number > 30", "entry 31 (to 45): truncated"),
    ("UPDATE journal_entry SET number = number + 100 WHERE number > 44", "entry 45"),
]


@pytest.mark.service
def test_a_copy_of_the_file_edited_by_hand_is_caught(tmp_path: Path) -> None:
    place = {key: value for key, value in os.environ.items() if key != "BEFFROI_DATABASE_URL"}
    place |= {
        "BEFFROI_DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    subprocess.run([sys.executable, "-c", APPEND], env=place, check=True, cwd=tmp_path)
    verify = [sys.executable, "-c", "from beffroi.house.main import main; main()", "journal", "verify"]
    assert subprocess.run(verify, env=place, cwd=tmp_path, check=False).returncode == 0
    for number, (sql, told) in enumerate(EDITS):
        copy = tmp_path.parent / f"{tmp_path.name}-copy-{number}"
        shutil.copytree(tmp_path, copy)
        with closing(sqlite3.connect(copy / "beffroi.sqlite3")) as database, database:
            triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                database.execute(f"DROP TRIGGER {name}")
            database.execute(sql)
        there = place | {"BEFFROI_DATA_DIR": str(copy)}
        done = subprocess.run(verify, env=there, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 1, sql
        assert told in done.stderr, done.stderr
