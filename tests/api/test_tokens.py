"""Tokens: made with an end, shown once, kept as a hash, refused at once when revoked, counted, and traced."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from tests.api.conftest import Caller, Entrust
from tests.desks.conftest import Happen, Town

from beffroi.api.contract import document
from beffroi.foundation import clock, settings
from beffroi.foundation.errors import Invalid
from beffroi.journal import queries as journal
from beffroi.people import accounts, actions, programs
from beffroi.people.models import Organisation, Program

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


def _dump() -> str:
    """Every text of the database."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_a_token_is_nowhere_but_in_its_holders_hands(
    program: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        program.ask("/incidents")
        program.ask("/incidents?limit=0")
        Caller(program.token + "x", program.program).ask("/incidents")
    secret = program.token.removeprefix(programs.PREFIX)
    assert secret not in _dump()
    assert secret not in caplog.text


NO_TOKENS = (
    "", "Bearer", "Bearer ", "Basic YTpi", "Bearer bfr_", "Bearer x", "Bearer bfr_" + "a" * 43,
    "Bearer " + "b" * 9000, "Bearer é", "Token bfr_x", "Bearer bfr_\x00",
)  # fmt: skip


@pytest.mark.parametrize("given", NO_TOKENS)
def test_what_is_no_token_is_refused(town: Town, given: str) -> None:
    answer = Client().get("/api/v1/incidents", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_token_in_an_address_or_a_session_opens_nothing(program: Caller, town: Town) -> None:
    client = town.signed_in(town.operator)
    for path in (f"?access_token={program.token}", f"?token={program.token}", ""):
        assert client.get(f"/api/v1/incidents{path}").status_code == 401
    client.cookies["token"] = program.token
    assert client.get("/api/v1/incidents", headers={"X-Api-Key": program.token}).status_code == 401


def test_a_program_opens_no_page(program: Caller, town: Town) -> None:
    headers = {"Authorization": f"Bearer {program.token}", "Accept": "application/json"}
    assert Client().get("/veille/", headers=headers).status_code == 401
    with pytest.raises(Invalid, match="nobody signs in as a program"):
        accounts.invite(member=program.program.member)
    with pytest.raises(Invalid):
        accounts.set_password(member=program.program.member, password="le guet veille sur la tour")


def test_programs_and_persons_hold_roles_of_their_own(program: Caller, town: Town) -> None:
    for member, role in ((program.program.member, "operator"), (town.operator, "program_units_read")):
        with pytest.raises(Invalid, match="programs hold the roles of programs"):
            actions.give_role(member=member, role=role, territory=town.key)


def test_revoked_renewed_ended(program: Caller) -> None:
    assert program.ask("/units").status_code == 200
    renewed = programs.renew(program=program.program, days=365)
    assert program.ask("/units").status_code == 401
    other = Caller(renewed.token, program.program)
    assert other.ask("/units").status_code == 200
    later = clock.now() + timedelta(days=366)
    with clock.use(clock.FixedClock(later)):
        ended = other.ask("/units")
        assert (ended.status_code, ended.json()["code"]) == (401, "api.token_expired")
    programs.revoke(program=program.program)
    assert other.ask("/units").json()["code"] == "api.unknown_token"
    with pytest.raises(Invalid):
        programs.renew(program=program.program, days=1)
    said = [each.fact for each in journal.entries_about(program.program.member.actor)]
    assert [each for each in said if each.startswith("people.program")] == [
        "people.program_made",
        "people.program_renewed",
        "people.program_revoked",
    ]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"days": 366}, "days"),
        ({"days": 0}, "days"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes"),
        ({"territories": []}, "reach"),
        ({"name": " "}, "name"),
        ({"name": "SIG"}, "name"),
    ],
)
def test_what_no_program_is_given(program: Caller, town: Town, more: dict[str, object], where: str) -> None:
    given = {"name": "Other", "scopes": ["units:read"], "days": 30, "territories": [town.key], **more}
    with pytest.raises(Invalid, match=where):
        programs.make_program(organisation=Organisation.objects.get(name="Town"), **given)  # type: ignore[arg-type]


def test_its_last_use_shows_and_every_look_is_in_the_journal_of_the_place(
    program: Caller, town: Town, burglary: UUID
) -> None:
    for _again in range(3):
        program.ask("/incidents")
        program.ask(f"/incidents/{burglary}")
        program.ask("/units")
    assert Program.objects.get(pk=program.program.pk).last_used_at is not None
    looks = [each for each in journal.last(f"territory:{town.key}") if each.fact == "people.looked"]
    assert {each.actor for each in looks} == {program.program.member.actor}
    told = sorted((each.body["action"], each.body["subjects"][0]) for each in looks if each.body)
    assert told == [
        ("duty.view", f"incident:{burglary}"),
        ("duty.view", f"territory:{town.key}"),
        ("unit.view", f"territory:{town.key}"),
    ]


def test_a_refusal_is_in_the_journal(entrust: Entrust) -> None:
    only = entrust("units:read")
    assert only.ask("/incidents").status_code == 403
    said = [e for e in journal.entries_about(only.program.member.actor) if e.fact == "people.refused"]
    assert [each.body["action"] for each in said if each.body] == ["duty.view"]


def test_too_many_requests_wait(program: Caller, entrust: Entrust, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BEFFROI_API_REQUESTS_A_MINUTE", "3")
    settings.current.cache_clear()
    moment = clock.FixedClock(clock.now())
    try:
        with clock.use(moment):
            answers = [program.ask("/units").status_code for _ in range(5)]
            assert answers == [200, 200, 200, 429, 429]
            assert 1 <= int(program.ask("/units").headers["Retry-After"]) <= 60
            assert entrust("units:read").ask("/units").status_code == 200, "each program has its own pace"
    finally:
        monkeypatch.undo()
        settings.current.cache_clear()


def test_who_guesses_is_slowed_down_and_nobody_beside_them(program: Caller) -> None:
    moment = clock.FixedClock(clock.now())
    with clock.use(moment):
        for _guess in range(120):
            assert Client().get("/api/v1/units", headers={"Authorization": "Bearer bfr_x"}).status_code == 401
        assert Client().get("/api/v1/units", headers={"Authorization": "Bearer bfr_x"}).status_code == 429
        assert program.ask("/units").status_code == 200


def test_a_long_body_is_refused(program: Caller, burglary: UUID) -> None:
    answer = program.ask(f"/incidents/{burglary}/notes", "post", {"text": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "api.body_too_large")


def test_a_centre_reaches_what_it_watches(town: Town, happen: Happen, burglary: UUID) -> None:
    organisation = Organisation.objects.get(name="Town")
    centre = actions.create_centre(key="redon", name="Redon", organisation=organisation)
    made = programs.make_program(
        name="C", organisation=organisation, scopes=["incidents:read"], days=5, centres=[centre]
    )
    caller = Caller(made.token, Program.objects.get(pk=made.member.pk))
    assert caller.ask("/incidents").status_code == 403
    actions.watch(centre, town.key)
    assert len(caller.ask("/incidents").json()["items"]) == 1
    actions.stop_watching(centre, town.key)
    assert caller.ask(f"/incidents/{burglary}").status_code == 403


# --- every operation × every scope × own and foreign place ---

BODIES = {
    "/incidents/{incident}/close": {"outcome": "real"},
    "/incidents/{incident}/notes": {"text": "Seen."},
    "/units/{territory}/{key}/position": {"lat": 47.6, "lon": -2.1, "at": "2026-01-01T00:00:00Z"},
}
OPERATIONS = [
    (path.removeprefix("/api/v1"), method, frozenset(each["x-scopes"]))
    for path, item in document()["paths"].items()
    for method, each in item.items()
    if "x-scopes" in each
]


def test_there_are_operations_and_each_names_scopes_that_exist() -> None:
    assert len(OPERATIONS) >= 14
    assert {scope for _path, _method, scopes in OPERATIONS for scope in scopes} == set(programs.SCOPES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each[1]} {each[0]}")
def test_each_operation_opens_to_its_scopes_and_to_no_other(
    entrust: Entrust,
    elsewhere: Caller,
    town: Town,
    burglary: UUID,
    operation: tuple[str, str, frozenset[str]],
) -> None:
    path, method, needed = operation
    address = path.format(incident=burglary, territory=town.key, key="P1")
    asked = BODIES.get(path)
    others = entrust(*(set(programs.SCOPES) - needed))
    assert others.ask(address, method, asked).status_code in (403, 404)
    for one in needed if len(needed) > 1 else ():
        assert entrust(*(needed - {one})).ask(address, method, asked).status_code in (403, 404)
    if "{" in path:
        assert elsewhere.ask(address, method, asked).status_code in (403, 404)
    else:
        assert elsewhere.ask(f"{address}?territory={town.key}", method, asked).status_code == 403
    assert entrust(*needed).ask(address, method, asked).status_code == 200
