"""Sources are remembered for a moment: known ones never wait, revoked ones stop within seconds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest
from django.db import OperationalError

from beffroi.during.intake import actions, book, queries
from beffroi.during.intake.book import SourceBook
from beffroi.during.intake.rules import Speaker

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def play(scene: Callable[[SourceBook], Awaitable[None]]) -> None:
    async def whole() -> None:
        sources = SourceBook()
        try:
            await scene(sources)
        finally:
            await sources.close()

    asyncio.run(whole())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The look-ups that reached the database."""
    seen: list[str] = []
    real = queries.speaker_by_address

    def counted(connector: str, address: str) -> Speaker | None:
        seen.append(address)
        return real(connector, address)

    monkeypatch.setattr(queries, "speaker_by_address", counted)
    actions.declare_source(territory="redon", key="P", connector="dc09", address="12AB")
    return seen


def test_many_who_ask_at_once_ask_the_database_once(asked: list[str]) -> None:
    async def scene(sources: SourceBook) -> None:
        found = await asyncio.gather(*(sources.by_address("dc09", "12AB") for _ in range(50)))
        assert {each.key for each in found if each} == {"P"}

    play(scene)
    assert asked == ["12AB"]


def test_a_known_source_is_asked_again_without_making_anyone_wait(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_FRESH_S", 0.01)
    gate = threading.Event()

    async def scene(sources: SourceBook) -> None:
        await sources.by_address("dc09", "12AB")
        await asyncio.sleep(0.02)
        real = queries.speaker_by_address

        def slow(connector: str, address: str) -> Speaker | None:
            gate.wait(5)
            return real(connector, address)

        monkeypatch.setattr(queries, "speaker_by_address", slow)
        found = await asyncio.wait_for(sources.by_address("dc09", "12AB"), 1)
        assert found is not None
        gate.set()

    play(scene)
    assert len(asked) == 2


def test_a_revoked_source_is_unknown_once_it_was_asked_again(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_FRESH_S", 0.01)

    async def scene(sources: SourceBook) -> None:
        assert await sources.by_address("dc09", "12AB") is not None
        await asyncio.to_thread(actions.revoke_source, territory="redon", key="P")
        for _ in range(200):
            await asyncio.sleep(0.02)
            if await sources.by_address("dc09", "12AB") is None:
                return
        raise AssertionError("still known")

    play(scene)
    assert book.REMEMBER_S <= 5


def test_who_is_declared_after_asking_is_known_soon(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_FRESH_S", 0.01)

    async def scene(sources: SourceBook) -> None:
        assert await sources.by_address("dc09", "34CD") is None
        await asyncio.to_thread(
            actions.declare_source, territory="redon", key="Q", connector="dc09", address="34CD"
        )
        await asyncio.sleep(0.02)
        assert await sources.by_address("dc09", "34CD") is not None

    play(scene)


def test_a_database_that_is_cut_is_asked_once_more(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    real, failures = queries.speaker_by_address, [OperationalError("cut")]

    def cut(connector: str, address: str) -> Speaker | None:
        if failures:
            raise failures.pop()
        return real(connector, address)

    monkeypatch.setattr(queries, "speaker_by_address", cut)

    async def scene(sources: SourceBook) -> None:
        assert await sources.by_address("dc09", "12AB") is not None

    play(scene)
    assert failures == []


def test_while_the_database_is_away_known_sources_go_on(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, away = queries.speaker_by_address, threading.Event()

    def perhaps(connector: str, address: str) -> Speaker | None:
        if away.is_set():
            raise OperationalError("gone")
        return real(connector, address)

    monkeypatch.setattr(queries, "speaker_by_address", perhaps)

    async def scene(sources: SourceBook) -> None:
        sources._remember_s = 0.05
        assert await sources.by_address("dc09", "12AB") is not None
        away.set()
        for _ in range(5):
            await asyncio.sleep(0.1)  # longer than it is remembered, each time
            found = await sources.by_address("dc09", "12AB")
            assert found is not None and found.key == "P"
        with pytest.raises(book.SourcesAway):
            await sources.by_address("dc09", "NEVER-HEARD")
        monkeypatch.setattr(book, "AWAY_S", 0.0)
        with pytest.raises(book.SourcesAway):
            await sources.by_address("dc09", "12AB")
        away.clear()
        assert await sources.by_address("dc09", "12AB") is not None

    play(scene)


def test_a_source_revoked_meanwhile_is_unknown_once_the_database_is_back(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_FRESH_S", 0.01)
    real, away = queries.speaker_by_address, threading.Event()

    def perhaps(connector: str, address: str) -> Speaker | None:
        if away.is_set():
            raise OperationalError("gone")
        return real(connector, address)

    monkeypatch.setattr(queries, "speaker_by_address", perhaps)

    async def scene(sources: SourceBook) -> None:
        assert await sources.by_address("dc09", "12AB") is not None
        await asyncio.to_thread(actions.revoke_source, territory="redon", key="P")
        away.set()
        await asyncio.sleep(0.05)
        assert await sources.by_address("dc09", "12AB") is not None
        away.clear()
        for _ in range(200):
            await asyncio.sleep(0.02)
            if await sources.by_address("dc09", "12AB") is None:
                return
        raise AssertionError("still known")

    play(scene)
