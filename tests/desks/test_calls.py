"""A call at the duty desk: from what is said to the incident that it opened, over HTTP and in a browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import Town
from tests.during.fusion.made import at

from beffroi.during.fusion import engine
from beffroi.during.fusion.queries import hypothesis_of
from beffroi.during.incident.models import Incident
from beffroi.during.intake import calls
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation.identifiers import uuid7
from beffroi.house.plan import Folding
from beffroi.journal import queries as journal
from beffroi.territory import models as territory
from beffroi.territory import places

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]

Fold = Callable[[], bool]


@pytest.fixture
def spool(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteSpool]:
    """The spool into which calls go and from which the engine reads."""
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(engine, "shared", lambda: made)
    monkeypatch.setattr(calls, "shared", lambda: made)
    monkeypatch.setattr("beffroi.desks.duty.call_views.WAITS_S", 0.05)
    places.index.cache_clear()
    engine.forget()
    yield made
    engine.forget()
    made.close()


@pytest.fixture
def fold(spool: SqliteSpool) -> Fold:
    """The engine's own work, once."""
    return Folding(spool, 0.0)


@pytest.fixture
def running(spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The engine at work beside, as in its own process."""
    monkeypatch.setattr("beffroi.desks.duty.call_views.WAITS_S", 5.0)
    stop = threading.Event()

    def work() -> None:
        again = Folding(spool, 0.02)
        while not stop.wait(0.02):
            again()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


def form(**said: str) -> dict[str, str]:
    lat, lon = at(3.0, 4.0)
    told = {"form": str(uuid7()), "territory": "town", "kind": "report.burglary", "ago": "0"}
    return told | {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "radius": "20"} | said


def take(client: Client, **said: str) -> Any:
    return client.post("/veille/appel/", form(**said))


def test_a_call_opens_an_incident_and_the_desk_goes_to_it(town: Town, fold: Fold) -> None:
    client = town.signed_in(town.operator)
    answer = take(client, ago="5")
    assert answer.status_code == 302 and answer["Location"].startswith("/veille/appel/")
    waits = client.get(answer["Location"])
    assert waits.status_code == 200 and "The call is kept." in waits.content.decode()
    fold()
    there = client.get(answer["Location"])
    row = Incident.objects.get()
    assert there.status_code == 302 and there["Location"] == f"/veille/{row.pk}/"
    assert row.act == "burglary" and not row.exercise
    page = client.get(there["Location"]).content.decode()
    assert "Reported: break-in" in page and "AVS-01 2" in page
    lines = [each.fact for each in journal.last("territory:town", 10)]
    assert "intake.call_taken" in lines and "incident.opened" in lines


def test_a_part_of_the_page_gets_the_sheet_itself(town: Town, running: None) -> None:
    client = town.signed_in(town.operator)
    answer = client.post("/veille/appel/", form(), headers={"HX-Request": "true"})
    row = Incident.objects.get()
    assert f'data-id="{row.pk}"' in answer.content.decode()


def test_the_same_form_sent_twice_is_one_call(town: Town, fold: Fold, spool: SqliteSpool) -> None:
    client, said = town.signed_in(town.operator), form()
    for _ in range(2):
        assert client.post("/veille/appel/", said).status_code == 302
    fold()
    assert spool.head() == 1 and Incident.objects.get().sign_count == 1


def test_two_calls_of_one_act_join_and_one_from_afar_does_not(town: Town, fold: Fold) -> None:
    client = town.signed_in(town.operator)
    far = at(190.0, 0.0)
    for place in (at(0.0, 0.0), at(4.0, 0.0), far):
        take(client, lat=f"{place[0]:.6f}", lon=f"{place[1]:.6f}")
        fold()
    assert sorted(Incident.objects.values_list("sign_count", flat=True)) == [1, 2]


def test_an_exercise_call_stays_apart_and_says_so(town: Town, fold: Fold) -> None:
    client = town.signed_in(town.operator)
    take(client)
    take(client, exercise="1")
    fold()
    real, play = Incident.objects.order_by("exercise")
    assert (real.exercise, real.sign_count, play.exercise, play.sign_count) == (False, 1, True, 1)
    page = client.get(f"/veille/{play.pk}/").content.decode()
    assert "EXERCISE" in page[page.index('id="fiche"') :]
    sheet = client.get(f"/veille/{real.pk}/").content.decode()
    assert "EXERCISE" not in sheet[sheet.index('id="fiche"') :]


def test_a_life_in_danger_is_first_whatever_it_is_about(town: Town, fold: Fold) -> None:
    take(town.signed_in(town.operator), kind="report.theft", life="1")
    fold()
    row = Incident.objects.get()
    assert row.life
    page = town.signed_in(town.operator).get(f"/veille/{row.pk}/").content.decode()
    assert "Life in danger" in page and "AVS-01 4" in page


def test_a_place_may_be_words_alone_and_what_was_typed_is_not_kept(
    town: Town, fold: Fold, spool: SqliteSpool
) -> None:
    client = town.signed_in(town.operator)
    take(client, lat="", lon="", where="pres de la rue de l'eglise")
    take(client, where="Mme Untel, rue du Port")
    first, second = (each for _, each in spool.read(0, 10))
    assert first.content == {"from": "call", "near": "Rue de l'Église", "near_kind": "street"}
    assert second.content == {"from": "call"}
    fold()
    row = Incident.objects.get(pk=hypothesis_of(first.id))
    assert "near Rue de l&#x27;Église" in client.get(f"/veille/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": ""}, "Choose what happens."),
        ({"kind": "intrusion.door"}, "Choose what happens."),
        ({"lat": "", "lon": ""}, "Say where"),
        ({"lat": "", "lon": "", "where": "zzz"}, "Say where"),
        ({"lat": "48.85", "lon": "2.35"}, "not in the territory"),
        ({"lat": "x", "lon": "nan"}, "Say where"),
    ],
)
def test_what_lacks_is_said_and_nothing_is_kept(
    town: Town, spool: SqliteSpool, said: dict[str, str], words: str
) -> None:
    answer = take(town.signed_in(town.operator), **said)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert spool.head() == 0


def test_a_territory_without_right_takes_no_call(town: Town, spool: SqliteSpool) -> None:
    territory.Territory.objects.create(key="other", name="Other", created_at="2026-01-01T00:00Z")
    client = town.signed_in(town.operator)
    assert take(client, territory="other").status_code == 403
    assert town.signed_in(town.referent).get("/veille/appel/").status_code == 403
    assert client.get("/veille/lieux/?territory=other&where=rue").status_code == 403
    assert spool.head() == 0


def test_places_are_found_without_accents_nor_capitals(town: Town, spool: SqliteSpool) -> None:
    client = town.signed_in(town.operator)
    found = client.get("/veille/lieux/", {"territory": "town", "where": "EGLISE"}).content.decode()
    assert re.findall(r'data-name="([^"]*)"', found) == ["Rue de l&#x27;Église"]
    none = client.get("/veille/lieux/", {"territory": "town", "where": "zzz"}).content.decode()
    assert "press the map" in none and "data-place" not in none


def test_the_form_is_french_in_french_and_asks_for_nobody_s_name(town: Town, spool: SqliteSpool) -> None:
    page = town.signed_in(town.operator, "fr").get("/veille/appel/").content.decode()
    part = page[page.index('class="sheet call"') :]
    for words in ("Que se passe-t-il", "Où", "Vie en danger", "Ouvrir l’intervention", "C’est un exercice"):
        assert words in part
    fields = set(re.findall(r'name="([\w-]+)"', part[: part.index("</article>")]))
    assert fields == {
        "csrfmiddlewaretoken", "form", "lat", "lon", "radius", "kind", "territory", "where",
        "ago", "life", "exercise",
    }  # fmt: skip


# --- in a browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serving() as found:
        yield found


def session(town: Town) -> str:
    return str(town.signed_in(town.operator).session.session_key)


def desk(page: Page, address: str) -> Page:
    page.goto(f"{address}/veille/")
    page.wait_for_selector('body[data-link="live"]')
    return page


@pytest.mark.service
def test_by_keys_alone_t_what_where_enter(browser: Browser, address: str, town: Town, running: None) -> None:
    someone = visit(browser, address, session(town))
    page = desk(someone.page(), address)
    page.keyboard.press("t")
    expect(page.locator(".call-form")).to_be_visible()
    page.locator('input[value="report.vandalism"]').check()
    page.locator("#call-where").focus()
    page.keyboard.type("pres de l'eglise")
    expect(page.locator("[data-place]").first).to_contain_text("Rue de l'Église")
    page.keyboard.press("Enter")
    expect(page.locator("#placed")).to_contain_text("Rue de l'Église, within")
    page.keyboard.press("Enter")
    expect(page.locator("#fiche h1")).to_have_text("Possible vandalism")
    incident: UUID = Incident.objects.get().pk
    expect(page).to_have_url(re.compile(f"/veille/{incident}/"))
    expect(page.locator(f"#row-{incident}")).to_be_visible()
    assert someone.faults == []


@pytest.mark.service
def test_the_map_says_where_on_a_phone_too(browser: Browser, address: str, town: Town, running: None) -> None:
    someone = visit(
        browser, address, session(town), size=(360, 740), theme="light", has_touch=True, is_mobile=True
    )
    page = desk(someone.page(), address)
    page.locator("[data-call]").click()
    page.locator('.call-tile:has([value="report.rescue"])').click()
    page.wait_for_selector("#map[data-ready]", state="attached")
    page.locator(".on-map").click()
    page.locator("#map canvas").tap(position={"x": 180, "y": 250})
    expect(page.locator("#placed")).to_contain_text("pressed on the map")
    assert page.locator('input[value="report.rescue"]').is_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".call-send .btn.ours").click()
    expect(page.locator("#fiche .badge").first).to_have_text("Life in danger")
    assert someone.faults == []


@pytest.mark.service
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_stands_in_the_way_of_anyone(
    browser: Browser, address: str, town: Town, spool: SqliteSpool, theme: str
) -> None:
    page = visit(browser, address, session(town), theme=theme).page()
    page.goto(f"{address}/veille/appel/")
    page.wait_for_selector('body[data-link="live"]')
    assert violations(page) == []
