"""Conventions on the screen: drawn, signed by each, in force at the neighbour’s desk, ended, asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.desks.conftest import PASSWORD, Town, burglary, happen, town

from beffroi.during.incident import actions as incidents
from beffroi.during.incident.models import Incident
from beffroi.during.oncall.models import DeskOpen
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people import queries
from beffroi.people.conventions import models
from beffroi.people.conventions import queries as kept
from beffroi.people.models import Installation, Member, Organisation
from beffroi.people.orders import queries as orders

__all__ = ["burglary", "happen", "town"]
pytestmark = [pytest.mark.desk, pytest.mark.django_db]
LIST, WHO, HELP = "/controle/conventions/", "/controle/qui/", "/veille/renfort/"


@dataclass
class Two:
    """The town of the desks, for which its commune answers, and a neighbour with a centre of its own."""

    town: Town
    neighbour: Organisation
    operator: Member
    neighbours_mayor: Member
    mayor: Member
    keeper: Member

    def as_(self, member: Member) -> Client:
        return self.town.signed_in(member, "fr")

    def drawn(self, **changed: Any) -> models.Convention:
        today = orders.today()
        said = {
            "reference": "csu-2026", "title": "Entraide", "kind": "standing", "places": ["town"],
            "receives": [str(self.neighbour.pk)], "matters": ["incidents", "handling"],
            "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=365)).isoformat(), **changed,
        }  # fmt: skip
        answer = self.as_(self.keeper).post(LIST, said)
        assert answer.status_code == 302, answer.content.decode()
        return models.Convention.objects.order_by("-drawn_at")[0]

    def agreed(self, **changed: Any) -> models.Convention:
        row = self.drawn(**changed)
        for member in (self.mayor, self.neighbours_mayor):
            assert self.as_(member).post(f"{LIST}{row.pk}/", {"do": "sign"}).status_code == 302
        row.refresh_from_db()
        return row


@pytest.fixture
def two(town: Town) -> Iterator[Two]:
    Installation.objects.update(exercise=True)
    queries.policy_book.cache_clear()
    ours = town.operator.organisation
    people.answer_for(key="town", organisation=ours)
    neighbour = people.create_organisation(name="Redon Agglomération", kind="epci")
    people.know_territory(key="elsewhere", organisation=neighbour)
    made = {}
    for name, organisation, roles, where in (
        ("operator", neighbour, ["operator"], ["elsewhere"]),
        ("neighbour", neighbour, ["elected"], ["elsewhere"]),
        ("mayor", ours, ["elected"], ["town"]),
    ):
        made[name] = people.create_member(
            email=f"{name}@two.example", display_name=f"{name.title()} Deux", organisation=organisation,
            password=PASSWORD, roles=roles, territories=where,
        )  # fmt: skip
    keeper = people.create_member(
        email="keeper@two.example", display_name="Keeper", organisation=ours, password=PASSWORD,
        roles=["administrator"], everywhere=True,
    )  # fmt: skip
    yield Two(town, neighbour, made["operator"], made["neighbour"], made["mayor"], keeper)
    queries.policy_book.cache_clear()


def test_drawn_signed_in_force_and_ended_on_the_page(two: Two, burglary: UUID) -> None:
    desk, sheet = two.as_(two.operator), f"/veille/{burglary}/"
    assert desk.get(sheet).status_code in (403, 404)
    row = two.drawn()
    page = two.as_(two.mayor).get(f"{LIST}{row.pk}/").content.decode()
    assert "Qui gagne, qui perd" in page and "Operator Deux" in page and "voir le poste de veille" in page
    assert "commune d’accueil" in page and "pas encore" in page
    for member in (two.mayor, two.neighbours_mayor):
        assert desk.get(sheet).status_code in (403, 404), "until the last signature"
        two.as_(member).post(f"{LIST}{row.pk}/", {"do": "sign"})
    shown = desk.get(sheet)
    assert shown.status_code == 200
    assert "La convention n’ouvre pas tout" in shown.content.decode()
    assert two.as_(two.mayor).post(f"{LIST}{row.pk}/", {"do": "end"}).status_code == 302
    assert desk.get(sheet).status_code in (403, 404)
    told = [(each.fact, each.actor) for each in journal.follow(0, limit=1000) if "convention." in each.fact]
    assert told == [
        ("convention.drawn", two.keeper.actor),
        ("convention.signed", two.mayor.actor),
        ("convention.signed", two.neighbours_mayor.actor),
        ("convention.agreed", two.neighbours_mayor.actor),
        ("convention.ended", two.mayor.actor),
    ]


def test_a_note_crosses_only_where_the_convention_opens_notes(two: Two, burglary: UUID) -> None:
    incidents.annotate(incident=burglary, member=two.town.operator.pk, text="Vu Monsieur Untel au portail")
    sheet = f"/veille/{burglary}/"
    assert "Monsieur Untel" in two.as_(two.town.operator).get(sheet).content.decode()
    two.agreed()
    assert "Monsieur Untel" not in two.as_(two.operator).get(sheet).content.decode()
    two.agreed(matters=["incidents", "handling", "notes"])
    assert "Monsieur Untel" in two.as_(two.operator).get(sheet).content.decode()


def test_who_may_sign_and_who_may_not(two: Two) -> None:
    row = two.drawn()
    address = f"{LIST}{row.pk}/"
    for member in (two.keeper, two.operator):
        assert two.as_(member).post(address, {"do": "sign"}).status_code in (403, 404)
    assert two.as_(two.mayor).post(address, {"do": "shout"}).status_code == 422
    two.as_(two.mayor).post(address, {"do": "sign"})
    again = two.as_(two.mayor).post(address, {"do": "sign"})
    assert again.status_code == 422 and "a déjà signée" in again.content.decode()
    assert two.as_(two.keeper).post(address, {"do": "withdraw"}).status_code == 302
    assert kept.conventions(everything=True) == []


def test_a_stranger_knows_of_no_convention(two: Two) -> None:
    row = two.drawn()
    third = people.create_organisation(name="Rieux", kind="commune")
    people.know_territory(key="rieux", organisation=third)
    stranger = people.create_member(
        email="third@two.example", display_name="Tiers", organisation=third, password=PASSWORD,
        roles=["elected"], territories=["rieux"],
    )  # fmt: skip
    client = two.as_(stranger)
    assert client.get(f"{LIST}{row.pk}/").status_code == 404
    assert "Entraide" not in client.get(LIST).content.decode()
    assert "pas à pas" not in client.get(WHO).content.decode()
    assert client.get(WHO, {"action": "duty.view", "place": "town"}).status_code == 403


def test_who_can_see_a_camera_on_sunday_night_and_why(two: Two) -> None:
    two.agreed(matters=["incidents", "live"], purposes=["incident"], days=["sun"], start="20:00", end="06:00")
    client = two.as_(two.mayor)
    sunday = orders.today() + timedelta(days=(6 - orders.today().weekday()) % 7)
    asked = {"action": "camera.look", "place": "town/C-1", "at": f"{sunday}T23:00"}
    page = client.get(WHO, asked).content.decode()
    assert "Operator Deux" in page and "Par la convention : Entraide (csu-2026.1)" in page
    assert "Par le rôle" in page and "Doit donner en plus" in page
    assert "Aucun arrêté ne couvre la caméra" in page and "Pas habilité" not in page
    noon = client.get(WHO, {**asked, "at": f"{sunday}T12:00"}).content.decode()
    assert "Operator Deux" not in noon
    assert client.get(WHO, {**asked, "at": "soon"}).status_code == 422


FRAMEWORK = {"kind": "framework", "help_hours": "10", "unattended_min": "15"}


def test_a_queue_is_entrusted_in_one_press_and_handed_back_in_one(two: Two) -> None:
    two.agreed(**FRAMEWORK)
    desk = two.as_(two.operator)
    assert desk.get("/veille/?territory=town").status_code == 403
    ours = two.as_(two.town.operator)
    page = ours.get(HELP).content.decode()
    assert "Redon Agglomération" in page
    pressed = {"do": "entrust", "territory": "town", "helper": str(two.neighbour.pk), "hours": "8"}
    assert desk.post(HELP, pressed).status_code == 403, "it is not the neighbour's to entrust"
    assert ours.post(HELP, pressed).status_code == 302
    assert desk.get("/veille/?territory=town").status_code == 200
    going = kept.helps(territories=["town"])
    assert "vous avez sa file" in desk.get(HELP).content.decode()
    assert desk.post(HELP, {"do": "hand_back", "help": str(going[0].id)}).status_code == 302
    assert desk.get("/veille/?territory=town").status_code == 403
    assert [each.fact for each in journal.last("territory:town", 2)].count("help.ended") == 1


def test_an_unattended_queue_is_taken_and_an_attended_one_is_not(two: Two, burglary: UUID) -> None:
    two.agreed(**FRAMEWORK)
    desk, press = two.as_(two.operator), {"do": "take", "territory": "town", "helper": str(two.neighbour.pk)}
    Incident.objects.filter(territory_key="town").update(
        phase="decide", state="to_check", acknowledged_at=None, exercise=False,
        fused_at=clock.now() - timedelta(minutes=5),
    )  # fmt: skip
    assert desk.post(HELP, press).status_code == 422, "five minutes are not fifteen"
    Incident.objects.filter(territory_key="town").update(fused_at=clock.now() - timedelta(minutes=16))
    open_ = DeskOpen.objects.create(territory_key="town", seen_at=clock.now())
    assert desk.post(HELP, press).status_code == 422, "somebody has the desk open"
    open_.delete()
    assert "sans personne depuis" in desk.get(HELP).content.decode()
    assert desk.post(HELP, press).status_code == 302
    assert kept.helps(territories=["town"])[0].why == "unattended"
