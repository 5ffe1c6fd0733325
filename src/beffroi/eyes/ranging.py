"""Plays a recorder over a span of the clock: a relay on loopback that puts `Range: clock=…` into PLAY.

What FFmpeg says to it in clear goes on over TLS where the recorder's address is `rtsps`.

FFmpeg asks a recorder for `npt` times only, and recorders (ONVIF Profile G) are asked by the clock
(RFC 2326, 12.29). One connection, to one recorder, while it is open.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from types import TracebackType
from urllib.parse import urlsplit, urlunsplit

_CONNECT_S = 6.0
_PIECE = 65_536
_LONGEST_REQUEST = 65_536
_RTSP_PORT, _RTSPS_PORT = 554, 322


def rewritten(request: bytes, clock: str) -> bytes:
    """A request as the recorder is to get it: SETUP says that this is a replay, PLAY asks for the span."""
    if not request.startswith((b"PLAY ", b"SETUP ")):
        return request
    play = request.startswith(b"PLAY ")
    lines = request.split(b"\r\n")
    kept = [each for each in lines if not (play and each.lower().startswith(b"range:"))]
    kept[1:1] = [b"Require: onvif-replay"]
    if play:
        kept[1:1] = [b"Range: " + clock.encode(), b"Rate-Control: yes"]
    return b"\r\n".join(kept)


class Requests:
    """Cuts what a client sends into requests and interleaved packets (RFC 2326, 10.12)."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """What is whole by now. Raises ValueError for a request without end."""
        self._held += piece
        whole = []
        while (size := self._whole()) > 0:
            whole.append(self._held[:size])
            self._held = self._held[size:]
        if len(self._held) > _LONGEST_REQUEST:
            raise ValueError("a request without end")
        return whole

    def _whole(self) -> int:
        if self._held[:1] == b"$":
            size = 4 + int.from_bytes(self._held[2:4])
            return size if len(self._held) >= size >= 4 and len(self._held) >= 4 else 0
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return 0
        body = 0
        for line in self._held[:end].split(b"\r\n")[1:]:
            name, _colon, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                body = int(value)
        size = end + 4 + body
        return size if len(self._held) >= size else 0


class Ranging:
    """The relay: `address` is what FFmpeg is given instead of the recorder's own."""

    def __init__(self, address: str, clock: str) -> None:
        self._url = urlsplit(address)
        self._clock = clock
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        port = self._listener.getsockname()[1]
        self.address = urlunsplit(("rtsp", f"127.0.0.1:{port}", self._url.path, self._url.query, ""))

    def __enter__(self) -> Ranging:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._open:
            each.close()

    def _serve(self) -> None:
        try:
            client, _address = self._listener.accept()
            self._open.append(client)
            recorder = self._reached()
            self._open.append(recorder)
            _relay(client, recorder, self._clock)
        except (OSError, ValueError):
            pass
        for each in self._open:
            _shut(each)

    def _reached(self) -> socket.socket:
        """The recorder, over TLS where its address says so: recorders sign their own certificates."""
        host, secure = self._url.hostname or "", self._url.scheme == "rtsps"
        port = self._url.port or (_RTSPS_PORT if secure else _RTSP_PORT)
        plain = socket.create_connection((host, port), timeout=_CONNECT_S)
        self._open.append(plain)
        found = plain
        if secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            found = context.wrap_socket(plain, server_hostname=host)
        found.settimeout(None)
        return found


def _relay(client: socket.socket, recorder: socket.socket, clock: str) -> None:
    """Hand on what both say, in one thread: a connection over TLS is for one thread alone."""
    requests = Requests()
    while True:
        pending = isinstance(recorder, ssl.SSLSocket) and recorder.pending()
        ready = [recorder] if pending else select.select([client, recorder], [], [])[0]
        if recorder in ready:
            piece = recorder.recv(_PIECE)
            if not piece:
                return
            client.sendall(piece)
        if client in ready:
            piece = client.recv(_PIECE)
            if not piece:
                return
            for each in requests.feed(piece):
                recorder.sendall(rewritten(each, clock))


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
