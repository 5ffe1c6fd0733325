"""Orders, agents and switches on the screen: kept by who may, read by who answers, refused in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.desks.oversight.conftest import Officer, Town

from beffroi.journal import queries as journal
from beffroi.people.orders import models, queries
from beffroi.people.switches import queries as switches

pytestmark = [pytest.mark.desk, pytest.mark.django_db]
ORDERS, SWITCHES = "/controle/arretes/", "/controle/autorisations/"


def form(**changed: Any) -> dict[str, Any]:
    today = queries.today()
    said = {
        "do": "register",
        "territory": "town",
        "number": "35-2026-1",
        "authority": "Préfecture",
        "purposes": ["public_safety", "rescue"],
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=20)).isoformat(),
        "days": "15",
        "cameras": ["town/C-1", "elsewhere/C-9"],
    }
    return {**said, **changed}


def test_an_order_is_registered_amended_and_withdrawn_on_the_page(town: Town, officer: Officer) -> None:
    keeper = officer("administrator")
    client = town.signed_in(keeper, "fr")
    empty = client.get(ORDERS).content.decode()
    assert "Aucun arrêté n’est enregistré" in empty
    assert client.post(ORDERS, form()).status_code == 302
    order = queries.order("town", "35-2026-1")
    assert order.devices == ("C-1",) and order.retention_days == 15, "a camera of elsewhere is not taken"
    page = client.get(ORDERS).content.decode()
    assert "35-2026-1" in page and "en vigueur" in page and "secours aux personnes" in page
    client.post(ORDERS, form(do="withdraw"))
    assert "retiré" in client.get(ORDERS).content.decode()
    told = [
        (each.fact, each.actor) for each in journal.follow(0, limit=100) if each.fact.startswith("order.")
    ]
    assert told == [("order.registered", keeper.actor), ("order.withdrawn", keeper.actor)]


def test_what_is_refused_is_said_in_the_reader_s_language_and_nothing_is_kept(
    town: Town, officer: Officer
) -> None:
    client = town.signed_in(officer("administrator"), "fr")
    far = (queries.today() + timedelta(days=3000)).isoformat()
    answer = client.post(ORDERS, form(ends_on=far))
    assert answer.status_code == 422
    assert "dernier jour : il dure plus de cinq ans (CSI L252-4)" in answer.content.decode()
    for changed in (
        {"starts_on": "demain"},
        {"days": "99"},
        {"purposes": []},
        {"do": "burn"},
        {"cameras": []},
    ):
        assert client.post(ORDERS, form(**changed)).status_code == 422, changed
    assert not models.Order.objects.exists()


@pytest.mark.parametrize("role", ["data_protection_officer", "elected", "security_officer", "supervisor"])
def test_who_answers_for_it_reads_and_does_not_keep(town: Town, officer: Officer, role: str) -> None:
    client = town.signed_in(officer(role))
    page = client.get(ORDERS).content.decode()
    assert "Register an order" not in page and "Accredit somebody" not in page
    assert client.post(ORDERS, form()).status_code == 403
    assert client.post(SWITCHES, {"do": "on", "territory": "town"}).status_code == 403
    assert client.get("/controle/").status_code == 200 and client.get(SWITCHES).status_code == 200
    assert not models.Order.objects.exists()


def test_an_operator_sees_none_of_it(town: Town) -> None:
    client = town.signed_in(town.operator)
    assert {client.get(page).status_code for page in ("/controle/", ORDERS, SWITCHES)} == {403}


def test_an_agent_is_accredited_and_withdrawn(town: Town, officer: Officer) -> None:
    client = town.signed_in(officer("administrator"))
    said = form(do="accredit", kind="agent", member=town.operator.email, number="H-1")
    assert client.post(ORDERS, said).status_code == 302
    (agent,) = queries.agents(["town"])
    assert agent.name == "Camille" and queries.may_look(town.operator.pk, "town")
    assert (
        client.post(ORDERS, form(do="accredit", kind="agent", member="nobody@x.example")).status_code == 422
    )
    client.post(ORDERS, {"do": "withdraw_agent", "territory": "town", "id": str(agent.id)})
    assert not queries.may_look(town.operator.pk, "town")
    assert client.post(ORDERS, {"do": "withdraw_agent", "territory": "town", "id": "x"}).status_code == 422


def test_the_first_page_tells_what_ends_soon_and_what_no_order_covers(town: Town, officer: Officer) -> None:
    client = town.signed_in(officer("administrator"))
    assert "C-1" in client.get("/controle/").content.decode()
    client.post(ORDERS, form())
    page = client.get("/controle/").content.decode()
    assert "35-2026-1" in page and "in 20 days" in page and "Every camera of the map is covered" in page


def test_a_switch_is_turned_on_and_off_on_the_page(town: Town, officer: Officer) -> None:
    client = town.signed_in(officer("administrator"), "fr")
    said = form(do="on", capability="image_sharing", basis="CSI L252-3")
    assert client.post(SWITCHES, said).status_code == 302
    assert switches.on("image_sharing", "town") is not None
    assert "CSI L252-3" in client.get(SWITCHES).content.decode()
    assert client.post(SWITCHES, said).status_code == 422, "one decision is kept once"
    client.post(SWITCHES, form(do="off", capability="image_sharing"))
    assert switches.on("image_sharing", "town") is None
