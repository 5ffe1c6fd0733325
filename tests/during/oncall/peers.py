"""What the outbox talks to, as real servers on loopback: a gateway that fails as told, a mail server."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    """One request that the gateway got."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass
class Gateway:
    """A gateway: `plan` says what each request gets in turn (a status, `slow`, `drip`, `cut`), then 200.

    It knows identifiers again: `accepted` holds each message once, however often it came.
    """

    port: int = 0
    plan: list[int | str] = field(default_factory=list)
    answer: bytes = b'{"id": "gw-1", "state": "Pending"}'
    got: list[Request] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)
    slow_s: float = 3.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/messages"


@contextmanager
def gateway() -> Iterator[Gateway]:  # noqa: C901 - one small server, read in one piece
    """A gateway that listens until the block ends."""
    peer = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            what = peer.plan.pop(0) if peer.plan else 200
            peer.got.append(request)
            key = request.headers.get("idempotency-key", "")
            if what in (200, "slow", "drip") and key:
                peer.accepted.setdefault(key, request.body.decode())
            if what == "cut":
                self.connection.close()
                return
            if what == "slow":
                time.sleep(peer.slow_s)
                what = 200
            self.send_response(200 if what == "drip" else int(what))
            if what == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            if what == "drip":
                for _ in range(60):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.1)
            elif what == 200:
                self.wfile.write(peer.answer)

        def do_POST(self) -> None:
            with suppress(OSError):  # whoever asked did not wait
                self._take()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    peer.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Mail:
    """One mail that the server took."""

    sender: str
    to: list[str]
    text: str
    encrypted: bool
    user: str


@dataclass
class MailServer:
    """A mail server: `refuse` gives the reply to the next recipients instead of 250."""

    port: int = 0
    taken: list[Mail] = field(default_factory=list)
    refuse: list[str] = field(default_factory=list)
    certificate: Path | None = None


@contextmanager
def mail_server(folder: Path, *, starttls: bool = True, tls: bool = False) -> Iterator[MailServer]:
    """An SMTP server on asyncio (RFC 5321, STARTTLS, AUTH PLAIN), with a certificate of its own."""
    peer = MailServer()
    context = _certificate(folder, peer)
    loop = asyncio.new_event_loop()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Session(peer, reader, writer, context if starttls else None, encrypted=tls).run()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(speak, "127.0.0.1", 0, ssl=context if tls else None)

    server = loop.run_until_complete(begin())
    peer.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        server.close()
        loop.close()


def _certificate(folder: Path, peer: MailServer) -> ssl.SSLContext:
    key, certificate = folder / "smtp.key", folder / "smtp.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    peer.certificate = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class _Session:
    """One client of the mail server."""

    def __init__(
        self,
        peer: MailServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: ssl.SSLContext | None,
        *,
        encrypted: bool,
    ) -> None:
        self.peer, self.reader, self.writer, self.context = peer, reader, writer, context
        self.encrypted, self.user, self.sender = encrypted, "", ""
        self.to: list[str] = []

    async def say(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()

    async def run(self) -> None:
        await self.say("220 mail.example ESMTP")
        while line := (await self.reader.readline()).decode("latin-1").strip():
            if not await self.heard(line):
                break
        self.writer.close()

    async def heard(self, line: str) -> bool:
        word = line.split(" ", maxsplit=1)[0].upper()
        if word == "EHLO":
            offers = [
                "mail.example",
                "AUTH PLAIN",
                *(["STARTTLS"] if self.context and not self.encrypted else []),
            ]
            for each in offers:
                await self.say(f"250-{each}")
            await self.say("250 8BITMIME")
        elif word == "STARTTLS" and self.context:
            await self.say("220 go ahead")
            await self.writer.start_tls(self.context)
            self.encrypted = True
        elif word == "AUTH":
            import base64

            self.user = base64.b64decode(line.split(" ")[2]).split(b"\0")[1].decode()
            await self.say("235 welcome")
        elif word == "MAIL":
            self.sender = line
            await self.say("250 ok")
        elif word == "RCPT":
            self.to.append(line.partition("<")[2].partition(">")[0])
            await self.say(self.peer.refuse.pop(0) if self.peer.refuse else "250 ok")
        elif word == "DATA":
            await self.taken()
        elif word == "QUIT":
            await self.say("221 bye")
            return False
        else:
            await self.say("250 ok")
        return True

    async def taken(self) -> None:
        await self.say("354 go on")
        body = (await self.reader.readuntil(b"\r\n.\r\n")).decode("utf-8", "replace")
        self.peer.taken.append(Mail(self.sender, self.to, body, self.encrypted, self.user))
        await self.say("250 taken")
