"""Conventions, the question who could, parties and help before a real browser: themes, phone, wall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import burglary, happen, town
from tests.desks.oversight.test_conventions import Two, two

from beffroi.people.conventions import actions, helping, models
from beffroi.people.orders import queries as orders
from beffroi.people.parties import actions as parties

__all__ = ["burglary", "happen", "town", "two"]
pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


def _drawn(two: Two, reference: str, *, sign: bool = False, **changed: Any) -> models.Convention:
    """A convention of the town with its neighbour; not by the page: Playwright holds this thread's loop."""
    today = orders.today()
    terms = {"matters": ["incidents", "handling"], **changed}
    row = actions.draw(
        draft=actions.Draft(
            reference=reference,
            title="Centre de supervision mutualisé",
            places=["town"],
            receives=[two.neighbour],
            starts_on=today,
            ends_on=today + timedelta(days=365),
            **terms,
        )
    )
    for part in row.parts.select_related("organisation") if sign else ():
        actions.sign(convention=row.pk, organisation=part.organisation, document_sha256="e" * 64)
    return row


@pytest.fixture
def addresses(two: Two) -> dict[str, str]:
    """Pages with something on each of them."""
    _drawn(two, "renfort", kind="framework", help_hours=10, unattended_min=15, sign=True)
    draft = _drawn(two, "csu-2027", matters=["incidents", "live"], purposes=["incident"])
    helping.begin(territory="town", helper=two.neighbour.pk, hours=8)
    parties.keep_contact(
        organisation=two.neighbour, role="Chef de salle", telephone="02 99 00 00 00", shared=True
    )
    return {
        "list": "/controle/conventions/",
        "one": f"/controle/conventions/{draft.pk}/",
        "who": "/controle/qui/?action=camera.look&place=town/C-1",
        "parties": "/controle/organismes/",
        "help": "/veille/renfort/",
    }


def _pages(
    two: Two, browser: Browser, addresses: dict[str, str], *, theme: str, size: tuple[int, int]
) -> Iterator[tuple[str, Page]]:
    """Each page as its reader sees it; nothing may go wrong on it."""
    with serving() as address:
        for name, path in addresses.items():
            member = two.town.operator if name == "help" else two.mayor
            session = two.town.signed_in(member).session.session_key
            visitor = visit(browser, address, str(session), theme=theme, language="fr", size=size)
            page = visitor.page()
            page.goto(address + path)
            yield name, page
            assert visitor.faults == [], name
            visitor.context.close()


@pytest.mark.parametrize(("theme", "size"), [("dark", (2560, 1440)), ("light", (360, 780))])
def test_pages_hold_on_a_phone_and_on_a_wall(
    two: Two, browser: Browser, addresses: dict[str, str], theme: str, size: tuple[int, int]
) -> None:
    for name, page in _pages(two, browser, addresses, theme=theme, size=size):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.locator("h1").count() == 1, name


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(two: Two, browser: Browser, addresses: dict[str, str], theme: str) -> None:
    for name, page in _pages(two, browser, addresses, theme=theme, size=(1280, 900)):
        assert violations(page) == [], name
