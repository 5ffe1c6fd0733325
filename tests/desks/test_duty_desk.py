"""The duty desk over HTTP: what it shows, what each act does, how a conflict is said, what stays shut."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests.desks.conftest import KEY, Happen, Town

from beffroi.during.incident.models import Incident
from beffroi.journal import queries as journal
from beffroi.territory import models as territory

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


def facts(incident: UUID) -> list[str]:
    return [entry.fact for entry in journal.entries_about(f"incident:{incident}")]


def test_an_empty_desk_says_what_is_so(town: Town) -> None:
    page = town.signed_in(town.operator).get("/veille/").content.decode()
    assert "Nothing to decide." in page and "No incident chosen." in page
    assert 'class="brand"' in page  # the lantern is out


def test_the_most_urgent_is_open_with_its_reasons_its_units_and_what_it_rests_on(
    town: Town, burglary: UUID
) -> None:
    page = town.signed_in(town.operator).get("/veille/").content.decode()
    assert 'class="brand lit"' in page and f'id="row-{burglary}"' in page
    sheet = page[page.index('id="fiche"') :]
    for words in (
        "Burglary",
        "Send P1",
        "Alarm, door opened",
        "C-1, someone seen",
        "Doubt lifted",
        "by published",
    ):
        assert words in sheet, words
    assert 'data-key="e"' in sheet and "(0:" in sheet  # a time has its bounds


def test_every_word_of_the_desk_is_french_in_french(town: Town, burglary: UUID) -> None:
    page = town.signed_in(town.operator, "fr").get("/veille/").content.decode()
    assert "Cambriolage" in page and "Envoyer P1" in page and "Main courante" in page
    for word in ("Burglary", "Send P1", "Why we believe it", "To check", "Acknowledge", "seen "):
        assert word not in page, word


def test_from_acknowledged_to_closed_each_act_writes_its_fact(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    for path, form in (
        ("acquitter", {}),
        ("envoyer", {"unit": "P1"}),
        ("sur-place", {}),
        ("noter", {"text": "gate open"}),
        ("clore", {"outcome": "real:"}),
    ):
        assert client.post(f"/veille/{burglary}/{path}/", form).status_code == 302, path
    row = Incident.objects.get(pk=burglary)
    assert (row.state, row.outcome) == ("closed", "real")
    done = ["acknowledged", "unit_sent", "unit_arrived", "noted", "closed"]
    assert facts(burglary)[-5:] == [f"incident.{each}" for each in done]
    page = client.get(f"/veille/{burglary}/").content.decode()
    assert "The act was real" in page and "gate open" in page and 'data-key="e"' not in page


def test_two_at_once_the_second_is_told_clearly_and_nothing_is_done_twice(town: Town, burglary: UUID) -> None:
    town.signed_in(town.operator).post(f"/veille/{burglary}/acquitter/")
    late = town.signed_in(town.other)
    answer = late.post(f"/veille/{burglary}/acquitter/", headers={"HX-Request": "true"})
    assert "was acknowledged a moment ago by someone else" in answer.content.decode()
    assert answer.status_code == 200  # the sheet itself, brought up to date, with the refusal in it
    plain = late.post(f"/veille/{burglary}/acquitter/")
    assert plain.status_code == 409 and "by someone else" in plain.content.decode()
    assert facts(burglary).count("incident.acknowledged") == 1


def test_another_than_the_first_asks_why(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    refused = client.post(f"/veille/{burglary}/envoyer/", {"unit": "P2"})
    assert refused.status_code == 422 and "say why" in refused.content.decode()
    sent = client.post(f"/veille/{burglary}/envoyer/", {"unit": "P2", "override": "agreed"})
    assert sent.status_code == 302
    assert Incident.objects.get(pk=burglary).state == "sent"


def test_the_doubt_and_the_steps_are_a_person_s_to_tick(town: Town, happen: Happen) -> None:
    incident = happen(("intrusion.motion", "P-2", -10.0))
    client = town.signed_in(town.operator)
    assert client.post(f"/veille/{incident}/doute/", {"how": "camera"}).status_code == 302
    assert client.post(f"/veille/{incident}/doute/", {"how": "concord"}).status_code == 422
    assert client.post(f"/veille/{incident}/etape/", {"step": "call_contact"}).status_code == 302
    assert facts(incident)[-2:] == ["incident.doubt_lifted", "incident.step_done"]


def test_a_referent_sees_no_desk_and_an_unknown_incident_is_not_there(town: Town, burglary: UUID) -> None:
    assert town.signed_in(town.referent).get("/veille/").status_code == 403
    assert town.signed_in(town.referent).post(f"/veille/{burglary}/acquitter/").status_code == 403
    assert town.signed_in(town.operator).get(f"/veille/{uuid4()}/").status_code == 404
    assert facts(burglary).count("incident.acknowledged") == 0


def test_an_exercise_cannot_be_mistaken(town: Town, happen: Happen) -> None:
    incident = happen(("intrusion.door", "P-1", -5.0), exercise=True)
    page = town.signed_in(town.operator).get(f"/veille/{incident}/").content.decode()
    assert "data-exercise" in page and '<span class="t2 ex">exercise</span>' in page


def test_no_style_and_no_script_stand_in_a_page(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    for path in ("/", "/veille/", "/signaler/", "/compte/", "/rien/"):
        page = client.get(path).content.decode()
        assert ' style="' not in page and "<style" not in page and " onclick" not in page, path
        scripts = [part.split(">")[0] for part in page.split("<script")[1:]]
        assert all("src=" in each or "application/json" in each for each in scripts), path


def test_who_is_not_proposed_is_sent_all_the_same_where_the_law_lets_them(town: Town, happen: Happen) -> None:
    row = territory.Territory.objects.get(key=KEY)
    for key, kind in (("P3", "municipal"), ("S1", "security")):
        territory.PatrolUnit.objects.create(
            territory=row, key=key, name=f"Unit {key}", kind=kind, origin="test"
        )
    incident = happen(("intrusion.door", "P-1", -30.0), ("presence.person", "C-1", -20.0))
    client = town.signed_in(town.operator)
    page = client.get(f"/veille/{incident}/").content.decode()
    assert "2 units are not proposed" in page and "has no power to act here" in page
    assert "Send P3 all the same" in page and "Send S1 all the same" not in page
    send = f"/veille/{incident}/envoyer/"
    assert "say why" in client.post(send, {"unit": "P3"}, headers={"HX-Request": "true"}).content.decode()
    refused = client.post(send, {"unit": "S1", "override": "agreed"})
    assert refused.status_code == 403 and "S1 has no power to act on this." in refused.content.decode()
    sent = client.post(send, {"unit": "P3", "override": "agreed"}, headers={"HX-Request": "true"})
    assert sent.status_code == 200 and "Unit P3" in sent.content.decode()
