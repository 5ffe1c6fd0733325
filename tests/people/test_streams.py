"""A stream that was opened with some rights does not outlive them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.test import Client

from beffroi.desks import feed
from beffroi.desks.duty.hub import Console
from beffroi.people import actions, doors
from beffroi.people.models import Member

from .conftest import FOREIGN, OWN, Town

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def _end_one(member: Member) -> None:
    actions.end_role(held=member.roles_held.get(territory=FOREIGN))


def _give_another(member: Member) -> None:
    actions.give_role(member=member, role="supervisor", territory="renac")


def _close(member: Member) -> None:
    actions.close_member(member=member)


@pytest.mark.parametrize("change", [_end_one, _give_another, _close])
def test_stream_ends_when_the_rights_it_was_opened_with_change(
    town: Town, monkeypatch: pytest.MonkeyPatch, change: Callable[[Member], None]
) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.02)
    member, client = town.member("operator", territories=[OWN, FOREIGN]), Client()
    client.force_login(member)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    scope = {"type": "http", "headers": [(b"cookie", cookie.encode())]}

    async def watch() -> tuple[bool, bool]:
        admission = await doors.admit(scope, "duty.view")
        seen = admission.territories
        console = Console(language="fr", territories=seen, logs=seen, units=seen, devices=seen)
        asking = asyncio.ensure_future(feed._until_other_rights(scope, console))
        await asyncio.sleep(0.2)
        before = asking.done()
        await sync_to_async(change)(member)
        await asyncio.wait({asking}, timeout=5)
        after = asking.done()
        asking.cancel()
        return before, after

    assert async_to_sync(watch)() == (False, True)
