"""What the town can switch, at the desk: near the incident, asked in two steps, its state on the sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect
from tests.desks.browsing import chromium, serving, visit
from tests.desks.conftest import KEY, Town
from tests.during.acting.declarations import BOLLARD, LAMPS, SPEAKER
from tests.during.fusion.made import at

from beffroi.desks.duty import switching
from beffroi.during.acting import actions, models, queries, sending
from beffroi.foundation import clock
from beffroi.territory import models as territory

pytestmark = [pytest.mark.desk, pytest.mark.django_db]


@pytest.fixture
def things(town: Town) -> None:
    """Lamps at 60 m, a bollard at 20 m, a loudspeaker at 300 m."""
    row = territory.Territory.objects.get(key=KEY)
    for device, kind, east, key, text in (
        ("L-1", "lamp", 60.0, "lamps", LAMPS),
        ("B-1", "barrier", 20.0, "bollard", BOLLARD),
        ("H-1", "speaker", 300.0, "speaker", SPEAKER),
    ):
        lat, lon = at(east, 0.0)
        territory.Device.objects.create(
            territory=row, key=device, kind=kind, lat=lat, lon=lon, origin="test", valid_from=clock.now()
        )
        actions.declare(territory=KEY, key=key, device=device, declaration=text, name=f"The {key}")


def test_the_sheet_shows_what_is_near_and_what_became_of_it(town: Town, things: None, burglary: UUID) -> None:
    client = town.signed_in(town.operator)
    page = client.get(f"/veille/{burglary}/").content.decode()
    assert page.index("The bollard") < page.index("The lamps") < page.index("The speaker")
    told = client.post(f"/veille/{burglary}/commander/lamps/brighten/", headers={"HX-Request": "true"})
    assert told.status_code == 200 and "Turn the lamps up" in told.content.decode().replace("turn", "Turn")
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    assert "its answer is awaited" in client.get(f"/veille/{burglary}/").content.decode()
    sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=clock.now())
    page = client.get(f"/veille/{burglary}/").content.decode()
    assert "done, it says so" in page and "back to normal at" in page
    assert "Command done" in page  # and the log says so


def test_a_bollard_asks_first(town: Town, things: None, burglary: UUID) -> None:
    client, address = town.signed_in(town.operator), f"/veille/{burglary}/commander/bollard/lower/"
    asked = client.get(address).content.decode()
    assert "lifts a vehicle or a person that stands on it" in asked and 'name="sure"' in asked
    refused = client.post(address, {"seen": "camera"})
    assert refused.status_code == 422 and "say first how you saw" in refused.content.decode()
    assert not models.Command.objects.exists()
    assert client.post(address, {"seen": "camera", "sure": "1"}).status_code == 302
    assert models.Command.objects.get().seen == "camera"


def test_a_message_is_chosen_among_the_approved(town: Town, things: None, burglary: UUID) -> None:
    client, address = town.signed_in(town.operator), f"/veille/{burglary}/commander/speaker/say/"
    assert "quittez la place" in client.get(address).content.decode()
    assert client.post(address, {"text": "anything"}).status_code == 422
    assert client.post(address, {"text": "leave"}).status_code == 302


def test_without_an_incident_a_purpose_is_said(town: Town, things: None) -> None:
    client = town.signed_in(town.operator)
    assert "The lamps" in client.get("/veille/commandes/").content.decode()
    address = f"/veille/commandes/{KEY}/lamps/brighten/"
    assert client.post(address).status_code == 422
    assert client.post(address, {"purpose": "event"}).status_code == 302
    assert "turn the lamps up" in client.get("/veille/commandes/").content.decode()


def test_who_has_no_right_sees_no_key_and_is_refused(town: Town, things: None, burglary: UUID) -> None:
    client = town.signed_in(town.referent)
    assert client.post(f"/veille/{burglary}/commander/lamps/brighten/").status_code in (403, 404)
    assert client.get("/veille/commandes/").status_code in (403, 404)
    assert not models.Command.objects.exists()


def test_an_exercise_says_that_nothing_is_sent(town: Town, things: None, happen: Callable[..., UUID]) -> None:
    drill = happen(("intrusion.door", "P-1", -30.0), exercise=True)
    client = town.signed_in(town.operator)
    assert "nothing is sent" in client.get(f"/veille/{drill}/commander/lamps/brighten/").content.decode()
    client.post(f"/veille/{drill}/commander/lamps/brighten/")
    assert "exercise: nothing was sent" in client.get(f"/veille/{drill}/").content.decode()
    assert models.Command.objects.get().state == "kept"


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_two_keys_turn_the_lamps_up(town: Town, things: None, burglary: UUID) -> None:
    session = str(town.signed_in(town.operator).session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session)
        page = someone.page()
        page.goto(f"{address}/veille/{burglary}/")
        page.wait_for_selector('body[data-link="live"]')
        page.keyboard.press("k")
        expect(page.locator('[data-dialog="switch"]')).to_be_visible()
        page.keyboard.press("3")
        expect(page.locator("#fiche .commands")).to_contain_text("asked")
        (order,) = sending.claim(clock.now())
        sending.mark_sent(order, clock.now())
        expect(page.locator("#fiche .commands")).to_contain_text("its answer is awaited")  # without a reload
        assert order.payload == b"ON" and someone.faults == []


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_a_hand_at_the_device_is_seen_on_the_map_and_on_the_sheet(
    town: Town, things: None, burglary: UUID
) -> None:
    models.Actuator.objects.filter(key="lamps").update(said="normal", said_at=clock.now())
    session = str(town.signed_in(town.operator).session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session)
        page = someone.page()
        page.goto(f"{address}/veille/{burglary}/")
        page.wait_for_selector('body[data-link="live"]')
        page.wait_for_selector("#map[data-ready]", state="attached")
        expect(page.locator(".switch-mark")).to_have_count(3)
        lamps = page.locator('.switch-mark[aria-label^="The lamps"]')
        expect(lamps.locator("svg")).to_have_class("m-switch usual")
        expect(page.locator('.switch-mark[aria-label^="The bollard"] svg')).to_have_class("m-switch unknown")
        facts = page.locator("#journal li").count()
        sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=clock.now())
        expect(lamps.locator("svg")).to_have_class("m-switch changed")
        expect(lamps.locator(".sub")).to_contain_text("turned up")
        expect(page.locator('#fiche .switch-near [data-stands="lamps"]')).to_contain_text("turned up")
        assert page.locator("#journal li").count() == facts  # no fact: nobody at the desk did it
        page.locator('.layers [data-layer="switches"]').click()
        expect(lamps).to_be_hidden()
        assert someone.faults == []


def test_what_does_not_answer_is_marked_until_it_speaks(town: Town, things: None, burglary: UUID) -> None:
    town.signed_in(town.operator).post(f"/veille/{burglary}/commander/lamps/brighten/")
    now = clock.now()
    (order,) = sending.claim(now)
    sending.mark_sent(order, now)
    assert {each["key"]: each["state"] for each in switching.on_map(KEY)}["lamps"] == "asked"
    sending.step(now + timedelta(seconds=60))
    assert {each["key"]: each["state"] for each in switching.on_map(KEY)}["lamps"] == "mute"
    assert [each.key for each in queries.mute()] == ["lamps"]
    sending.heard("ville/lampes/nord/state", b"AUTO", retained=False, now=now + timedelta(seconds=90))
    assert {each["key"]: each["state"] for each in switching.on_map(KEY)}["lamps"] == "usual"
    assert queries.mute() == []
