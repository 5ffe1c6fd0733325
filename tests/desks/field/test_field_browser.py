"""The patrol's phone in a real browser: pressed, offline and back, held for help, followed, read by all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import WAIT_MS, Visitor, chromium, serving, violations, visit
from tests.desks.conftest import Town
from tests.desks.field.conftest import Patrol
from tests.during.fusion.made import at

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import distress, models, queries
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.incident import queries as incidents
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.territory import queries as territory

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]

PHONES = ((390, 844), (360, 740))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serving() as found:
        yield found


def phone(browser: Browser, address: str, patrol: Patrol, **more: Any) -> Visitor:
    key = str(patrol.browser().session.session_key)
    return visit(browser, address, key, **({"size": PHONES[0], "has_touch": True} | more))


def opened(someone: Visitor) -> Page:
    """The field desk, live."""
    page = someone.page()
    page.goto(f"{someone.address}/terrain/")
    page.wait_for_selector(".net.live")
    return page


def kept(page: Page) -> Page:
    """Wait until the page can be read without a network."""
    page.wait_for_selector("body[data-kept]", state="attached")
    return page


def times(mission: MissionView) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for each in incidents.entries(mission.incident):
        found.setdefault(each.step, []).append(each.at)
    return found


def test_a_whole_shift_by_thumb(
    browser: Browser, address: str, town: Town, patrol: Patrol, mission: MissionView
) -> None:
    someone = phone(browser, address, patrol)
    page = someone.page()
    page.goto(f"{address}/terrain/")
    page.get_by_role("button", name="Patrol P1").tap()
    expect(page.locator(".addr")).to_contain_text("Rue du Port")
    page.wait_for_selector("#map[data-ready]", state="attached")
    page.wait_for_selector(".net.live")
    for act, then in (("en_route", "on_scene"), ("on_scene", "free")):
        page.locator(f'[data-act="{act}"]').tap()
        expect(page.locator(f'[data-act="{act}"]:not(.waits)')).to_have_class("done")
        expect(page.locator(f'[data-act="{then}"]')).to_have_class("cur")
    page.locator('[data-act="free"]').tap()
    expect(page.get_by_role("heading", name="No mission")).to_be_visible()
    expect(page.locator(".past")).to_contain_text("Burglary")
    page.locator("#end-shift").tap()
    expect(page.get_by_text("Which unit are you today?")).to_be_visible()
    assert {step: len(each) for step, each in times(mission).items() if step in ("en_route", "on_scene")} == {
        "en_route": 1, "on_scene": 1,
    }  # fmt: skip
    assert someone.faults == []


def test_a_mission_comes_by_itself(
    browser: Browser, address: str, town: Town, patrol: Patrol, burglary
) -> None:
    patrol.holds("P2")
    someone = phone(browser, address, patrol)
    page = opened(someone)
    expect(page.get_by_role("heading", name="No mission")).to_be_visible()
    dispatch.send(incident_id=burglary, unit="P2", member=town.operator.pk, override_reason="knows_the_place")
    expect(page.locator(".addr")).to_contain_text("Rue du Port")
    dispatch.release(incident_id=burglary, unit="P2", member=town.operator.pk)
    expect(page.get_by_role("heading", name="No mission")).to_be_visible()
    assert someone.faults == []


def test_a_dead_zone_is_crossed_and_everything_arrives_once_at_its_true_time(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    someone = phone(browser, address, patrol)
    page = kept(opened(someone))
    page.wait_for_selector("#map[data-ready]", state="attached")
    someone.context.set_offline(True)
    expect(page.locator(".net")).to_have_text("no network")
    page.locator('[data-act="en_route"]').tap()
    expect(page.locator(".net")).to_have_text("no network, 1 action waits")
    page.wait_for_timeout(1500)
    page.locator('[data-act="on_scene"]').tap()
    expect(page.locator(".net")).to_have_text("no network, 2 actions wait")
    pressed = page.evaluate(
        """async () => (await import(document.querySelector('script[src*="field.js"]').src
             .replace('field.js', 'field/queue.js'))).all()"""
    )
    assert set(times(mission)) & {"en_route", "on_scene"} == set()

    page.reload()  # the phone was put away and taken out again, still without a network
    expect(page.locator(".addr")).to_contain_text("Rue du Port")
    expect(page.locator(".net")).to_have_text("no network, 2 actions wait")
    expect(page.locator('[data-act="on_scene"]')).to_have_class("done waits")
    page.wait_for_selector("#map[data-ready]", state="attached")
    assert page.locator(".maplibregl-canvas").count() == 1

    someone.context.set_offline(False)
    page.wait_for_selector(".net.live")
    expect(page.locator('[data-act="on_scene"]:not(.waits)')).to_have_class("done")
    told = times(mission)
    said = {tap["act"]: datetime.fromisoformat(tap["said_at"]) for tap in pressed}
    assert {step: each for step, each in told.items() if step in said} == {k: [v] for k, v in said.items()}
    assert (said["on_scene"] - said["en_route"]).total_seconds() > 1
    assert models.Tap.objects.count() == 2
    assert {each.clock for each in models.Tap.objects.all()} == {""}


def test_an_undo_without_a_network_leaves_no_trace_and_with_one_takes_it_back(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    someone = phone(browser, address, patrol)
    page = opened(someone)
    someone.context.set_offline(True)
    page.locator('[data-act="en_route"]').tap()
    page.locator("#undo button").tap()
    expect(page.locator(".net")).to_have_text("no network")
    expect(page.locator('[data-act="en_route"]')).to_have_class("cur")
    someone.context.set_offline(False)
    page.wait_for_selector(".net.live")
    assert models.Tap.objects.count() == 0
    page.locator('[data-act="on_scene"]').tap()
    expect(page.locator('[data-act="on_scene"]:not(.waits)')).to_have_class("done")
    page.locator("#undo button").tap()
    expect(page.locator('[data-act="en_route"]')).to_have_class("cur")
    assert queries.mission_of("town", "P1").state == "sent"  # type: ignore[union-attr]
    assert page.locator(".refused li").count() == 0


def test_finished_can_be_taken_back_although_the_page_changed(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    page = opened(phone(browser, address, patrol))
    page.locator('[data-act="free"]').tap()
    expect(page.get_by_role("heading", name="No mission")).to_be_visible()
    page.locator("#undo button").tap()
    expect(page.locator(".addr")).to_contain_text("Rue du Port")
    assert queries.mission_of("town", "P1").id == mission.id  # type: ignore[union-attr]


def test_a_sign_in_that_is_over_loses_nothing(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    someone = phone(browser, address, patrol)
    page = opened(someone)
    Session.objects.all().delete()
    page.locator('[data-act="en_route"]').tap()
    expect(page.locator(".net a")).to_contain_text("sign in again, nothing is lost")
    key = str(patrol.browser().session.session_key)
    someone.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
    expect(page.locator('[data-act="en_route"]:not(.waits)')).to_have_class("done", timeout=WAIT_MS)
    assert queries.mission_of("town", "P1").state == "en_route"  # type: ignore[union-attr]


def test_what_no_longer_makes_sense_is_refused_and_said(
    browser: Browser, address: str, town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    someone = phone(browser, address, patrol, language="fr")
    page = kept(opened(someone))
    someone.context.set_offline(True)
    page.locator('[data-act="on_scene"]').tap()
    expect(page.locator(".net")).to_have_text("hors réseau, 1 action en attente")
    dispatch.release(incident_id=mission.incident, unit="P1", member=town.operator.pk)
    someone.context.set_offline(False)
    expect(page.locator(".refused")).to_contain_text("Refusé")
    expect(page.locator(".refused")).to_contain_text("a été donnée à une autre patrouille")
    expect(page.get_by_role("heading", name="Aucune mission")).to_be_visible()
    page.locator(".refused button").tap()
    expect(page.locator(".refused li")).to_have_count(0)
    assert "on_scene" not in times(mission)


def test_the_distress_button_is_held_and_heard_at_once(
    browser: Browser, address: str, patrol: Patrol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = SqliteSpool(tmp_path / "crew.sqlite3")
    monkeypatch.setattr(distress, "shared", lambda: spool)
    patrol.holds("P1")
    lat, lon = at(40.0, 0.0)
    someone = phone(
        browser, address, patrol, permissions=["geolocation"],
        geolocation={"latitude": lat, "longitude": lon, "accuracy": 11},
    )  # fmt: skip
    page = opened(someone)
    button = page.locator("#panic")
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(600)
    page.mouse.up()
    page.wait_for_timeout(400)
    assert spool.head() == 0 and page.locator("#alert").is_hidden()
    page.mouse.down()
    expect(page.locator("#alert")).to_contain_text("Alert received at")
    page.mouse.up()
    ((_, said),) = spool.read(0, 10)
    assert (said.kind, said.content["unit"], said.radius_m) == ("panic.crew", "P1", 11)
    assert (said.lat, said.lon) == pytest.approx((lat, lon))
    button.focus()
    page.wait_for_selector("#panic:not(.held)")
    page.keyboard.down("Enter")
    page.wait_for_timeout(2600)
    page.keyboard.up("Enter")
    page.wait_for_timeout(2500)
    assert spool.head() == 2
    spool.close()


def test_the_position_is_sent_only_while_it_is_switched_on(
    browser: Browser, address: str, patrol: Patrol
) -> None:
    patrol.holds("P1")
    lat, lon = at(60.0, 0.0)
    someone = phone(
        browser, address, patrol, permissions=["geolocation"],
        geolocation={"latitude": lat, "longitude": lon, "accuracy": 7},
    )  # fmt: skip
    page = opened(someone)
    switch = page.get_by_role("switch")
    expect(switch).to_have_attribute("aria-checked", "false")
    page.wait_for_timeout(1500)
    assert territory.unit("town", "P1").position.radius_m == 0  # type: ignore[union-attr]
    switch.tap()
    expect(page.locator("#share-words")).to_have_text("position shared")
    assert territory.unit("town", "P1").position.radius_m == 7  # type: ignore[union-attr]
    page.reload()
    expect(page.locator("#share-words")).to_have_text("position shared")
    page.locator("#end-shift").tap()
    expect(page.get_by_text("Which unit are you today?")).to_be_visible()
    patrol.holds("P2")
    page.goto(f"{address}/terrain/")
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    assert someone.faults == []


def test_a_phone_that_does_not_give_its_position_says_so(
    browser: Browser, address: str, patrol: Patrol
) -> None:
    patrol.holds("P1")
    page = opened(phone(browser, address, patrol))
    page.get_by_role("switch").tap()
    expect(page.locator("#share-words")).to_have_text("the phone does not give its position")
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")


def test_the_end_of_the_shift_leaves_nothing_on_the_phone(
    browser: Browser, address: str, patrol: Patrol
) -> None:
    patrol.holds("P1")
    someone = phone(browser, address, patrol)
    page = kept(opened(someone))
    page.locator("#end-shift").tap()
    expect(page.get_by_text("Which unit are you today?")).to_be_visible()
    page.wait_for_timeout(500)
    someone.context.set_offline(True)
    page.reload()
    assert "Patrol P1 " not in page.locator("header").first.inner_text()
    expect(page.locator("#big")).to_have_count(0)


def test_without_javascript_the_buttons_work(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    page = phone(browser, address, patrol, java_script_enabled=False).page()
    page.goto(f"{address}/terrain/")
    page.get_by_role("button", name="On the way").tap()
    expect(page.locator('[data-act="en_route"]')).to_have_class("done")
    page.get_by_role("button", name="Undo").tap()
    expect(page.locator('[data-act="en_route"]')).to_have_class("cur")
    page.locator(".panic summary").tap()
    expect(page.get_by_role("button", name="Call for help now")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_no_violation_and_nothing_overflows(
    browser: Browser, address: str, patrol: Patrol, mission: MissionView, theme: str
) -> None:
    found: dict[str, list[str]] = {}
    for size in PHONES:
        for unit in ("", "P2", "P1"):
            models.Shift.objects.all().delete()
            if unit:
                patrol.holds(unit)
            someone = phone(
                browser, address, patrol, theme=theme, size=size, language="fr", reduced_motion="reduce"
            )
            page = opened(someone) if unit else someone.page()
            page.goto(f"{address}/terrain/")
            page.wait_for_timeout(300)
            found[f"{unit or 'choose'} {size}"] = violations(page)
            for selector in ("body", "main", ".crew", ".strip", "#big"):
                if page.locator(selector).count():
                    wide = page.evaluate(
                        "s => (e => e.scrollWidth - e.clientWidth)(document.querySelector(s))", selector
                    )
                    assert wide <= 0, (unit, size, selector)
            if unit:
                tall = page.evaluate("document.documentElement.scrollHeight - innerHeight")
                assert tall <= 0, (unit, size)
                low = page.locator("#big button").first.bounding_box()
                assert low is not None and low["height"] >= 80 and low["y"] + low["height"] <= size[1]
            someone.context.close()
    assert {place: each for place, each in found.items() if each} == {}
