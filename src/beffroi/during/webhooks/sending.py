"""One HTTP request to a receiver: to the address that was checked, over TLS, never redirected, in time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from beffroi.during.webhooks.rules import destinations
from beffroi.foundation.settings import BadSetting, current

_ANSWER_MOST = 65_536


class Result(msgspec.Struct, frozen=True):
    """What became of a try: the status where there was one, the fault ('' for taken), milliseconds."""

    status: int | None
    fault: str
    took_ms: int

    @property
    def taken(self) -> bool:
        """Whether the receiver took it."""
        return not self.fault


class _Refused(OSError):
    """An address that notifications may not go to."""


def allowed_networks() -> list[destinations.Network]:
    """The private networks that the administrator named. Raises BadSetting."""
    text = current().webhook_networks
    try:
        return destinations.networks(text)
    except ValueError:
        raise BadSetting(name="webhook_networks", value=text, why="is not a list of networks") from None


def resolve(host: str, port: int, *, secure: bool) -> list[str]:
    """The addresses of a host, every one of which may be spoken to. Raises OSError, BadSetting."""
    allowed = allowed_networks()
    found = sorted({str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    if not found or not all(destinations.may_reach(each, allowed=allowed, secure=secure) for each in found):
        raise _Refused("destination")
    return found


@lru_cache(maxsize=2)
def _context(authority: str, _changed: int) -> ssl.SSLContext:
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if authority:
        made.load_verify_locations(authority)
    return made


def _trust() -> ssl.SSLContext:
    authority = current().webhook_authority
    return _context(authority, Path(authority).stat().st_mtime_ns if authority else 0)


def _connection(host: str, port: int, timeout: float, *, secure: bool) -> HTTPConnection:
    """A connection to the address that was checked, whatever the name resolves to a moment later."""
    addresses = resolve(host, port, secure=secure)
    made: HTTPConnection
    if secure:
        made = HTTPSConnection(host, port, timeout=timeout, context=_trust())
    else:
        made = HTTPConnection(host, port, timeout=timeout)
    raw = _connected(addresses, port, timeout)
    try:
        made.sock = _trust().wrap_socket(raw, server_hostname=host) if secure else raw
    except (OSError, ValueError):
        raw.close()
        raise
    return made


def _connected(addresses: list[str], port: int, timeout: float) -> socket.socket:
    last: OSError | None = None
    for each in addresses:
        try:
            return socket.create_connection((each, port), timeout=timeout)
        except OSError as error:
            last = error
    raise last or OSError("no address")


def post(url: str, *, body: bytes, headers: dict[str, str]) -> Result:
    """Post a body; never raises for what the network or the receiver does."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    timeout, began = current().webhook_timeout_seconds, time.monotonic()
    status: int | None = None
    try:
        port = parts.port or (443 if secure else 80)
        connection = _connection(str(parts.hostname), port, timeout, secure=secure)
        # A receiver that drips its answer is late like one that gives none: the connection is cut on time.
        watch = threading.Timer(max(0.1, timeout - (time.monotonic() - began)), _cut, [connection])
        watch.daemon = True
        watch.start()
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            status = answer.status
            answer.read(_ANSWER_MOST)
        finally:
            watch.cancel()
            connection.close()
        fault = "" if 200 <= status < 300 else "redirect" if 300 <= status < 400 else f"http_{status}"
    except (_Refused, BadSetting):
        fault = "destination"
    except ssl.SSLCertVerificationError:
        fault = "certificate"
    except ssl.SSLError:
        fault = "tls"
    except socket.gaierror:
        fault = "no_such_host"
    except TimeoutError:
        fault = "timeout"
    except (OSError, HTTPException, ValueError):
        late = time.monotonic() - began >= timeout
        fault = "timeout" if late else "unreachable"
    return Result(status, fault, round((time.monotonic() - began) * 1000))


def _cut(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
