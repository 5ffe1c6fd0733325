"""The roads to watch on the sheet and the map of a real town; who works when, as the desk says it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, expect
from tests.desks.browsing import chromium, serving, violations, visit
from tests.desks.conftest import PASSWORD, Town
from tests.real_data import need

from beffroi.during.dispatch import actions, keeping, queries
from beffroi.during.incident.models import Incident, Numbering
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.people import actions as people
from beffroi.people.models import Member
from beffroi.territory import actions as territory
from beffroi.territory.models import PatrolUnit, Territory
from beffroi.territory.town_import import import_town

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]

#: In the middle of Redon, beside the port.
MIDDLE = Position(47.6505, -2.0865)
#: At its southern edge.
FAR = Position(47.6470, -2.0815)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def redon(town: Town) -> Member:
    """Redon as OpenStreetMap has it, two cameras, three patrols; its operator."""
    made = import_town(file=need("osm/redon.osm.gz"), name="Redon", at=clock.now() - timedelta(days=1))
    row = Territory.objects.get(key=made.territory.key)
    people.know_territory(key=row.key)
    for key, kind in (("PM-1", "municipal"), ("PM-2", "municipal"), ("V-1", "municipal")):
        PatrolUnit.objects.create(territory=row, key=key, name=f"Patrouille {key}", kind=kind, origin="test")
        territory.move_unit(territory=row.key, unit=key, position=FAR, at=clock.now())
    return people.create_member(
        email="rene@town.example", display_name="René", organisation=town.operator.organisation,
        password=PASSWORD, roles=["operator"], territories=[row.key],
    )  # fmt: skip


def theft(key: str = "redon", gone_s: float = 110.0) -> UUID:
    """A theft of a vehicle, `gone_s` after its last sign: nobody can be there in time."""
    numbering, _ = Numbering.objects.get_or_create(territory_key=key, defaults={"last": 40})
    numbering.last += 1
    numbering.save()
    now = clock.now()
    entered = now - timedelta(seconds=gone_s + 30)
    row = Incident.objects.create(
        id=uuid4(), territory_key=key, number=numbering.last, state="confirmed", phase="decide",
        act="vehicle_crime", title="act.vehicle_crime", lat=MIDDLE.lat, lon=MIDDLE.lon, probability=0.95,
        low=0.9, high=0.98, entered_at=entered, last_sign_at=now - timedelta(seconds=gone_s),
        leave_by=entered + timedelta(seconds=180), seen_at=entered, received_at=entered, fused_at=entered,
        confirmed_at=now,
    )  # fmt: skip
    actions.rank(incident_id=row.pk)
    return row.pk


def hours_and_rights() -> None:
    first = date(2026, 1, 1)
    keeping.add_hours(
        territory_key="redon", unit="PM-2", days=[(clock.now().weekday() + 3) % 7], begins=time(8),
        ends=time(12), first=first, actor="system",
    )  # fmt: skip
    keeping.give_right(
        territory_key="redon", unit="V-1", basis="convention du 12 mars 2026", acts=["fire"], first=first,
        actor="system",
    )  # fmt: skip


def test_the_sheet_tells_each_road_its_time_and_why(town: Town, redon: Member) -> None:
    found = queries.exits(incident := theft())
    assert found is not None and found.exits
    page = town.signed_in(redon, "fr").get(f"/veille/{incident}/").content.decode()
    assert "Routes à surveiller" in page and "sorties qui passent ici" in page
    for each in found.exits:
        assert each.name.replace("'", "&#x27;") in page
    assert page.count('class="way-out') == len(found.exits)


def test_who_is_off_duty_or_has_no_right_is_not_proposed_and_says_why(town: Town, redon: Member) -> None:
    hours_and_rights()
    page = town.signed_in(redon, "fr").get(f"/veille/{theft()}/").content.decode()
    left_out = page.split('class="left-out"')[1]
    assert "PM-2" in left_out and "ne travaille pas à cette heure, reprend" in left_out
    assert "n’a le droit d’agir que pour d’autres faits (convention du 12 mars 2026)" in page


def test_the_page_of_patrols_says_who_works_when(town: Town, redon: Member) -> None:
    hours_and_rights()
    client = town.signed_in(redon, "en")
    page = client.get("/veille/patrouilles/").content.decode()
    assert page.index("<b>PM-1</b>") < page.index("<b>PM-2</b>")
    assert "08:00–12:00" in page and "does not work" in page
    assert "fire · convention du 12 mars 2026" in page and "the town’s own" in page
    other = town.signed_in(town.operator, "en").get("/veille/patrouilles/").content.decode()
    assert "PM-1" not in other and "<b>P1</b>" in other


@pytest.mark.service
@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (360, "light")])
def test_the_map_draws_the_roads_that_the_sheet_lists(
    browser: Browser, town: Town, redon: Member, width: int, theme: str
) -> None:
    incident = theft()
    key = str(town.signed_in(redon).session.session_key)
    with serving() as address:
        someone = visit(browser, address, key, language="fr", theme=theme, size=(width, 900))
        page = someone.page()
        page.goto(f"{address}/veille/{incident}/")
        page.wait_for_selector('body[data-link="live"]')
        expect(page.locator(".way-out").first).to_be_attached()
        drawn = page.evaluate("document.querySelectorAll('.way-out').length")
        assert drawn == len(queries.exits(incident).exits)  # type: ignore[union-attr]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0 and violations(page) == [] and someone.faults == []
