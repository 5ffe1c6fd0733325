"""Panels over real TCP: what is answered, when, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from beffroi.during.intake import actions, queries
from beffroi.during.intake.connectors.dc09 import frame
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


class Line:
    """A panel's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def say(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def hear(self, wait_s: float = 5.0) -> str:
        """The next answer without CRC and length; empty when none comes."""
        try:
            async with asyncio.timeout(wait_s):
                whole = await self._reader.readuntil(b"\r")
        except TimeoutError:
            return ""
        assert f"{frame.crc16(whole[9:-1]):04X}{len(whole) - 10:04X}".encode() == whole[1:9]
        return whole[9:-1].decode()

    async def ask(self, body: str, wait_s: float = 5.0) -> str:
        await self.say(frame.build(body))
        return await self.hear(wait_s)


@pytest.fixture
def spool(tmp_path: Path) -> SqliteSpool:
    actions.declare_source(
        territory="redon",
        key="PANEL-MAIRIE",
        connector="dc09",
        address="#12ab",
        device="P-1",
        devices={"501": "DOOR-1"},
    )
    return SqliteSpool(tmp_path / "spool.sqlite3")


def play(spool: SqliteSpool, scene: Callable[[Line, Reception], Awaitable[None]]) -> None:
    async def whole() -> None:
        desk = Reception(spool, group_ms=1)
        server = Dc09Server(desk)
        port = await server.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await scene(Line(reader, writer), desk)
        writer.close()
        await server.stop()
        await desk.close()

    asyncio.run(whole())


def stamp(seconds: float = 0) -> str:
    return f"{clock.now() + timedelta(seconds=seconds):_%H:%M:%S,%m-%d-%Y}"


def test_an_alarm_is_on_disk_when_it_is_acknowledged(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        answer = await line.ask(f'"SIA-DCS"0007R1L0#12AB[#12AB|Nri1/BA501]{stamp()}')
        assert answer == '"ACK"0007R1L0#12AB[]'
        [(_, kept)] = spool.read(0, 9)
        assert (kept.kind, kept.device, kept.territory) == ("intrusion.door", "DOOR-1", "redon")
        assert kept.content["code"] == "BA"

    play(spool, scene)


def test_sent_again_it_is_acknowledged_again_and_kept_once(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        body = f'"ADM-CID"0008L0#12AB[#12AB|1130 01 501]{stamp()}'
        assert await line.ask(body) == await line.ask(body) == '"ACK"0008L0#12AB[]'
        assert len(spool.read(0, 9)) == 1

    play(spool, scene)
    [source] = queries.sources(["redon"])
    assert (source.received, source.duplicates, source.guaranteed) == (1, 1, True)


def test_a_link_test_is_acknowledged_and_makes_nothing(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        assert await line.ask('"NULL"0000L0#12AB[]') == '"ACK"0000L0#12AB[]'

    play(spool, scene)
    assert spool.head() == 0
    assert queries.sources(["redon"])[0].last_seen_at is not None


def test_an_unknown_code_is_acknowledged_and_kept(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        assert (await line.ask('"SIA-DCS"0001L0#12AB[#12AB|Nri1/ZZ9]')).startswith('"ACK"')

    play(spool, scene)
    assert [each.kind for _, each in spool.read(0, 9)] == ["technical.other"]


@pytest.mark.parametrize(
    ("body", "answer", "code"),
    [
        ('"*SIA-DCS"0003L0#12AB[83F153789366885D]', '"DUH"0003L0#12AB[]', "dc09.encrypted"),
        ('"SIA-DCS"0003L0#9999[#9999|Nri1/BA1]', '"DUH"0003L0#9999[]', "dc09.unknown_account"),
        ('"SIA-DCS"0003L0#12AB[#12AB|]', '"DUH"0003L0#12AB[]', "dc09.bad_sia"),
        ('"XYZ"0003L0#12AB[#12AB|Nri1/BA1]', '"DUH"0003L0#12AB[]', "dc09.unknown_token"),
        ('"SIA-DCS" what', '"DUH"0000L0[]', "dc09.bad_structure"),
    ],
)
def test_what_is_not_understood_is_told_and_kept(
    spool: SqliteSpool, body: str, answer: str, code: str
) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        assert await line.ask(body) == answer
        assert (await line.ask('"NULL"0000L0#12AB[]')).startswith('"ACK"'), "the rest goes on"

    play(spool, scene)
    assert [row.code for row in queries.unread()] == [code]
    assert spool.head() == 0


@pytest.mark.parametrize("seconds", [-60, 40])
def test_a_wrong_clock_is_refused_with_ours(spool: SqliteSpool, seconds: float) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        answer = await line.ask(f'"SIA-DCS"0007L0#12AB[#12AB|Nri1/BA501]{stamp(seconds)}')
        assert answer.startswith('"NAK"0000R0L0A0[]_')
        ours = frame.instant(answer.partition("_")[2])
        assert abs((ours - clock.now()).total_seconds()) < 5

    play(spool, scene)
    assert spool.head() == 0


def test_a_wrong_crc_is_answered_with_silence(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        whole = bytearray(frame.build('"NULL"0001L0#12AB[]'))
        whole[-4] ^= 1
        await line.say(bytes(whole))
        assert await line.hear(0.3) == ""
        assert await line.ask('"NULL"0002L0#12AB[]') == '"ACK"0002L0#12AB[]'

    play(spool, scene)
    assert [row.code for row in queries.unread()] == ["dc09.bad_crc"]


def test_a_disk_that_fails_leaves_the_panel_without_an_answer(spool: SqliteSpool) -> None:
    pages = spool._writer.execute("PRAGMA page_count").fetchone()[0]
    spool._writer.execute(f"PRAGMA max_page_count={pages}")

    async def scene(line: Line, _desk: Reception) -> None:
        silent = False
        for number in range(60):  # the last free page fills first
            body = f'"SIA-DCS"{number:04d}L0#12AB[#12AB|{"/".join(f"BA{i}" for i in range(1, 30))}]'
            if await line.ask(body, 0.5) == "":
                silent = True
                break
        assert silent

    play(spool, scene)


def test_frames_in_pieces_and_in_one_packet(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        frames = [frame.build(f'"SIA-DCS"{number:04d}L0#12AB[#12AB|Nri1/BA{number}]') for number in (1, 2, 3)]
        stream = b"\0".join(frames)
        for at in range(0, len(stream), 17):
            await line.say(stream[at : at + 17])
            await asyncio.sleep(0.002)
        assert [await line.hear() for _ in range(3)] == [
            f'"ACK"{number:04d}L0#12AB[]' for number in (1, 2, 3)
        ]
        await line.say(b"".join(frame.build(f'"NULL"{number:04d}L0#12AB[]') for number in (4, 5)))
        assert [await line.hear(), await line.hear()] == ['"ACK"0004L0#12AB[]', '"ACK"0005L0#12AB[]']

    play(spool, scene)
    assert [each.content["zone"] for _, each in spool.read(0, 9)] == ["1", "2", "3"]


def test_a_key_sent_by_a_panel_is_never_kept(spool: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        await line.ask('"SIA-DCS"0001L0#12AB[#12AB|][KDEADBEEF]')

    play(spool, scene)
    assert b"DEADBEEF" not in queries.unread()[0].content
