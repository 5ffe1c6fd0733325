"""The field desk over HTTP: what a patrol sees and nothing else, what each press does, plain forms too."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from tests.desks.conftest import Happen, Town
from tests.desks.field.conftest import Patrol
from tests.during.fusion.made import at

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import models, queries
from beffroi.during.dispatch.shown import MissionView
from beffroi.during.incident import actions as incident_actions
from beffroi.during.incident import queries as incidents
from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people.models import RoleHeld
from beffroi.territory import queries as territory
from beffroi.territory.models import PatrolUnit

pytestmark = [pytest.mark.desk, pytest.mark.django_db(transaction=True)]


def page(client: Client) -> str:
    answer = client.get("/terrain/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def told(client: Client, **form: object) -> dict[str, object]:
    """A tap as the phone's queue sends it."""
    answer = client.post(
        "/terrain/dire/", {k: str(v) for k, v in form.items()}, headers={"accept": "application/json"}
    )
    return {"status": answer.status_code, **answer.json()}


def tap(client: Client, patrol: Patrol, act: str, **more: object) -> dict[str, object]:
    shift = queries.shift_of(patrol.member.pk)
    mission = queries.mission_of(patrol.town.key, "P1")
    kept = {"key": uuid4(), "shift": shift and shift.id, "act": act, "mission": mission.id if mission else ""}
    return told(client, **(kept | more))


def test_the_shift_begins_by_choosing_a_unit_and_ends_by_giving_it_back(patrol: Patrol) -> None:
    client = patrol.browser()
    first = page(client)
    assert "Which unit are you today?" in first and "Patrol P1" in first and "Patrol P2" in first
    assert client.post("/terrain/prendre/", {"unit": "town/P1"}).status_code == 302
    there = page(client)
    assert "No mission" in there and "End the shift" in there and "Which unit" not in there
    client.post("/terrain/rendre/")
    assert "Which unit are you today?" in page(client)
    assert territory.unit("town", "P1").state == "off"


def test_gendarmes_crew_their_own_units(patrol: Patrol) -> None:
    PatrolUnit.objects.filter(key="P2").update(kind="gendarmerie")
    client = patrol.browser()
    assert "Patrol P1" in page(client) and "Patrol P2" not in page(client)
    answer = client.post("/terrain/prendre/", {"unit": f"{patrol.town.key}/P2"}, follow=True)
    assert "under its own command" in answer.content.decode()
    assert queries.crews(patrol.town.key) == {}
    patrol.member.organisation.kind = "gendarmerie"
    patrol.member.organisation.save()
    assert "Patrol P2" in page(client)


def test_two_phones_may_hold_one_unit(patrol: Patrol, other: Patrol) -> None:
    patrol.holds("P1")
    assert "1 phone holds it" in page(other.browser())
    other.browser().post("/terrain/prendre/", {"unit": "town/P1"})
    assert queries.crews("town") == {"P1": 2}


def test_the_mission_says_what_where_why_who_else_and_the_way(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    incident_actions.annotate(incident=mission.incident, member=town.operator.pk, text="by the yard")
    dispatch.send(incident_id=mission.incident, unit="P2", member=town.operator.pk)
    patrol.holds("P1")
    there = page(patrol.browser())
    for words in ("Burglary", "Rue du Port", "Alarm, door opened", "someone seen", "by the yard", "P2, sent"):
        assert words in there, words
    assert "Straight on" in there and '"way": [[' in there and 'data-left="' in there
    for act in ("en_route", "on_scene", "free"):
        assert f'value="{act}"' in there


def test_it_is_all_french_in_french(patrol: Patrol, mission: MissionView) -> None:
    first = page(patrol.browser("fr"))
    patrol.holds("P1")
    there = page(patrol.browser("fr"))
    assert "Quelle patrouille" in first and "Sur place dans" in there and "Cambriolage" in there
    for word in (
        "Burglary",
        "On scene",
        "On the way",
        "Crew in danger",
        "Straight on",
        "position not",
        "network",
    ):
        assert word not in there.replace("net-", ""), word


def test_a_patrol_sees_nothing_of_other_units_missions(
    town: Town, patrol: Patrol, mission: MissionView, happen: Happen
) -> None:
    patrol.holds("P2")
    client = patrol.browser()
    there = page(client)
    assert "No mission" in there and "Burglary" not in there and mission.reference not in there
    for path in ("", f"{mission.incident}/", f"{mission.incident}/sur-place/", f"{mission.incident}/noter/"):
        assert client.get(f"/veille/{path}").status_code in (403, 405), path
        assert client.post(f"/veille/{path}", {"text": "x"}).status_code in (403, 405), path
    refused = tap(client, patrol, "on_scene", mission=mission.id)
    assert (refused["taken"], refused["code"]) == (False, "dispatch.no_mission")


def test_each_press_is_answered_with_the_page_as_it_is_now(patrol: Patrol, mission: MissionView) -> None:
    patrol.holds("P1")
    client = patrol.browser()
    answer = tap(client, patrol, "en_route")
    assert answer["taken"] and answer["face"]["state"] == "en_route"  # type: ignore[index]
    assert 'class="cur"' in answer["face"]["pieces"]["big"]  # type: ignore[index]
    tap(client, patrol, "on_scene")
    assert incidents.incident(mission.incident).state == "on_scene"
    assert "On scene since" in page(client)
    tap(client, patrol, "free")
    there = page(client)
    assert "No mission" in there and "Burglary" in there  # among what this shift did


def test_a_tap_made_before_is_taken_once_at_its_true_time(patrol: Patrol, mission: MissionView) -> None:
    patrol.holds("P1")
    client, key = patrol.browser(), uuid4()
    now = clock.now()
    models.Mission.objects.update(sent_at=now - timedelta(minutes=10))
    made = now - timedelta(minutes=4)
    form = {"key": key, "said_at": made.isoformat(), "phone_now": now.isoformat()}
    first, again = (tap(client, patrol, "en_route", **form) for _ in range(2))
    assert (first["again"], again["again"]) == (False, True) and first["at"] == again[
        "at"
    ] == made.isoformat()
    (entry,) = (each for each in incidents.entries(mission.incident) if each.step == "en_route")
    assert entry.at == made and entry.detail["said_at"] == made.isoformat()
    assert entry.detail["received_at"] > now.isoformat()


def test_a_tap_for_a_mission_given_to_another_is_refused_in_words(
    town: Town, patrol: Patrol, mission: MissionView
) -> None:
    patrol.holds("P1")
    client = patrol.browser("fr")
    dispatch.release(incident_id=mission.incident, unit="P1", member=town.operator.pk)
    answer = tap(client, patrol, "on_scene", mission=mission.id)
    assert answer["status"] == 200 and not answer["taken"]
    assert "cette mission est finie, ou a été donnée à une autre patrouille" in str(answer["words"])


def test_the_buttons_are_plain_forms_without_scripts(patrol: Patrol, mission: MissionView) -> None:
    shift = patrol.holds("P1")
    client = patrol.browser()
    form = {"key": uuid4(), "shift": shift.id, "mission": mission.id, "act": "en_route"}
    assert client.post("/terrain/dire/", form).status_code == 302
    assert incidents.incident(mission.incident).state == "sent"
    there = page(client)
    assert 'name="undoes"' in there
    client.post("/terrain/dire/", {"shift": shift.id, "act": "undo", "undoes": form["key"]})
    assert queries.mission_of("town", "P1").state == "sent"  # type: ignore[union-attr]
    client.post("/terrain/dire/", {"shift": shift.id, "act": "pause"})
    assert "P1 is on" in page(client)


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "dance"}, {"key": "x"}, {"shift": "x"}, {"said_at": "yesterday"}, {"mission": "1"},
        {"said_at": "2026-11-12T01:00:00"}, {"said_at": "0001-01-01T00:00:00+00:00"},
        {"act": "distress", "lat": "91", "lon": "0", "accuracy": "1"},
        {"act": "distress", "lat": "nan", "lon": "0", "accuracy": "1"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(patrol: Patrol, mission: MissionView, wrong: dict[str, str]) -> None:
    patrol.holds("P1")
    answer = tap(patrol.browser(), patrol, **({"act": "en_route"} | wrong))  # type: ignore[arg-type]
    assert answer["status"] == 422 and answer["code"] == "dispatch.bad_tap" and answer["words"]
    assert models.Tap.objects.count() == 0


def stand(client: Client, **more: object) -> int:
    lat, lon = at(100.0, 0.0)
    form = {"lat": lat, "lon": lon, "accuracy": 9, "age": "0.5", "heading": "270"} | more
    return int(client.post("/terrain/position/", form).status_code)


def test_the_position_is_taken_for_the_shift_only(patrol: Patrol) -> None:
    client = patrol.browser()
    assert stand(client) == 409
    patrol.holds("P1")
    PatrolUnit.objects.update(position_at=clock.now() - timedelta(minutes=1))
    assert stand(client) == 200
    unit = territory.unit("town", "P1")
    assert unit.position is not None and unit.position.radius_m == 9 and unit.heading_deg == 270
    assert stand(client, lat="x") == 422 and stand(client, accuracy="90000") == 422
    client.post("/terrain/rendre/")
    assert stand(client) == 409


def test_only_the_field_and_the_report_may_ask_where_the_phone_is(town: Town, patrol: Patrol) -> None:
    client = patrol.browser()
    for path, allowed in (("/terrain/", True), ("/signaler/", True), ("/compte/", False), ("/", False)):
        assert ("geolocation=(self)" in client.get(path)["Permissions-Policy"]) == allowed, path


def test_the_worker_is_of_this_release_and_of_this_desk(town: Town, patrol: Patrol) -> None:
    answer = patrol.browser().get("/terrain/service.js")
    assert answer["Content-Type"].startswith("text/javascript") and answer["Cache-Control"] == "no-cache"
    assert b'"page": "/terrain/"' in answer.content and b"respondWith" in answer.content


def test_a_role_that_ended_shuts_the_door_on_the_shift(town: Town, patrol: Patrol) -> None:
    patrol.holds("P1")
    client = patrol.browser()
    people.end_role(held=RoleHeld.objects.get(member=patrol.member))
    assert client.get("/terrain/").status_code == 403
    assert stand(client) == 403


def test_sign_in_leads_a_patrol_to_the_field(town: Town, patrol: Patrol) -> None:
    client = Client()
    answer = client.post(
        "/connexion/", {"login": patrol.member.email, "password": "le guet veille sur la tour"}
    )
    assert answer.status_code == 302 and answer["Location"] == "/terrain/"
