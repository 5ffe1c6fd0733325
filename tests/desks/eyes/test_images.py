"""The stream of images: only to whom the look belongs, only while it goes on, only while the right stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from tests.eyes.conftest import Declare, Town
from tests.eyes.peers import RtspPeer

from beffroi.desks.eyes import feed
from beffroi.eyes import actions, models, wire
from beffroi.eyes.shown import LookView
from beffroi.people.models import Member, RoleHeld

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]
RTSP = "rtsp://127.0.0.1:9/live"
Told = Callable[[], Awaitable[tuple[bytes, int, bytes] | None]]


def look(town: Town, member: Member | None = None) -> LookView:
    return actions.open_look(
        member=member or town.operator, territory=town.key, device="C-1", purpose="prevention"
    )


def scope(town: Town, member: Member | None, *looks: object) -> dict[str, Any]:
    headers = []
    if member is not None:
        key = town.signed_in(member).session.session_key
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()))
    return {
        "type": "http",
        "method": "GET",
        "path": feed.PATH,
        "query_string": "&".join(f"regard={each}" for each in looks).encode(),
        "headers": headers,
    }


async def status(asked: dict[str, Any]) -> int:
    talk = ApplicationCommunicator(feed.application, asked)
    await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
    return int((await talk.receive_output(20))["status"])


@asynccontextmanager
async def streaming(asked: dict[str, Any]) -> AsyncIterator[Told]:
    """A stream; each call gives the next packet: letter, number, content; None at its end."""
    talk = ApplicationCommunicator(feed.application, asked)
    await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await talk.receive_output(20))["status"] == 200
    held, ended = b"", False

    async def told() -> tuple[bytes, int, bytes] | None:
        nonlocal held, ended
        while True:
            if len(held) >= wire.TOLD.size:
                kind, number, _at, length = wire.TOLD.unpack(held[: wire.TOLD.size])
                end = wire.TOLD.size + length
                if len(held) >= end:
                    content, held = held[wire.TOLD.size : end], held[end:]
                    return kind, number, content
            if ended:
                return None
            message = await talk.receive_output(20)
            held += message.get("body", b"")
            ended = not message.get("more_body", False)

    try:
        yield told
    finally:
        await talk.send_input({"type": "http.disconnect"})
        await talk.wait(20)


async def until(told: Told, kind: bytes, state: bytes = b"", number: int = 0) -> bytes:
    async with asyncio.timeout(30):
        while (packet := await told()) is not None:
            if packet[0] == kind and packet[1] == number and state in packet[2]:
                return packet[2]
    raise AssertionError(f"the stream ended without {kind!r} {state!r}")


@pytest.mark.service
def test_images_flow_to_who_looks_and_the_look_is_noted(town: Town, camera: RtspPeer) -> None:
    first, second = look(town), look(town)
    asked = scope(town, town.operator, first.id, second.id)

    async def looking() -> None:
        async with streaming(asked) as told:
            for number in (0, 1):
                assert (await until(told, wire.FRAME, number=number)).startswith(b"\xff\xd8")
            async with asyncio.timeout(20):
                while not await sync_to_async(models.Look.objects.exclude(image_at=None).count)():
                    await told()
            assert len(feed.streams()) == 1

    asyncio.run(looking())


@pytest.mark.service
def test_a_look_that_ends_shows_no_image_more_while_the_other_goes_on(
    town: Town, camera: RtspPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.3)
    first, second = look(town), look(town)
    asked = scope(town, town.operator, first.id, second.id)

    async def looking() -> None:
        async with streaming(asked) as told:
            await until(told, wire.FRAME)
            await sync_to_async(actions.end_look)(identifier=first.id, member=town.operator.pk)
            await until(told, wire.STATE, b"over")
            for _ in range(10):
                packet = await told()
                assert packet is not None and packet[1] == 1
            await sync_to_async(actions.end_look)(identifier=second.id, member=town.operator.pk)
            await until(told, wire.STATE, b"over", number=1)
            while await told() is not None:
                pass

    asyncio.run(looking())


@pytest.mark.service
def test_a_right_that_ends_ends_the_images_and_is_written(
    town: Town, camera: RtspPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.3)
    opened = look(town)
    asked = scope(town, town.operator, opened.id)

    async def looking() -> None:
        async with streaming(asked) as told:
            await until(told, wire.FRAME)
            await sync_to_async(RoleHeld.objects.filter(member=town.operator).delete)()
            await until(told, wire.STATE, b"over")
            while await told() is not None:
                pass

    asyncio.run(looking())
    assert models.Look.objects.get().ended == "rights"


@pytest.mark.service
def test_a_camera_that_is_shut_shows_no_image_more(
    town: Town, camera: RtspPeer, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.3)
    asked = scope(town, town.operator, look(town).id)

    async def looking() -> None:
        async with streaming(asked) as told:
            await until(told, wire.FRAME)
            await sync_to_async(declare)(shut="masked")
            await until(told, wire.STATE, b"over")
            while await told() is not None:
                pass

    asyncio.run(looking())
    assert models.Look.objects.get().ended == "rights"


@pytest.mark.service
def test_a_camera_that_is_gone_is_said_and_its_return_seen(town: Town, camera: RtspPeer) -> None:
    asked = scope(town, town.operator, look(town).id)

    async def looking() -> None:
        async with streaming(asked) as told:
            await until(told, wire.FRAME)
            camera.cut()
            await until(told, wire.STATE, b"cut")

    asyncio.run(looking())


def test_without_a_look_of_ones_own_there_is_no_image(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = look(town)
    for asked, answer in (
        (scope(town, None, opened.id), 401),
        (scope(town, town.referent, opened.id), 403),
        (scope(town, town.other, opened.id), 404),
        (scope(town, town.operator, uuid4()), 404),
        (scope(town, town.operator, "C-1"), 404),
        (scope(town, town.operator), 200),
        (scope(town, town.operator, *[opened.id] * 10), 404),
        ({**scope(town, town.operator, opened.id), "method": "POST"}, 405),
    ):
        assert asyncio.run(status(asked)) == answer


def test_a_look_that_ended_is_told_so_and_no_decoder_starts(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = look(town)
    models.Look.objects.update(until=opened.opened_at + timedelta(microseconds=1))
    asked = scope(town, town.operator, opened.id)

    async def looking() -> None:
        async with streaming(asked) as told:
            await until(told, wire.STATE, b"over")
            while await told() is not None:
                pass

    before = len(feed.streams())
    asyncio.run(looking())
    assert len(feed.streams()) == before
