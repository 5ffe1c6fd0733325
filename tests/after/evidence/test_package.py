"""A sealed package is accepted as it is, and refused after any change."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.after.evidence import sealing

from beffroi.after.evidence import verify
from beffroi.after.evidence.methods import package

pytestmark = pytest.mark.unit

FILES = sealing.files()
NAMES = sorted(FILES)


def test_a_stranger_accepts_it_as_a_folder_and_as_a_zip(tmp_path: Path) -> None:
    folder = sealing.lay(tmp_path / "here" / "bag", FILES)
    archive = tmp_path / "here" / "bag.zip"
    archive.write_bytes(verify.zipped("bag", FILES))
    for each in (folder, archive):
        done = sealing.stranger(each)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "ACCEPTÉ" in done.stdout
        assert "EXERCICE" in done.stdout
    done = sealing.stranger(folder, verifier=folder / "verify.py")
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert sorted(opened.namelist()) == sorted(f"bag/{name}" for name in FILES)


def test_it_is_a_valid_bag(tmp_path: Path) -> None:
    bag = bagit.Bag(str(sealing.lay(tmp_path / "bag", FILES)))
    bag.validate()
    assert bag.info["External-Identifier"] == sealing.INCIDENT


@pytest.mark.parametrize("name", NAMES)
def test_any_byte_changed_in_any_file_is_refused(name: str, tmp_path: Path) -> None:
    rng, data = random.Random(name), FILES[name]
    places = {0, len(data) - 1, *(rng.randrange(len(data)) for _ in range(6))}
    for place in sorted(places):
        changed = bytearray(data)
        changed[place] ^= 1 << rng.randrange(8)
        spoilt = FILES | {name: bytes(changed)}
        assert sealing.refused(spoilt, tmp_path / str(place))
        assert sealing.refused(FILES | {name: data[:place] + data[place + 1 :]}, tmp_path / f"{place}-cut")
        shutil.rmtree(tmp_path / str(place))


@given(st.integers(0, 10**9), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_any_byte_changed_in_the_zip_is_refused(place: int, flip: int) -> None:
    whole = bytearray(verify.zipped("bag", FILES))
    whole[place % len(whole)] ^= flip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bag.zip"
        file.write_bytes(whole)
        with pytest.raises(verify.Refused):
            verify.verify(str(file), sealing.FINGERPRINT)


@given(st.binary(max_size=300))
def test_any_file_is_accepted_or_refused_never_a_crash(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bag.zip"
        for each in (data, verify.zipped("bag", FILES)[: len(data) * 40] + data):
            file.write_bytes(each)
            with pytest.raises(verify.Refused):
                verify.verify(str(file), sealing.FINGERPRINT)


@pytest.mark.parametrize("name", NAMES)
def test_any_file_taken_away_is_refused(name: str, tmp_path: Path) -> None:
    assert sealing.refused({key: data for key, data in FILES.items() if key != name}, tmp_path / "bag")


@pytest.mark.parametrize(
    "name", ["added.txt", "data/added.json", "data/journal/added", ".hidden", "data/x/y/z"]
)
def test_any_file_added_is_refused(name: str, tmp_path: Path) -> None:
    assert sealing.refused(FILES | {name: b"x"}, tmp_path / "bag")


def test_an_empty_folder_and_a_link_are_refused(tmp_path: Path) -> None:
    bag = sealing.lay(tmp_path / "bag", FILES)
    (bag / "data" / "empty").mkdir()
    assert "empty folder" in sealing.stranger(bag).stdout
    (bag / "data" / "empty").rmdir()
    (bag / "data" / "signs.json").rename(tmp_path / "signs.json")
    (bag / "data" / "signs.json").symlink_to(tmp_path / "signs.json")
    assert "plain file" in sealing.stranger(bag).stdout


def _resealed(files: package.Files, key: Ed25519PrivateKey) -> package.Files:
    """What a forger does who knows the format: manifests and statement made again, signed by `key`."""
    import json

    statement = json.loads(files["statement.json"])
    payload = [name for name in files if name.startswith("data/")]
    files = dict(files)
    files["key.pem"] = verify.pem(key.public_key().public_bytes_raw())
    files["manifest-sha256.txt"] = verify.manifest(files, payload)
    statement["files"] = {
        name: verify.sha256(data) for name, data in files.items() if name not in verify.UNSIGNED
    }
    statement["key"] = verify.fingerprint(key.public_key().public_bytes_raw())
    files["statement.json"] = json.dumps(statement).encode()
    files["statement.sig"] = key.sign(files["statement.json"])
    tags = [name for name in files if not name.startswith("data/") and name != "tagmanifest-sha256.txt"]
    files["tagmanifest-sha256.txt"] = verify.manifest(files, tags)
    return files


def test_sealed_again_with_another_key_is_refused(tmp_path: Path) -> None:
    other = Ed25519PrivateKey.generate()
    assert "another key" in sealing.refused(sealing.files(key=other), tmp_path / "whole")
    assert "another key" in sealing.refused(_resealed(FILES, other), tmp_path / "again")
    mixed = _resealed(FILES, other) | {"key.pem": FILES["key.pem"]}
    assert sealing.refused(mixed, tmp_path / "mixed")


def test_an_entry_dropped_with_everything_made_to_agree_is_refused(tmp_path: Path) -> None:
    """Even were the forger to hold the key: the statement tells numbers that the files have not."""
    folder = "data/journal/territory_redon/"
    dropped = {name: data for name, data in FILES.items() if not name.startswith(f"{folder}00000002")}
    assert "taken away" in sealing.refused(_tagged(dropped), tmp_path / "dropped")
    assert "missing" in sealing.refused(_resealed(dropped, sealing.KEY), tmp_path / "resealed")


def test_an_entry_that_is_not_in_the_signed_journal_is_refused_even_with_the_key(tmp_path: Path) -> None:
    name = "data/journal/territory_redon/00000002.entry"
    forged = FILES | {name: FILES[name].replace(b"engine:incident", b"engine:innocent")}
    assert "not in the signed journal" in sealing.refused(_resealed(forged, sealing.KEY), tmp_path / "bag")


def test_an_observation_that_the_journal_does_not_bear_is_refused_even_with_the_key(tmp_path: Path) -> None:
    forged = FILES | {"data/observations/0001.json": b"{}"}
    assert "journal bears" in sealing.refused(_resealed(forged, sealing.KEY), tmp_path / "bag")


def _tagged(files: package.Files) -> package.Files:
    """Both manifests made again, as anyone may."""
    files = dict(files)
    payload = [name for name in files if name.startswith("data/")]
    files["manifest-sha256.txt"] = verify.manifest(files, payload)
    tags = [name for name in files if not name.startswith("data/") and name != "tagmanifest-sha256.txt"]
    files["tagmanifest-sha256.txt"] = verify.manifest(files, tags)
    return files


@pytest.mark.parametrize("fingerprint", ["", "00" * 32, "abc", sealing.FINGERPRINT[:-1]])
def test_a_missing_or_other_fingerprint_is_refused(fingerprint: str, tmp_path: Path) -> None:
    done = sealing.stranger(sealing.lay(tmp_path / "bag", FILES), fingerprint)
    assert done.returncode == 1
    assert "REFUS" in done.stdout


def test_a_fingerprint_may_be_given_as_it_is_read_aloud(tmp_path: Path) -> None:
    from beffroi.journal import notes

    spoken = notes.spoken(sealing.FINGERPRINT).upper()
    assert sealing.stranger(sealing.lay(tmp_path / "bag", FILES), spoken).returncode == 0


def test_what_lisezmoi_says_works_with_sha256sum_and_openssl_alone(tmp_path: Path) -> None:
    bag = sealing.lay(tmp_path / "bag", FILES)
    text = (bag / "LISEZMOI.txt").read_text()
    assert "EXERCICE" in text
    commands = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.startswith("       ")]
    assert len(commands) == 6
    for command in commands[:5]:
        done = subprocess.run(["sh", "-c", command], cwd=bag, capture_output=True, text=True, check=False)
        assert done.returncode == 0, command + done.stderr
    key, signed, manifest, counted, head = (
        subprocess.run(["sh", "-c", each], cwd=bag, capture_output=True, text=True, check=True).stdout
        for each in commands[:5]
    )
    assert key.split()[0] == sealing.FINGERPRINT
    assert "Verified Successfully" in signed
    assert manifest.split()[0] in (bag / "statement.json").read_text()
    assert len(set(counted.split())) == 1
    assert "Verified Successfully" in head
    (bag / "data" / "signs.json").write_text("[]")
    assert (
        subprocess.run(["sh", "-c", commands[3]], cwd=bag, capture_output=True, check=False).returncode != 0
    )


def test_the_verifier_is_written_for_old_pythons_and_needs_nothing() -> None:
    import ast

    tree = ast.parse((sealing.HOUSE / "verify.py").read_text(), feature_version=(3, 8))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    import sys

    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)
