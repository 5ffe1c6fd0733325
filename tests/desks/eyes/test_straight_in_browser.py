"""Images straight from a media server in a real browser: WebRTC, and the other way when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import chromium, serving, visit
from tests.desks.test_in_a_browser import session
from tests.eyes.conftest import Declare, Town
from tests.eyes.peers import RtspPeer, rtsp_peer
from tests.peers.whep_server import WhepServer, whep_server

from beffroi.eyes import actions, models
from beffroi.eyes.ending import Ending

pytestmark = [pytest.mark.desk, pytest.mark.service, pytest.mark.django_db(transaction=True)]
PAINTED = ".look-at:not(:empty)"
PLAYED = "() => document.querySelector('.look video')?.currentTime ?? -1"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def media(town: Town, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Iterator[WhepServer]:
    """A media server that gives C-1 by WebRTC; its RTSP is nobody's unless a test says so."""
    with whep_server(monkeypatch, login="veille:tour & guet") as server:
        declare(rtsp="rtsp://127.0.0.1:9/x", whep=server.address, login="veille", secret="tour & guet")
        yield server


@pytest.fixture
def camera(media: WhepServer, declare: Declare) -> Iterator[RtspPeer]:
    """The same camera's RTSP, real too."""
    with rtsp_peer() as peer:
        declare(rtsp=peer.address("live"))
        yield peer


def ended_there() -> int:
    """What the web process does each second, in a thread of its own: Playwright holds a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(Ending().once())).result(20)


def wall(browser: Browser, address: str, town: Town, **more: object) -> Page:
    page = visit(browser, address, session(town, town.operator), **more).page()  # type: ignore[arg-type]
    page.goto(f"{address}/veille/mur/")
    return page


def test_the_video_plays_and_ends_with_the_look(town: Town, media: WhepServer, browser: Browser) -> None:
    look = actions.open_look(member=town.operator, territory=town.key, device="C-1", purpose="prevention")
    with serving() as address:
        someone = visit(browser, address, session(town, town.operator))
        page, heard = someone.page(), []
        page.on("request", lambda request: heard.append(request.url))
        page.on("response", lambda answer: heard.append(str(answer.headers)))
        page.goto(f"{address}/veille/mur/")
        page.wait_for_selector(".look[data-way=direct]")
        first = page.evaluate(PLAYED)
        page.wait_for_timeout(1500)
        assert page.evaluate(PLAYED) > first > 0, "the image goes on"
        assert page.locator(".look video").is_visible() and not page.locator(".look canvas").is_visible()
        expect(page.locator(PAINTED)).to_have_count(1)
        assert page.locator(".look-state").text_content() == ""
        assert f":{media.port}" not in str(heard) + page.content(), (
            "the media server is not named to the browser"
        )
        for _ in range(100):
            if models.Look.objects.get().image_at:
                break
            page.wait_for_timeout(100)
        assert models.Look.objects.get().image_at, "that images flow is noted"
        actions.end_look(identifier=look.id, member=town.operator.pk)
        assert ended_there() == 1
        assert len(media.ended) == 1 and not media.sessions
        expect(page.locator(".look-state")).to_contain_text("This look has ended")
        assert models.Session.objects.get().ended == "ended"
        assert someone.faults == []


@pytest.mark.parametrize("wrong", [{"no_way": True}, {"refuse": 503}])
def test_where_it_does_not_pass_the_frames_come_within_seconds(
    town: Town, media: WhepServer, camera: RtspPeer, browser: Browser, wrong: dict[str, object]
) -> None:
    for name, value in wrong.items():
        setattr(media, name, value)
    actions.open_look(member=town.operator, territory=town.key, device="C-1", purpose="prevention")
    with serving() as address:
        page = wall(browser, address, town)
        page.wait_for_selector(".look[data-way=frames]", timeout=8_000)
        page.wait_for_selector(PAINTED)
        assert page.locator(".look canvas").is_visible() and not page.locator(".look video").is_visible()
        page.wait_for_timeout(300)
    ended_there()
    assert not media.sessions, "what is not used is ended"


def test_a_session_that_is_lost_goes_on_as_frames(
    town: Town, media: WhepServer, camera: RtspPeer, browser: Browser
) -> None:
    actions.open_look(member=town.operator, territory=town.key, device="C-1", purpose="prevention")
    with serving() as address:
        page = wall(browser, address, town)
        page.wait_for_selector(".look[data-way=direct]")
        media.cut()
        page.wait_for_selector(".look[data-way=frames]", timeout=10_000)
        expect(page.locator(".look-state")).to_be_empty()
        assert page.locator(".look canvas").is_visible()


def test_a_look_that_is_closed_on_its_page_ends_there(
    town: Town, media: WhepServer, browser: Browser
) -> None:
    actions.open_look(member=town.operator, territory=town.key, device="C-1", purpose="prevention")
    with serving() as address:
        page = wall(browser, address, town)
        page.wait_for_selector(".look[data-way=direct]")
        page.locator(".look button:has-text('Close')").click()
        expect(page.locator(".look")).to_have_count(0)
    assert models.Look.objects.get().ended == "closed"
    ended_there()
    assert len(media.ended) == 1
