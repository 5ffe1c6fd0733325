"""The stand-alone witness, as one file in an empty folder, with openssl and nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.trust.witnesses.logs import INSTALLATION, LOG, Log

from beffroi.cli.witness import witness
from beffroi.trust.witnesses import cosigning
from beffroi.trust.witnesses.alone.folder import Folder
from beffroi.trust.witnesses.alone.judging import Refused, read_note
from beffroi.trust.witnesses.alone.program import answer

pytestmark = pytest.mark.unit


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """An empty folder that holds the program only."""
    made = CliRunner().invoke(witness, ["program", "--out", str(tmp_path / "temoin.pyz")])
    assert made.exit_code == 0, made.output
    return tmp_path


def run(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "temoin.pyz", *words]
    return subprocess.run(
        command, cwd=place, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )


def test_it_begins_takes_heads_and_tells_a_rewritten_journal_with_its_proof(place: Path) -> None:
    log = Log()
    log.say(30)
    begun = run(place, "init", "--name", "prefecture-35")
    assert begun.returncode == 0, begun.stderr
    assert run(place, "init", "--name", "again").returncode == 1
    (place / "one.json").write_text(json.dumps(log.proposal()))
    assert "unknown" in run(place, "take", "one.json").stderr
    assert run(place, "trust", INSTALLATION, log.fingerprint).returncode == 0
    assert run(place, "take", "one.json").stdout.startswith("taken")
    told = json.loads((place / "one.json.cosigned").read_text())
    public = Folder(str(place / "temoin")).public()
    assert cosigning.signed_at(read_note(log.note()), told["cosignature"], public) is not None
    assert cosigning.signed_at(read_note(log.note()), told["cosignature"], bytes(32)) is None

    log.say(10)
    (place / "two.json").write_text(json.dumps(log.proposal([(1, 30)])))
    assert run(place, "take", "two.json").returncode == 0
    log.entries[3] = log.entries[4]
    log.say()
    (place / "three.json").write_text(json.dumps(log.proposal([(1, 40)])))
    done = run(place, "take", "three.json")
    assert done.returncode == 2 and "REFUSED (rewritten)" in done.stderr and "RÉÉCRITE" in done.stderr
    (proof,) = (place / "temoin" / "refused").glob("*.json")
    kept = json.loads(proof.read_text())
    assert (read_note(kept["witnessed"]).size, read_note(kept["proposed"]).size) == (40, 41)
    shown = run(place, "show").stdout
    assert f"{LOG}: 2 heads, the last of 40 entries" in shown and "REFUSED" in shown


def test_its_key_is_for_its_own_account_and_its_state_outlives_it(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path / "w"))
    folder.make("dpo")
    assert (tmp_path / "w" / "key.pem").stat().st_mode & 0o077 == 0
    log = Log()
    log.say(3)
    folder.trust(INSTALLATION, log.fingerprint.upper())
    folder.take(log.proposal())
    again = Folder(str(tmp_path / "w"))
    assert [each.size for each in again.kept(LOG)] == [3]
    del log.entries[2:]
    with pytest.raises(Refused):
        again.take(log.proposal([(1, 3)]))


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"checkpoint": 3}'])
def test_what_is_no_proposal_is_answered_and_nothing_is_kept(tmp_path: Path, body: bytes) -> None:
    folder = Folder(str(tmp_path / "w"))
    folder.make("dpo")
    assert answer(folder, body)[0] == 400
    assert list(folder.everything()) == []


def test_without_a_witness_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="init"):
        Folder(str(tmp_path)).trust(INSTALLATION, "ab" * 32)
