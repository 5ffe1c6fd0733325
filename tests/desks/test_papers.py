"""Pages that are read out, kept or printed: hand-over, levée de doute, events, the relève."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import Happen, Town

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.incident import actions, handing, linking, queries, shifts
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


def told(page: str) -> str:
    found = re.search(r'name="told" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_same_goes_as_a_message_of_the_exchange_and_is_recorded(
    town: Town, burglary: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = town.signed_in(town.operator, "en"), f"/veille/{burglary}/transmettre/rc-eda/"
    refused = client.post(address, {"service": "17"})
    assert refused.status_code == 422 and "no address" in refused.content.decode()
    monkeypatch.setenv("BEFFROI_EXCHANGE_ADDRESS", "fr.police.redon")
    monkeypatch.setenv("BEFFROI_EXCHANGE_17", "fr.gendarmerie.corg35")
    configuration.current.cache_clear()
    try:
        page = client.get(f"/veille/{burglary}/transmettre/").content.decode()
        assert "RC-EDA, 17" in page and "RC-EDA, 15" not in page
        first, again = (client.post(address, {"service": "17"}) for _ in range(2))
    finally:
        monkeypatch.undo()
        configuration.current.cache_clear()
    assert first.headers["Content-Disposition"].startswith("attachment")
    [kept] = [each for each in (json.loads(first.content),) if each["distributionStatus"] == "Actual"]
    case = kept["content"][0]["jsonContent"]["embeddedJsonContent"]["message"]["createCase"]
    assert case["caseId"] == "fr.police.redon.town-I-1" and case["senderCaseId"] == "I-1"
    assert case["location"]["geometry"]["point"]["coord"]["lat"] == pytest.approx(47.65, abs=0.01)
    assert any(note.startswith("Ce que l’on sait") for note in case["freetext"])
    assert (kept["distributionKind"], json.loads(again.content)["distributionKind"]) == ("Report", "Update")
    assert [(each.service, each.how) for each in handing.handovers(burglary)] == [("17", "rc_eda")] * 2


def test_the_text_says_what_where_since_when_what_is_known_who_comes_and_whom_to_call_back(
    town: Town, burglary: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEFFROI_DUTY_PHONE", "02 99 00 00 17")
    configuration.current.cache_clear()
    try:
        dispatch.send(incident_id=burglary, unit="P1", member=town.operator.pk, override_reason="")
        page = town.signed_in(town.operator, "en").get(f"/veille/{burglary}/transmettre/").content.decode()
    finally:
        monkeypatch.undo()
        configuration.current.cache_clear()
    text = page[page.index("<textarea") : page.index("</textarea>")]
    for words in (
        "QUI APPELLE : Ici le poste de veille de Town.",
        "QUOI : Cambriolage. Confirmé par 2 sources indépendantes.",
        "OÙ : Rue du Port, Town.",
        "Coordonnées 47,65",
        "DEPUIS QUAND : Premier signe à",
        "CE QUE L’ON SAIT :",
        "Alarme, porte ouverte, P-1",
        "Niveau d’alarme AVS-01 : 3, biens.",
        "QUI EST EN ROUTE : Patrol P1, partie à",
        "RAPPEL : 02 99 00 00 17, intervention I-1.",
    ):
        assert words in text, (words, text)
    assert (
        "EXERCICE" not in text and "To whom was it told?" in page
    )  # the page itself is in the reader's language


def test_what_was_shown_is_what_is_recorded(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    page = client.get(f"/veille/{burglary}/transmettre/").content.decode()
    signed = told(page)
    answer = client.post(
        f"/veille/{burglary}/transmettre/", {"service": "17", "how": "voice", "told": signed}
    )
    assert answer.status_code == 302 and answer["Location"] == f"/veille/{burglary}/"
    (kept,) = handing.handovers(burglary)
    assert kept.text.startswith("QUI APPELLE") and kept.member == town.operator.pk
    sheet = client.get(f"/veille/{burglary}/").content.decode()
    assert "Told to the 17" in sheet and "Camille" in sheet
    for forged in ("words of mine", "", signed[:-2]):
        refused = client.post(
            f"/veille/{burglary}/transmettre/", {"service": "17", "how": "voice", "told": forged}
        )
        assert refused.status_code == 422
    assert len(handing.handovers(burglary)) == 1
    assert Incident.objects.get(pk=burglary).state == "confirmed"


def test_a_text_of_another_incident_is_refused(town: Town, burglary: UUID, happen: Happen) -> None:
    other = happen(("intrusion.door", "P-2", -5.0), place=(190.0, 0.0))
    client = town.signed_in(town.operator)
    signed = told(client.get(f"/veille/{other}/transmettre/").content.decode())
    answer = client.post(
        f"/veille/{burglary}/transmettre/", {"service": "17", "how": "voice", "told": signed}
    )
    assert answer.status_code == 422 and handing.handovers(burglary) == []


def test_an_exercise_says_so_first(town: Town, happen: Happen) -> None:
    incident = happen(("intrusion.door", "P-1", -5.0), exercise=True)
    page = town.signed_in(town.operator).get(f"/veille/{incident}/transmettre/").content.decode()
    assert "QUI APPELLE : EXERCICE, EXERCICE, EXERCICE." in page and 'class="exercise"' in page


def test_the_record_holds_the_signs_who_how_and_where_the_journal_says_it(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    signs = [each.observation for each in queries.sheet(burglary).signs]
    answer = client.post(
        f"/veille/{burglary}/doute/", {"how": "camera", "signs": [str(each) for each in signs]}
    )
    assert answer.status_code == 302
    entry = [
        each for each in journal.entries_about(f"incident:{burglary}") if each.fact == "incident.doubt_lifted"
    ][-1]
    page = client.get(f"/veille/{burglary}/levee-de-doute/").content.decode()
    assert entry.leaf.hex() in page and f"<dd>{entry.number}</dd>" in page and "territory:town" in page
    for words in ("L613-6", "by a camera", "Camille", "I-1"):
        assert words in page, words
    assert page.count("agrees") == len(signs) == 2
    for each in queries.sheet(burglary).signs:
        assert each.digest in page


def test_without_a_doubt_lifted_there_is_no_record_yet(town: Town, happen: Happen) -> None:
    incident = happen(("intrusion.door", "P-1", -5.0))
    page = town.signed_in(town.operator).get(f"/veille/{incident}/levee-de-doute/").content.decode()
    assert "was not lifted yet" in page and "Leaf hash" not in page


def test_signs_that_do_not_bear_it_are_refused_where_one_looks(town: Town, happen: Happen) -> None:
    incident = happen(("intrusion.door", "P-1", -5.0))
    client = town.signed_in(town.operator)
    for signs in ([], ["x"], [str(incident)]):
        answer = client.post(f"/veille/{incident}/doute/", {"how": "concordant", "signs": signs})
        assert answer.status_code == 422
    assert queries.sheet(incident).doubt is None


def test_linked_both_sheets_and_the_queue_say_so(town: Town, burglary: UUID, happen: Happen) -> None:
    other = happen(("intrusion.door", "P-2", -5.0), place=(190.0, 0.0))
    client = town.signed_in(town.operator)
    choice = client.get(f"/veille/{burglary}/relier/").content.decode()
    assert f'value="{other}"' in choice and f'name="other" value="{burglary}"' not in choice
    for wrong in (
        {"why": "same_place"},
        {"other": str(other)},
        {"other": str(burglary), "why": "same_place"},
    ):
        assert client.post(f"/veille/{burglary}/relier/", wrong).status_code == 422
    done = client.post(f"/veille/{burglary}/relier/", {"other": str(other), "why": "same_manner"})
    assert done.status_code == 302
    for here, there in ((burglary, other), (other, burglary)):
        page = client.get(f"/veille/{here}/").content.decode()
        assert page.count("Event E-1") >= 3  # two lines of the queue and the sheet
        assert f'href="/veille/{there}/"' in page[page.index('id="fiche"') :]
    assert client.post(f"/veille/{other}/delier/", {"why": "no_longer"}).status_code == 302
    assert "Event E-1" not in client.get("/veille/").content.decode()
    assert linking.event_of(burglary) is None


def test_the_releve_tells_of_the_shift_and_who_takes_it(town: Town, burglary: UUID, happen: Happen) -> None:
    closed = happen(("intrusion.door", "P-2", -5.0), place=(190.0, 0.0))
    actions.close(incident=closed, member=town.operator.pk, outcome="false_alarm", cause="fault")
    client = town.signed_in(town.operator)
    assert client.post("/veille/releve/noter/", {"text": "Gate of the school open"}).status_code == 302
    page = client.get("/veille/releve/").content.decode()
    for words in ("I-1", "Burglary", "False alarm, fault", "P-2", "Gate of the school open", "I take over"):
        assert words in page, words
    assert client.post("/veille/releve/prendre/").status_code == 302
    (taken,) = shifts.taken_last(["town"])
    assert taken.taken_by == town.operator.pk
    after = client.get("/veille/releve/").content.decode()
    assert "False alarm, fault" not in after and "Burglary" in after  # closed before, still open
    assert "Gate of the school open" in after
    assert "False alarm, fault" in client.get("/veille/releve/?heures=8").content.decode()
    (note,) = shifts.notes(["town"], clock.now() + timedelta(seconds=1))
    assert client.post(f"/veille/releve/{note.id}/fini/").status_code == 302
    assert "Gate of the school open" not in client.get("/veille/releve/").content.decode()


def test_an_empty_note_is_refused_and_a_referent_sees_no_releve(town: Town) -> None:
    client = town.signed_in(town.operator)
    assert client.post("/veille/releve/noter/", {"text": "  "}).status_code == 422
    assert town.signed_in(town.referent).get("/veille/releve/").status_code == 403
    assert town.signed_in(town.referent).post("/veille/releve/prendre/").status_code == 403
    assert shifts.taken_last(["town"]) == []


def test_steps_show_who_did_them_and_what_must_not_be_done(town: Town, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    client.post(f"/veille/{burglary}/etape/", {"step": "keep_images"})
    page = client.get(f"/veille/{burglary}/").content.decode()
    sheet = page[page.index('class="steps"') :]
    done = sheet[sheet.index("Have the images kept") :]
    assert "<small>Camille</small>" in done[:400]
    assert "Not to be done:" in sheet and "Going in before the competent service" in sheet
    assert 'value="never_enter"' not in sheet


# --- in a browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.service
def test_handed_over_in_two_keys(browser: Browser, town: Town, burglary: UUID) -> None:
    with serving() as address:
        someone = visit(browser, address, str(town.signed_in(town.operator).session.session_key))
        page = someone.page()
        page.goto(f"{address}/veille/{burglary}/")
        page.wait_for_selector('body[data-link="live"]')
        page.keyboard.press("p")
        expect(page.locator(".read-out")).to_contain_text("Cambriolage")
        page.wait_for_selector("[data-copy]:not([hidden])")  # the keys are there
        page.keyboard.press("7")
        expect(page.locator("#fiche")).to_contain_text("Told to the 17")
        assert someone.faults == []
    assert [each.service for each in handing.handovers(burglary)] == ["17"]


@pytest.mark.service
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_paper_is_for_everyone_on_a_phone_and_prints_on_one_page(
    browser: Browser, town: Town, burglary: UUID, theme: str
) -> None:
    with serving() as address:
        session = str(town.signed_in(town.operator).session.session_key)
        someone = visit(browser, address, session, theme=theme, language="fr", size=(360, 740))
        page = someone.page()
        for path in (f"{burglary}/transmettre", f"{burglary}/levee-de-doute", f"{burglary}/relier", "releve"):
            page.goto(f"{address}/veille/{path}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert violations(page) == [], path
        page.goto(f"{address}/veille/{burglary}/levee-de-doute/")
        printed = page.pdf()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        assert someone.faults == []
