"""Looks in a real browser, before a real camera: painted, kept while the sheet changes, closed when left."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.test_in_a_browser import session
from tests.eyes.conftest import Happen, Town
from tests.eyes.peers import RtspPeer

from beffroi.eyes import models

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]
Desk = tuple[Browser, str, Town]
PAINTED = ".look-at:not(:empty)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def desk(browser: Browser, town: Town) -> Iterator[Desk]:
    with serving() as found:
        yield browser, found, town


def lit(page: Page) -> bool:
    """Whether the canvas of the first look shows something else than one colour."""
    return bool(
        page.evaluate(
            """() => { const c = document.querySelector(".look canvas");
            const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
            return new Set(d).size > 3; }"""
        )
    )


def test_a_look_is_painted_on_the_sheet_and_stays_while_it_changes(
    desk: Desk, burglary: UUID, happen: Happen, camera: RtspPeer
) -> None:
    browser, address, town = desk
    someone = visit(browser, address, session(town, town.operator), language="fr")
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("v")
    page.wait_for_selector(PAINTED)
    assert lit(page)
    held = page.get_attribute(".look", "data-look")
    page.evaluate("document.querySelector('.look').dataset.mark = 'same'")
    page.keyboard.press("a")  # the sheet is brought up to date by its act, then by the feed
    expect(page.locator(".sheet-head .ledger .done")).to_have_count(3)
    happen(("intrusion.glass", "P-2", 5.0))
    expect(page.locator(".signs li")).not_to_have_count(2)
    assert page.get_attribute(".look[data-mark=same]", "data-look") == held
    page.locator(".look button").click()
    expect(page.locator(".look")).to_have_count(0)
    for _ in range(50):
        if models.Look.objects.get().ended == "closed":
            break
        page.wait_for_timeout(100)
    assert models.Look.objects.get().ended == "closed"
    assert someone.faults == []


def test_a_camera_that_is_gone_says_since_when(desk: Desk, burglary: UUID, camera: RtspPeer) -> None:
    browser, address, town = desk
    page = visit(browser, address, session(town, town.operator)).page()
    page.goto(f"{address}/veille/{burglary}/")
    page.wait_for_selector("body[data-ready]")
    page.keyboard.press("v")
    page.wait_for_selector(PAINTED)
    camera.cut()
    expect(page.locator(".look-state")).to_contain_text("No image for")
    expect(page.locator(".look-state")).to_contain_text("the ")


def test_another_moment_by_the_keyboard_alone(desk: Desk, burglary: UUID, camera: RtspPeer) -> None:
    browser, address, town = desk
    someone = visit(browser, address, session(town, town.other))
    page = someone.page()
    page.goto(f"{address}/veille/{burglary}/")
    page.wait_for_selector("body[data-ready]")
    page.locator(".eye-list a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".wall-times input")
    page.wait_for_selector("body[data-ready]")
    page.locator("[name=from]").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".look[data-kind=past]")
    row = models.Look.objects.get()
    assert (row.kind, row.purpose, row.reference) == ("past", "incident", str(burglary))
    assert someone.faults == []


@pytest.mark.parametrize("look", [(360, "light", "en"), (1440, "dark", "fr"), (2560, "light", "fr")])
def test_the_wall_and_the_register_are_for_all(
    desk: Desk, camera: RtspPeer, look: tuple[int, str, str]
) -> None:
    browser, address, town = desk
    width, theme, language = look
    someone = visit(
        browser, address, session(town, town.other), theme=theme, language=language, size=(width, 900)
    )
    page = someone.page()
    for _ in range(2):
        page.goto(f"{address}/veille/mur/")
        page.select_option("[name=camera]", f"{town.key}/C-1")
        page.select_option("[name=purpose]", "prevention")
        page.locator(".wall-add .ours").click()
        page.wait_for_selector(".look")
    expect(page.locator(PAINTED)).to_have_count(2)
    paths = [f"{address}/veille/mur/", f"{address}/veille/regards/"]
    for path in paths:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert someone.faults == []
    for path in paths:
        page.goto(path)
        assert violations(page) == []
