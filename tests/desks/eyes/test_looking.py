"""Looks over HTTP: opened from an incident or for a stated purpose, refused, closed, registered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests.eyes.conftest import Declare, Town
from tests.eyes.methods.test_sdp import OFFER

from beffroi.desks.eyes import words
from beffroi.during.incident import queries as incidents
from beffroi.eyes import models
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people import actions as people

pytestmark = [pytest.mark.desk, pytest.mark.django_db]
RTSP = "rtsp://127.0.0.1:9/live"
OPEN = "/veille/regards/ouvrir/"
PART = {"HX-Request": "true"}


def entries(fact: str) -> int:
    return sum(each.fact == fact for each in journal.follow(0, limit=1000))


def test_the_sheet_names_the_cameras_that_see_the_place(town: Town, burglary: UUID, declare: Declare) -> None:
    page = f"/veille/{burglary}/"
    client = town.signed_in(town.operator)
    assert "Cameras that see this place" not in client.get(page).content.decode()
    declare(rtsp=RTSP, replay=RTSP)
    shown = client.get(page).content.decode()
    assert "Cameras that see this place" in shown and "looking west" in shown and "5 min" in shown
    assert "Caméras qui voient ce lieu" in town.signed_in(town.operator, "fr").get(page).content.decode()
    declare(shut="masked")
    shut = client.get(page).content.decode()
    assert "masked" in shut and OPEN not in shut


def test_a_look_from_an_incident_carries_its_purpose(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(rtsp=RTSP)
    said = {"camera": f"{town.key}/C-1", "incident": str(burglary), "purpose": "traffic"}
    shown = town.signed_in(town.operator).post(OPEN, said, headers=PART).content.decode()
    row = models.Look.objects.get()
    assert str(row.pk) in shown and "an open incident I-1" in shown
    assert (row.purpose, row.reference) == ("incident", str(burglary)) and entries("camera.look_opened") == 1
    assert RTSP not in shown and "127.0.0.1" not in shown


def test_the_last_five_minutes_say_which(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(replay=RTSP)
    said = {"camera": f"{town.key}/C-1", "incident": str(burglary), "kind": "past"}
    shown = town.signed_in(town.operator).post(OPEN, said, headers=PART).content.decode()
    assert "recorder, from" in shown and models.Look.objects.get().kind == "past"


def local(ago: timedelta) -> str:
    """A time as the form of a browser in the town writes it."""
    return timezone.localtime(clock.now() - ago).strftime("%Y-%m-%dT%H:%M:%S")


def test_another_moment_is_asked_for_by_the_towns_clock(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(rtsp=RTSP, replay=RTSP)
    client = town.signed_in(town.other)
    said = {
        "camera": f"{town.key}/C-1", "purpose": "rescue", "kind": "span",
        "from": local(timedelta(hours=3)), "to": local(timedelta(hours=2, minutes=50)),
    }  # fmt: skip
    shown = client.post(OPEN, said, headers=PART).content.decode()
    row = models.Look.objects.get()
    assert row.kind == "past" and row.span_from is not None and row.span_to is not None
    assert row.span_from == timezone.make_aware(datetime.fromisoformat(said["from"]))
    assert row.span_to - row.span_from == timedelta(minutes=10)
    assert f"recorder, from {said['from'][11:]} to {said['to'][11:]}" in shown
    register = client.get("/veille/regards/").content.decode()
    assert f"{said['from'][11:]} to {said['to'][11:]}" in register
    refused = town.signed_in(town.operator).post(OPEN, said)
    assert refused.status_code == 403 and entries("people.refused") == 1
    assert said["from"] in refused.content.decode(), "what was asked stays in the form"
    assert "5 min at most, up to 0.5 h back" in refused.content.decode()
    register = client.get("/veille/regards/").content.decode()
    assert "refused: no right to look there" in register


@pytest.mark.parametrize("times", [{}, {"from": "x", "to": "y"}, {"from": "2026-03-14T21:15"}])
def test_a_moment_without_its_times_is_refused(town: Town, declare: Declare, times: dict[str, str]) -> None:
    declare(rtsp=RTSP, replay=RTSP)
    said = {"camera": f"{town.key}/C-1", "purpose": "rescue", "kind": "span", **times}
    shown = town.signed_in(town.other).post(OPEN, said)
    assert shown.status_code == 422 and "no span of time" in shown.content.decode()
    assert not models.Look.objects.exists()


def test_a_sheet_leads_to_another_moment_of_its_camera(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(rtsp=RTSP, replay=RTSP)
    client = town.signed_in(town.other)
    leads = f"/veille/mur/?camera={town.key}/C-1&amp;incident={burglary}"
    assert leads in client.get(f"/veille/{burglary}/").content.decode()
    wall = client.get(leads.replace("&amp;", "&")).content.decode()
    assert f'value="{town.key}/C-1" selected' in wall and "an open incident I-1" in wall
    assert f'name="incident" value="{burglary}"' in wall and 'name="purpose"' not in wall
    seen = incidents.incident(burglary).seen_at
    assert (
        f'name="from" step="1" value="{timezone.localtime(seen - timedelta(minutes=1)):%Y-%m-%dT%H:%M:%S}"'
        in wall
    )
    for other in ("none", str(uuid4())):
        assert 'name="purpose"' in client.get(f"/veille/mur/?incident={other}").content.decode()


def test_a_span_of_another_day_says_which() -> None:
    start = datetime(2026, 3, 13, 22, 55, tzinfo=UTC)
    with translation.override("en"):
        same = words.span(start, start + timedelta(seconds=90), start + timedelta(minutes=4))
        other = words.span(start, start + timedelta(minutes=8), start + timedelta(hours=20))
    assert same == ("23:55:00", "23:56:30")
    assert other == ("13 March 23:55:00", "14 March 00:03:00")


def test_a_session_is_agreed_on_by_its_own_door(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP, whep="http://127.0.0.1:9/gare/whep")
    client = town.signed_in(town.operator)
    shown = client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "rescue"}, headers=PART)
    row = models.Look.objects.get()
    place = f"/veille/regards/{row.pk}/image/"
    assert place in shown.content.decode() and "<video" in shown.content.decode()
    assert "127.0.0.1" not in shown.content.decode()

    def offered(body: bytes, kind: str = "application/sdp", who: Client = client) -> tuple[int, str]:
        answer = who.post(place, body, content_type=kind)
        return answer.status_code, answer.content.decode()

    assert offered(b"v=0") == (422, "eyes.bad_offer")
    assert offered(OFFER.encode(), "text/plain") == (422, "eyes.bad_offer")
    assert offered(OFFER.encode()) == (504, "eyes.media_server_lost")
    assert offered(OFFER.encode(), who=town.signed_in(town.other)) == (404, "eyes.no_look")
    assert town.signed_in(town.referent).post(place).status_code == 403
    assert client.get(place).status_code == 405
    assert client.delete(place).status_code == 204
    assert town.signed_in(town.other).delete(place).status_code == 404
    models.Camera.objects.update(whep="")
    assert place not in client.get("/veille/mur/").content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"camera": "town/C-1", "purpose": ""},
        {"camera": "town/C-1", "purpose": "curiosity"},
        {"camera": "town/C-9", "purpose": "traffic"},
        {"camera": "", "purpose": "traffic"},
        {"camera": "town/C-1", "incident": "none"},
        {"camera": "town/C-1", "incident": str(uuid4())},
    ],
)
def test_what_is_refused_is_said_where_the_image_would_be(
    town: Town, declare: Declare, said: dict[str, str]
) -> None:
    declare(rtsp=RTSP)
    client = town.signed_in(town.operator)
    assert 'class="refusal"' in client.post(OPEN, said, headers=PART).content.decode()
    assert 400 <= client.post(OPEN, said).status_code < 500
    assert not models.Look.objects.exists() and entries("camera.look_opened") == 0


def test_a_refused_look_is_written_as_any_refusal(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP, order=False)
    client = town.signed_in(town.operator)
    shown = client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "traffic"}, headers=PART)
    assert "prefect" in shown.content.decode() and entries("people.refused") == 1
    client = town.signed_in(town.referent)
    assert client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "traffic"}).status_code == 403


def test_the_wall_holds_ones_own_looks_and_closes_them(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    client, other = town.signed_in(town.operator), town.signed_in(town.other)
    assert "No image is open." in client.get("/veille/mur/").content.decode()
    client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "prevention"}, follow=True)
    row = models.Look.objects.get()
    assert str(row.pk) in client.get("/veille/mur/").content.decode()
    assert str(row.pk) not in other.get("/veille/mur/").content.decode()
    assert other.post(f"/veille/regards/{row.pk}/fermer/").status_code == 404
    client.post(f"/veille/regards/{row.pk}/fermer/")
    assert str(row.pk) not in client.get("/veille/mur/").content.decode()
    assert entries("camera.look_ended") == 1


def test_the_register_says_who_looked_at_what_and_why(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(rtsp=RTSP)
    client = town.signed_in(town.operator)
    client.post(OPEN, {"camera": f"{town.key}/C-1", "incident": str(burglary)}, headers=PART)
    client.post(f"/veille/regards/{models.Look.objects.get().pk}/fermer/")
    declare(shut="masked")
    client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "traffic"}, headers=PART)
    assert client.get("/veille/regards/").status_code == 403
    shown = town.signed_in(town.other).get("/veille/regards/").content.decode()
    assert "Camille" in shown and "I-1" in shown and "no image came" in shown
    assert "refused: masked" in shown
    declare(shut="", order=False)
    client.post(OPEN, {"camera": f"{town.key}/C-1", "purpose": "traffic"}, headers=PART)
    shown = town.signed_in(town.other).get("/veille/regards/").content.decode()
    assert "refused: no prefect&#x27;s order covers it" in shown


def test_the_data_protection_officer_lands_on_the_register(town: Town) -> None:
    officer = people.create_member(
        email="dpo@town.example", display_name="Dpo", organisation=town.operator.organisation,
        roles=["data_protection_officer"], territories=[town.key],
    )  # fmt: skip
    from beffroi.people import doors

    assert town.key in doors.territories_for(officer, "look.view")
    assert town.key not in doors.territories_for(officer, "camera.look")
