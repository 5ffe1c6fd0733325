"""A receiver of notifications as a real HTTP or HTTPS server on loopback, which fails as it is told."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Got:
    """One request that the receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`plan` says what each request gets in turn: a status, `slow`, `drip`, `cut`, `away`; then 204."""

    scheme: str = "http"
    port: int = 0
    plan: list[int | str] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    slow_s: float = 3.0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/beffroi?from=here"

    @property
    def kinds(self) -> list[str]:
        return [each.event["type"] for each in self.got]


@contextmanager
def receiver(certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver that listens until the block ends; over TLS where a certificate (with its key) is given."""
    made = Receiver("https" if certificate else "http")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_said: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            act = made.plan.pop(0) if made.plan else 204
            with suppress(OSError):
                self._act(act)

        do_GET = do_POST

        def _act(self, act: int | str) -> None:
            if act == "cut":
                self.connection.close()
                return
            if act == "slow":
                time.sleep(made.slow_s)
                act = 204
            if act == "drip":
                for each in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100:
                    self.wfile.write(bytes([each]))
                    time.sleep(0.1)
                return
            if act == "away":
                self.send_response(307)
                self.send_header("Location", made.url + "&again=1")
            else:
                self.send_response(int(act))
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


def certificate(file: Path, *, host: str = "127.0.0.1") -> Path:
    """A certificate for `host` with its key in one file, its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    try:
        other: x509.GeneralName = x509.IPAddress(ip_address(host))
    except ValueError:
        other = x509.DNSName(host)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
