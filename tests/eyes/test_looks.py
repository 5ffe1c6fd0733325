"""Looks: the right, the purpose and the order are asked, and each is written before anything is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from tests.eyes.conftest import ORDER, Configured, Declare, Town

from beffroi.eyes import actions, doors, errors, models, queries, rules
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.people.decisions import DoorShut
from beffroi.people.orders import actions as orders
from beffroi.people.orders import queries as register
from beffroi.people.orders.models import Accreditation, Order
from beffroi.territory import models as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db]
RTSP = "rtsp://127.0.0.1:9/live"


def facts(*names: str) -> list[tuple[str, dict[str, Any]]]:
    return [(each.fact, each.body or {}) for each in journal.follow(0, limit=1000) if each.fact in names]


def look(town: Town, **more: Any) -> Any:
    given = {"member": town.operator, "territory": town.key, "device": "C-1", "purpose": "prevention"}
    return actions.open_look(**{**given, **more})


@pytest.mark.django_db(transaction=True)
def test_a_look_is_in_the_journal_and_committed_when_it_is_given(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = look(town)
    assert not connection.in_atomic_block
    ((_, body),) = facts("camera.look_opened")
    assert body["look"] == str(opened.id) and body["device"] == "C-1" and body["purpose"] == "prevention"
    assert body["until"] == opened.until.isoformat()
    assert opened.until - opened.opened_at == timedelta(seconds=rules.PURPOSES["prevention"])
    assert doors.look_for(town.operator.pk, opened.id).device == "C-1"


def test_an_incident_gives_the_purpose_while_it_is_open(town: Town, burglary: UUID, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = look(town, purpose="incident", reference=str(burglary), reference_exercise=False)
    assert facts("camera.look_opened")[0][1]["incident"] == str(burglary) == opened.reference
    for reference in (str(uuid4()), "no identifier", ""):
        with pytest.raises(DoorShut) as shut:
            look(town, purpose="incident", reference=reference)
        assert shut.value.decision.reason == "people.ground_not_standing"


@pytest.mark.parametrize("purpose", ["curiosity", "", "prevention:x"])
def test_a_purpose_that_is_none_keeps_the_door_shut(town: Town, declare: Declare, purpose: str) -> None:
    declare(rtsp=RTSP)
    with pytest.raises(DoorShut):
        look(town, purpose=purpose)
    assert not models.Look.objects.exists()


def test_without_an_order_that_covers_it_nobody_looks(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP, order=False)
    with pytest.raises(DoorShut) as shut:
        look(town)
    assert shut.value.decision.params["ground"] == "order"
    assert shut.value.decision.reason == "people.no_order"


def test_an_order_withdrawn_shuts_the_camera_and_ends_the_look_that_goes_on(
    town: Town, declare: Declare
) -> None:
    declare(rtsp=RTSP)
    opened = models.Look.objects.get(pk=look(town).id)
    assert doors.may_go_on(town.operator, opened)
    orders.withdraw_order(territory=town.key, number=ORDER)
    assert not doors.may_go_on(town.operator, opened)
    with pytest.raises(DoorShut):
        look(town)


def test_an_order_for_other_purposes_does_not_carry_the_look(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    Order.objects.update(purposes=["traffic_flow"])
    assert look(town, purpose="traffic")
    assert look(town, purpose="upkeep"), "whether it works is looked after under any order"
    with pytest.raises(DoorShut) as shut:
        look(town, purpose="prevention")
    assert shut.value.decision.reason == "people.order_other_purpose"


def test_who_is_not_accredited_does_not_look_whatever_the_role(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = models.Look.objects.get(pk=look(town).id)
    Accreditation.objects.filter(member=town.operator).update(ends_on=register.today() - timedelta(days=1))
    with pytest.raises(DoorShut) as shut:
        look(town)
    assert shut.value.decision.reason == "people.not_accredited"
    assert not doors.may_go_on(town.operator, opened)
    assert look(town, member=town.other)


def test_who_has_no_role_for_it_does_not_look(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    with pytest.raises(DoorShut):
        look(town, member=town.referent)


@pytest.mark.parametrize(
    ("given", "more", "refusal"),
    [
        ({"rtsp": RTSP, "shut": "masked"}, {}, errors.Masked),
        ({"rtsp": RTSP, "shut": "out_of_service"}, {}, errors.OutOfService),
        ({"replay": RTSP}, {}, errors.NoWay),
        ({"rtsp": RTSP}, {"reference_exercise": True}, errors.OnlyInExercise),
    ],
)
def test_a_camera_that_cannot_be_looked_through_says_why_and_it_is_written(
    town: Town,
    declare: Declare,
    given: dict[str, Any],
    more: dict[str, Any],
    refusal: type[errors.NotViewable],
) -> None:
    declare(**given)
    with pytest.raises(refusal):
        look(town, **more)
    ((_, body),) = facts("camera.look_refused")
    assert body["code"] == refusal.code and body["device"] == "C-1"
    assert not models.Look.objects.exists()


def test_a_camera_that_nobody_declared_is_unknown(town: Town) -> None:
    with pytest.raises(errors.UnknownCamera):
        look(town)


def test_a_member_looks_through_nine_at_once_and_no_more(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    for _ in range(rules.MOST_AT_ONCE):
        look(town)
    with pytest.raises(errors.TooMany):
        look(town)
    look(town, member=town.other)


def test_the_last_minutes_are_written_with_their_span(town: Town, declare: Declare) -> None:
    declare(replay="rtsp://u:p@127.0.0.1:9/r?s={from}&e={to}")
    now = clock.now()
    opened = look(town, span=(now - timedelta(minutes=5), now))
    ((_, body),) = facts("camera.look_opened")
    assert body["kind"] == "past" and body["span_to"] == now.isoformat()
    found = queries.source(models.Look.objects.get(pk=opened.id))
    assert found.address.endswith(f"&e={now:%Y%m%dT%H%M%S}Z") and (found.login, found.secret) == ("u", "p")


@pytest.mark.django_db(transaction=True)
def test_another_moment_takes_its_own_right_and_stays_within_the_limits(
    town: Town, declare: Declare, configured: Configured
) -> None:
    declare(replay="rtsp://127.0.0.1:9/r")
    configured(camera_span_minutes=10, camera_back_hours=48)
    now = clock.now()

    def back(hours: float, minutes: float) -> tuple[Any, Any]:
        return now - timedelta(hours=hours), now - timedelta(hours=hours) + timedelta(minutes=minutes)

    with pytest.raises(DoorShut) as shut:
        look(town, span=back(2, 3))
    assert shut.value.decision.reason == "people.no_role_here"
    opened = look(town, member=town.other, span=back(2, 10))
    assert opened.until - opened.opened_at == timedelta(minutes=15)
    assert doors.may_go_on(town.other, models.Look.objects.get())
    assert not doors.may_go_on(town.operator, models.Look.objects.get())
    for span, wrong, said in (
        (back(2, 10.5), errors.SpanTooLong, "10 min"),
        (back(49, 5), errors.SpanTooFar, "48 h"),
        (back(2, -1), errors.BadSpan, "ends before"),
        (back(0.01, 60), errors.BadSpan, "ahead"),
    ):
        with pytest.raises(wrong, match=said):
            look(town, member=town.other, span=span)
    configured(camera_back_hours=0)
    with pytest.raises(errors.SpanTooFar):
        look(town, member=town.other, span=back(2, 3))
    look(town, span=(now - timedelta(minutes=5), now))


def test_an_end_is_written_once_with_how_long_it_lasted(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    opened = look(town)
    actions.note_images([opened.id], clock.now())
    actions.end_look(identifier=opened.id, member=town.operator.pk)
    actions.end_look(identifier=opened.id, member=town.operator.pk)
    ((_, body),) = facts("camera.look_ended")
    assert body["how"] == "closed" and body["images"] is True and body["seconds"] >= 0
    with pytest.raises(errors.LookOver):
        doors.look_for(town.operator.pk, opened.id)
    with pytest.raises(errors.NoLook):
        actions.end_look(identifier=opened.id, member=town.other.pk)
    with pytest.raises(errors.NoLook):
        doors.look_for(town.other.pk, opened.id)


def test_a_look_that_was_left_or_whose_time_is_over_ends_by_itself(town: Town, declare: Declare) -> None:
    declare(rtsp=RTSP)
    left, going = look(town), look(town)
    later = left.opened_at + rules.LEFT_AFTER + timedelta(seconds=1)
    actions.note_images([going.id], later)
    assert actions.end_lapsed(later) == 1
    assert actions.end_lapsed(going.until + timedelta(seconds=1)) == 1
    assert [body["how"] for _, body in facts("camera.look_ended")] == ["left", "left"]
    flowing = look(town)
    actions.note_images([flowing.id], flowing.until)
    actions.end_lapsed(flowing.until + timedelta(seconds=1))
    assert facts("camera.look_ended")[-1][1]["how"] == "time"


def test_a_secret_is_sealed_and_never_said(town: Town, declare: Declare) -> None:
    declare(rtsp="rtsp://veille:tour-et-guet@127.0.0.1:9/live")
    row = models.Camera.objects.get()
    assert "tour-et-guet" not in f"{row.secret} {row.rtsp}" and row.login == "veille"
    assert "tour" not in repr(queries.source(models.Look(territory_key=town.key, device="C-1", kind="live")))
    said = str(facts("camera.declared"))
    assert "veille" not in said and "tour" not in said and "127.0.0.1" not in said


def test_the_cameras_of_an_exercise_need_no_order_and_serve_the_exercise_only(
    town: Town, declare: Declare
) -> None:
    territory.Device.objects.update(exercise=True)
    declare(rtsp=RTSP, order=False)
    Accreditation.objects.all().delete()
    assert look(town).exercise
    assert facts("camera.look_opened")[0][1]["exercise"] is True
    with pytest.raises(errors.OnlyInExercise):
        look(town, reference_exercise=False)


def test_the_cameras_that_see_a_place_come_with_their_standing(town: Town, declare: Declare) -> None:
    device = territory.Device.objects.get(key="C-1")
    lat, lon = device.lat, device.lon - 0.0003
    sees, _ = queries.sighted(town.key, Position(lat, lon))
    assert [(each.seen.key, each.seen.way, each.camera) for each in sees] == [("C-1", "w", None)]
    declare(rtsp=RTSP)
    sees, _ = queries.sighted(town.key, Position(lat, lon))
    assert sees[0].camera is not None and sees[0].camera.live and not sees[0].camera.past
    assert queries.sighted("nowhere", Position(lat, lon)) == ([], [])
