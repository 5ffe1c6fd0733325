"""Doors as requests meet them: sync and async views, programs, parts of pages, bare applications."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path

from beffroi.foundation.errors import NotFound
from beffroi.people import actions, doors
from beffroi.people.decisions import DoorShut
from beffroi.people.models import Member

from .conftest import FOREIGN, OWN, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@doors.door("duty.view")
def somewhere(request: HttpRequest) -> HttpResponse:
    """Lists: open to who may do it anywhere."""
    return HttpResponse(",".join(sorted(doors.territories_for(request.user, "duty.view"))))


@doors.door("duty.view")
def here(request: HttpRequest, territory: str) -> HttpResponse:
    """About one territory."""
    return HttpResponse(territory)


@doors.door("duty.view")
async def here_too(request: HttpRequest, territory: str) -> HttpResponse:
    """The same, awaited; the rights are read already."""
    return HttpResponse(",".join(sorted(doors.territories_for(await request.auser(), "duty.view"))))


def territory_of(thing: str) -> str:
    """Where a thing lies."""
    places = {"1": OWN, "2": FOREIGN}
    if thing not in places:
        raise NotFound(what=f"thing {thing}")
    return places[thing]


@doors.door("incident.close", of=territory_of)
def thing(request: HttpRequest, thing: str) -> HttpResponse:
    """About a thing that lies somewhere."""
    return HttpResponse(thing)


@doors.door("people.manage")
def manage(request: HttpRequest) -> HttpResponse:
    """About the installation."""
    return HttpResponse("people")


urlpatterns = [
    path("ici/<slug:territory>/", here),
    path("attendu/<slug:territory>/", here_too),
    path("partout/", somewhere),
    path("chose/<str:thing>/", thing),
    path("gens/", manage),
    path("", include("beffroi.house.urls")),
]
routed = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with routed:
        yield


@pytest.fixture
def asks() -> Callable[..., Any]:
    """One request as a member, answered as a program would want it."""

    def ask(member: Member | None, path: str, accept: str = "application/json") -> Any:
        client = Client()
        if member is not None:
            client.force_login(member)
        return client.get(path, headers={"accept": accept})

    return ask


@pytest.mark.parametrize("way", ["ici", "attendu"])
def test_view_opens_in_its_territory_only(town: Town, asks: Callable[..., Any], way: str) -> None:
    operator = town.member("operator")
    assert asks(operator, f"/{way}/{OWN}/").content.decode() == OWN
    refused = asks(operator, f"/{way}/{FOREIGN}/")
    assert refused.status_code == 403
    assert refused.json()["code"] == "people.refused"


def test_view_is_open_to_an_awaiting_client(town: Town) -> None:
    operator = town.member("operator")

    async def run() -> tuple[int, int]:
        client = AsyncClient()
        await client.aforce_login(operator)
        opened = await client.get(f"/attendu/{OWN}/")
        shut = await client.get(f"/attendu/{FOREIGN}/", headers={"accept": "application/json"})
        return opened.status_code, shut.status_code

    assert async_to_sync(run)() == (200, 403)


def test_every_territory_of_the_question_is_asked(town: Town, asks: Callable[..., Any]) -> None:
    operator = town.member("operator")
    assert asks(operator, f"/partout/?territory={OWN}").status_code == 200
    assert asks(operator, f"/partout/?territory={OWN}&territory={FOREIGN}").status_code == 403
    assert asks(operator, "/partout/").content.decode() == OWN
    assert asks(town.member("elected"), "/partout/").status_code == 403


def test_thing_is_behind_the_door_of_its_place(town: Town, asks: Callable[..., Any]) -> None:
    operator = town.member("operator")
    assert asks(operator, "/chose/1/").status_code == 200
    assert asks(operator, "/chose/2/").status_code == 403
    assert asks(operator, "/chose/3/").status_code == 404
    assert asks(None, "/chose/3/").status_code == 401, "who is not signed in learns nothing"


def test_what_concerns_the_installation_wants_a_role_over_it(town: Town, asks: Callable[..., Any]) -> None:
    actions.create_installation(name="x")
    from beffroi.people.models import Installation

    Installation.objects.update(exercise=True)
    assert asks(town.member("administrator"), "/gens/").status_code == 403
    assert asks(town.member("administrator", everywhere=True), "/gens/").status_code == 200


def test_refusal_is_written_down_once_with_who_what_where(
    town: Town, asks: Callable[..., Any], entries: Callable[[str], list[Any]]
) -> None:
    operator = town.member("operator")
    asks(operator, f"/ici/{FOREIGN}/")
    asks(None, f"/ici/{FOREIGN}/")
    (entry,) = entries("people.refused")
    assert (entry.actor, entry.body["action"], entry.body["territory"]) == (
        operator.actor,
        "duty.view",
        FOREIGN,
    )
    assert entry.body["reason"] == "people.no_role_here"


def test_who_is_not_signed_in_is_led_there_or_told_so(asks: Callable[..., Any], db: None) -> None:
    page = asks(None, f"/ici/{OWN}/", accept="text/html")
    assert (page.status_code, page["Location"]) == (302, f"/connexion/?next=%2Fici%2F{OWN}%2F")
    assert asks(None, f"/ici/{OWN}/").status_code == 401
    assert asks(None, f"/ici/{OWN}/", accept="text/event-stream").status_code == 401
    part = Client().get(f"/ici/{OWN}/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (401, "/connexion/")


def scope_of(client: Client, name: str | None = None) -> dict[str, Any]:
    """The ASGI scope of a stream asked with a browser's cookies."""
    cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
    return {"type": "http", "headers": [(b"host", b"x"), (b"cookie", cookies.encode())]}


def test_stream_knows_its_member_and_where_they_may_look(town: Town) -> None:
    operator, client = town.member("operator"), Client()
    client.force_login(operator)
    admission = async_to_sync(doors.admit)(scope_of(client), "duty.view")
    assert (admission.member, admission.territories) == (operator, frozenset({OWN}))
    assert async_to_sync(doors.member_of_scope)(scope_of(client)) == operator


def test_stream_shuts_when_the_role_ends_or_the_session_leaves(
    town: Town, entries: Callable[[str], list[Any]]
) -> None:
    operator, client = town.member("operator"), Client()
    client.force_login(operator)
    scope = scope_of(client)
    actions.end_role(held=operator.roles_held.get())
    with pytest.raises(DoorShut) as shut:
        async_to_sync(doors.admit)(scope, "duty.view")
    assert shut.value.decision.reason == "people.no_role"
    assert len(entries("people.refused")) == 1
    client.logout()
    with pytest.raises(DoorShut) as shut:
        async_to_sync(doors.admit)(scope, "duty.view")
    assert shut.value.decision.reason == "people.not_signed_in"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"cookie", b"")],
        [(b"cookie", b"\xff\xfe=;;;=")],
        [(b"cookie", f"{settings.SESSION_COOKIE_NAME}=../../etc".encode())],
        [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={'a' * 32}".encode())],
    ],
)
def test_stream_of_a_stranger_is_nobody(db: None, headers: list[tuple[bytes, bytes]]) -> None:
    assert async_to_sync(doors.member_of_scope)({"type": "http", "headers": headers}) is None


def test_stream_waits_for_an_obligatory_second_factor(town: Town) -> None:
    member, client = town.member("security_officer"), Client()
    client.force_login(member)
    assert async_to_sync(doors.member_of_scope)(scope_of(client)) is None


def test_looks_are_one_entry_of_the_territory_and_hold_no_name(town: Town) -> None:
    from beffroi.journal import queries

    member = town.member("operator")
    actions.record_look(
        member=member,
        territory=OWN,
        action="camera.look",
        subjects=["device:C-08", "device:C-02", "device:C-08"],
        grounds=doors.Grounds(purpose="traffic"),
    )
    actions.record_look(member=member, territory=OWN, action="camera.look", subjects=[])
    (entry,) = [each for each in queries.follow(0, limit=1000) if each.fact == "people.looked"]
    assert (entry.journal, entry.actor) == (f"territory:{OWN}", member.actor)
    assert entry.body["subjects"] == ["device:C-02", "device:C-08"]
    assert member.display_name not in json.dumps(entry.body)


@pytest.mark.parametrize(("by_centre", "queries"), [(False, 6), (True, 7)])
def test_door_costs_few_queries(
    town: Town, django_assert_num_queries: Callable[[int], Any], by_centre: bool, queries: int
) -> None:
    over = {"centres": [town.centre]} if by_centre else {"territories": [OWN]}
    client = Client()
    client.force_login(town.member("operator", **over))
    with django_assert_num_queries(queries):  # session, member, roles, who answers, conventions, help
        assert client.get("/partout/").content.decode() == OWN


def test_roles_follow_the_catalogue_and_are_written_once(db: None) -> None:
    from beffroi.people.models import Role

    actions.load_roles()
    assert actions.load_roles() == 0, "what is written is not written again"
    Role.objects.filter(key="patrol").update(actions=[], name_fr="")
    assert actions.load_roles() == 1
    assert "unit.view" in Role.objects.get(key="patrol").actions
