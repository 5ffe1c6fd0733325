"""The TCP server that alarm panels connect to."""

from __future__ import annotations

import asyncio

import structlog

from beffroi.during.intake.connectors.dc09 import frame as frames
from beffroi.during.intake.connectors.dc09.codes import is_known
from beffroi.during.intake.connectors.dc09.connector import drafts
from beffroi.during.intake.connectors.dc09.frame import BadFrame, Frame, Splitter
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.during.intake.spool import SpoolUnavailable
from beffroi.during.intake.writer import Overloaded
from beffroi.foundation import clock

_log = structlog.get_logger("beffroi.intake.dc09")
#: Panels poll far more often; a connection that says nothing for so long is gone.
_SILENT_S = 900
_MOST_CONNECTIONS = 2_000


class Dc09Server:
    """Listens for panels; each frame is answered in its turn, an alarm only once it is on disk.

    CRC wrong: no answer (the panel sends again). Time wrong: NAK. Encrypted, of an unknown token or
    account, or not understood: DUH. Disk trouble: no answer. All else: ACK.
    """

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen on `host`; returns the port taken (0 asks for any). Raises OSError."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=frames.MOST_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the door and every connection."""
        if self._server is None:
            return
        self._server.close()
        for writer in list(self._open):
            writer.close()
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) >= _MOST_CONNECTIONS:
            writer.close()
            return
        self._open.add(writer)
        peer = writer.get_extra_info("peername") or ("?",)
        splitter = Splitter()
        try:
            while data := await asyncio.wait_for(reader.read(4096), _SILENT_S):
                for inside in self._split(splitter, data, str(peer[0])):
                    answer = await self.answer(inside, sender=str(peer[0]))
                    if answer:
                        writer.write(answer)
                        await writer.drain()
        except (TimeoutError, ConnectionError):
            pass  # the panel went away; it calls again when it has something to say
        finally:
            self._open.discard(writer)
            writer.close()

    def _split(self, splitter: Splitter, data: bytes, sender: str) -> list[bytes]:
        try:
            return splitter.feed(data)
        except BadFrame as error:
            self._unread(Unreadable(str(error), code="dc09.too_long"), data, None, sender)
            return []

    async def answer(self, inside: bytes, *, sender: str = "") -> bytes:
        """What is answered to one frame (between LF and CR); empty: nothing."""
        try:
            frame = frames.parse(inside)
        except BadFrame as error:
            self._unread(Unreadable(str(error), code="dc09.bad_crc"), inside, None, sender)
            return b""
        speaker = await self._reception.book.by_address("dc09", frame.account) if frame.account else None
        try:
            return await self._answer(frame, speaker)
        except Unreadable as error:
            self._unread(error, _content(frame, inside), speaker, sender)
            now = clock.now()
            return frames.nak(frame, now) if error.reason == "dc09.bad_time" else frames.duh(frame)
        except (SpoolUnavailable, Overloaded) as error:
            _log.error("alarm not kept, not acknowledged", account=frame.account, code=error.code)
            return b""

    async def _answer(self, frame: Frame, speaker: Speaker | None) -> bytes:
        if not frame.understood:
            raise Unreadable("its parts are not in the order of the standard", code="dc09.bad_structure")
        if speaker is None:
            raise Unreadable(f"no source has the account {frame.account or '-'}", code="dc09.unknown_account")
        if frame.encrypted:
            raise Unreadable("it is encrypted and no key is known", code="dc09.encrypted")
        made = self._drafts(frame, speaker)
        if not frame.length_holds:
            _log.info("length differs, CRC holds", source=speaker.key, sequence=frame.sequence)
        self._reception.tally.heard(speaker)
        for draft in made:
            if not is_known(str(draft.content["code"])[-3:]):
                _log.info("unknown code", source=speaker.key, code=draft.content["code"])
        await self._reception.take(speaker, made)
        return frames.ack(frame)

    def _drafts(self, frame: Frame, speaker: Speaker) -> list[Draft]:
        now = clock.now()
        sent_at = None
        if frame.time:
            try:
                sent_at = frames.instant(frame.time)
            except ValueError:
                raise Unreadable(f"{frame.time} is not a time", code="dc09.bad_time") from None
            if not frames.in_time(sent_at, now):
                off = (sent_at - now).total_seconds()
                raise Unreadable(f"its clock is {off:+.0f} s from ours", code="dc09.bad_time")
        return drafts(frame, speaker, sent_at=sent_at, received_at=now)

    def _unread(self, error: Unreadable, content: bytes, speaker: Speaker | None, sender: str) -> None:
        self._reception.tally.unread("dc09", error, content, speaker=speaker, sender=sender)


def _content(frame: Frame, inside: bytes) -> bytes:
    """What is kept of a frame that was not read: its key block (`[K…]`) never is."""
    if any(block.startswith("K") for block in frame.extra):
        return inside.split(b"[K")[0] + b"[K hidden]"
    return inside
