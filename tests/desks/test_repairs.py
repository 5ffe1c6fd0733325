"""The repair list and the desk's own load, over HTTP and in a browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from django.db import transaction
from playwright.sync_api import Browser
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import Happen, Town

from beffroi.during.fusion import actions, models

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def flapping(town: Town, happen: Happen, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fence that went off and back eight times, each time closed as a false alarm."""
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 1)
    monkeypatch.setattr(actions, "SNAPSHOT_SOONEST", 0.0)
    for n in range(8):
        said = [
            ("intrusion.perimeter", "P-1", -3000.0 + 300 * n),
            ("alarm.restored", "P-1", -2960.0 + 300 * n),
        ]
        for each in said:
            with contextlib.suppress(IndexError):  # once it is damped, it touches no incident
                happen(each)
        with transaction.atomic():
            for row in models.Hypothesis.objects.exclude(state__in=["closed", "merged"]):
                actions.decide(territory=town.key, kind="close", hypothesis=row.pk, member=None, real=False)


def test_an_empty_list_says_what_would_be_on_it(town: Town) -> None:
    page = town.signed_in(town.operator).get("/veille/reparations/").content.decode()
    assert "Nothing to repair." in page and "<table" not in page


def test_a_flapping_detector_is_listed_with_its_reason(town: Town, flapping: None) -> None:
    page = town.signed_in(town.operator).get("/veille/reparations/").content.decode()
    assert "P-1" in page and "Alarm, fence or yard" in page
    assert "Went off 8 times in an hour" in page and "never" in page
    french = town.signed_in(town.operator, "fr").get("/veille/reparations/").content.decode()
    assert "À réparer" in french and "Déclenché 8 fois en une heure" in french


def test_the_desk_shows_its_own_load(town: Town, flapping: None) -> None:
    client = town.signed_in(town.operator)
    page = client.get("/veille/").content.decode()
    assert "alarms an hour" in page and "Over the last 8 h" in page and "/veille/reparations/" in page


def test_a_power_cut_is_one_row_that_counts(town: Town, happen: Happen) -> None:
    with contextlib.suppress(IndexError):  # nobody is sent to it, so nothing was ranked
        happen(*(("device.offline", f"X-{n}", -100.0 + n) for n in range(20)))
    page = town.signed_in(town.operator, "fr").get("/veille/").content.decode()
    assert "Panne probable : 20 équipements muets" in page
    followed = page[page.index('<div class="queue-group" data-group="follow"') :]
    assert followed[: followed.index('data-group="closed"')].count("<b>Panne") == 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.service
@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1440, "dark"), (2560, "light")])
def test_the_list_fits_and_is_reachable_by_all(
    browser: Browser, town: Town, flapping: None, width: int, theme: str
) -> None:
    with serving() as address:
        key = str(town.signed_in(town.operator, "fr").session.session_key)
        someone = visit(browser, address, key, theme=theme, language="fr", size=(width, 900))
        page = someone.page()
        page.goto(f"{address}/veille/reparations/")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(f"{address}/veille/")
        page.wait_for_selector(".alarm-load")
        assert violations(page) == []
        assert someone.faults == []
