"""Images of looks to a browser, as bare ASGI: one stream for all the looks of a page.

    GET /veille/images?regard=<look>&regard=<look>    packets of `eyes.wire`, numbered as looks are asked
                      &direct=<look>                  whose images go straight from the media server

A browser opens six connections to one host at most: a wall of nine images needs one for all. Each look was
written and committed when it was opened; here it must be the member's own and go on. That is asked again
every few seconds, with the member's rights: a look that ended or a right that is gone ends its images. So it
is for those that are direct: of them nothing is decoded here, and their page is told when they are over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from beffroi.eyes import actions, models, queries, rules, straight, wire
from beffroi.eyes import doors as looks
from beffroi.eyes.errors import LookOver, NoLook
from beffroi.eyes.shown import Source
from beffroi.eyes.streams import Stream, Streams, Viewer
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors
from beffroi.people.sealing import SealBroken

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Found = tuple[models.Look, Source | None]

PATH = "/veille/images"
ACTION = "duty.view"  # who has the desk; each look asks for its own right besides
ASK_AGAIN_S = 5.0
OVER = "over"  # the look has ended: the page says so and asks nothing more
HEADERS = [
    (b"cache-control", b"private, no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-accel-buffering", b"no"),
]

_streams = Streams()


def streams() -> Streams:
    """The decoders of this process."""
    return _streams


@dataclass(eq=False)
class Seat:
    """One look of this page: its stream, and what of it the browser has."""

    number: int
    look: models.Look
    viewer: Viewer
    stream: Stream | None
    direct: bool = False
    frames: int = 0
    states: int = 0
    noted: int = 0
    over: bool = False
    said_over: bool = False

    def news(self) -> list[bytes]:
        """What the browser has not yet."""
        told: list[bytes] = []
        if self.over and not self.said_over:
            self.said_over = True
            told.append(wire.state(OVER, _now_ms()).told(self.number))
        if self.stream is None:
            return told
        if self.stream.states > self.states:
            self.states = self.stream.states
            told.append(self.stream.state.told(self.number))
        if self.stream.frame is not None and self.stream.frames > self.frames:
            self.frames = self.stream.frames
            told.append(self.stream.frame.told(self.number))
        return told


@doors.guarded(ACTION)
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request: a stream that lasts as long as its looks."""
    if scope["method"] != "GET":
        await _answer(send, 405)
        return
    try:
        admission = await doors.admit(scope, ACTION)
        asked = _asked(scope, "regard")
        found = await sync_to_async(_open)(admission, asked, set(_asked(scope, "direct")))
    except doors.DoorShut as shut:
        await _answer(send, 401 if shut.decision.reason == "people.not_signed_in" else 403)
        return
    except SealBroken:
        await _answer(send, 503)
        return
    except BeffroiError as refusal:
        await _answer(send, refusal.status)
        return
    await _stream(scope, receive, send, found)


def _asked(scope: Scope, name: str) -> list[UUID]:
    """The looks asked for under a name. Raises NoLook."""
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name, [])
    try:
        asked = [UUID(each) for each in given]
    except ValueError:
        asked = []
    if len(asked) != len(given) or len(asked) > rules.MOST_AT_ONCE:
        raise NoLook(what="look")
    return asked


def _open(admission: doors.Admission, asked: list[UUID], direct: set[UUID]) -> list[Found | None]:
    """Each look with where its image is (None there: it has a session); None for one that has ended.

    Raises NoLook, NoWay, UnknownCamera, SealBroken.
    """
    found: list[Found | None] = []
    straightly = straight.going_on(direct)
    for each in asked:
        try:
            look = looks.look_for(admission.member.pk, each)
        except LookOver:
            found.append(None)
            continue
        if not looks.may_go_on(admission.member, look):
            raise NoLook(what=str(each))
        found.append((look, None if each in straightly else queries.source(look)))
    return found


async def _answer(send: Send, status: int) -> None:
    headers = [*HEADERS, (b"content-type", b"text/plain"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _stream(scope: Scope, receive: Receive, send: Send, found: list[Found | None]) -> None:
    headers = [*HEADERS, (b"content-type", b"application/octet-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    news = asyncio.Event()  # one for all the seats, each of which is a viewer of its own
    seats = [_seat(Viewer(news), number, *each) for number, each in enumerate(found) if each is not None]
    ended = wire.state(OVER, _now_ms())
    first = [ended.told(number) for number, each in enumerate(found) if each is None]
    gone = asyncio.ensure_future(_until_gone(receive))
    asking = asyncio.ensure_future(_asking(scope, seats))
    try:
        full = wire.state(wire.FULL, _now_ms())
        first += [full.told(each.number) for each in seats if each.stream is None and not each.direct]
        await _write(send, b"".join(first))
        await _pump(send, seats, news, gone, asking)
    except asyncio.CancelledError:
        await send({"type": "http.response.body", "body": b""})  # the server stops: the stream ends whole
    finally:
        for each in seats:
            if each.stream is not None:
                _streams.leave(each.viewer, each.stream)
        for task in (gone, asking):
            task.cancel()


def _seat(viewer: Viewer, number: int, look: models.Look, source: Source | None) -> Seat:
    if source is None:
        return Seat(number, look, viewer, None, direct=True)
    if look.kind == rules.LIVE:
        stream = _streams.join(viewer, (look.territory_key, look.device), source)
    else:  # a span of the recorder belongs to its look alone
        assert look.span_from is not None  # noqa: S101 - a constraint of the table
        starts_ms = int(look.span_from.timestamp() * 1000)
        stream = _streams.join(
            viewer, (look.territory_key, look.device, str(look.pk)), source, starts_ms=starts_ms
        )
    return Seat(number, look, viewer, stream)


async def _pump(
    send: Send,
    seats: list[Seat],
    news: asyncio.Event,
    gone: asyncio.Future[None],
    asking: asyncio.Future[None],
) -> None:
    """Hand on the newest of each look, as fast as the browser takes it; what it was too slow for is lost."""
    while not (gone.done() or asking.done()):
        news.clear()
        for each in seats:
            for told in each.news():
                await _write(send, told)
        waiting = asyncio.ensure_future(news.wait())
        await asyncio.wait({waiting, gone, asking}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    if not gone.done():
        ended = wire.state(OVER, _now_ms())
        await send(
            {"type": "http.response.body", "body": b"".join(ended.told(each.number) for each in seats)}
        )


async def _write(send: Send, body: bytes) -> None:
    if body:
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _asking(scope: Scope, seats: list[Seat]) -> None:
    """Ends when none of the looks goes on, or the right to look does not; notes where images flow."""
    wait_s = 1.0  # the first images are noted soon: a look without any is told apart
    while True:
        await asyncio.sleep(wait_s)
        wait_s = ASK_AGAIN_S if any(each.frames or each.direct for each in seats) else 1.0
        flowing = [each for each in seats if each.frames > each.noted or (each.direct and not each.over)]
        try:
            admission = await doors.admit(scope, ACTION)
            going = await sync_to_async(_going_on)(
                admission, [each.look for each in seats], [each.look.pk for each in flowing]
            )
        except doors.DoorShut:
            await sync_to_async(_end)(seats)
            return
        except DatabaseError:  # asked again at once; the time of each look is known without
            going = {each.look.pk for each in seats if each.look.until > clock.now()}
        for each in flowing:
            each.noted = each.frames
        for each in seats:
            if each.look.pk not in going and not each.over:
                _let_go(each)
        if not going:
            return


def _let_go(seat: Seat) -> None:
    """A look that ended shows no image more, while the others go on."""
    seat.over = True
    if seat.stream is not None:
        _streams.leave(seat.viewer, seat.stream)
        seat.stream = None
    seat.viewer.wake()


def _going_on(admission: doors.Admission, all_of: list[models.Look], flowing: list[UUID]) -> set[UUID]:
    """Which looks go on; one whose right is gone, or whose camera was shut meanwhile, ends here."""
    now = clock.now()
    actions.note_images(flowing, now)
    for each in all_of:
        if not looks.may_go_on(admission.member, each):
            actions.end_look(identifier=each.pk, member=each.member, how=rules.RIGHTS)
    return queries.going_on([each.pk for each in all_of], admission.member.pk, now)


def _end(seats: list[Seat]) -> None:
    for each in seats:
        actions.end_look(identifier=each.look.pk, member=each.look.member, how=rules.RIGHTS)


def _now_ms() -> int:
    return int(clock.now().timestamp() * 1000)
