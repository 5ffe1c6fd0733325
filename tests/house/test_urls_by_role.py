"""Every URL × every role × anonymous, own and foreign territory: what the policy says, and nothing else.

A view added anywhere is found here by itself. What a new URL argument needs is a value in VALUES,
or a maker in OBJECTS where it names a thing that lies in a territory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter
from tests.house.lying import OBJECTS
from tests.territory.towns import cross

from beffroi.api import door as api_door
from beffroi.people import actions, doors, sealing
from beffroi.people.catalogue import catalogue
from beffroi.people.marks import Mark
from beffroi.people.methods.rights import PROGRAM
from beffroi.people.models import Member
from beffroi.territory.town_import import import_town

pytestmark = pytest.mark.desk
# Those of persons; what programs hold is tried in tests/api/test_tokens.py.
ROLES = sorted(key for key in catalogue().roles if not key.startswith(PROGRAM))
OWN, FOREIGN = "saint-jean-la-poterie", "allaire"
METHODS = ("get", "post")

#: The only views that somebody who is not signed in may see.
PUBLIC = {
    "public",
    "theme",
    "language",
    "account_login",
    "mfa_authenticate",
    "account_inactive",
    "account_reset_password_from_key",
    # known by the secret in their address: who was called, and a partner's link
    "oncall_answer",
    "oncall_link",
    # heads of other installations, taken only when a key that was trusted by another way signed them
    "witness",
    # what the API takes and answers
    "api:openapi",
    "api:docs",
}

#: Values of URL arguments that name no thing of a territory.
VALUES: dict[str, Any] = {
    "version": 1,
    "number": 1,
    "name": "streets",
    "layer": "streets",
    "uidb36": "1",
    "key": "x-y",
    "token": "x" * 43,
    "link": UUID(int=7),
    "actuator": "lamps",
    "act": "brighten",
    "rest": "nothing/here",
    "form": "cap",
}


@dataclass(frozen=True)
class Address:
    """One URL of the house: its name with its namespaces, its view, its arguments."""

    name: str
    route: str
    view: Callable[..., Any]
    arguments: tuple[tuple[str, Any], ...]

    def __str__(self) -> str:
        return self.name or self.route

    @property
    def lies_somewhere(self) -> bool:
        """Whether the address names a territory, or a thing that lies in one."""
        return any(name == "territory" or name in OBJECTS for name, _ in self.arguments)

    def path(self, territory: str, reporter: Member | None = None) -> str:
        """The address in `territory`: of a thing that is there when `reporter` makes it, else of none."""
        return reverse(
            self.name,
            kwargs={name: self._value(name, kind, territory, reporter) for name, kind in self.arguments},
        )

    def _value(self, name: str, kind: Any, territory: str, reporter: Member | None) -> Any:
        if name == "territory":
            return territory
        if name in OBJECTS and reporter is not None:
            return OBJECTS[name](territory, reporter)
        if name in VALUES:
            return VALUES[name]
        if isinstance(kind, UUIDConverter):
            return uuid4()
        pytest.fail(f"{self.route}: give the argument {name!r} a value in VALUES or a maker in OBJECTS")


def walk(patterns: list[URLPattern | URLResolver], route: str = "", space: str = "") -> Iterator[Address]:
    """Every URL below these patterns."""
    for each in patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, here, f"{space}{each.namespace}:" if each.namespace else space)
        else:
            kinds = each.pattern.converters or dict.fromkeys(each.pattern.regex.groupindex)
            yield Address(
                f"{space}{each.name}" if each.name else "", here, each.callback, tuple(kinds.items())
            )


ADDRESSES = list(walk(get_resolver().url_patterns))


def marked(address: Address) -> Mark:
    """The mark of an address's view; fails by name where there is none."""
    mark = doors.mark_of(address.view)
    if mark is None:
        view = f"{address.view.__module__}.{getattr(address.view, '__qualname__', address.view)}"
        pytest.fail(f"/{address.route}: {view} carries no @door, @signed_in or @public")
    return mark


@pytest.fixture(autouse=True)
def _afresh() -> None:
    """Requests without a token that other tests sent are not held against this one."""
    from beffroi.api import door

    door.pace.forget()


@pytest.fixture
def people(db: None) -> dict[str, Member]:
    """A member a role over OWN, and one with none, all with a password and a second factor."""
    actions.create_installation(name="Pays de Redon")
    organisation = actions.create_organisation(name="Redon", kind="commune")
    for key in (OWN, FOREIGN):
        actions.know_territory(key=key)
    made = {
        role: actions.create_member(
            email=f"{role}@mairie.example",
            display_name=role,
            organisation=organisation,
            roles=[role] if role in ROLES else [],
            territories=[OWN],
        )
        for role in [*ROLES, "nobody"]
    }
    password = make_password("le guet veille sur la tour")
    Member.objects.update(password=password)
    secret = sealing.seal("GEZDGNBVGY3TQOJQ")
    for member in made.values():
        member.refresh_from_db()
        Authenticator.objects.create(user=member, type="totp", data={"secret": secret})
    return made


def browser(member: Member | None = None) -> Client:
    """A fresh browser, signed in or not; an error of the server is an answer too."""
    client = Client(raise_request_exception=False)
    if member is not None:
        client.force_login(member)
    return client


def ask(client: Client, method: str, path: str, **headers: str) -> Any:
    """One request."""
    return getattr(client, method)(path, headers=headers)


def leads_to_sign_in(answer: Any) -> bool:
    """Whether an answer sends its reader to sign in."""
    return answer.status_code == 302 and answer["Location"].startswith(reverse(settings.LOGIN_URL))


def test_there_are_addresses() -> None:
    assert len(ADDRESSES) > 10


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_every_view_stands_behind_a_door(address: Address) -> None:
    mark = marked(address)
    assert address.name, f"/{address.route} has no name"
    assert (mark.kind == "public") == (address.name in PUBLIC), (
        "what all may see is listed in PUBLIC, knowingly"
    )
    assert not mark.action or mark.action in catalogue().actions


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_who_is_not_signed_in_gets_nothing_but_what_is_public(address: Address, method: str) -> None:
    path = address.path(OWN)
    answer = ask(browser(), method, path)
    if marked(address).kind == "public":
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
        return
    assert answer.status_code in (401, 405) or leads_to_sign_in(answer), answer.status_code
    as_program = ask(browser(), method, path, accept="application/json")
    assert as_program.status_code in (401, 405)


def expected(member: Member, mark: Mark, address: Address, territory: str) -> bool:
    """Whether the policy opens this address to this member for a thing in `territory`."""
    if mark.kind in ("public", "signed_in"):
        return True
    if mark.kind == "by_token":
        return False  # a session opens nothing there: programs carry tokens
    if catalogue().actions[mark.action].at == "installation":
        return doors.decide(member, mark.action).allowed
    if address.lies_somewhere:
        return doors.decide(member, mark.action, territory=territory).allowed
    return doors.decide_somewhere(member, mark.action).allowed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "territory"),
    [(each, where) for each in ADDRESSES for where in ((OWN, FOREIGN) if each.lies_somewhere else (OWN,))],
    ids=str,
)
def test_each_role_gets_what_the_policy_says(
    people: dict[str, Member], tmp_path: Path, address: Address, territory: str
) -> None:
    mark = marked(address)
    if mark.kind == "door":
        for key in (OWN, FOREIGN):
            import_town(file=cross(tmp_path / f"{key}.osm"), name=key, key=key)
    path = address.path(territory, people["nobody"])
    for role, member in people.items():
        opens = expected(member, mark, address, territory)
        client = browser(member)
        for method in METHODS:
            api_door.pace.forget()  # strangers are slowed down, which is not what is asked here
            status = ask(client, method, path).status_code
            if opens:
                assert status not in (401, 403), (role, method, path, status)
                assert status < 500, (role, method, path, status)
                assert status != 404 or method != "get" or "incident" not in dict(address.arguments), path
            else:
                # 404: it may not be known to be there. 405: refused before anybody was asked.
                # 401: it wants a token, whoever is signed in.
                shut = (401, 405) if mark.kind == "by_token" else (403, 404, 405)
                assert status in shut, (role, method, path, status)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_doors_wait_for_an_obligatory_second_factor(people: dict[str, Member], address: Address) -> None:
    Authenticator.objects.all().delete()
    if marked(address).kind != "door":
        return
    for role in (key for key, each in catalogue().roles.items() if each.second_factor):
        answer = ask(browser(people[role]), "get", address.path(OWN))
        assert answer.status_code in (302, 403, 405), (role, answer.status_code)
        if answer.status_code == 302:
            assert answer["Location"].startswith(reverse("mfa_activate_totp"))


# --- bare applications, mounted beside Django ---


def mounts() -> dict[str, Any]:
    """The bare applications of the house, by path."""
    from beffroi.house.asgi import MOUNTS, SUBTREES

    return {**MOUNTS, **{f"{prefix}alertmanager": each for prefix, each in SUBTREES.items()}}


def status_of(application: Any, path: str, method: str, cookie: str = "") -> int:
    """The status with which a bare application answers one request; the rest is not waited for."""

    async def run() -> int:
        headers = [(b"host", b"localhost"), (b"content-length", b"2"), (b"content-type", b"application/json")]
        if cookie:
            headers.append((b"cookie", cookie.encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method.upper(),
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("localhost", 80),
        }
        talk = ApplicationCommunicator(application, scope)
        await talk.send_input({"type": "http.request", "body": json.dumps({}).encode(), "more_body": False})
        started = await talk.receive_output(timeout=10)
        await talk.send_input({"type": "http.disconnect"})
        talk.stop(exceptions=False)
        return int(started["status"])

    return async_to_sync(run)()


def test_every_mount_says_which_door_it_keeps() -> None:
    assert mounts()
    for path, application in mounts().items():
        mark = doors.mark_of(application)
        assert mark is not None, f"{path} carries no @guarded, @by_token or @public"
        assert mark.kind != "public", f"{path}: no bare application is public"


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
def test_mounts_give_nothing_to_who_is_not_signed_in(people: dict[str, Member], method: str) -> None:
    for path, application in mounts().items():
        assert status_of(application, path, method) in (401, 403, 405), path


@pytest.mark.django_db
def test_mounts_open_to_the_roles_that_the_policy_names(people: dict[str, Member]) -> None:
    for path, application in mounts().items():
        mark = doors.mark_of(application)
        for role, member in people.items():
            client = Client()
            client.force_login(member)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            status = status_of(application, path, "get", f"{settings.SESSION_COOKIE_NAME}={session}")
            if mark.kind == "by_token":
                assert status in (401, 403, 405), (path, role, status)
            elif doors.decide_somewhere(member, mark.action).allowed:
                assert status < 400, (path, role, status)
            else:
                assert status == 403, (path, role, status)
