"""What was pressed in a dead zone is sent when the network is back, the page shut: once, with its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect
from tests.desks.browsing import WAIT_MS, chromium, serving, visit
from tests.desks.conftest import Town
from tests.desks.field.conftest import Patrol

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import models, queries
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.incident import queries as incidents

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]


def opened(context: BrowserContext, address: str) -> Page:
    """The field desk, live, kept by its worker."""
    page = context.new_page()
    page.goto(f"{address}/terrain/")
    page.wait_for_selector(".net.live")
    page.wait_for_selector("body[data-kept]", state="attached")
    return page


class Waker:
    """Chromium's own way to wake a worker for its sync, from a page that has nothing to do with it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page = context.new_page()
        self.session: CDPSession = context.new_cdp_session(self.page)
        self.address, self.registrations = address, []
        self.session.on("ServiceWorker.workerRegistrationUpdated", self._noted)
        self.session.send("ServiceWorker.enable")

    def _noted(self, told: Any) -> None:
        self.registrations += [each["registrationId"] for each in told["registrations"]]

    def wake(self) -> None:
        self.page.goto(f"{self.address}/")  # the public page: none of the desk’s scripts
        until(lambda: bool(self.registrations), self.page)
        self.session.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": self.address,
                "registrationId": self.registrations[-1],
                "tag": "beffroi-field-taps",
                "lastChance": False,
            },
        )


def until(done: Callable[[], bool], page: Page) -> None:
    deadline = time.monotonic() + WAIT_MS / 1000
    while not done():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)


def steps(mission: MissionView) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for each in incidents.entries(mission.incident):
        if each.step in ("en_route", "on_scene"):
            found.setdefault(each.step, []).append(each.at)
    return found


def test_what_waits_is_sent_with_the_page_shut(town: Town, patrol: Patrol, mission: MissionView) -> None:
    patrol.holds("P1")
    session = str(patrol.browser().session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, size=(390, 844), has_touch=True)
        page = opened(someone.context, address)
        someone.context.set_offline(True)
        page.locator('[data-act="en_route"]').tap()
        page.wait_for_timeout(1200)
        page.locator('[data-act="on_scene"]').tap()
        expect(page.locator(".net")).to_have_text("no network, 2 actions wait")
        tags = page.evaluate("navigator.serviceWorker.ready.then((r) => r.sync.getTags())")
        assert tags == ["beffroi-field-taps"]
        page.close()
        assert models.Tap.objects.count() == 0
        waker = Waker(someone.context, address)
        someone.context.set_offline(False)
        waker.wake()
        until(lambda: models.Tap.objects.count() == 2, waker.page)
        told = steps(mission)
        assert {step: len(each) for step, each in told.items()} == {"en_route": 1, "on_scene": 1}
        assert (told["on_scene"][0] - told["en_route"][0]).total_seconds() > 1
        assert {each.clock for each in models.Tap.objects.all()} == {""}
        waker.wake()  # once more, with nothing left: nothing happens
        page = opened(someone.context, address)
        expect(page.locator(".net")).to_have_text("in touch with the duty desk")
        expect(page.locator('[data-act="on_scene"]:not(.waits)')).to_have_class("done")
        assert models.Tap.objects.count() == 2


def test_an_answer_that_was_lost_is_not_a_second_tap(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    session = str(patrol.browser().session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, size=(390, 844), has_touch=True)
        page = opened(someone.context, address)
        # The tap arrives, its answer does not: it still waits on the phone.
        page.route("**/terrain/dire/", lambda route: (route.fetch(), route.abort()))
        page.locator('[data-act="en_route"]').tap()
        until(lambda: models.Tap.objects.count() == 1, page)
        page.close()
        waker = Waker(someone.context, address)
        waker.wake()
        page = opened(someone.context, address)
        expect(page.locator('[data-act="en_route"]:not(.waits)')).to_have_class("done")
        assert models.Tap.objects.count() == 1 and len(steps(mission)["en_route"]) == 1


def test_what_was_refused_meanwhile_is_said_at_the_next_opening(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    session = str(patrol.browser().session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, size=(390, 844), has_touch=True, language="fr")
        page = opened(someone.context, address)
        someone.context.set_offline(True)
        page.locator('[data-act="on_scene"]').tap()
        expect(page.locator(".net")).to_contain_text("1 action en attente")
        page.close()
        dispatch.release(incident_id=mission.incident, unit="P1", member=town.operator.pk)
        waker = Waker(someone.context, address)
        someone.context.set_offline(False)
        waker.wake()
        until(lambda: models.Tap.objects.exclude(refused="").exists(), waker.page)
        page = opened(someone.context, address)
        expect(page.locator(".refused")).to_contain_text("Refusé")
        expect(page.locator(".refused")).to_contain_text("a été donnée à une autre patrouille")


def test_signed_out_nothing_is_sent_and_nothing_lost(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    session = str(patrol.browser().session.session_key)
    with serving() as address, chromium() as browser:
        someone = visit(browser, address, session, size=(390, 844), has_touch=True)
        page = opened(someone.context, address)
        someone.context.set_offline(True)
        page.locator('[data-act="en_route"]').tap()
        expect(page.locator(".net")).to_have_text("no network, 1 action waits")
        page.close()
        kept = someone.context.cookies()
        someone.context.clear_cookies()
        waker = Waker(someone.context, address)
        someone.context.set_offline(False)
        waker.wake()
        waker.page.wait_for_timeout(1500)
        assert models.Tap.objects.count() == 0
        someone.context.add_cookies(kept)
        opened(someone.context, address)
        until(lambda: models.Tap.objects.count() == 1, waker.page)
        assert queries.mission_of("town", "P1").state == "en_route"  # type: ignore[union-attr]
