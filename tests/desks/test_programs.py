"""The administrator's page of programs, and the API's own page, as their readers see them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Browser, expect
from tests.desks.browsing import AXE, chromium, serving, violations, visit
from tests.desks.conftest import Town
from tests.during.webhooks.peers import Receiver, receiver

from beffroi.during.webhooks import actions, models
from beffroi.foundation import clock, settings
from beffroi.journal import queries as journal
from beffroi.people import actions as people
from beffroi.people import programs, sealing
from beffroi.people.models import Member, Program

pytestmark = [pytest.mark.desk]
PAGE = "/installation/programmes/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def administrator(town: Town) -> Member:
    """Who entrusts programs with tokens."""
    member = people.create_member(
        email="admin@town.example",
        display_name="Anne Morvan",
        organisation=town.operator.organisation,
        roles=["administrator"],
        everywhere=True,
    )
    Authenticator.objects.create(user=member, type="totp", data={"secret": sealing.seal("GEZDGNBVGY3TQOJQ")})
    return member


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver on loopback, let through."""
    monkeypatch.setenv("BEFFROI_WEBHOOK_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("BEFFROI_WEBHOOK_TIMEOUT_SECONDS", "2")
    settings.current.cache_clear()
    with receiver() as made:
        yield made
    monkeypatch.undo()
    settings.current.cache_clear()


def made(client: Client, town: Town, **more: object) -> str:
    """A token, as the page shows it once."""
    given = {
        "do": "make", "name": "SIG", "organisation": "Town", "scopes": ["events:read", "units:read"],
        "territories": [town.key], "days": "90", **more,
    }  # fmt: skip
    answer = client.post(PAGE, given)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Cache-Control"] == "private, no-store"
    return str(answer.context["shown"]["secret"])


@pytest.mark.django_db
def test_a_token_is_shown_once_and_works_until_revoked(town: Town, administrator: Member) -> None:
    client = town.signed_in(administrator)
    token = made(client, town)
    assert programs.by_token(token).member.display_name == "SIG"
    assert token not in client.get(PAGE).content.decode()
    said = journal.entries_about(programs.by_token(token).member.actor)
    assert {each.actor for each in said if each.fact == "people.program_made"} == {administrator.actor}
    row = Program.objects.get()
    renewed = client.post(PAGE, {"do": "renew", "program": str(row.pk), "days": "365"})
    assert renewed.context["shown"]["secret"] != token
    with pytest.raises(programs.UnknownToken):
        programs.by_token(token)
    assert client.post(PAGE, {"do": "revoke", "program": str(row.pk)}).status_code == 302
    assert Program.objects.get().revoked_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"days": "366"}, {"days": "x"}, {"scopes": []}, {"territories": ["nowhere"]}, {"organisation": "?"}],
)
def test_what_cannot_be_is_said(town: Town, administrator: Member, wrong: dict[str, object]) -> None:
    client = town.signed_in(administrator)
    given = {"do": "make", "name": "X", "organisation": "Town", "scopes": ["units:read"], "days": "9"}
    answer = client.post(PAGE, {**given, "territories": [town.key], **wrong})
    assert answer.status_code == 422
    assert Program.objects.count() == 0
    assert client.post(PAGE, {"do": "nothing"}).status_code == 422
    assert client.post(PAGE, {"do": "renew", "program": "nobody"}).status_code == 404


@pytest.mark.django_db
def test_a_program_is_notified_tried_paused_and_removed(
    town: Town, administrator: Member, peer: Receiver
) -> None:
    client = town.signed_in(administrator)
    made(client, town)
    program = str(Program.objects.get().pk)
    answer = client.post(PAGE, {"do": "subscribe", "program": program, "url": peer.url})
    assert answer.context["shown"]["secret"].startswith("whsec_")
    key = {"subscription": str(models.Subscription.objects.get().pk)}
    assert client.post(PAGE, {"do": "test", **key}).status_code == 302
    assert peer.kinds == ["beffroi.webhook.test"]
    peer.plan = [500]
    refused = client.post(PAGE, {"do": "test", **key})
    assert refused.status_code == 422
    assert "it answered 500" in refused.content.decode()
    tries = client.get(f"{PAGE}{key['subscription']}/").content.decode()
    assert "it answered 500" in tries
    assert client.post(PAGE, {"do": "rotate", **key}).context["shown"]["secret"].startswith("whsec_")
    for do, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert client.post(PAGE, {"do": do, **key}).status_code == 302
        assert models.Subscription.objects.get().state == state
    bad = client.post(PAGE, {"do": "subscribe", "program": program, "url": "https://u:p@a.example/"})
    assert bad.status_code == 422


@pytest.mark.django_db
def test_the_page_of_the_api_stands_in_both_languages(client: Client) -> None:
    english = client.get("/api/v1/docs", headers={"accept-language": "en"}).content.decode()
    french = client.get("/api/v1/docs", headers={"accept-language": "fr"}).content.decode()
    assert "List incidents" in english
    assert "Lister les interventions" in french
    assert "List incidents" not in french
    assert 'id="incident.already_acknowledged"' in french
    for page in (english, french):
        assert "https://" not in page.replace("https://…", ""), "no page leans on another host"


@pytest.fixture
def told(town: Town, administrator: Member) -> str:
    """A program that is notified, and one whose token ends soon; the administrator's session."""
    organisation = administrator.organisation
    for name, days in (("SIG de l’agglomération", 200), ("Panneau de la mairie", 9)):
        entrusted = programs.make_program(
            name=name,
            organisation=organisation,
            scopes=list(programs.SCOPES),
            days=days,
            territories=[town.key],
        )
    row = Program.objects.get(pk=entrusted.member.pk)
    subscribed = actions.subscribe(program=row, url="https://panneau.mairie.example/beffroi")
    models.Delivery.objects.create(
        subscription_id=subscribed.id, position=12, kind="incident.opened", at=clock.now(), attempt=2,
        fault="timeout", took_ms=8003,
    )  # fmt: skip
    client = Client()
    client.force_login(administrator)
    return str(client.session.session_key)


LOOKS = [("dark", "en", (1440, 900)), ("light", "fr", (360, 740))]


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_the_pages_in_a_browser(
    told: str, browser: Browser, tmp_path: Path, look: tuple[str, str, tuple[int, int]]
) -> None:
    theme, language, size = look
    paths = (PAGE, f"{PAGE}{models.Subscription.objects.get().pk}/", "/api/v1/docs")
    faults: list[str] = []
    with serving() as address:
        visitor = visit(browser, address, told, theme=theme, language=language, size=size)
        page = visitor.page()
        for number, path in enumerate(paths):
            page.goto(f"{address}{path}")
            expect(page.locator("h1")).to_be_visible()
            for each in page.locator("main details > summary").all()[:6]:
                each.click()
            page.screenshot(path=tmp_path / f"{number}-{theme}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{path} is {wide} px too wide"
            faults += violations(page) if AXE.exists() else []
        assert faults == []
        assert visitor.faults == []
