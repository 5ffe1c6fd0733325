"""A trouble of the platform appears on an open desk by itself, and goes with its cause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from playwright.sync_api import Browser, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import Town

from beffroi.desks.duty import troubles
from beffroi.foundation import clock
from beffroi.journal import actions as journal

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_it_is_told_without_a_reload(browser: Browser, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as address:
        someone = visit(browser, address, str(town.signed_in(town.operator).session.session_key))
        page = someone.page()
        page.goto(f"{address}/veille/")
        page.wait_for_selector('body[data-link="live"]')
        expect(page.locator("#troubles .trouble")).to_have_count(0)
        monkeypatch.setattr(troubles, "_LOW_BYTES", 1 << 62)
        with transaction.atomic():
            journal.tell_clock_stepped(by=timedelta(hours=-1), now=clock.now())
        expect(page.locator("#troubles .trouble")).to_have_count(2)
        monkeypatch.setattr(troubles, "_LOW_BYTES", 0)
        expect(page.locator("#troubles .trouble")).to_have_count(1)
        assert someone.faults == []
        assert violations(page) == []
