"""`beffroi people`: people and roles from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from beffroi.cli.people import people
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.settings import Settings
from beffroi.people import doors, queries
from beffroi.people.models import Member
from beffroi.people.web_address import web_address

from .conftest import OWN, PASSWORD, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db]
INVITE = [
    "invite",
    "--email",
    "a@mairie.example",
    "--name",
    "A. Le Goff",
    "--organisation",
    "Police municipale",
]


def run(*arguments: str, given: str | None = None) -> Result:
    """One command, as typed."""
    return CliRunner().invoke(people, list(arguments), input=given)


def test_invited_member_uses_the_link_once_and_signs_in(town: Town) -> None:
    told = run(*INVITE, "--kind", "police_municipale", "--role", "patrol", "--territory", OWN, "--json")
    assert told.exit_code == 0, told.output
    link = json.loads(told.output)["link"]
    assert link.startswith("http://127.0.0.1:")
    path, client = "/" + link.split("/", 3)[3], Client()
    form = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/connexion/", {"login": "a@mairie.example", "password": PASSWORD})
    assert client.get("/compte/").status_code == 200
    assert doors.decide(queries.member_by_email("a@mairie.example"), "unit.view", territory=OWN).allowed


def test_password_may_come_by_standard_input(town: Town) -> None:
    told = run(*INVITE, "--role", "patrol", "--everywhere", "--password-stdin", given=f"{PASSWORD}\n")
    assert told.exit_code == 0
    assert queries.member_by_email("a@mairie.example").check_password(PASSWORD)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--role", "king", "--everywhere"],
        ["--role", "patrol"],
        ["--role", "patrol", "--centre", "nowhere"],
        ["--role", "patrol", "--everywhere", "--kind", "club"],
        ["--role", "patrol", "--everywhere", "--email", "not an address"],
        ["--role", "patrol", "--everywhere", "--password-stdin"],
    ],
)
def test_wrong_invitation_makes_nobody(town: Town, wrong: list[str]) -> None:
    told = run(*INVITE, *wrong, given="court\n")
    assert told.exit_code != 0
    assert isinstance(told.exception, BeffroiError | SystemExit)
    assert not Member.objects.exists()


def test_roles_given_listed_and_ended(town: Town) -> None:
    member = town.member("patrol")
    assert (
        run("give", "--email", member.email, "--role", "supervisor", "--centre", "csu-redon").exit_code == 0
    )
    rows: list[dict[str, Any]] = json.loads(run("list", "--json").output)
    assert rows[0]["roles"] == [f"patrol @ territory:{OWN}", "supervisor @ centre:csu-redon"]
    assert run("revoke", "--email", member.email, "--role", "supervisor").exit_code == 0
    assert run("revoke", "--email", member.email, "--role", "supervisor").exit_code == 1
    assert "supervisor" not in run("list").output
    assert run("revoke", "--email", member.email, "--account").exit_code == 0
    assert "closed" in run("list").output


@pytest.mark.parametrize("until", ["tomorrow", "2027-01-01T00:00:00"])
def test_end_of_a_role_wants_a_date_with_its_offset(town: Town, until: str) -> None:
    member = town.member()
    told = run("give", "--email", member.email, "--role", "patrol", "--everywhere", "--until", until)
    assert told.exit_code == 2
    assert not queries.roles_held(member)


def test_roles_are_told_with_what_they_open() -> None:
    told = json.loads(run("roles", "--json").output)
    assert {"investigator", "operator"} <= {row["key"] for row in told}
    assert "Enquêteur (second factor)" in run("roles").output


def test_policies_agree_with_the_catalogue() -> None:
    assert run("policies").exit_code == 0


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://127.0.0.1:8420"),
        (
            Settings(host="0.0.0.0", port=443, public_names="beffroi.ville.example"),
            "https://beffroi.ville.example",
        ),
        (Settings(host="2001:db8::1", port=8443), "https://[2001:db8::1]:8443"),
        (Settings(trusted_proxies=1, public_names="beffroi.ville.example"), "https://beffroi.ville.example"),
    ],
)
def test_address_of_links(settings: Settings, address: str) -> None:
    assert web_address(settings) == address
