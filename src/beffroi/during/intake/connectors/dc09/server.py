"""The server that alarm panels send to: TCP and UDP on one port number, with the same answers."""

from __future__ import annotations

import asyncio
import errno
from typing import cast

from beffroi.during.intake.connectors.dc09 import frame as frames
from beffroi.during.intake.connectors.dc09.answers import Answers
from beffroi.during.intake.connectors.dc09.frame import BadFrame, Splitter
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Unreadable

#: Panels poll far more often; a connection that says nothing for so long is gone.
_SILENT_S = 900
_MOST_CONNECTIONS = 2_000
#: Datagrams whose answer is not ready yet; more are dropped, and their panels send again.
_MOST_DATAGRAMS = 2_000
_TRIES = 20


class Dc09Server:
    """Listens for panels; see `Answers` for what each frame is answered."""

    def __init__(self, reception: Reception) -> None:
        self._answers = Answers(reception)
        self._server: asyncio.Server | None = None
        self._datagrams: asyncio.DatagramTransport | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen on `host`; returns the port taken (0 asks for one that is free for both). Raises OSError."""
        for tried in range(_TRIES):
            taken = await self._listen(host, port)
            try:
                self._datagrams, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                    lambda: _Datagrams(self._answers), local_addr=(host, taken)
                )
                return taken
            except OSError as error:
                await self.stop()
                if port or error.errno != errno.EADDRINUSE or tried == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def _listen(self, host: str, port: int) -> int:
        self._server = await asyncio.start_server(self._serve, host, port, limit=frames.MOST_BYTES)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the doors and every connection."""
        if self._datagrams is not None:
            self._datagrams.close()
            self._datagrams = None
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
                for inside in _split(splitter, data, str(peer[0]), self._answers):
                    answer = await self._answers.answer(inside, sender=str(peer[0]))
                    if answer:
                        writer.write(answer)
                        await writer.drain()
        except (TimeoutError, ConnectionError):
            pass  # the panel went away; it calls again when it has something to say
        finally:
            self._open.discard(writer)
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Frames by datagram: whole in one, answered to the address that it came from, nothing remembered."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By contract of a datagram endpoint; asyncio's own class does not say so of itself everywhere.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        if len(self._tasks) >= _MOST_DATAGRAMS:
            return
        task = asyncio.get_running_loop().create_task(self._answer(data, addr))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def error_received(self, exc: Exception) -> None:
        """A panel that is gone before its answer came: nothing to do, it calls again."""

    async def _answer(self, data: bytes, address: tuple[str | int, ...]) -> None:
        for inside in _split(Splitter(), data, str(address[0]), self._answers):
            answer = await self._answers.answer(inside, sender=str(address[0]))
            if answer and self._transport is not None and not self._transport.is_closing():
                self._transport.sendto(answer, address)


def _split(splitter: Splitter, data: bytes, sender: str, answers: Answers) -> list[bytes]:
    try:
        return splitter.feed(data)
    except BadFrame as error:
        answers.unread(Unreadable(str(error), code="dc09.too_long"), data, None, sender)
        return []
