"""The live stream of a patrol's phone: server-sent events, as bare ASGI.

    GET /terrain/flux?lang=fr     the whole page's pieces at once, then again each time that they change

Each connection opens the door `field.crew`, for the territory of the unit that is held too, and opens it
again every few seconds. It tells of the member's own unit only, whole each time: a cut loses nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from beffroi.desks.field import reading
from beffroi.desks.field.live import Live, Phone
from beffroi.foundation import clock
from beffroi.people import doors

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ACTION = "field.crew"
HEARTBEAT_S = 15.0
ASK_AGAIN_S = 10.0
LANGUAGES = ("fr", "en")
HEADERS = [
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]

_live = Live()


def live() -> Live:
    """The looking of this process."""
    return _live


@doors.guarded(ACTION)
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request with a stream that lasts."""
    if scope["method"] != "GET":
        await _answer(send, 405)
        return
    try:
        admission = await _admitted(scope)
    except doors.DoorShut as shut:
        await _answer(send, 401 if shut.decision.reason == "people.not_signed_in" else 403)
        return
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", ["fr"])[0]
    phone = Phone(member=admission.member.pk, language=asked if asked in LANGUAGES else "fr")
    await _stream(scope, receive, send, phone)


async def _admitted(scope: Scope) -> doors.Admission:
    """Who may crew somewhere, and where they hold a unit. Raises DoorShut."""
    admission = await doors.admit(scope, ACTION)
    shift = await _live.ask(reading.shift_of, admission.member.pk)
    if shift is not None and shift.territory not in admission.territories:
        await _live.ask(_require, admission.member, shift.territory)
    return admission


def _require(member: Any, territory: str) -> None:
    doors.require(member, ACTION, territory=territory)


async def _answer(send: Send, status: int) -> None:
    headers = [*HEADERS, (b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _stream(scope: Scope, receive: Receive, send: Send, phone: Phone) -> None:
    headers = [*HEADERS, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.ensure_future(_until_gone(receive))
    asking = asyncio.ensure_future(_until_other_rights(scope))
    _live.join(phone)
    phone.wake.set()  # the first page at once
    try:
        await _write(send, b"retry: 1000\n\n")
        await _pump(send, phone, gone, asking)
    except asyncio.CancelledError:
        # The server stops: a stream that lasts ends here, whole; its browser comes back by itself.
        await send({"type": "http.response.body", "body": b""})
    finally:
        _live.leave(phone)
        for task in (gone, asking):
            task.cancel()


async def _pump(send: Send, phone: Phone, gone: asyncio.Future[None], asking: asyncio.Future[None]) -> None:
    """Hand on what changes, until the reader leaves or may no longer see it."""
    spoke = clock.current().monotonic()
    while not (gone.done() or asking.done()):
        news = asyncio.ensure_future(_live.next(phone))
        await asyncio.wait({news, gone, asking}, return_when=asyncio.FIRST_COMPLETED)
        if not news.done():
            news.cancel()
            break
        told = news.result()
        if not told and clock.current().monotonic() - spoke < HEARTBEAT_S:
            continue
        spoke = clock.current().monotonic()
        await _write(send, told or b"event: here\ndata: {}\n\n")
    if not gone.done():
        await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_other_rights(scope: Scope) -> None:
    """Ends when the session, the account or the role does: the browser asks anew, with the rights of then."""
    while True:
        await asyncio.sleep(ASK_AGAIN_S)
        try:
            await _admitted(scope)
        except doors.DoorShut:
            return
