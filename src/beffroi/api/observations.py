"""`POST /api/v1/observations`: a bare ASGI application, beside Django for the sake of speed.

The answer leaves after the commit: 202 when something new was kept, 200 when all was there already,
207 when some of a batch could not be taken, 4xx and 503 when nothing was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

import msgspec

from beffroi.during.intake import reception
from beffroi.during.intake.connectors.http.connector import read, split
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.people.marks import by_token

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_BODY_SECONDS = 20
_JSON = (b"content-type", b"application/json")


class WrongMethod(BeffroiError):
    """Observations are posted."""

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


class WrongType(BeffroiError):
    """A body of a type that is not read here."""

    code = "intake.wrong_type"
    message = "The body is {given}, not JSON."
    advice = "Send application/json, or application/x-ndjson with one observation a line."
    status = 415


class TooSlow(BeffroiError):
    """The body did not come in time."""

    code = "intake.too_slow"
    message = "The body did not arrive within {seconds} s."
    advice = "Send it again."
    status = 408


@by_token
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Take one HTTP request of observations."""
    desk = reception.of_this_loop()
    try:
        status, answer = await _answer(desk, scope, receive)
    except BeffroiError as error:
        status, answer = error.status, {"error": error.as_dict()}
    await _reply(send, status, answer)


async def _reply(send: Send, status: int, answer: object) -> None:
    body = msgspec.json.encode(answer)
    headers = [_JSON, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    elif status == 405:
        headers.append((b"allow", b"POST"))
    elif status == 503:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(desk: Reception, scope: Scope, receive: Receive) -> tuple[int, object]:
    if scope["method"] != "POST":
        raise WrongMethod(method=scope["method"])
    headers = dict(scope["headers"])
    speaker = await _speaker(desk, headers)
    lines = _is_lines(headers)
    body = await _body(headers, receive)
    try:
        items, batch = split(body, lines=lines)
    except Unreadable as error:
        desk.tally.unread("http", error, body, speaker=speaker)
        raise
    most = configuration.current().intake_batch_max
    if len(items) > most:
        raise TooLarge(most=most, unit="observations")
    name = headers.get(b"idempotency-key", b"").decode("latin-1").strip()[:190]
    read_items = [_read(desk, speaker, each, _name(name, index, batch)) for index, each in enumerate(items)]
    return await _keep(desk, speaker, read_items, batch)


async def _speaker(desk: Reception, headers: dict[bytes, bytes]) -> Speaker:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token or len(token) > 200:
        raise NoToken
    speaker = await desk.book.by_token(token.decode("latin-1").strip())
    if speaker is None:
        raise NoToken
    return speaker


def _is_lines(headers: dict[bytes, bytes]) -> bool:
    given = headers.get(b"content-type", b"application/json").split(b";")[0].strip().lower()
    if given not in (b"application/json", b"application/x-ndjson", b"application/jsonl"):
        raise WrongType(given=given.decode("latin-1")[:80])
    return given != b"application/json"


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    most = configuration.current().intake_max_body
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


def _name(name: str, index: int, batch: bool) -> str | None:
    """The key that an `Idempotency-Key` gives to an observation without its own."""
    if not name:
        return None
    return f"{name}#{index}" if batch else name


def _read(
    desk: Reception, speaker: Speaker, raw: bytes | msgspec.Raw, fallback: str | None
) -> Draft | BeffroiError:
    try:
        return read(raw, territory=speaker.territory, fallback_key=fallback)
    except Unreadable as error:
        desk.tally.unread("http", error, bytes(raw), speaker=speaker)
        return error
    except BeffroiError as error:
        return error


async def _keep(
    desk: Reception, speaker: Speaker, read_items: Sequence[Draft | BeffroiError], batch: bool
) -> tuple[int, object]:
    """Keep the good ones in one go, and tell for each what became of it."""
    drafts = [each for each in read_items if isinstance(each, Draft)]
    receipts = iter(await desk.take(speaker, drafts))
    results = [_result(i, next(receipts) if isinstance(e, Draft) else e) for i, e in enumerate(read_items)]
    errors = [each for each in read_items if isinstance(each, BeffroiError)]
    if not batch:
        if errors:
            raise errors[0]
        return (200 if results[0]["duplicate"] else 202), results[0]
    return _status(results, errors), {"results": results}


def _result(index: int, outcome: Receipt | BeffroiError) -> dict[str, Any]:
    if isinstance(outcome, BeffroiError):
        return {"index": index, "error": outcome.as_dict()}
    return {"index": index, "position": outcome.position, "duplicate": outcome.duplicate}


def _status(results: Sequence[dict[str, Any]], errors: Sequence[BeffroiError]) -> int:
    if errors:
        return max(error.status for error in errors) if len(errors) == len(results) else 207
    return 200 if all(each["duplicate"] for each in results) else 202
