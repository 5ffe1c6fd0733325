"""The live feed of the duty desk: server-sent events, and the sheet of one incident, as bare ASGI.

    GET /veille/flux?lang=fr&after=1200      the stream; resumes after a feed position (or Last-Event-ID)
    GET /veille/flux?lang=fr&fiche=<id>      the sheet of one incident, rendered once for all alike

Each connection opens the door `duty.view`, and opens it again every few seconds. What it may not see
is never queued for it. One hub a process looks at the journal once for all consoles (`duty/hub.py`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

from beffroi.desks.duty.hub import Console, Hub
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.people import doors

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ACTION = "duty.view"
HEARTBEAT_S = 15.0
ASK_AGAIN_S = 10.0
LANGUAGES = ("fr", "en")
HEADERS = [
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]

_hub = Hub()


def hub() -> Hub:
    """The hub of this process."""
    return _hub


@doors.guarded(ACTION)
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request: a stream that lasts, or a sheet."""
    if scope["method"] != "GET":
        await _answer(send, 405, b"")
        return
    asked = {key: values[0] for key, values in parse_qs(scope.get("query_string", b"").decode()).items()}
    try:
        admission = await doors.admit(scope, ACTION)
    except doors.DoorShut as shut:
        status = 401 if shut.decision.reason == "people.not_signed_in" else 403
        await _answer(send, status, b"")
        return
    language = asked.get("lang", "fr") if asked.get("lang") in LANGUAGES else "fr"
    if "fiche" in asked:
        await _sheet(send, admission, asked["fiche"], language)
        return
    console = Console(
        language=language,
        territories=admission.territories,
        logs=await _hub.ask(doors.territories_for, admission.member, "log.view"),
        units=await _hub.ask(doors.territories_for, admission.member, "unit.view"),
        devices=await _hub.ask(doors.territories_for, admission.member, "device.view"),
    )
    await _stream(scope, receive, send, console, _position(scope, asked))


def _position(scope: Scope, asked: dict[str, str]) -> int | None:
    """Where the reader stopped: the browser's own header wins over what the page asked at first."""
    for name, value in scope.get("headers", ()):
        if name == b"last-event-id" and value.isdigit():
            return int(value)
    return int(asked["after"]) if asked.get("after", "").isdigit() else None


async def _sheet(send: Send, admission: doors.Admission, identifier: str, language: str) -> None:
    try:
        html = await _hub.sheet(identifier, admission.member, admission.territories, language)
    except NotFound:
        await _answer(send, 404, b"")
        return
    await _answer(send, 200, html.encode(), b"text/html; charset=utf-8")


async def _answer(send: Send, status: int, body: bytes, kind: bytes = b"text/plain") -> None:
    headers = [*HEADERS, (b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _stream(scope: Scope, receive: Receive, send: Send, console: Console, after: int | None) -> None:
    headers = [*HEADERS, (b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.ensure_future(_until_gone(receive))
    asking = asyncio.ensure_future(_until_other_rights(scope, console))
    try:
        first = await _hub.join(console, after)
        hello = {"now": clock.now().isoformat(), "position": console.position}
        await _write(send, f"retry: 1000\nevent: hello\ndata: {json.dumps(hello)}\n\n".encode() + first)
        await _pump(send, console, gone, asking)
    except asyncio.CancelledError:
        # The server stops: a stream that lasts ends here, whole; its browser comes back by itself.
        await send({"type": "http.response.body", "body": b""})
    finally:
        _hub.leave(console)
        for task in (gone, asking):
            task.cancel()


async def _pump(
    send: Send, console: Console, gone: asyncio.Future[None], asking: asyncio.Future[None]
) -> None:
    """Hand on what the hub queues, until the reader leaves, may no longer see it, or falls behind."""
    while not (gone.done() or asking.done() or console.behind):
        news = asyncio.ensure_future(console.next())
        await asyncio.wait({news, gone, asking}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
        if news.done():
            await _write(send, news.result())
        else:
            news.cancel()
            if not (gone.done() or asking.done()):
                await _write(send, f": here\nid: {console.position}\n\n".encode())
    if asking.done() and not gone.done():
        # Other territories, or none: the page asks anew, so that it shows what is open now and no more.
        await _write(send, b"event: again\ndata: {}\n\n")
    if not gone.done():
        await send({"type": "http.response.body", "body": b""})


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _until_other_rights(scope: Scope, console: Console) -> None:
    """Ends when the session, the account or a role does: the browser asks anew, with the rights of then."""
    while True:
        await asyncio.sleep(ASK_AGAIN_S)
        try:
            admission = await doors.admit(scope, ACTION)
        except doors.DoorShut:
            return
        seen = [
            await _hub.ask(doors.territories_for, admission.member, action)
            for action in ("log.view", "unit.view", "device.view")
        ]
        before = (console.territories, console.logs, console.units, console.devices)
        if (admission.territories, *seen) != before:
            return
