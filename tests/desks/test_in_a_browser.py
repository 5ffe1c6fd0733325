"""The desks in a real browser: live, by keys, in both themes, at every width, and reachable by all."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import Happen, Town

from beffroi.desks import feed
from beffroi.people.models import Member

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serving() as found:
        yield found


def session(town: Town, member: Member) -> str:
    return str(town.signed_in(member).session.session_key)


def opened(page: Page) -> Page:
    """Wait until the desk is live."""
    page.wait_for_selector('body[data-link="live"]')
    return page


def test_what_happens_is_painted_without_a_reload_and_lights_the_lantern(
    browser: Browser, address: str, town: Town, happen: Happen
) -> None:
    someone = visit(browser, address, session(town, town.operator))
    page = someone.page()
    page.goto(f"{address}/veille/")
    opened(page)
    expect(page.get_by_text("Nothing to decide.")).to_be_visible()
    incident = happen(("intrusion.door", "P-1", -3.0))
    expect(page.locator(f"#row-{incident}")).to_be_visible()
    expect(page.locator(".brand.lit")).to_be_visible()
    assert page.title().startswith("(1) ")
    expect(page.locator("#journal li").first).to_contain_text("Opened")
    happen(("presence.person", "C-1", -1.0))
    expect(page.locator(f"#row-{incident} .badge")).to_have_text("Confirmed")
    assert someone.faults == []


def test_the_whole_of_an_incident_by_keys_alone(
    browser: Browser, address: str, town: Town, burglary: UUID
) -> None:
    someone = visit(browser, address, session(town, town.operator))
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    opened(page)
    page.keyboard.press("a")
    expect(page.locator('[data-key="a"]')).to_have_count(0)
    page.keyboard.press("e")
    expect(page.locator("#fiche .badge").first).to_have_text("Sent")
    page.keyboard.press("s")
    expect(page.locator("#fiche .badge").first).to_have_text("On scene")
    page.keyboard.press("n")
    page.keyboard.type("The gate stands open")
    page.locator('dialog[data-dialog="note"] .btn.ours').press("Enter")
    expect(page.locator(".notes")).to_contain_text("The gate stands open")
    page.keyboard.press("c")
    page.locator('dialog[data-dialog="close"] input[value="real:"]').check()
    page.keyboard.press("Enter")
    expect(page.locator("#fiche .badge").first).to_have_text("Closed")
    expect(page.locator(f'.queue-group[data-group="closed"] #row-{burglary}')).to_be_visible()
    expect(page.locator(".brand.lit")).to_have_count(0)
    assert someone.faults == []


def test_another_s_act_is_seen_at_once_and_the_late_one_is_told(
    browser: Browser, address: str, town: Town, burglary: UUID
) -> None:
    first = visit(browser, address, session(town, town.operator)).page()
    second = visit(browser, address, session(town, town.other), theme="light").page()
    for page in (first, second):
        page.goto(f"{address}/veille/{burglary}/")
        opened(page)
    second.evaluate("() => { window.late = document.querySelector('[data-key=\"a\"]').form.cloneNode(true) }")
    first.keyboard.press("a")
    expect(second.locator('[data-key="a"]')).to_have_count(0)
    second.evaluate(
        "() => { document.getElementById('fiche').append(window.late); htmx.process(window.late) }"
    )
    second.evaluate("() => window.late.requestSubmit()")
    expect(second.locator("#said")).to_contain_text("by someone else")


def test_all_the_tabs_of_a_browser_share_one_stream(browser: Browser, address: str, town: Town) -> None:
    someone = visit(browser, address, session(town, town.operator))
    first, second = someone.page(), someone.page()
    for page in (first, second):
        page.goto(f"{address}/veille/")
        opened(page)
    assert len(feed.hub().consoles) == 1
    first.close()
    second.wait_for_timeout(1500)
    opened(second)
    assert len(feed.hub().consoles) == 1


def test_without_javascript_everything_can_be_read(
    browser: Browser, address: str, town: Town, burglary: UUID
) -> None:
    someone = visit(
        browser, address, session(town, town.operator), java_script_enabled=False, size=(390, 844)
    )
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    for words in ("Burglary", "Why we believe it", "Who can be there, and when", "Opened"):
        assert page.get_by_text(words).first.is_visible(), words


def test_the_map_draws_the_town_its_camera_and_its_units(
    browser: Browser, address: str, town: Town, burglary: UUID
) -> None:
    someone = visit(browser, address, session(town, town.operator))
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    page.wait_for_selector("#map[data-ready]", state="attached")
    expect(page.locator(".unit-mark")).to_have_count(2)
    expect(page.locator(".incident-mark.current")).to_have_count(1)
    expect(page.locator("#scale")).to_contain_text("m")
    assert "C-1" in (page.locator("#fiche").get_attribute("data-seeing") or "")
    assert someone.faults == []


def test_a_report_in_a_few_presses(browser: Browser, address: str, town: Town) -> None:
    someone = visit(
        browser, address, session(town, town.referent), size=(390, 844),
        geolocation={"latitude": 47.65, "longitude": -2.08, "accuracy": 20}, permissions=["geolocation"],
    )  # fmt: skip
    page = someone.page()
    page.goto(f"{address}/signaler/")
    page.locator('input[value="signal.vehicle_slow"]').check()
    page.locator('input[name="signal.vehicle_slow.vehicle"][value="van"]').check()
    page.get_by_role("button", name="Where I am").click()
    expect(page.locator("#placed")).to_contain_text("within 20 m")
    page.get_by_role("button", name="Send to the duty desk").click()
    expect(page.locator(".big-figure")).to_have_text("S-1")
    assert someone.faults == []


PLACES = ("/", "/connexion/", "/signaler/", "/veille/", "/compte/", "/nowhere/")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_no_violation(
    browser: Browser, address: str, town: Town, burglary: UUID, theme: str
) -> None:
    found = {}
    for size in ((1440, 900), (390, 844)):
        for place in PLACES:
            member = town.referent if place == "/signaler/" else town.operator
            key = "" if place in ("/", "/connexion/") else session(town, member)
            someone = visit(browser, address, key, theme=theme, size=size, reduced_motion="reduce")
            page = someone.page()
            page.goto(address + place)
            if place == "/veille/":
                opened(page)
            found[f"{place} {size}"] = violations(page)
            someone.context.close()
    assert {place: each for place, each in found.items() if each} == {}


@pytest.mark.parametrize("width", [360, 390, 768, 1100, 1280, 1440, 2560])
def test_nothing_overflows_at_any_width(
    browser: Browser, address: str, town: Town, burglary: UUID, width: int
) -> None:
    someone = visit(browser, address, session(town, town.operator), language="fr", size=(width, 900))
    page = someone.page()
    for place in ("/", f"/veille/{burglary}/", "/signaler/", "/compte/"):
        page.goto(address + place)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, place
    for view in ("file", "carte", "fiche", "journal"):
        page.goto(f"{address}/veille/{burglary}/#{view}")
        page.wait_for_selector(f'body[data-view="{view}"]', state="attached")
        wide = page.evaluate(
            "Math.max(...[...document.querySelectorAll('.top, main, .tabs')].map(e => e.scrollWidth))"
        )
        assert wide <= width, view


def test_the_whole_sheet_fits_on_a_laptop(browser: Browser, address: str, town: Town, burglary: UUID) -> None:
    someone = visit(browser, address, session(town, town.operator), language="fr")
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    opened(page)
    hidden = page.evaluate("(b => b.scrollHeight - b.clientHeight)(document.querySelector('.sheet-body'))")
    assert hidden <= 0
