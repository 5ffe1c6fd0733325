"""Through pages, the API and the live feed: a member reads what an agreement opens, and nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from tests.desks.conftest import PASSWORD
from tests.desks.test_feed import WAIT_S, Stream, run
from tests.people.conventions import oracle, worlds

from beffroi.api import door as api_door
from beffroi.desks import feed
from beffroi.desks.duty.hub import Hub
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation.identifiers import uuid7
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people import programs, queries
from beffroi.people.conventions import actions, models
from beffroi.people.models import Member, Organisation
from beffroi.territory import models as territory

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A hub, a pace and a book of this test's own."""
    monkeypatch.setattr(feed, "_hub", Hub())
    api_door.pace.forget()
    api_door.looks.forget()
    queries.policy_book.cache_clear()
    yield
    queries.policy_book.cache_clear()


@pytest.fixture
def organisations(db: None) -> dict[str, Organisation]:
    """Three communes with an incident, a unit and a camera each."""
    people.create_installation(name="Pays de Redon", exercise=True)
    found = {}
    for number, key in enumerate(oracle.TERRITORIES):
        found[key] = people.create_organisation(name=key.title(), kind="commune")
        people.know_territory(key=key, organisation=found[key])
        row = territory.Territory.objects.create(key=key, name=key.title(), created_at=clock.now())
        territory.PatrolUnit.objects.create(
            territory=row, key=f"P-{key}", name=f"Patrouille {key}", kind="municipal", origin="test"
        )
        territory.Device.objects.create(
            territory=row, key=f"C-{key}", kind="camera", origin="test", valid_from=clock.now()
        )
        incident(key, 100 + number)
    return found


def incident(key: str, number: int) -> UUID:
    now = clock.now()
    return Incident.objects.create(
        id=uuid7(), territory_key=key, number=number, state="to_check", phase="decide", act="burglary",
        title="burglary", place_text=f"rue de {key}", probability=0.5, low=0.4, high=0.6, entered_at=now,
        last_sign_at=now, leave_by=now + timedelta(minutes=5), seen_at=now, received_at=now, fused_at=now,
    ).pk  # fmt: skip


def agent(organisations: dict[str, Organisation], home: str) -> Member:
    return people.create_member(
        email=f"{home}@mairie.example", display_name=f"Agent {home}", organisation=organisations[home],
        password=PASSWORD, roles=["operator"], territories=[home],
    )  # fmt: skip


def signed_in(member: Member) -> Client:
    client = Client(headers={"accept-language": "fr"})
    client.force_login(member)
    return client


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_pages_and_api_give_what_the_agreements_say(
    organisations: dict[str, Organisation], seed: int
) -> None:
    world = oracle.made(random.Random(seed), clock.now().date())
    worlds.agree(world, organisations)
    for home in oracle.TERRITORIES:
        holder = (home, "operator", home)
        client = signed_in(agent(organisations, home))
        desk = client.get("/veille/").content.decode()
        reads = {
            key for key in oracle.TERRITORIES if oracle.may(world, holder, "duty.view", key, clock.now())
        }
        for row in Incident.objects.all():
            answer = client.get(f"/veille/{row.pk}/")
            assert (answer.status_code == 200) == (row.territory_key in reads), (home, row.territory_key)
            assert (str(row.pk) in desk) == (row.territory_key in reads)
            assert (f"rue de {row.territory_key}" in desk) == (row.territory_key in reads)
        for key in oracle.TERRITORIES:
            units = oracle.may(world, holder, "unit.view", key, clock.now()) and key in reads
            assert (f"Patrouille {key}" in desk) == units, (home, key)
            if key in reads - {home}:
                told = [each for each in journal.last(f"territory:{key}", 50) if each.fact == "people.looked"]
                assert told, "every sheet of another's that was read left its fact"
        program(world, organisations[home], home)


def program(world: oracle.World, organisation: Organisation, home: str) -> None:
    made = programs.make_program(
        name=f"SIG {home}",
        organisation=organisation,
        scopes=list(programs.SCOPES),
        days=9,
        territories=[home],
    )
    for path, role, action, key_of in (
        ("incidents", "program_incidents_read", "duty.view", "territory"),
        ("units", "program_units_read", "unit.view", "territory"),
        ("devices", "program_devices_read", "device.view", "territory"),
    ):
        answer = Client().get(f"/api/v1/{path}", headers={"authorization": f"Bearer {made.token}"})
        assert answer.status_code == 200, answer.content
        found = {each[key_of] for each in answer.json()["items"]}
        holder = (home, role, home)
        wanted = {key for key in oracle.TERRITORIES if oracle.may(world, holder, action, key, clock.now())}
        assert found == wanted, (path, home)
        for key in wanted:
            looked = [each for each in journal.last(f"territory:{key}", 50) if each.fact == "people.looked"]
            assert made.member.actor in {each.actor for each in looked}


def test_an_ended_convention_ends_the_open_stream_and_nothing_more_is_told(
    organisations: dict[str, Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "ASK_AGAIN_S", 0.2)
    world = oracle.World()
    world.agreements.append(
        {
            "reference": "c-1", "receives": "redon", "places": ["allaire"], "matters": ["incidents"],
            "starts_on": clock.now().date() - timedelta(days=1), "hours": [], "signed": "all",
            "ends_on": clock.now().date() + timedelta(days=1), "ended": False, "programs": False,
        }
    )  # fmt: skip
    worlds.agree(world, organisations)
    member = agent(organisations, "redon")
    key = str(signed_in(member).session.session_key)
    theirs = Incident.objects.get(territory_key="allaire").pk
    row = models.Convention.objects.get()

    def end() -> None:
        actions.end(convention=row.pk)

    async def body() -> None:
        async with Stream(key, f"lang=fr&fiche={theirs}") as sheet:
            await asyncio.wait_for(sheet.ended.wait(), WAIT_S)
        assert sheet.status == 200
        async with Stream(key, "lang=fr") as stream:
            await stream.until("event: hello")
            await sync_to_async(end)()
            await asyncio.wait_for(stream.ended.wait(), WAIT_S)
            assert stream.events("again"), "its page asks anew"
        async with Stream(key, "lang=fr") as after:
            await after.until("event: hello")
            assert after.status == 200, "its own desk stays open"
        async with Stream(key, f"lang=fr&fiche={theirs}") as sheet:
            await asyncio.wait_for(sheet.ended.wait(), WAIT_S)
        assert sheet.status == 404

    run(body)
    looked: list[Any] = [
        each for each in journal.last("territory:allaire", 20) if each.fact == "people.looked"
    ]
    assert [each.actor for each in looked] == [member.actor]
