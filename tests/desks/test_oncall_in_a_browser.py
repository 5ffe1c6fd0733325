"""The village's pages in a real browser: on a phone, in both themes and languages; a link in two browsers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from tests.desks.browsing import AXE, chromium, serving, violations, visit
from tests.desks.conftest import Town

from beffroi.during.incident.models import Incident
from beffroi.during.oncall import actions, links
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people.models import Member

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]

PHONE = (360, 740)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def mayor(town: Town) -> Member:
    """On call day and night, reached by nothing but their page."""
    member = people.create_member(
        email="mayor@town.example",
        display_name="Marie Le Goff",
        organisation=town.operator.organisation,
        roles=["elected", "coordinator"],
        territories=[town.key],
    )
    actions.add_line(
        territory=town.key,
        member=member,
        rank=1,
        days=range(8),
        begins=time(8),
        ends=time(8),
        first=date(2026, 1, 1),
        last=None,
        actor="system",
    )
    return member


def session(member: Member) -> str:
    client = Client()
    client.force_login(member)
    return str(client.session.session_key)


@pytest.mark.parametrize("look", [("light", "fr"), ("dark", "en")], ids="-".join)
def test_pages_hold_on_a_phone_and_can_be_reached_by_all(town, mayor, burglary, browser, look):
    theme, language = look
    actions.step(clock.now())
    with serving() as address:
        for path in ("/veille/astreinte/", f"/veille/astreinte/{town.key}/", "/astreinte/"):
            visitor = visit(browser, address, session(mayor), theme=theme, language=language, size=PHONE)
            page = visitor.page()
            page.goto(address + path)
            for each in page.locator("main details").all():
                each.evaluate("box => { box.open = true }")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"
            assert visitor.faults == []
            if AXE.exists():
                assert violations(page) == []
            visitor.context.close()


def test_a_call_appears_by_itself_and_a_press_takes_it(town, mayor, burglary: UUID, browser):
    with serving() as address:
        page = visit(browser, address, session(mayor), size=PHONE).page()
        page.goto(f"{address}/astreinte/")
        expect(page.get_by_text("Nobody needs you now.")).to_be_visible()
        actions.step(clock.now())
        take = page.get_by_role("button", name="I take it")
        expect(take).to_be_visible(timeout=15_000)  # the page asks again by itself
        take.click()
        expect(page.get_by_text("Noted: it is yours.")).to_be_visible()
    assert Incident.objects.get(pk=burglary).acknowledged_by == mayor.actor


def test_a_link_opens_in_the_browser_that_pressed_and_in_no_other(town, burglary: UUID, browser):
    made = links.make(incident=burglary, whom="gendarmerie", actor=town.operator.actor)
    with serving() as address:
        first = visit(browser, address, size=PHONE, language="fr", theme="light")
        page = first.page()
        page.goto(f"{address}/i/{made.token}/")
        page.get_by_role("button", name="Ouvrir").click()
        expect(page.get_by_role("heading", name="Cambriolage")).to_be_visible()
        page.reload()
        expect(page.locator(".drawn > svg")).to_be_visible()
        assert first.faults == []
        other = visit(browser, address, size=PHONE, language="fr", theme="light").page()
        answer = other.goto(f"{address}/i/{made.token}/")
        assert answer is not None and answer.status == 410
        expect(other.get_by_text("Ce lien a déjà été ouvert dans un autre navigateur")).to_be_visible()
