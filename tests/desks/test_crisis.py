"""The mayor's page: from nothing to the end by its buttons; what others see; a message validated."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import KEY, Town

from beffroi.during.crisis import actions, keeping, models
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people.models import Member, Organisation

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


@pytest.fixture
def mayor(town: Town) -> Member:
    """An elected representative, who leads the command cell; the operator sits in operations."""
    made = people.create_member(
        email="maire@town.example", display_name="Claude", organisation=Organisation.objects.get(),
        roles=["elected"], territories=[KEY],
    )  # fmt: skip
    keeping.seat(territory=KEY, cell="command", member=made, role="lead")
    keeping.seat(territory=KEY, cell="operations", member=town.operator)
    return made


def started(mayor: Member) -> UUID:
    return actions.activate(member=mayor, territory=KEY, level="partial")


def test_from_nothing_to_the_end(town: Town, mayor: Member) -> None:
    client = town.signed_in(mayor)
    assert "No crisis" in client.get("/crise/").content.decode()
    answer = client.post(f"/crise/{KEY}/activer/", {"level": "partial"})
    crisis = models.Crisis.objects.get()
    assert answer["Location"] == f"/crise/{crisis.pk}/" == client.get("/crise/")["Location"]
    page = client.get(f"/crise/{crisis.pk}/").content.decode()
    assert "Ouvrir le poste de commandement communal" in page and "1 of 2 reached" in page
    work, lead = f"/crise/{crisis.pk}/cellule/", f"/crise/{crisis.pk}/direction/"
    client.post(work, {"do": "tick", "cell": "command", "step": "open_post"})
    client.post(work, {"do": "call"})
    client.post(work, {"do": "reached", "whom": str(town.operator.pk), "yes": "1"})
    client.post(work, {"do": "decide", "text": "On ferme le pont."})
    client.post(lead, {"do": "level", "level": "full"})
    page = client.get(f"/crise/{crisis.pk}/").content.decode()
    assert "2 of 2 reached" in page and "On ferme le pont." in page and "Complet" in page
    assert "On ferme le pont." in client.get(f"/crise/{crisis.pk}/point/").content.decode()
    assert "Left open" in client.get(f"/crise/{crisis.pk}/fin/").content.decode()
    client.post(f"/crise/{crisis.pk}/fin/", {"left": "Le pont."})
    ended = client.get(f"/crise/{crisis.pk}/").content.decode()
    assert "Crisis ended" in ended and "Le pont." in ended
    assert "No crisis" in client.get("/crise/").content.decode()


def test_a_message_is_prepared_read_and_validated(town: Town, mayor: Member) -> None:
    crisis, operator, chief = started(mayor), town.signed_in(town.operator), town.signed_in(mayor)
    address = f"/crise/{crisis}/message/"
    assert "Évacuer" in operator.get(address).content.decode()
    form = operator.get(f"{address}?draft=evacuate").content.decode()
    assert "Évacuez votre quartier maintenant" in form
    given = {
        "draft": "evacuate",
        "headline": "Évacuez",
        "description": "Feu",
        "instruction": "Partez",
        "hours": "3",
    }
    assert operator.post(address, given).status_code == 422  # where?
    answer = operator.post(address, {**given, "area": "rue du Port"})
    message = models.Message.objects.get()
    page = operator.get(answer["Location"]).content.decode()
    assert "It waits for the mayor" in page and "I validate" not in page
    assert operator.post(f"/crise/message/{message.pk}/valider/").status_code == 403
    assert operator.post(f"/crise/message/{message.pk}/cap/").status_code == 409
    assert "I validate this message" in chief.get(answer["Location"]).content.decode()
    chief.post(f"/crise/message/{message.pk}/valider/")
    cap = operator.post(f"/crise/message/{message.pk}/cap/")
    assert cap["Content-Type"] == "application/cap+xml" and b"<status>Actual</status>" in cap.content
    assert "rue du Port" in operator.post(f"/crise/message/{message.pk}/text/").content.decode()


def test_numbers_are_for_who_leads(town: Town, mayor: Member) -> None:
    from beffroi.during.oncall import actions as oncall

    oncall.set_contact(member=town.operator, mobile="0612345678", email="", channels=["sms"], actor="system")
    crisis = started(mayor)
    assert "tel:+33612345678" in town.signed_in(mayor).get(f"/crise/{crisis}/").content.decode()
    assert "tel:" not in town.signed_in(town.operator).get(f"/crise/{crisis}/").content.decode()


def test_who_has_no_part_in_it_sees_nothing(town: Town, mayor: Member) -> None:
    crisis = started(mayor)
    client = town.signed_in(town.referent)
    assert client.get("/crise/").status_code in (403, 404)
    assert client.get(f"/crise/{crisis}/").status_code in (403, 404)
    assert town.signed_in(town.operator).post(f"/crise/{KEY}/activer/", {"level": "full"}).status_code == 403


def test_an_exercise_is_marked_everywhere(town: Town, mayor: Member) -> None:
    client = town.signed_in(mayor)
    client.post(f"/crise/{KEY}/activer/", {"level": "watch", "exercise": "1"})
    crisis = models.Crisis.objects.get()
    message = client.post(
        f"/crise/{crisis.pk}/message/",
        {
            "draft": "shelter",
            "area": "a",
            "headline": "b",
            "description": "c",
            "instruction": "d",
            "hours": "1",
        },
    )["Location"]
    for page in ("", "point/", "fin/", "message/"):
        assert "EXERCISE" in client.get(f"/crise/{crisis.pk}/{page}").content.decode(), page
    assert "EXERCICE" in client.get(message).content.decode()


def test_the_plan_is_kept_on_its_page(town: Town, mayor: Member) -> None:
    client, address = town.signed_in(mayor), f"/crise/plan/{KEY}/"
    page = client.get(address).content.decode()
    assert "works with the template" in page and "no telephone known" in page
    operator = {"cell": "operations", "member": str(town.operator.pk)}
    assert client.post(address, {"do": "seat", "role": "lead", **operator}).status_code == 302
    client.post(address, {"do": "outsider", "cell": "command", "name": "SAMU", "task": "", "number": "15"})
    client.post(
        address,
        {"do": "cell", "cell": "operations", "words": "Terrain", "help": "Agir", "steps": "Voir\nDire"},
    )
    client.post(
        address, {"do": "cell", "cell": "operations", "words": "Terrain 2", "help": "Agir", "steps": "Voir"}
    )
    page = client.get(address).content.decode()
    assert "Terrain 2" in page and "SAMU" in page and "version 2" in page
    assert "Voir" in client.get(f"{address}version/1/").content.decode()
    client.post(address, {"do": "again", "number": "1"})
    assert "version 3" in (page := client.get(address).content.decode()) and "Terrain 2" not in page
    client.post(address, {"do": "unseat", **operator})
    assert "Who sat before" in client.get(address).content.decode()
    refused = client.post(address, {"do": "outsider", "cell": "command", "name": "X", "number": "moi"})
    assert refused.status_code == 422 and "is not a telephone number" in refused.content.decode()
    assert client.post(address, {"do": "burn"}).status_code == 422
    assert client.get(f"{address}version/9/").status_code == 404


def test_a_sheet_that_is_wrong_says_each_line_in_the_reader_s_language(town: Town, mayor: Member) -> None:
    client, address = town.signed_in(mayor, "fr"), f"/crise/plan/{KEY}/"
    wrong = SimpleUploadedFile("l.csv", b"cellule;courriel\nCuisine;a@b\nCommandement;x@y\n")
    answer = client.post(address, {"do": "people", "file": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422 and "ligne 2, cellule" in page and "ligne 3, courriel" in page
    assert "Opérations" in page and "rien n’a été changé" in page
    other = SimpleUploadedFile("l.csv", b"couleur\nbleu\n")
    page = client.post(address, {"do": "cells", "file": other}).content.decode()
    assert "aucune colonne ne s’appelle «\u00a0couleur\u00a0»" in page
    assert client.post(address, {"do": "people"}).status_code == 422
    # What goes out comes back.
    sheet = client.post(f"{address}personnes.csv").content
    good = SimpleUploadedFile("l.csv", sheet)
    assert client.post(address, {"do": "people", "file": good}).status_code == 302
    plan = SimpleUploadedFile("p.csv", client.get(f"{address}plan.csv").content)
    assert client.post(address, {"do": "cells", "file": plan}).status_code == 302
    assert "version 1" in client.get(address).content.decode()


def test_the_directory_shows_numbers_to_whom_they_serve_and_says_so_in_the_log(
    town: Town, mayor: Member
) -> None:
    from beffroi.during.oncall import actions as oncall

    oncall.set_contact(member=town.operator, mobile="0612345678", email="", channels=["sms"], actor="system")
    client, address = town.signed_in(mayor), f"/crise/annuaire/{KEY}/"
    page = client.get(address).content.decode()
    assert "Camille" in page and "tel:" not in page and "34\u00a056" not in page
    shown = client.post(f"{address}numeros/")
    assert (
        "06\u00a012\u00a034\u00a056\u00a078" in shown.content.decode()
        and shown["Cache-Control"] == "no-store"
    )
    told = [each for each in journal.numbered(f"territory:{KEY}", after=0, limit=999)]
    assert [each.actor for each in told if each.fact == "crisis.directory_shown"] == [mayor.actor]
    assert "12345678" not in "".join(str(each.body) for each in told)
    operator = town.signed_in(town.operator)
    assert operator.get(address).status_code == 200
    assert operator.post(f"{address}numeros/").status_code == 403
    assert operator.get(f"/crise/plan/{KEY}/").status_code == 403


def test_who_leads_a_cell_sees_the_numbers_of_its_own_people(town: Town, mayor: Member) -> None:
    from beffroi.during.oncall import actions as oncall

    oncall.set_contact(member=mayor, mobile="0611111111", email="", channels=["sms"], actor="system")
    oncall.set_contact(member=town.other, mobile="0622222222", email="", channels=["sms"], actor="system")
    keeping.seat(territory=KEY, cell="operations", member=town.operator, role="deputy")
    keeping.seat(territory=KEY, cell="operations", member=town.other)
    keeping.add_outsider(territory=KEY, cell="operations", name="Enedis", task="réseau", number="0972675035")
    crisis = started(mayor)
    page = town.signed_in(town.operator).get(f"/crise/{crisis}/").content.decode()
    assert "+33622222222" in page and "+33611111111" not in page and "+33972675035" in page
    page = town.signed_in(town.other).get(f"/crise/{crisis}/").content.decode()
    assert "+33622222222" not in page and "+33972675035" in page
    actions.end(member=mayor, crisis=crisis, left="")
    page = town.signed_in(town.operator).get(f"/crise/{crisis}/").content.decode()
    assert "tel:" not in page


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_a_mayor_on_a_telephone(town: Town, mayor: Member) -> None:
    session = str(town.signed_in(mayor).session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, size=(360, 740), language="fr")
        page = someone.page()
        page.goto(f"{address}/crise/")
        page.get_by_text("Partiel", exact=True).click()
        page.get_by_role("button", name="J’active le plan").click()
        page.get_by_role("button", name="Ouvrir le poste de commandement communal").first.click()
        expect(page.locator(".first")).not_to_contain_text("Ouvrir le poste")
        page.get_by_role("button", name="Jointe").first.click()
        expect(page.locator("#tree")).to_contain_text("2 sur 2")
        wide = "document.documentElement.scrollWidth"
        for more in ("", "point/", "fin/", "message/", "message/?draft=evacuate"):
            page.goto(f"{address}/crise/{models.Crisis.objects.get().pk}/{more}")
            assert page.evaluate(wide) == 360, more
        for more in ("plan", "annuaire"):
            page.goto(f"{address}/crise/{more}/{KEY}/")
            for opener in page.locator("main summary").all():
                if opener.is_visible():
                    opener.click()
            assert page.evaluate(wide) == 360, more
        assert someone.faults == []


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_no_violation_where_the_plan_is_kept(town: Town, mayor: Member, theme: str) -> None:
    keeping.add_outsider(territory=KEY, cell="command", name="Préfecture", task="nuit", number="0299021035")
    keeping.change_cell(
        territory=KEY, cell="operations", words="Terrain", help_="Agir", steps=["Voir"], actor=mayor.actor
    )
    session = str(town.signed_in(mayor).session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, language="fr", theme=theme)
        page, found = someone.page(), {}
        for path in (f"plan/{KEY}/", f"plan/{KEY}/version/1/", f"annuaire/{KEY}/", "?all"):
            page.goto(f"{address}/crise/{path}")
            for opener in page.locator("main summary").all():
                if opener.is_visible():
                    opener.click()
            found[path] = violations(page)
        page.goto(f"{address}/crise/annuaire/{KEY}/")
        page.get_by_role("button", name="Montrer les numéros").click()
        found["numeros"] = violations(page)
        assert {path: each for path, each in found.items() if each} == {}
        assert someone.faults == []
