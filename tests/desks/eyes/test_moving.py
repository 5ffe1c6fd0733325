"""The panel that moves a camera: over HTTP, and in a real browser with the keys."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from tests.desks.browsing import AXE, chromium, serving, violations, visit
from tests.desks.conftest import KEY, Town, burglary, happen, town
from tests.eyes.conftest import Declare, declare
from tests.peers.onvif_device import Device, onvif_device

from beffroi.eyes import actions, models
from beffroi.people.models import Member

__all__ = ["burglary", "declare", "happen", "town"]
pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def camera(town: Town, declare: Declare) -> Iterator[Device]:
    """C-1 is the simulated device."""
    with onvif_device() as made:
        declare(rtsp="rtsp://127.0.0.1:1/x", onvif=made.address, login=made.user, secret=made.password)
        yield made


def look(member: Member, purpose: str = "prevention") -> UUID:
    return actions.open_look(member=member, territory=KEY, device="C-1", purpose=purpose).id


def panel(client: Client, identifier: UUID, part: str = "") -> str:
    answer = client.get(reverse("look_moving", args=[identifier]), {"part": part} if part else {})
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, identifier: UUID, **fields: str) -> tuple[int, str]:
    answer = client.post(reverse("look_move", args=[identifier]), fields, headers={"hx-request": "true"})
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def test_one_moves_the_other_is_told_and_takes_it_with_a_reason(town: Town, camera: Device) -> None:
    camille, jo = town.signed_in(town.operator), town.signed_in(town.other)
    hers, his = look(town.operator), look(town.other)
    assert "Nobody holds it" in panel(camille, hers)
    assert "Gare &amp; parvis" in panel(camille, hers, "presets")
    assert camera.went_to == []
    status, said = do(camille, hers, act="preset", preset="p1")
    assert status == 200 and "You hold it until" in said and camera.went_to == ["p1"]
    status, said = do(jo, his, act="left")
    assert status == 409 and "Somebody else is moving C-1" in said and "Camille holds it until" in said
    assert "the supervisor decides" in said and "a life is in danger" not in said
    status, said = do(jo, his, act="take", reason="supervisor")
    assert status == 200 and "You hold it" in said
    said = panel(camille, hers, "state")
    assert "Jo took it from you at" in said and "the supervisor decides" in said
    assert "<select" not in said, "nothing that she may say comes before a supervisor"
    status, said = do(jo, his, act="let_go")
    assert status == 200 and "Nobody holds it" in said
    log = jo.get(reverse("duty")).content.decode()
    for words in ("Camera taken to move it", "Camera moved", "Camera let go"):
        assert words in log, words


def test_in_french(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    said = panel(town.signed_in(town.operator, "fr"), mine)
    assert "Orienter la caméra" in said and "Personne ne la tient" in said


def test_there_is_no_panel_where_nothing_moves(town: Town, camera: Device) -> None:
    client = town.signed_in(town.operator)
    mine = look(town.operator)
    models.Camera.objects.update(onvif="")
    assert panel(client, mine) == ""
    assert do(client, mine, act="left")[0] == 409
    assert client.get(reverse("look_moving", args=[look(town.other)])).status_code == 404
    actions.end_look(identifier=mine, member=town.operator.pk)
    assert client.get(reverse("look_moving", args=[mine])).status_code == 410


def test_what_the_camera_refuses_is_said_where_one_looks(town: Town, camera: Device) -> None:
    client, mine = town.signed_in(town.operator), look(town.operator)
    camera.scheme, camera.password = "wsse", "autre"
    said = panel(client, mine, "presets")
    assert "does not let us in" in said and "mot de passe" not in said
    status, said = do(client, mine, act="left")
    assert status == 502 and "does not let us in" in said


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _wall(browser: Browser, address: str, member: Member, **more: object) -> Page:
    client = Client()
    client.force_login(member)
    page = visit(browser, address, str(client.session.session_key), **more).page()  # type: ignore[arg-type]
    page.goto(f"{address}/veille/mur/")
    return page


def _speed(camera: Device) -> tuple[float, float, float]:
    with camera.lock:
        camera.settle()
        return camera.speed


@pytest.mark.service
def test_with_the_keys_alone(town: Town, camera: Device, browser: Browser) -> None:
    look(town.operator)
    with serving() as address:
        page = _wall(browser, address, town.operator)
        page.locator(".moving summary").focus()
        page.keyboard.press("Enter")
        board = page.locator(".moving-board")
        expect(board).to_be_focused()
        expect(page.locator("[data-digit='2']")).to_contain_text("Gare & parvis")
        page.keyboard.press("2")
        expect(page.locator(".moving-state")).to_contain_text("You hold it until")
        assert camera.went_to == ["p1"]
        page.keyboard.down("ArrowLeft")
        page.wait_for_timeout(2500)
        assert _speed(camera)[0] == -0.5, "it goes on as long as the key is down"
        page.keyboard.up("ArrowLeft")
        page.wait_for_timeout(600)
        assert _speed(camera) == (0.0, 0.0, 0.0)
        assert camera.asked[-1] == "Stop"
        page.keyboard.press("+")
        page.wait_for_timeout(800)
        assert camera.position[2] > 0.3
        page.keyboard.press("Escape")
        expect(page.locator(".moving-state")).to_contain_text("Nobody holds it")
        assert models.Hold.objects.get().moves == 3
        if AXE.exists():
            assert violations(page) == []


@pytest.mark.service
def test_a_page_that_goes_away_lets_go_at_once(town: Town, camera: Device, browser: Browser) -> None:
    mine = look(town.operator)
    with serving() as address:
        page = _wall(browser, address, town.operator)
        page.locator(".moving summary").click()
        page.locator("[data-move='right']").click(delay=100)
        expect(page.locator("[data-let-go]")).to_be_visible()
        page.close(run_before_unload=True)
        for _ in range(100):
            if (row := models.Hold.objects.get()).ended:
                break
            time.sleep(0.1)
    assert row.ended == "released" and row.look == mine
    assert models.Look.objects.get().ended == "", "the wall is opened again"


@pytest.mark.service
@pytest.mark.parametrize("shown", [("dark", "en", 1440), ("light", "fr", 360)], ids=["dark", "phone"])
def test_it_is_read_in_both_themes_and_on_a_phone(
    town: Town, camera: Device, browser: Browser, shown: tuple[str, str, int]
) -> None:
    theme, language, width = shown
    look(town.operator)
    with serving() as address:
        page = _wall(browser, address, town.operator, theme=theme, language=language, size=(width, 800))
        page.locator(".moving summary").click()
        expect(page.locator("[data-digit='3']")).to_be_visible()
        page.locator("[data-move='right']").click(delay=300)
        expect(page.locator("[data-let-go]")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing runs off the side"
        )
