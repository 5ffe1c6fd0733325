"""Gateways for texts and voice, declared as data: their HTTP request, what they answer, what they post.

The file of `oncall_gateways` holds a table a channel (`sms`, `voice`); `{to}`, `{text}`, `{id}` and
`{secret:NAME}` are put in. docs/design/oncall.md shows two whole ones.
"""

from __future__ import annotations

import json
import time
import tomllib
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from beffroi.during.oncall.errors import BadGateway
from beffroi.during.oncall.methods import declared as formats
from beffroi.during.oncall.rules import sending
from beffroi.foundation.settings import current

CHANNELS = ("sms", "voice")
ANSWER_LONGEST = 65_536
PLACES = frozenset({"to", "to_00", "to_bare", "text", "id", "xml:text"})


class Coming(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"sender": "from"}):
    """What the gateway posts when somebody answers: where the number and the text stand."""

    token: str
    sender: str
    text: str
    kind: str = "json"


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the gateway posts of a message's delivery: its identifier (ours or its own) and its state."""

    token: str
    id: str
    state: str
    delivered: list[str]
    failed: list[str] = []
    kind: str = "json"


class Gateway(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One declared gateway. One of `json`, `form`, `query` carries the message; `already` are the HTTP
    statuses that say that this identifier was taken before."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = {}
    basic: list[str] = []
    json: dict[str, Any] = {}
    form: dict[str, str] = {}
    query: dict[str, str] = {}
    success: tuple[int, ...] = (200, 201, 202)
    already: tuple[int, ...] = ()
    answer_begins: str = ""
    answer_id: str = ""
    reply: Coming | None = None
    report: Report | None = None


class Result(msgspec.Struct, frozen=True):
    """What became of one try: sent (with the gateway's own identifier), or a fault; `again`: it may pass."""

    sent: bool
    gateway_id: str = ""
    fault: str = ""
    again: bool = False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry a number and a secret to another address: it is an error."""

    def redirect_request(self, *_answer: Any) -> None:
        return None


_open = urllib.request.build_opener(_NoRedirect)


def declared() -> Mapping[str, Gateway]:
    """The gateways by channel, read again when their file changes. Raises BadGateway."""
    name = current().oncall_gateways
    if not name:
        return {}
    file = Path(name)
    try:
        return _read(str(file), file.stat().st_mtime_ns, *_secrets_state())
    except OSError as error:
        raise BadGateway(file=file, where="it", why=f"cannot be read ({type(error).__name__})") from None


def _secrets_state() -> tuple[str, int]:
    name = current().oncall_secrets
    return (name, Path(name).stat().st_mtime_ns) if name else ("", 0)


@lru_cache(maxsize=4)
def _read(name: str, _changed: int, secrets: str, _secrets_changed: int) -> dict[str, Gateway]:
    try:
        found = msgspec.convert(tomllib.loads(Path(name).read_text()), dict[str, Gateway])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadGateway(file=name, where="it", why=f"cannot be read: {error}") from None
    known = _secrets(secrets)
    for channel, gateway in found.items():
        _check(name, channel, gateway, known)
    return found


def _secrets(name: str) -> dict[str, str]:
    if not name:
        return {}
    try:
        return {key: str(value) for key, value in tomllib.loads(Path(name).read_text()).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # The file's own words may hold a secret: they are not repeated.
        raise BadGateway(file=name, where="it", why="is not a TOML file of names and values") from None


def _check(name: str, channel: str, gateway: Gateway, secrets: Mapping[str, str]) -> None:
    if channel not in CHANNELS:
        raise BadGateway(file=name, where=f"[{channel}]", why=f"is not one of {', '.join(CHANNELS)}")
    if urlsplit(gateway.url).scheme not in ("http", "https"):
        raise BadGateway(file=name, where=f"[{channel}] url", why="is not an http or https address")
    if sum(bool(each) for each in (gateway.json, gateway.form, gateway.query)) != 1:
        raise BadGateway(file=name, where=f"[{channel}]", why="needs one of json, form, query")
    tokens = [each.token for each in (gateway.reply, gateway.report) if each]
    parts = [gateway.url, gateway.headers, gateway.basic, gateway.json, gateway.form, gateway.query, tokens]
    named = set().union(*(formats.places(each) for each in parts))
    unknown = named - PLACES - {f"secret:{key}" for key in secrets}
    if unknown:
        raise BadGateway(file=name, where=f"[{channel}]", why=f"names {', '.join(sorted(unknown))}: unknown")
    if not named & {"to", "to_00", "to_bare"} or not named & {"text", "xml:text"}:
        raise BadGateway(file=name, where=f"[{channel}]", why="must put in {to} and {text}")


def token_of(coming: Coming | Report) -> str:
    """The token with which a gateway posts; empty where its declaration fills none."""
    return str(formats.filled(coming.token, {}, _secrets(current().oncall_secrets)))


def request_of(gateway: Gateway, *, to: str, text: str, key: str) -> urllib.request.Request:
    """The HTTP request that sends one message; `key` is what the gateway knows it by."""
    values = {"to": to, "to_00": f"00{to[1:]}", "to_bare": to[1:], "text": text, "id": key}
    secrets = _secrets(current().oncall_secrets)
    url = formats.filled(gateway.url, {name: quote(each, "") for name, each in values.items()}, secrets)
    headers = {"User-Agent": "Beffroi", **formats.filled(gateway.headers, values, secrets)}
    body: bytes | None = None
    if gateway.json:
        body = json.dumps(formats.filled(gateway.json, values, secrets)).encode()
        headers.setdefault("Content-Type", "application/json")
    elif gateway.form:
        body = urlencode(formats.filled(gateway.form, values, secrets)).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    else:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(formats.filled(gateway.query, values, secrets))}"
    if gateway.basic:
        user, password = formats.filled(gateway.basic, values, secrets)
        headers["Authorization"] = f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
    headers.setdefault("Idempotency-Key", key)
    return urllib.request.Request(url, data=body, headers=headers, method=gateway.method)  # noqa: S310 - checked


def send(gateway: Gateway, *, to: str, text: str, key: str) -> Result:
    """Send one message and read what the gateway says; never raises for what the network does."""
    request = request_of(gateway, to=to, text=text, key=key)
    timeout = current().oncall_timeout_seconds
    try:
        with _open.open(request, timeout=timeout) as answer:
            status, body = answer.status, _body(answer, timeout)
    except urllib.error.HTTPError as refused:
        refused.close()
        if refused.code in gateway.already:
            return Result(True)
        return Result(False, fault=f"http_{refused.code}", again=sending.may_pass(refused.code))
    except TimeoutError:
        return Result(False, fault="timeout", again=True)
    except (OSError, HTTPException) as error:
        timed_out = isinstance(getattr(error, "reason", None), TimeoutError)
        return Result(False, fault="timeout" if timed_out else "unreachable", again=True)
    return _understood(gateway, status, body)


def _body(answer: HTTPResponse, timeout: float) -> bytes:
    """At most so much of the answer, within the time: a gateway that drips is a gateway that is late."""
    until, body = time.monotonic() + timeout, b""
    while len(body) < ANSWER_LONGEST:
        part = answer.read1(4096)
        if not part:
            break
        body += part
        if time.monotonic() > until:
            raise TimeoutError
    return body


def _understood(gateway: Gateway, status: int, body: bytes) -> Result:
    if status in gateway.already:
        return Result(True)
    if status not in gateway.success:
        return Result(False, fault=f"http_{status}", again=sending.may_pass(status))
    text = body.decode("utf-8", "replace").strip()
    if gateway.answer_begins and not text.startswith(gateway.answer_begins):
        return Result(False, fault="refused")
    if not gateway.answer_id:
        return Result(True)
    try:
        return Result(True, formats.at_path(formats.parsed(body, "json"), gateway.answer_id)[:120])
    except ValueError:
        return Result(True)  # it was taken: only its identifier could not be read
