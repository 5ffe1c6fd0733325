"""DC-09 frames: the published ones, the answers byte by byte, and whatever else a wire may bring."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.real_data import need

from beffroi.during.intake.connectors.dc09 import codes, frame
from beffroi.during.intake.connectors.dc09.connector import PanelEvent, drafts, events, position
from beffroi.during.intake.connectors.dc09.frame import BadFrame, Frame, Splitter
from beffroi.during.intake.rules import Speaker, Unreadable
from beffroi.foundation.identifiers import uuid7

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, 15, 0, tzinfo=UTC)
PANEL = Speaker(
    id=uuid7(), key="PANEL-MAIRIE", territory="redon", connector="dc09", address="1234", device="P-1"
)


def whole(body: str) -> Frame:
    """The frame that `body` makes on the wire and back."""
    [inside] = Splitter().feed(frame.build(body))
    return frame.parse(inside)


def test_the_crc_is_arc() -> None:
    assert frame.crc16(b"123456789") == 0xBB3D


def test_published_frames() -> None:
    """Each recorded frame: silence where its CRC is wrong, else what it is."""
    with need("payloads/sia_dc09/messages.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert len(rows) == 13
    read: list[Frame] = []
    for row in rows:
        inside = row["message"].encode()
        assert f"{frame.crc16(inside[8:]):04X}" == row["crc16_arc"]
        if row["crc_in"] != row["crc16_arc"]:
            with pytest.raises(BadFrame):
                frame.parse(inside)
        else:
            read.append(frame.parse(inside))
    assert [(each.word, each.account, each.encrypted, each.length_holds) for each in read] == [
        ("NULL", "AAA", True, False),
        ("SIA-DCS", "EA1984", True, True),
        ("ADM-CID", "4F39", False, False),  # its length is in decimal, its CRC holds
        ("SIA-DCS", "AAA", False, False),
        ("ADM-CID", "123F", True, True),
    ]
    decimal = read[2]
    assert events(decimal) == [PanelEvent("3401", "technical.other", "01", "")]
    assert frame.ack(decimal) == frame.build('"ACK"0247R4F39L4F39#4F39[]')
    closing = read[3]
    assert events(closing) == [PanelEvent("CL", "technical.other", "1", "")]
    assert frame.ack(closing) == frame.build('"ACK"6002L0#AAA[]')  # no receiver given, none told
    assert closing.time == "14:12:04,09-25-2019"


def test_published_codes_have_a_kind() -> None:
    with need("payloads/sia_dc09/codes.csv").open(encoding="utf-8-sig") as file:
        listed = {row["CODE"] for row in csv.DictReader(file)}
    assert len(listed) > 200
    assert {code for code in codes.SIA if code not in listed} <= {"HM", "PM"}
    assert {codes.sia_kind(code) for code in ("BA", "PA", "HA", "TA", "FA", "BC", "BR", "RP")} == {
        "intrusion.door",
        "panic.duress",
        "panic.holdup",
        "tamper.device",
        "fire.alarm",
        "alarm.cancelled",
        "alarm.restored",
        "test.periodic",
    }
    assert codes.sia_kind("ZZ") == "technical.other"


def test_answers_byte_by_byte() -> None:
    full = whole('"SIA-DCS"0007R0075L0001#001465[#001465|Nri1/BA501]')
    assert frame.ack(full)[9:-1] == b'"ACK"0007R0075L0001#001465[]'
    assert frame.duh(full)[9:-1] == b'"DUH"0007R0075L0001#001465[]'
    assert frame.nak(full, NOW)[9:-1] == b'"NAK"0000R0L0A0[]_22:15:00,03-01-2026'
    assert frame.nak(full, datetime(2015, 4, 14, 16, 9, 9, tzinfo=UTC)) == (
        b'\n3C830025"NAK"0000R0L0A0[]_16:09:09,04-14-2015\r'
    )


def test_a_crc_in_raw_bytes_is_answered_alike() -> None:
    raw = frame.build('"SIA-DCS"0001L0#1234[#1234|Nri1/BA501]', raw_crc=True)
    [inside] = Splitter().feed(raw)
    read = frame.parse(inside)
    assert read.raw_crc
    answer = frame.ack(read)
    assert answer[3:7] == b"0012"
    assert int.from_bytes(answer[1:3]) == frame.crc16(answer[7:-1])


@pytest.mark.parametrize("body", [f'"NULL"{number:04d}L0#1234[]' for number in range(0, 9999, 97)])
def test_a_raw_crc_may_hold_any_byte(body: str) -> None:
    [inside] = Splitter().feed(frame.build(body, raw_crc=True))
    assert frame.parse(inside).word == "NULL"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("#1234|Nri1/BA501", [PanelEvent("BA", "intrusion.door", "1", "501")]),
        (
            "|Nri1/PA12/TA3",
            [PanelEvent("PA", "panic.duress", "1", "12"), PanelEvent("TA", "tamper.device", "1", "3")],
        ),
        ("#123456|Nri0KR1^TAST. 001 ^", [PanelEvent("KR", "alarm.restored", "0", "1")]),
        ("#006969|Nri04/OP001*'NM", [PanelEvent("OP", "technical.other", "04", "")]),
        ("Nri1/WA000", [PanelEvent("WA", "technical.other", "1", "000")]),
        ("#22334455|NCQ1", [PanelEvent("CQ", "technical.other", "", "")]),
        ("#1|NBA", [PanelEvent("BA", "intrusion.door", "", "")]),
        ("#1|BA5^Mme Martin/salon^", [PanelEvent("BA", "intrusion.door", "", "5")]),
        ("#1|Nti10:23/id03/ri2/RP00", [PanelEvent("RP", "test.periodic", "2", "00")]),
    ],
)
def test_sia_data(data: str, expected: list[PanelEvent]) -> None:
    assert events(whole(f'"SIA-DCS"0001L0#1234[{data}]')) == expected


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("1130 00 129", "intrusion.door"),
        ("3130 00 129", "alarm.restored"),
        ("1131 01 003", "intrusion.perimeter"),
        ("1132 01 003", "intrusion.motion"),
        ("1137 01 003", "tamper.device"),
        ("1121 01 003", "panic.holdup"),
        ("1120 01 003", "panic.duress"),
        ("1110 01 003", "fire.alarm"),
        ("1406 01 003", "alarm.cancelled"),
        ("1602 00 000", "test.periodic"),
        ("1999 01 003", "technical.other"),
        ("1100 01 003", "report.rescue"),
        ("1151 01 003", "hazard.detected"),
        ("6130 01 003", "intrusion.door"),
        ("3110 01 003", "alarm.restored"),
        ("3100 01 003", "alarm.restored"),
        ("1344 01 003", "tamper.device"),
        ("1308 00 000", "device.fault"),
        ("3308 00 000", "device.online"),
        ("3406 01 003", "technical.other"),
        ("3602 00 000", "test.periodic"),
        ("1301 00 000", "technical.other"),
        ("1423 01 003", "intrusion.door"),
        ("1151 AB 00F", "hazard.detected"),
    ],
)
def test_contact_id_data(data: str, kind: str) -> None:
    [event] = events(whole(f'"ADM-CID"0001L0#1234[#1234|{data}]'))
    assert event.kind == kind


def test_who_opened_or_closed_is_not_kept() -> None:
    for body in (
        '"ADM-CID"0001L0#1234[#1234|1401 01 042]',
        '"SIA-DCS"0001L0#1234[#1234|Nri1/id42/OP42^M. X^]',
    ):
        [draft] = drafts(whole(body), PANEL, sent_at=NOW, received_at=NOW)
        assert "42" not in str(draft.content)
        assert "X" not in str(draft.content)


@pytest.mark.parametrize(
    ("code", "kept"),
    [("1130", True), ("1402", False), ("1423", True), ("1427", True), ("1461", False), ("1607", False)],
)
def test_the_last_digits_of_contact_id_are_a_zone_or_a_user(code: str, kept: bool) -> None:
    [draft] = drafts(whole(f'"ADM-CID"0001L0#1234[#1234|{code} 02 042]'), PANEL, sent_at=NOW, received_at=NOW)
    assert (draft.content.get("zone") == "042") is kept
    assert draft.content["area"] == "02"


def test_a_duress_code_keeps_its_number_only_where_it_was_declared_as_a_zone() -> None:
    read = whole('"ADM-CID"0001L0#1234[#1234|1121 01 042]')
    [draft] = drafts(read, PANEL, sent_at=NOW, received_at=NOW)
    assert (draft.kind, draft.name, "zone" in draft.content) == ("panic.holdup", "", False)
    counter = replace(PANEL, devices={"042": "BUTTON-1"})
    [draft] = drafts(read, counter, sent_at=NOW, received_at=NOW)
    assert (draft.name, draft.content["zone"]) == ("042", "042")


def test_every_published_code_is_known_and_a_made_up_one_is_not() -> None:
    with need("payloads/sia_dc09/codes.csv").open(encoding="utf-8-sig") as file:
        assert all(codes.is_known("SIA-DCS", row["CODE"]) for row in csv.DictReader(file))
    assert not codes.is_known("SIA-DCS", "ZZ1")
    assert codes.is_known("ADM-CID", "1130")
    assert not codes.is_known("ADM-CID", "1999")


def test_each_alarm_of_the_published_list_that_asks_for_help_is_one() -> None:
    asks = {"BA", "BM", "BV", "DF", "EA", "FA", "FM", "GA", "HA", "KA", "MA", "PA", "QA", "SA", "TA", "UA"}
    assert not {code for code in asks if codes.sia_kind(code) in ("technical.other", "alarm.restored")}


def test_several_events_are_several_drafts_with_their_own_keys() -> None:
    read = whole('"SIA-DCS"0009L0#1234[#1234|Nri1/BA1/BA2][X006E07.500][Y49N06.000]_22:15:00,03-01-2026')
    made = drafts(read, PANEL, sent_at=NOW, received_at=NOW)
    assert len({each.key for each in made}) == 2
    assert (made[0].lat, made[0].lon) == (49.1, 6.125)
    again = drafts(read, PANEL, sent_at=NOW, received_at=NOW + timedelta(minutes=30))
    assert [each.key for each in again] == [each.key for each in made]


def test_frames_without_a_time_are_told_apart_by_their_sequence_for_five_minutes() -> None:
    read = whole('"SIA-DCS"0009L0#1234[#1234|Nri1/BA1]')
    keys = [
        drafts(read, PANEL, sent_at=None, received_at=NOW + timedelta(seconds=s))[0].key
        for s in (0, 30, 3600)
    ]
    assert keys[0] == keys[1] != keys[2]


def test_a_zone_leads_to_its_device_and_its_kind() -> None:
    zones = {"501": {"device": "PIR-2", "kind": "intrusion.motion"}, "502": "DOOR-1"}
    panel = Speaker(id=uuid7(), key="P", territory="redon", connector="dc09", device="P-1", devices=zones)
    read = whole('"SIA-DCS"0009L0#1234[#1234|Nri1/BA501/BA502/BA9/TA501]')
    made = drafts(read, panel, sent_at=NOW, received_at=NOW)
    assert [(each.name, each.kind) for each in made] == [
        ("501", "intrusion.motion"),
        ("502", "intrusion.door"),
        ("", "intrusion.door"),
        ("501", "tamper.device"),
    ]
    assert panel.device_of("501") == "PIR-2"


def test_positions() -> None:
    assert position(("X006W30.0", "Y49S06.0")) == (-49.1, -6.5)
    assert position(("X006E07.7",)) is None
    assert position(("X006E07.7", "Y99N00.0")) is None
    assert position(("M0026B9E4268B",)) is None


def test_what_is_no_code_is_unreadable() -> None:
    for body in (
        '"SIA-DCS"0001L0#1234[]',
        '"ADM-CID"0001L0#1234[#1234|9130 00]',
        '"XYZ"0001L0#1234[#1234|x]',
    ):
        with pytest.raises(Unreadable):
            events(whole(body))
    assert events(whole('"NULL"0000L0#1234[]')) == []
    assert not whole('"SIA-DCS" nonsense').understood


def test_the_clock_may_be_forty_seconds_late_and_twenty_ahead() -> None:
    for seconds, holds in ((-41, False), (-40, True), (0, True), (20, True), (21, False)):
        assert frame.in_time(NOW + timedelta(seconds=seconds), NOW) is holds


def test_a_stream_is_cut_where_frames_end() -> None:
    one, two = frame.build('"NULL"0001L0#1234[]'), frame.build('"NULL"0002L0#1234[]')
    splitter = Splitter()
    assert splitter.feed(b"\0 noise" + one[:7]) == []
    assert splitter.feed(one[7:] + b"\0\0" + two) == [one[1:-1], two[1:-1]]
    assert splitter.feed(b"\nhalf of a frame" + one) == [one[1:-1]]


def test_a_frame_that_never_ends_is_dropped() -> None:
    splitter = Splitter()
    with pytest.raises(BadFrame):
        splitter.feed(b"\n" + b"x" * 3000)
    one = frame.build('"NULL"0001L0#1234[]')
    assert splitter.feed(one) == [one[1:-1]]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    try:
        read = frame.parse(data)
    except BadFrame:
        return
    assert frame.ack(read).endswith(b"\r")


@given(st.text(alphabet=st.characters(max_codepoint=255, exclude_characters="\n\r"), max_size=120))
def test_no_text_under_a_good_crc_breaks_anything(text: str) -> None:
    head = "0001L0#1234["
    for body in (f'"{text}', f'"SIA-DCS"{head}{text}', f'"ADM-CID"{head}{text}]', f'"{text}"{head}]'):
        data = body.encode("latin-1")
        read = frame.parse(b"%04X%04X" % (frame.crc16(data), len(data)) + data)
        assert frame.duh(read)
        if read.understood and not read.encrypted:
            try:
                made = drafts(read, PANEL, sent_at=None, received_at=NOW)
            except Unreadable:
                continue
            assert all(len(each.key) <= 200 for each in made)


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=6), st.lists(st.integers(1, 40), max_size=20))
def test_however_the_bytes_come_the_frames_are_the_same(numbers: list[int], cuts: list[int]) -> None:
    stream = b"".join(frame.build(f'"NULL"{number:04d}L0#1234[]') for number in numbers)
    splitter, got, at = Splitter(), [], 0
    for cut in [*cuts, len(stream)]:
        got += splitter.feed(stream[at : at + cut])
        at += cut
    got += splitter.feed(stream[at:])
    assert [frame.parse(each).sequence for each in got] == [f"{number:04d}" for number in numbers]
