"""Panels over real TCP: what is answered, when, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from beffroi.during.intake import actions, queries
from beffroi.during.intake.actions import BadSource
from beffroi.during.intake.connectors.dc09 import cipher, frame
from beffroi.during.intake.connectors.dc09.server import Dc09Server
from beffroi.during.intake.models import Source
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation import clock
from beffroi.journal import queries as journal

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


KEY = bytes(range(16))


@pytest.fixture
def sealed(tmp_path: Path) -> SqliteSpool:
    """A panel with a key."""
    actions.declare_source(
        territory="redon", key="PANEL-BANQUE", connector="dc09", address="C0DE", panel_key=KEY.hex()
    )
    return SqliteSpool(tmp_path / "spool.sqlite3")


def sealed_body(content: str, sequence: int = 7, *, key: bytes = KEY, word: str = "SIA-DCS") -> str:
    return f'"*{word}"{sequence:04d}L0#C0DE[{cipher.sealed(content, key)}'


def opened(answer: str, key: bytes = KEY) -> frame.Frame:
    data = answer.encode()
    return cipher.opened(frame.parse(b"%04X%04X" % (frame.crc16(data), len(data)) + data), key)


def test_a_sealed_alarm_is_kept_and_answered_sealed(sealed: SqliteSpool) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        answer = await line.ask(sealed_body(f"#C0DE|Nri1/BA501]{stamp()}"))
        assert answer.startswith('"*ACK"0007L0#C0DE[')
        told = opened(answer)
        assert abs((frame.instant(told.time) - clock.now()).total_seconds()) < 5
        [(_, kept)] = sealed.read(0, 9)
        assert (kept.kind, kept.source, kept.content["code"]) == ("intrusion.door", "PANEL-BANQUE", "BA")
        assert (await line.ask(sealed_body(f"]{stamp()}", 0, word="NULL"))).startswith('"*ACK"0000L0')

    play(sealed, scene)


@pytest.mark.parametrize(
    ("body", "answer", "code"),
    [
        (lambda: f'"SIA-DCS"0003L0#C0DE[#C0DE|Nri1/BA1]{stamp()}', '"DUH"', "dc09.not_encrypted"),
        (lambda: '"NULL"0000L0#C0DE[]', '"DUH"', "dc09.not_encrypted"),
        (lambda: sealed_body(f"#C0DE|Nri1/BA1]{stamp()}", key=bytes(16)), '"DUH"', "dc09.locked"),
        (lambda: sealed_body(f"#12AB|Nri1/BA1]{stamp()}"), '"DUH"', "dc09.locked"),
        (lambda: sealed_body("#C0DE|Nri1/BA1]"), '"NAK"', "dc09.bad_time"),
        (lambda: sealed_body(f"#C0DE|Nri1/BA1]{stamp(-60)}"), '"NAK"', "dc09.bad_time"),
        (lambda: sealed_body(f"#C0DE|]{stamp()}"), '"DUH"', "dc09.bad_sia"),
    ],
)
def test_what_is_not_sealed_as_declared_is_refused_and_no_sign_of_life(
    sealed: SqliteSpool, body: Callable[[], str], answer: str, code: str
) -> None:
    async def scene(line: Line, _desk: Reception) -> None:
        assert (await line.ask(body())).startswith(answer)

    play(sealed, scene)
    assert [row.code for row in queries.unread()] == [code]
    assert sealed.head() == 0
    assert queries.sources(["redon"])[0].last_seen_at is None


def test_a_recorded_frame_is_refused_and_a_repeated_one_answered_again(sealed: SqliteSpool) -> None:
    async def scene(line: Line, desk: Reception) -> None:
        first = sealed_body(f"#C0DE|Nri1/BA1]{stamp()}", 7)
        assert (await line.ask(first)).startswith('"*ACK"0007')
        assert (await line.ask(first)).startswith('"*ACK"0007'), "our answer may have been lost"
        assert (await line.ask(sealed_body(f"#C0DE|Nri1/BA2]{stamp()}", 8))).startswith('"*ACK"0008')
        await desk.tally.flush()
        before = (await asyncio.to_thread(queries.sources, ["redon"]))[0].last_seen_at
        assert (await line.ask(first)).startswith('"NAK"0000R0L0A0[]_')
        await desk.tally.flush()
        assert (await asyncio.to_thread(queries.sources, ["redon"]))[0].last_seen_at == before

    play(sealed, scene)
    assert [row.code for row in queries.unread()] == ["dc09.replayed"]
    assert sealed.head() == 2


def test_the_key_stands_nowhere_in_clear(sealed: SqliteSpool) -> None:
    row = Source.objects.get(key="PANEL-BANQUE")
    assert KEY.hex() not in row.panel_key
    speaker = queries.speaker_by_key("redon", "PANEL-BANQUE")
    assert speaker is not None and speaker.panel_key == KEY
    assert "panel_key" not in repr(speaker)
    with pytest.raises(BadSource) as told:
        actions.set_panel_key(territory="redon", key="PANEL-BANQUE", panel_key="0123456789secret!")
    assert "secret" not in str(told.value) + str(told.value.as_dict())
    assert "secret" not in repr(facts_of("redon"))


def facts_of(territory: str) -> list[object]:
    return [
        each.body for each in journal.follow(0, facts=["intake.source_key_set", "intake.source_declared"])
    ]


def test_a_panel_may_get_another_key_and_lose_it(sealed: SqliteSpool) -> None:
    actions.set_panel_key(territory="redon", key="PANEL-BANQUE", panel_key="sixteen letters!")
    speaker = queries.speaker_by_key("redon", "PANEL-BANQUE")
    assert speaker is not None and speaker.panel_key == b"sixteen letters!"
    assert queries.sources(["redon"])[0].encrypted
    actions.set_panel_key(territory="redon", key="PANEL-BANQUE", panel_key="")
    assert not queries.sources(["redon"])[0].encrypted
    with pytest.raises(BadSource):
        actions.declare_source(territory="redon", key="H", connector="http", panel_key=KEY.hex())


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.put_nowait(data)


def test_over_udp_the_same_port_gives_the_same_answers(spool: SqliteSpool) -> None:
    async def whole() -> None:
        desk = Reception(spool, group_ms=1)
        server = Dc09Server(desk)
        port = await server.start("127.0.0.1", 0)
        loop = asyncio.get_running_loop()
        transport, panel = await loop.create_datagram_endpoint(Datagrams, remote_addr=("127.0.0.1", port))
        event = f'"SIA-DCS"0007R1L0#12AB[#12AB|Nri1/BA501]{stamp()}'
        for body, answer in (
            (event, '"ACK"0007R1L0#12AB[]'),
            (event, '"ACK"0007R1L0#12AB[]'),
            ('"NULL"0000L0#12AB[]', '"ACK"0000L0#12AB[]'),
            ('"SIA-DCS"0003L0#9999[#9999|Nri1/BA1]', '"DUH"0003L0#9999[]'),
        ):
            transport.sendto(frame.build(body))
            assert (await asyncio.wait_for(panel.heard.get(), 5))[9:-1].decode() == answer
        transport.sendto(b"noise")
        transport.sendto(b"\n" + b"x" * 3000)
        transport.sendto(frame.build('"NULL"0001L0#12AB[]')[:-3])
        await asyncio.sleep(0.2)
        assert panel.heard.empty(), "what is no frame is answered by silence"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await Line(reader, writer).ask(event) == '"ACK"0007R1L0#12AB[]', "the same event by TCP"
        writer.close()
        transport.close()
        await server.stop()
        await desk.close()

    asyncio.run(whole())
    assert spool.head() == 1
