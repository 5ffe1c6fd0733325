"""What the endpoints that sources post to have in common: who speaks, the body, the answer."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import msgspec

from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Speaker
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_BODY_SECONDS = 20
_TOKEN_LONGEST = 300


class WrongMethod(BeffroiError):
    """What is observed is posted."""

    code = "api.wrong_method"
    message = "This address takes POST, not {method}."
    advice = "Send the observation as the body of a POST."
    status = 405


class NoToken(BeffroiError):
    """No live source holds this token."""

    code = "intake.no_token"
    message = "No source is known by this token."
    advice = "Send `Authorization: Bearer TOKEN`; `beffroi source token` makes a new one."
    status = 401


class TooLarge(BeffroiError):
    """More than one request may carry."""

    code = "intake.too_large"
    message = "More than {most} {unit} in one request."
    advice = "Send smaller batches; settings `intake_max_body` and `intake_batch_max` set the limits."
    status = 413


class TooSlow(BeffroiError):
    """The body did not come in time."""

    code = "intake.too_slow"
    message = "The body did not arrive within {seconds} s."
    advice = "Send it again."
    status = 408


async def reply(send: Send, status: int, answer: object) -> None:
    """Send an answer as JSON."""
    await reply_with(send, status, "application/json", msgspec.json.encode(answer))


async def reply_with(send: Send, status: int, content_type: str, body: bytes) -> None:
    """Send an answer whose body is made already."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    elif status == 405:
        headers.append((b"allow", b"POST"))
    elif status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def speaker_of(desk: Reception, headers: dict[bytes, bytes]) -> Speaker:
    """The live source that holds the request's token. Raises NoToken."""
    return await speaker_by(desk, token_of(headers))


async def speaker_by(desk: Reception, token: str) -> Speaker:
    """The live source that holds `token`. Raises NoToken."""
    if len(token) > _TOKEN_LONGEST:
        raise NoToken
    speaker = await desk.book.by_token(token) if token else None
    if speaker is None:
        raise NoToken
    return speaker


def token_of(headers: dict[bytes, bytes]) -> str:
    """The token of a request: as bearer, as the password of Basic, or in X-Api-Key. Never in an address."""
    scheme, _, given = headers.get(b"authorization", b"").partition(b" ")
    if len(given) > _TOKEN_LONGEST:
        return ""
    if scheme.lower() == b"bearer":
        return given.decode("latin-1").strip()
    if scheme.lower() == b"basic":
        try:
            return b64decode(given, validate=True).decode("latin-1").partition(":")[2]
        except ValueError:
            return ""
    key = headers.get(b"x-api-key", b"")
    return key.decode("latin-1").strip() if len(key) <= _TOKEN_LONGEST else ""


async def body_of(headers: dict[bytes, bytes], receive: Receive, *, most: int | None = None) -> bytes:
    """The whole body, of `most` bytes (None: the setting `intake_max_body`). Raises TooLarge, TooSlow."""
    most = configuration.current().intake_max_body if most is None else most
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > most:
        raise TooLarge(most=most, unit="bytes")
    message = await receive()
    first = message.get("body", b"")
    if not message.get("more_body"):
        if len(first) > most:
            raise TooLarge(most=most, unit="bytes")
        return first
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await _rest(first, receive, most)
    except TimeoutError:
        raise TooSlow(seconds=_BODY_SECONDS) from None


async def _rest(first: bytes, receive: Receive, most: int) -> bytes:
    parts, size = [first], len(first)
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TooSlow(seconds=_BODY_SECONDS)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise TooLarge(most=most, unit="bytes")
        if not message.get("more_body"):
            return b"".join(parts)


def result_of(index: int, outcome: Receipt | BeffroiError) -> dict[str, Any]:
    """What became of one observation of a request."""
    if isinstance(outcome, BeffroiError):
        return {"index": index, "error": outcome.as_dict()}
    return {"index": index, "position": outcome.position, "duplicate": outcome.duplicate}


def status_of(results: Sequence[dict[str, Any]], errors: Sequence[BeffroiError]) -> int:
    """202 for something new, 200 when all was known, 207 when part was refused, else the worst error's."""
    if errors:
        return max(error.status for error in errors) if len(errors) == len(results) else 207
    return 200 if all(each.get("duplicate") for each in results) else 202
