"""Signed notes: the specification's own example, and nothing but what was signed."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from beffroi.journal import notes

pytestmark = pytest.mark.unit

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
HEAD = notes.Head("beffroi/1/installation/epoch/1", 7, bytes(32))
NOTE = notes.sign(HEAD, KEY)


def test_the_example_of_the_specification_is_read() -> None:
    text = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q"
        "1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    note = notes.read(text)
    assert note.head.origin == "example.com/behind-the-sofa"
    assert note.head.size == 20852163
    assert note.signatures[0][1] == b64decode("Az3grlg=")[:4]
    assert not note.signed_by(PUBLIC)


def test_a_note_holds_for_its_key_only() -> None:
    note = notes.read(NOTE)
    assert note.head == HEAD
    assert note.signed_by(PUBLIC)
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not note.signed_by(other)


def test_a_second_signature_of_someone_unknown_does_no_harm() -> None:
    witness = notes.sign(HEAD, Ed25519PrivateKey.generate()).rsplit("\n\n", 1)[1]
    assert notes.read(NOTE + witness).signed_by(PUBLIC)


@given(st.integers(0, len(NOTE) - 1), st.characters(codec="utf-8"))
def test_any_change_is_seen(at: int, character: str) -> None:
    spoilt = NOTE[:at] + character + NOTE[at + 1 :]
    if spoilt == NOTE:
        return
    try:
        note = notes.read(spoilt)
    except notes.BadNote:
        return
    assert not note.signed_by(PUBLIC)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for each in (text, text + "\n\n" + text, f"a\n1\n{text}\n\n— a {text}\n"):
        try:
            notes.read(each)
        except notes.BadNote:
            continue


def test_openssl_gives_the_same_fingerprint(tmp_path) -> None:
    import hashlib
    import subprocess

    file = tmp_path / "key.pem"
    file.write_text(notes.pem(PUBLIC))
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", str(file), "-outform", "DER"], capture_output=True, check=True
    ).stdout
    assert hashlib.sha256(der).hexdigest() == notes.fingerprint(PUBLIC)
    assert notes.spoken("abcdefgh") == "abcd efgh"
