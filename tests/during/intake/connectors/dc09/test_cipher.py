"""Encrypted frames: by hand from the standard, and read and written by another implementation."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from tests.during.intake.fuzzing import assert_sound, damaged

from beffroi.during.intake.connectors.dc09 import cipher, frame
from beffroi.during.intake.connectors.dc09.connector import drafts, events
from beffroi.during.intake.connectors.dc09.frame import BadFrame, Frame, Splitter
from beffroi.during.intake.connectors.dc09.replays import Replays
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 0, tzinfo=UTC)
KEYS = [bytes(range(size)) for size in (16, 24, 32)]
EVENT = "#12AB|Nri1/BA501]_22:15:00,03-01-2026"
VECTOR = (
    "B4F0DB8645A642D30C53BEFEC042A68ECA6E5BCC58E747B38C5C22B0806E5CE6"
    "B19AFC89B630829F062933EAB1971D105239E9527F5CE04EEAB9F71A4B9B7BB2"
)
PANEL = Speaker(id=uuid7(), key="P", territory="redon", connector="dc09", address="12AB", panel_key=KEYS[0])


def sent(content: str, key: bytes, word: str = "SIA-DCS", account: str = "12AB") -> Frame:
    body = f'"*{word}"0007R1L0#{account}[{cipher.sealed(content, key)}'
    [inside] = Splitter().feed(frame.build(body))
    return frame.parse(inside)


@pytest.mark.parametrize("key", KEYS)
def test_what_is_sealed_is_read_with_each_length_of_key(key: bytes) -> None:
    read = cipher.opened(sent(EVENT, key), key)
    assert (read.data, read.time) == ("#12AB|Nri1/BA501", "22:15:00,03-01-2026")
    assert [(each.code, each.zone) for each in events(read)] == [("BA", "501")]
    assert cipher.opened(sent("]_22:15:00,03-01-2026", key, word="NULL"), key).data == ""


def test_a_vector_made_with_openssl() -> None:
    """`openssl enc -aes-128-cbc -nopad -iv 0` of QQQQQQQQQQQQQQQXyz01234567|#12AB|Nri1/BA501]_22:15:…"""
    whole = Frame(word="SIA-DCS", sequence="0007", account="12AB", encrypted=True, secret=VECTOR)
    assert cipher.opened(whole, KEYS[0]).data == "#12AB|Nri1/BA501"


def test_position_and_several_blocks_are_sealed_too() -> None:
    read = cipher.opened(
        sent("#12AB|Nri1/PA1][X006E07.500][Y49N06.000]_22:15:00,03-01-2026", KEYS[0]), KEYS[0]
    )
    [draft] = drafts(read, PANEL, sent_at=NOW, received_at=NOW)
    assert (draft.kind, draft.lat, draft.lon) == ("panic.duress", 49.1, 6.125)


def test_contact_id_is_sealed_alike() -> None:
    read = cipher.opened(sent("#12AB|1130 01 003]_22:15:00,03-01-2026", KEYS[1], word="ADM-CID"), KEYS[1])
    assert [(each.kind, each.area, each.zone) for each in events(read)] == [("intrusion.door", "01", "003")]


@given(st.text(alphabet="ABC|#[]/ 0123", max_size=40))
def test_the_whole_is_blocks_and_the_pad_never_holds_a_mark(content: str) -> None:
    digits = cipher.sealed(content, KEYS[2])
    worker = Cipher(algorithms.AES(KEYS[2]), modes.CBC(bytes(16))).decryptor()
    plain = worker.update(bytes.fromhex(digits)) + worker.finalize()
    assert len(plain) % 16 == 0
    pad, bar, rest = plain.partition(b"|")
    assert 1 <= len(pad) <= 16
    assert not set(pad) & set(b"[]|")
    assert bar
    assert rest == content.encode()


def test_the_same_words_never_look_alike() -> None:
    assert len({cipher.sealed(EVENT, KEYS[0]) for _ in range(50)}) > 40


@pytest.mark.parametrize(
    "whole",
    [
        replace(sent(EVENT, KEYS[0]), secret="83F153789366885D"),
        replace(sent(EVENT, KEYS[0]), secret=""),
        replace(sent(EVENT, KEYS[0]), secret="ZZ" * 16),
        sent(EVENT, KEYS[1]),
        sent(EVENT, KEYS[0], account="9999"),
        sent("no bracket _22:15:00,03-01-2026", KEYS[0]),
    ],
)
def test_what_this_key_does_not_open_is_said(whole: Frame) -> None:
    with pytest.raises(cipher.Locked):
        cipher.opened(whole, KEYS[0])


def test_the_answer_is_sealed_with_our_time_and_a_pad() -> None:
    asked = sent(EVENT, KEYS[0])
    [inside] = Splitter().feed(cipher.ack(asked, KEYS[0], NOW))
    answer = frame.parse(inside)
    assert (answer.word, answer.encrypted, answer.sequence, answer.receiver) == ("ACK", True, "0007", "R1")
    told = cipher.opened(answer, KEYS[0])
    assert (told.data, told.time) == ("", "22:15:00,03-01-2026")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("00112233445566778899aabbccddeeff\n", bytes.fromhex("00112233445566778899aabbccddeeff")),
        ("AB" * 24, b"\xab" * 24),
        ("AB" * 32, b"\xab" * 32),
        ("sixteen letters!", b"sixteen letters!"),
        ("text:" + "A" * 32, b"A" * 32),
    ],
)
def test_keys_as_installers_write_them(text: str, key: bytes) -> None:
    assert cipher.key_of(text) == key


@pytest.mark.parametrize("text", ["", "short", "G" * 32, "A" * 33, "text:" + "A" * 20, "é" * 16])
def test_what_is_no_key_is_refused_without_telling_it(text: str) -> None:
    with pytest.raises(ValueError, match="panel's key") as told:
        cipher.key_of(text)
    assert not text or text not in str(told.value)


def test_another_implementation_reads_ours_and_we_read_its_answer() -> None:
    other = pytest.importorskip("pysiaalarm", reason="pysiaalarm is not installed")
    key = "AAAAAAAAAAAAAAAA"
    now = datetime.now(UTC)
    content = f"#12AB|Nri1/BA501]{frame.stamp(now)}"
    whole = frame.build(f'"*SIA-DCS"0007R1L0#12AB[{cipher.sealed(content, key.encode())}')
    account = other.SIAAccount("12AB", key)
    event = other.SIAEvent.from_line(whole[1:-1].decode(), {"12AB": account})
    assert (event.valid_message, event.code, event.ri, event.message) == (True, "BA", "1", "501")
    assert event.valid_timestamp
    [inside] = Splitter().feed(event.create_response())
    answer = frame.parse(inside)
    assert (answer.word, answer.encrypted) == ("ACK", True)
    # It fills with zeros and leaves the bar out: the standard asks for it in every sealed message.
    worker = Cipher(algorithms.AES(key.encode()), modes.CBC(bytes(16))).decryptor()
    assert re.fullmatch(rb"0*\]_[0-9:]{8},[0-9-]{10}", worker.update(bytes.fromhex(answer.secret)))


def read_wire(body: bytes) -> list[Draft | Unreadable]:
    """What the server makes of a body under a good CRC."""
    try:
        whole = frame.parse(b"%04X%04X" % (frame.crc16(body), len(body) & 0xFFFF) + body)
        opened = cipher.opened(whole, KEYS[0]) if whole.encrypted else whole
    except (BadFrame, cipher.Locked) as error:
        raise Unreadable(str(error)) from None
    frame.sent_at(opened, NOW)
    return list(drafts(opened, PANEL, sent_at=NOW, received_at=NOW))


def test_damaged_sealed_frames_are_read_or_refused() -> None:
    wire = [f'"*{word}"0007R1L0#12AB[{VECTOR}'.encode() for word in ("SIA-DCS", "NULL")]
    assert_sound(read_wire, damaged(wire))


def test_damaged_words_under_a_good_seal_are_read_or_refused() -> None:
    seeds = [EVENT, "#12AB|Nri1/PA1/TA2][X006E07.5][Y49N06.0]_22:15:00,03-01-2026", "]_22:15:00,03-01-2026"]

    def read(content: bytes) -> list[Draft | Unreadable]:
        digits = cipher.sealed(content.decode("latin-1"), KEYS[0])
        return read_wire(f'"*SIA-DCS"0007R1L0#12AB[{digits}'.encode())

    assert assert_sound(read, damaged([each.encode() for each in seeds])) > 50


def test_damaged_contact_id_and_plain_frames_are_read_or_refused() -> None:
    seeds = [
        b'"ADM-CID"0007R1L0#12AB[#12AB|3130 01 003][X006E07.5][Y49N06.0]_22:15:00,03-01-2026',
        b'"SIA-DCS"0007L0#12AB[#12AB|Nri1/BA501^hall^/TA2]_22:15:00,03-01-2026',
    ]
    assert assert_sound(read_wire, damaged(seeds)) > 50


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_recording_is_known_by_its_time_and_its_sequence() -> None:
    seen = Replays()

    def judge(sequence: int, seconds: float, said: str = "BA1", *, link: bool = False) -> str:
        return seen.judge("12AB", sequence, at(seconds), said, link=link)

    assert judge(7, 0) == "new"
    assert judge(7, 0) == "again", "the panel missed our answer"
    assert judge(8, 3, "BA2") == "new"
    assert judge(7, 0) == "replayed"
    assert judge(8, 3, "BA9") == "replayed", "same number and time, other words"
    assert judge(9, -10, "BA3") == "new", "its clock was just set back"
    assert judge(1, 20, "BA4") == "new", "it was started again"
    assert judge(9999, 25, "BA5") == "new"
    assert judge(1, 25, "BA6") == "new", "the count begins anew"
    assert judge(0, 1, "", link=True) == "new", "link tests are counted apart"
    assert judge(0, 0, "", link=True) == "replayed"
    assert seen.judge("FFFF", 7, at(0), "BA1", link=False) == "new", "of another panel"
