"""`POST /api/v1/observations`: a bare ASGI application, beside Django for the sake of speed.

The answer leaves after the commit: 202 when something new was kept, 200 when all was there already,
207 when some of a batch could not be taken, 4xx and 503 when nothing was.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from beffroi.api.requests import (
    Receive,
    Scope,
    Send,
    TooLarge,
    WrongMethod,
    body_of,
    reply,
    result_of,
    speaker_of,
    status_of,
)
from beffroi.during.intake import reception
from beffroi.during.intake.connectors.http.connector import read, split
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError
from beffroi.people.marks import by_token


class WrongType(BeffroiError):
    """A body of a type that is not read here."""

    code = "intake.wrong_type"
    message = "The body is {given}, not JSON."
    advice = "Send application/json, or application/x-ndjson with one observation a line."
    status = 415


@by_token
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Take one HTTP request of observations."""
    desk = reception.of_this_loop()
    try:
        status, answer = await _answer(desk, scope, receive)
    except BeffroiError as error:
        status, answer = error.status, {"error": error.as_dict()}
    await reply(send, status, answer)


async def _answer(desk: Reception, scope: Scope, receive: Receive) -> tuple[int, object]:
    if scope["method"] != "POST":
        raise WrongMethod(method=scope["method"])
    headers = dict(scope["headers"])
    speaker = await speaker_of(desk, headers)
    lines = _is_lines(headers)
    body = await body_of(headers, receive)
    desk.tally.heard(speaker)
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


def _is_lines(headers: dict[bytes, bytes]) -> bool:
    given = headers.get(b"content-type", b"application/json").split(b";")[0].strip().lower()
    if given not in (b"application/json", b"application/x-ndjson", b"application/jsonl"):
        raise WrongType(given=given.decode("latin-1")[:80])
    return given != b"application/json"


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
    results = [result_of(i, next(receipts) if isinstance(e, Draft) else e) for i, e in enumerate(read_items)]
    errors = [each for each in read_items if isinstance(each, BeffroiError)]
    if not batch:
        if errors:
            raise errors[0]
        return (200 if results[0]["duplicate"] else 202), results[0]
    return status_of(results, errors), {"results": results}
