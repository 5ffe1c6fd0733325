"""A shift at the main desks, in a village and in a centre: two desks and a telephone, each live to the other.

A call is taken, a patrol sent, what it does seen at the desk; another desk sees it too; it is handed over,
closed, and stands in the relève. Every process is real, and in a centre apart from the others.
"""

from __future__ import annotations

import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.journey import screens
from tests.journey.installation import Installation
from tests.journey.profiles import PROFILES, of_profile
from tests.several import Line
from tests.territory.towns import cross

pytestmark = [pytest.mark.journey, pytest.mark.service]

TOWN = "bourg"
PASSWORD = secrets.token_urlsafe(16)
PEOPLE = {"veille": "operator", "chef": "supervisor", "patrouille": "patrol"}
UNITS = (
    "indicatif;nom;type;aptitudes;latitude;longitude\n"
    "P1;Patrouille 1;pm;first_aid;47.6513;-2.0800\nP2;Patrouille 2;pm;first_aid;47.6480;-2.0800\n"
)


@dataclass
class House:
    """A running installation with a town, its people, and a browser to look at it with."""

    running: Installation
    browser: screens.Browser
    token: str

    def page(self, who: str, path: str, **more: Any) -> Page:
        """A browser of its own in which somebody signed in."""
        return self.browser.signed_in(f"{self.running.url}{path}", f"{who}@bourg.example", PASSWORD, **more)

    def observe(self, status: int, **said: object) -> None:
        """Send an observation to where programs do."""
        where = self.running.intake_url
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{where}/api/v1/observations", json.dumps(said).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == status


def _lines(folder: Path) -> Iterator[Line]:
    """What sets the town up."""
    town, units = cross(folder / "cross.osm"), folder / "units.csv"
    units.write_text(UNITS)
    yield ("territory", "import", "--name", "Bourg", "--key", TOWN, "--osm", str(town)), ""
    yield ("territory", "units", "import", "--territory", TOWN, str(units)), ""
    for name, role in PEOPLE.items():
        who = ("--email", f"{name}@bourg.example", "--name", name.title(), "--role", role)
        where = ("--organisation", "Bourg", "--territory", TOWN, "--password-stdin")
        yield ("people", "invite", *who, *where), PASSWORD + "\n"
    yield ("source", "add", "--territory", TOWN, "--key", "p", "--connector", "http", "--json"), ""


@pytest.fixture(scope="module", params=PROFILES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The shift begins."""
    browser = screens.Browser.or_skip()
    folder = tmp_path_factory.mktemp("shift")
    try:
        with of_profile(request.param, folder) as running:
            *_, told = running.set_up(*_lines(folder))
            running.start()
            yield House(running, browser, json.loads(told)["token"])
    finally:
        browser.close()


def live(page: Page) -> Page:
    page.wait_for_selector('body[data-link="live"]')
    return page


def test_a_call_is_lived_through_at_two_desks_and_a_telephone(house: House) -> None:
    desk = live(house.page("veille", "/veille/"))
    other = live(house.page("chef", "/veille/"))
    phone = house.page("patrouille", "/terrain/", mobile=True)
    phone.get_by_role("button", name="Patrouille 1").tap()
    phone.wait_for_selector(".net.live")

    desk.keyboard.press("t")
    desk.locator('input[value="report.vandalism"]').check()
    desk.locator("#call-where").focus()
    desk.keyboard.type("rue de l'eglise")
    expect(desk.locator("[data-place]").first).to_contain_text("Rue de l'Église")
    desk.keyboard.press("Enter")
    expect(desk.locator("#placed")).to_contain_text("Église")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile("/veille/[0-9a-f-]{36}/"))
    incident = desk.url.rstrip("/").rpartition("/")[2]
    expect(other.locator(f"#row-{incident}")).to_be_visible()

    sheet = screens.Desk(desk)
    expect(desk.locator("#fiche .unit").first).to_be_visible()
    sheet.press("a", until='[data-key="e"]')
    desk.locator('#fiche .unit:has(.mark:text-is("P1")) button').first.click()
    expect(phone.locator(".addr")).to_contain_text("Rue du Port")  # the street there that is met first
    for act, then in (("en_route", "on_scene"), ("on_scene", "free")):
        phone.locator(f'[data-act="{act}"]').tap()
        expect(phone.locator(f'[data-act="{act}"]:not(.waits)')).to_have_class("done")
        expect(phone.locator(f'[data-act="{then}"]')).to_have_class("cur")
    for each in (desk.locator("#fiche .badge").first, other.locator(f"#row-{incident} .badge").first):
        expect(each).to_have_text("Sur place")

    desk.keyboard.press("p")
    desk.wait_for_selector("[data-copy]:not([hidden])")
    desk.keyboard.press("7")
    expect(desk.locator("#fiche")).to_contain_text("17")
    sheet.close("real")
    expect(phone.get_by_role("heading", name="Aucune mission")).to_be_visible()
    expect(other.locator(f'.queue-group[data-group="closed"] #row-{incident}')).to_be_visible()
    desk.goto(f"{house.running.url}/veille/releve/")
    expect(desk.locator("main")).to_contain_text("Rue du Port")
    for page in (desk, other, phone):
        page.context.close()


def test_what_a_program_tells_is_painted_and_the_pages_take_none_in_a_centre(house: House) -> None:
    desk = live(house.page("veille", "/veille/"))
    at = {"lat": 47.65, "lon": -2.08}
    house.observe(202, key="1", kind="panic.holdup", device="D-1", **at)
    expect(desk.locator(".row .badge").first).to_have_text("Vie en danger")
    house.observe(200, key="1", kind="panic.holdup", device="D-1", **at)
    if house.running.database is not None:
        request = urllib.request.Request(f"{house.running.url}/api/v1/observations", b"{}", method="POST")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 421
    desk.context.close()


def test_nothing_is_left_running_and_the_journal_verifies(house: House) -> None:
    """Last."""
    house.running.stop()
    assert house.running.answer("journal", "verify")["good"]
    house.running.command("replay", "--territory", TOWN, "--from-start")
