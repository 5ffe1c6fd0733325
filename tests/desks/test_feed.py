"""The live feed: who gets in, what is told, in which language, how it resumes, who is let go."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from tests.desks.conftest import Happen, Town

from beffroi.desks import feed
from beffroi.desks.duty import hub as hubs
from beffroi.desks.duty import news
from beffroi.desks.duty.hub import Console, Hub
from beffroi.desks.duty.news import News
from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch.models import Ranking
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import queries as oncall
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people.models import Member

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]

WAIT_S = 20.0


class Stream:
    """One open request to the feed, as a browser holds it."""

    def __init__(self, cookie: str, query: str = "lang=en", last: int | None = None) -> None:
        headers = [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode())]
        if last is not None:
            headers.append((b"last-event-id", str(last).encode()))
        self.scope = {
            "type": "http", "method": "GET", "path": "/veille/flux", "headers": headers,
            "query_string": query.encode(),
        }  # fmt: skip
        self.status = 0
        self.heard = ""
        self.ended = asyncio.Event()
        self._leave = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Stream:
        self._task = asyncio.ensure_future(feed.application(self.scope, self._receive, self._send))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave.set()
        assert self._task is not None
        await asyncio.wait_for(self._task, WAIT_S)

    async def _receive(self) -> dict[str, Any]:
        await self._leave.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.heard += message.get("body", b"").decode()
        if not message.get("more_body"):
            self.ended.set()

    async def until(self, words: str) -> None:
        """Wait until the stream said this."""
        deadline = asyncio.get_running_loop().time() + WAIT_S
        while words not in self.heard:
            assert asyncio.get_running_loop().time() < deadline, f"{words!r} not in {self.heard[-2000:]!r}"
            await asyncio.sleep(0.02)

    def events(self, name: str) -> list[Any]:
        """The data of each event of this name."""
        blocks = [block.split("\n") for block in self.heard.split("\n\n")]
        return [json.loads(block[1][6:]) for block in blocks if block[0] == f"event: {name}"]


@pytest.fixture(autouse=True)
def fresh_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a hub of its own."""
    monkeypatch.setattr(feed, "_hub", Hub())


def cookie(town: Town, member: Member) -> str:
    return str(town.signed_in(member).session.session_key)


def run(body: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(body())  # type: ignore[arg-type] - a coroutine function


def test_nobody_gets_in_without_the_right(town: Town) -> None:
    operator, referent = cookie(town, town.operator), cookie(town, town.referent)

    async def body() -> None:
        for key, status in ((operator, 200), (referent, 403), ("nobody", 401)):
            async with Stream(key) as stream:
                await asyncio.wait_for(asyncio.sleep(0.3) if status == 200 else stream.ended.wait(), WAIT_S)
            assert stream.status == status

    run(body)


def test_what_happens_is_told_to_each_in_their_language(town: Town, happen: Happen) -> None:
    operator, other = cookie(town, town.operator), cookie(town, town.other)

    async def body() -> None:
        async with Stream(operator, "lang=fr") as french, Stream(other, "lang=en") as english:
            await french.until("event: hello")
            await english.until("event: hello")
            incident = await sync_to_async(happen)(("intrusion.door", "P-1", -3.0))
            await french.until("Intrusion possible")
            await english.until("Possible intrusion")
            rows = english.events("row")
            assert rows[-1]["id"] == str(incident) and rows[-1]["group"] == "decide"
            await english.until("Opened")
            assert any("Opened" in line["html"] for line in english.events("line"))
            await english.until("event: units")
            assert {unit["key"] for unit in english.events("units")[-1]["units"]} == {"P1", "P2"}

    run(body)


@pytest.mark.parametrize("look", ["after", "all_units", "reranked", "all_heads"])
def test_who_comes_in_during_a_look_is_told_whole_events_in_their_language(
    town: Town, happen: Happen, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    """A look renders for the languages of those who are there: the next one waits at the door."""
    asked, go_on = threading.Event(), threading.Event()
    read = getattr(news, look)

    def slow(*values: Any) -> Any:
        told = read(*values)
        asked.set()
        assert go_on.wait(WAIT_S)
        return told

    happen(("intrusion.door", "P-1", -3.0))
    french, english = (Console(each, frozenset({"town"}), frozenset({"town"})) for each in ("fr", "en"))

    async def body() -> None:
        hub = feed.hub()
        await hub.join(french, None)
        monkeypatch.setattr(news, look, slow)
        hub._reordered.update({str(each): None for each in await open_incidents()})
        await sync_to_async(happen)(("intrusion.door", "P-2", -3.0))
        assert await asyncio.to_thread(asked.wait, WAIT_S)
        entering = asyncio.ensure_future(hub.join(english, None))
        await asyncio.sleep(0.1)
        go_on.set()
        await entering
        await sync_to_async(happen)(("intrusion.motion", "P-1", -1.0))
        heard = b""
        while b"Possible intrusion" not in heard:
            heard += await asyncio.wait_for(english.next(), WAIT_S)
        assert b"Intrusion possible" not in heard
        hub.leave(french)
        hub.leave(english)

    run(body)


@sync_to_async
def open_incidents() -> list[UUID]:
    return list(Incident.objects.values_list("pk", flat=True))


def test_after_a_cut_it_resumes_after_the_last_position_heard(
    town: Town, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "revisions", dict)  # orders of units are told again: the next test's matter
    key = cookie(town, town.operator)
    before = journal.head_position()
    incident = happen(("intrusion.door", "P-1", -3.0))

    async def body() -> None:
        async with Stream(key, last=before) as stream:
            await stream.until("event: row")
            assert stream.events("row")[0]["id"] == str(incident)
        async with Stream(key, f"lang=en&after={await sync_to_async(journal.head_position)()}") as late:
            await late.until("event: hello")
            await asyncio.sleep(0.3)
            assert late.events("row") == []

    run(body)


def test_an_order_of_units_made_while_a_page_loads_reaches_it(town: Town, happen: Happen) -> None:
    """Nobody can be proposed when the page is made; the order is there before its stream is."""
    key = cookie(town, town.operator)
    incident = happen(("intrusion.door", "P-1", -3.0))
    Ranking.objects.all().delete()

    async def body() -> None:
        after = f"lang=en&after={await sync_to_async(journal.head_position)()}"
        async with Stream(key, after) as there:
            await there.until("event: hello")
            await asyncio.sleep(1.5 * hubs.UNITS_EVERY_S)
            await sync_to_async(dispatch.rank)(incident_id=incident, at=clock.now())
            await there.until("event: row")
            async with Stream(key, after) as late:
                await late.until("event: row")
                assert late.events("row")[0]["id"] == str(incident)

    run(body)


def test_what_is_too_much_to_be_told_is_asked_again(
    town: Town, happen: Happen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "MISSED_MOST", 1)
    happen(("intrusion.door", "P-1", -3.0), ("presence.person", "C-1", -2.0))
    key = cookie(town, town.operator)

    async def body() -> None:
        async with Stream(key, "lang=en&after=0") as stream:
            await stream.until("event: again")

    run(body)


def test_the_sheet_is_what_this_reader_may_do(town: Town, burglary: UUID) -> None:
    operator, referent = cookie(town, town.operator), cookie(town, town.referent)

    async def body() -> None:
        async with Stream(operator, f"lang=en&fiche={burglary}") as stream:
            await asyncio.wait_for(stream.ended.wait(), WAIT_S)
        assert stream.status == 200 and 'data-key="e"' in stream.heard and "Burglary" in stream.heard
        async with Stream(referent, f"lang=en&fiche={burglary}") as stream:
            await asyncio.wait_for(stream.ended.wait(), WAIT_S)
        assert stream.status == 403 and stream.heard == ""
        async with Stream(operator, "lang=en&fiche=not-an-incident") as stream:
            await asyncio.wait_for(stream.ended.wait(), WAIT_S)
        assert stream.status == 404

    run(body)


def test_an_open_desk_is_noted_so_that_nobody_is_woken_too_soon(town: Town) -> None:
    key = cookie(town, town.operator)

    async def body() -> None:
        async with Stream(key) as stream:
            await stream.until("event: hello")
            deadline = asyncio.get_running_loop().time() + WAIT_S
            while not await sync_to_async(oncall.desk_is_open)(town.key, clock.now()):
                assert asyncio.get_running_loop().time() < deadline, "the desk is open and nobody knows"
                await asyncio.sleep(0.05)

    assert not oncall.desk_is_open(town.key, clock.now())
    run(body)
    assert not oncall.desk_is_open(town.key, clock.now() + timedelta(minutes=1))


def test_a_role_that_ends_ends_the_stream(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.2)
    key = cookie(town, town.operator)

    async def body() -> None:
        async with Stream(key) as stream:
            await stream.until("event: hello")
            await sync_to_async(Member.objects.filter(pk=town.operator.pk).update)(is_active=False)
            await asyncio.wait_for(stream.ended.wait(), WAIT_S)

    run(body)


def test_a_slow_console_is_let_go_and_the_others_stay() -> None:
    async def body() -> None:
        hub = Hub()
        slow = Console("en", frozenset({"town"}), frozenset())
        quick = Console("en", frozenset({"town"}), frozenset())
        hub.consoles |= {slow, quick}
        for number in range(hubs.QUEUED_MOST + 1):
            hub._tell([News("row", "town", {"en": f"data: {number}\n\n".encode()})])
            await quick.next()
        assert slow.behind and slow not in hub.consoles
        assert not quick.behind and quick in hub.consoles

    run(body)


def test_a_console_is_never_told_of_what_it_may_not_see() -> None:
    row = News("row", "elsewhere", {"en": b"x"})
    line = News("line", "town", {"en": b"x"})
    console = Console("en", frozenset({"town"}), frozenset())
    assert not console.sees(row) and not console.sees(line)
    assert Console("en", frozenset({"town"}), frozenset({"town"})).sees(line)
