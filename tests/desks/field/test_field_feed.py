"""The phone's stream: who gets in, what each is told, whole each time, and when it ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from tests.desks.conftest import Town
from tests.desks.field.conftest import Patrol
from tests.desks.test_feed import WAIT_S, Stream

from beffroi.desks.field import feed
from beffroi.desks.field.live import Live
from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch.shown import MissionView
from beffroi.people import actions as people
from beffroi.people.models import Member, RoleHeld

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a looking of its own, and asks for rights often."""
    monkeypatch.setattr(feed, "_live", Live())
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.2)


class Phone(Stream):
    """One open request to the phone's stream."""

    async def __aenter__(self) -> Phone:
        self._task = asyncio.ensure_future(feed.application(self.scope, self._receive, self._send))
        return self

    @property
    def faces(self) -> list[dict[str, Any]]:
        """What was told, in order; the last block may not be whole yet."""
        return [
            json.loads(block.split("\ndata: ", 1)[1])
            for block in self.heard.split("\n\n")[:-1]
            if block.startswith("event: face")
        ]


def phone(town: Town, member: Member, language: str = "en") -> Phone:
    return Phone(str(town.signed_in(member).session.session_key), f"lang={language}")


async def _sent(town: Town, mission: MissionView) -> None:
    await sync_to_async(dispatch.en_route)(incident_id=mission.incident, unit="P1", member=town.operator.pk)


def test_it_tells_the_mission_at_once_and_each_change(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    asked = phone(town, patrol.member, "fr")

    async def run() -> None:
        async with asked as open_one:
            await open_one.until('"state":"sent"')
            await _sent(town, mission)
            await open_one.until('"state":"en_route"')

    asyncio.run(run())
    first, last = asked.faces[0], asked.faces[-1]
    assert first["mission"] == str(mission.id) and "Cambriolage" in first["pieces"]["mission"]
    assert 'data-act="on_scene" class="cur"' in last["pieces"]["big"]


def test_a_phone_of_another_unit_is_told_nothing_of_it(
    town: Town, patrol: Patrol, other: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    other.holds("P2")
    mine, theirs = phone(town, patrol.member), phone(town, other.member)

    async def run() -> None:
        async with mine as first, theirs as second:
            await second.until("event: face")
            await first.until('"state":"sent"')
            await _sent(town, mission)
            await first.until('"state":"en_route"')

    asyncio.run(run())
    assert "Burglary" in mine.heard
    assert "Burglary" not in theirs.heard and str(mission.id) not in theirs.heard


def test_only_those_whom_it_concerns_are_woken() -> None:
    mine = feed.Phone(member=uuid4(), language="en", about=frozenset({"unit:P1", "incident:1"}))
    assert mine.concerned(frozenset({"unit:P2", "incident:1"}))
    assert not mine.concerned(frozenset({"unit:P2", "incident:2", "spool:1"}))
    without = feed.Phone(member=uuid4(), language="en")
    assert without.concerned(frozenset({"unit:P2"})) and not without.concerned(frozenset({"incident:1"}))


def test_a_shift_that_begins_elsewhere_is_told(town: Town, patrol: Patrol) -> None:
    asked = phone(town, patrol.member)

    async def run() -> None:
        async with asked as open_one:
            await open_one.until('"shift":""')
            await sync_to_async(patrol.holds)("P2")
            await open_one.until('"key":"P2"')

    asyncio.run(run())


@pytest.mark.parametrize(("who", "status"), [("operator", 403), ("referent", 403), ("", 401)])
def test_others_do_not_get_in(town: Town, who: str, status: int) -> None:
    asked = phone(town, getattr(town, who)) if who else Phone("")

    async def run() -> None:
        async with asked as open_one:
            await asyncio.wait_for(open_one.ended.wait(), WAIT_S)

    asyncio.run(run())
    assert asked.status == status and asked.heard == ""


def test_the_stream_ends_with_the_role(town: Town, patrol: Patrol) -> None:
    patrol.holds("P1")
    asked = phone(town, patrol.member)

    async def run() -> None:
        async with asked as open_one:
            await open_one.until("event: face")
            held = await sync_to_async(RoleHeld.objects.select_related("member").get)(member=patrol.member)
            await sync_to_async(people.end_role)(held=held)
            await asyncio.wait_for(open_one.ended.wait(), WAIT_S)

    asyncio.run(run())
    assert feed.live().phones == set()
