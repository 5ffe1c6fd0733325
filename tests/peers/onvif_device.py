"""An ONVIF device on loopback: an HTTP server that checks who asks, turns, and tells events by pull point.

Written from the standards (ONVIF Core, PTZ, Media, Recording Search, Replay; WS-Security UsernameToken,
RFC 7616, WS-BaseNotification), with an XML library of its own. What it does wrong is told by `Misbehaviour`.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
WSA = "{http://www.w3.org/2005/08/addressing}"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
SECURITY, UTILITY = f"{{{_WSS}wssecurity-secext-1.0.xsd}}", f"{{{_WSS}wssecurity-utility-1.0.xsd}}"
REALM = "ONVIF"


class SoapFault(Exception):
    """What the device answers instead: the subcodes of a fault, and why."""

    def __init__(self, *codes: str, why: str = "refused", status: int = 400, detail: str = "") -> None:
        self.codes, self.why, self.status, self.detail = codes, why, status, detail
        super().__init__(why)


@dataclass
class Misbehaviour:
    """What the device does wrong. Counts are how many requests more it does so; -1 for ever."""

    slow_s: float = 0.0
    cut: int = 0
    faults: list[SoapFault] = field(default_factory=list)
    garbage: list[bytes] = field(default_factory=list)
    endless: int = 0
    no_renew: bool = False
    no_services: bool = False


@dataclass
class Subscription:
    """A pull point: what waits to be pulled, and until when it lives (monotonic seconds)."""

    until: float
    waiting: list[str] = field(default_factory=list)


@dataclass
class Device:
    """The device's memory. Everything is changed under `lock`, and `news` tells who waits."""

    user: str = "veilleur"
    password: str = "mot de passe é&<"
    scheme: str = "wsse"  # wsse, digest or none
    skew: timedelta = timedelta(0)
    told_host: str = ""  # the host in the addresses that it gives; '' for its own
    port: int = 0
    wrong: Misbehaviour = field(default_factory=Misbehaviour)
    lock: threading.RLock = field(default_factory=threading.RLock)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    position: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    speed: tuple[float, float, float] = (0.0, 0.0, 0.0)
    moved_at: float = 0.0
    stops_at: float = 0.0
    presets: dict[str, tuple[str, list[float]]] = field(
        default_factory=lambda: {
            "home": ("Repos", [0.0, 0.0, 0.0]),
            "p1": ("Gare & parvis", [0.5, 0.1, 0.3]),
            "p2": ("Place <nord>", [-0.5, 0.0, 0.0]),
        }
    )
    went_to: list[str] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    made: int = 0
    states: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    most_pull_points: int = 4
    #: Recordings with images: token, source, name; and the port where they are replayed.
    recordings: list[tuple[str, str, str]] = field(default_factory=lambda: [("rec-1", "VS_1", "Gare")])
    replay_at: str = "554/replay/rec-1"
    held_for: timedelta = timedelta(days=7)
    replayed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.news = threading.Condition(self.lock)

    @property
    def address(self) -> str:
        """Where its device service is."""
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def now(self) -> datetime:
        """By its own clock."""
        return datetime.now(UTC) + self.skew

    def host(self) -> str:
        """As it stands in the addresses that it gives."""
        return self.told_host or f"127.0.0.1:{self.port}"

    def settle(self) -> None:
        """Turn as far as the speed took it since it was last looked at."""
        now = time.monotonic()
        took = max(0.0, min(now, self.stops_at) - self.moved_at)
        low = (-1.0, -1.0, 0.0)
        self.position = [max(low[n], min(1.0, self.position[n] + self.speed[n] * took)) for n in range(3)]
        self.moved_at = now
        if now >= self.stops_at:
            self.speed = (0.0, 0.0, 0.0)

    def happen(
        self,
        topic: str,
        source: dict[str, str],
        data: dict[str, str],
        *,
        operation: str = "",
        at: datetime | None = None,
        more: str = "",
    ) -> None:
        """Something happens: every pull point is told of it."""
        with self.news:
            self._remember(topic, source, data, operation)
            told = notification(topic, source, data, operation=operation, at=at or self.now(), more=more)
            for each in self.subscriptions.values():
                each.waiting.append(told)
            self.news.notify_all()

    def _remember(self, topic: str, source: dict[str, str], data: dict[str, str], operation: str) -> None:
        """Keep a state, for whoever asks for all of them."""
        if not operation:
            return
        items = next(iter(source.items()), ("", ""))
        if operation == "Deleted":
            self.states.pop((topic, *items), None)
        else:
            self.states[(topic, *items)] = "true" in data.values()

    def set_quietly(self, topic: str, source: tuple[str, str], on: bool) -> None:
        """A state becomes another one while nobody is told: only who asks for all states learns it."""
        with self.lock:
            self.states[(topic, *source)] = on

    def forget_subscriptions(self) -> None:
        """Every pull point is gone, and who waits at one is told so."""
        with self.news:
            self.subscriptions.clear()
            self.news.notify_all()


def notification(
    topic: str,
    source: dict[str, str],
    data: dict[str, str],
    *,
    operation: str = "",
    at: datetime | None = None,
    more: str = "",
) -> str:
    """A NotificationMessage as the standard writes it."""
    moment = f"{(at or datetime.now(UTC)):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
    kind = f' PropertyOperation="{operation}"' if operation else ""
    return (
        '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
        f"{topic}</wsnt:Topic><wsnt:Message>"
        f'<tt:Message UtcTime="{moment}"{kind}><tt:Source>{_items(source)}</tt:Source>'
        f"<tt:Data>{_items(data)}{more}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def _items(items: dict[str, str]) -> str:
    return "".join(f'<tt:SimpleItem Name="{name}" Value="{value}"/>' for name, value in items.items())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    device: Device

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        from tests.peers.onvif_services import answer

        device, wrong = self.device, self.device.wrong
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if wrong.cut:
            wrong.cut -= 1
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        time.sleep(wrong.slow_s)
        try:
            if wrong.endless:
                wrong.endless -= 1
                return self._endless()
            if wrong.garbage:
                return self._send(200, wrong.garbage.pop(0))
            envelope = ElementTree.fromstring(body)  # noqa: S314 - the tests' own client
            asked = envelope.find(f"{SOAP}Body")
            assert asked is not None and len(asked) == 1
            name = asked[0].tag.rpartition("}")[2]
            if not self._let_in(name, envelope, body):
                return None
            with device.lock:
                device.asked.append(name)
            if wrong.faults:
                raise wrong.faults.pop(0)
            return self._send(200, _envelope(answer(device, self.path, name, asked[0], envelope)))
        except SoapFault as fault:
            return self._send(fault.status, _fault(fault))

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(4_000):
                self.wfile.write(b" " * 1024)
        except OSError:
            pass

    def _send(self, status: int, content: bytes, *headers: tuple[str, str]) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            for each in headers:
                self.send_header(*each)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True

    def _let_in(self, name: str, envelope: ElementTree.Element, body: bytes) -> bool:
        """Check who asks; GetSystemDateAndTime is for everybody."""
        device = self.device
        if name == "GetSystemDateAndTime" or device.scheme == "none":
            return True
        why = _signed(device, envelope) if device.scheme == "wsse" else self._digest()
        if not why:
            return True
        with device.lock:
            device.refused.append(why)
        if device.scheme == "wsse":
            raise SoapFault("ter:NotAuthorized", why="Sender not authorized", status=400)
        challenge = f'Digest realm="{REALM}", qop="auth", nonce="n{len(device.refused)}", algorithm=MD5'
        self._send(401, b"", ("WWW-Authenticate", challenge))
        return False

    def _digest(self) -> str:
        """Why an Authorization header does not let in ('' where it does), as RFC 7616 checks it."""
        device, given = self.device, self.headers.get("Authorization", "")
        if not given.startswith("Digest "):
            return "no digest"
        fields = {
            name.strip(): value.strip().strip('"')
            for name, _, value in (part.partition("=") for part in given[7:].split(", "))
        }
        ha1 = _md5(f"{device.user}:{REALM}:{device.password}")
        ha2 = _md5(f"POST:{fields.get('uri', '')}")
        parts = (fields.get("nonce", ""), fields.get("nc", ""), fields.get("cnonce", ""), "auth")
        return "" if fields.get("response") == _md5(":".join((ha1, *parts, ha2))) else "wrong digest"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _signed(device: Device, envelope: ElementTree.Element) -> str:
    """Why a UsernameToken does not let in; '' where it does."""
    token = envelope.find(f"{SOAP}Header/{SECURITY}Security/{SECURITY}UsernameToken")
    if token is None:
        return "no token"
    password = token.find(f"{SECURITY}Password")
    assert password is not None and password.get("Type", "").endswith("#PasswordDigest")
    nonce, created = token.findtext(f"{SECURITY}Nonce", ""), token.findtext(f"{UTILITY}Created", "")
    told = base64.b64decode(nonce) + created.encode() + device.password.encode()
    if password.text != base64.b64encode(hashlib.sha1(told, usedforsecurity=False).digest()).decode():
        return "wrong password"
    if token.findtext(f"{SECURITY}Username") != device.user:
        return "unknown user"
    if abs(device.now() - datetime.fromisoformat(created)) > timedelta(seconds=5):
        return "too old"
    with device.lock:
        if nonce in device.nonces:
            return "said before"
        device.nonces.add(nonce)
    return ""


def _envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
        'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" '
        'xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" '
        'xmlns:tse="http://www.onvif.org/ver10/search/wsdl" '
        'xmlns:trp="http://www.onvif.org/ver10/replay/wsdl" '
        'xmlns:wsa5="http://www.w3.org/2005/08/addressing" xmlns:ter="http://www.onvif.org/ver10/error" '
        'xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:wsrf-r="http://docs.oasis-open.org/wsrf/r-2">'
        f"<env:Body>{body}</env:Body></env:Envelope>"
    ).encode()


def _fault(fault: SoapFault) -> bytes:
    codes = ""
    for each in reversed(fault.codes):
        codes = f"<env:Subcode><env:Value>{each}</env:Value>{codes}</env:Subcode>"
    detail = f"<env:Detail>{fault.detail}</env:Detail>" if fault.detail else ""
    return _envelope(
        f"<env:Fault><env:Code><env:Value>env:Sender</env:Value>{codes}</env:Code>"
        f'<env:Reason><env:Text xml:lang="en">{fault.why}</env:Text></env:Reason>{detail}</env:Fault>'
    )


@contextmanager
def onvif_device(**given: Any) -> Iterator[Device]:
    """A device that answers at `device.address` within the block."""
    device = Device(**given)
    with serving(device):
        yield device


@contextmanager
def serving(device: Device) -> Iterator[None]:
    """Serve `device`; outside of the block it is switched off. Its address stays the same."""
    handler = type("Handler", (_Handler,), {"device": device})
    server = ThreadingHTTPServer(("127.0.0.1", device.port), handler)
    server.daemon_threads = True
    device.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        device.forget_subscriptions()
        server.shutdown()
        server.server_close()
        thread.join(5)
