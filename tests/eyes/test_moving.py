"""Cameras moved by several people at once: who holds, what is written, what the camera does."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connections
from tests.desks.conftest import KEY
from tests.during.intake.test_mqtt import until
from tests.eyes.conftest import Configured, Declare, Town
from tests.peers.onvif_device import Device, onvif_device

from beffroi.cli.camera import camera as cli
from beffroi.eyes import actions, errors, holding, models, moving, returning, rules_hold, turning
from beffroi.eyes.hold_errors import BadMove, HeldByOther, NotHeld
from beffroi.eyes.onvif.errors import Refusal, Unreachable
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people.doors import DoorShut
from beffroi.people.models import Member

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def device() -> Iterator[Device]:
    with onvif_device() as made:
        yield made


@pytest.fixture
def camera(device: Device, declare: Declare) -> Device:
    """C-1 is the simulated device."""
    declare(rtsp="rtsp://127.0.0.1:1/x", onvif=device.address, login=device.user, secret=device.password)
    return device


def look(member: Member, purpose: str = "prevention") -> UUID:
    return actions.open_look(member=member, territory=KEY, device="C-1", purpose=purpose).id


def told() -> list[tuple[str, dict[str, object]]]:
    names = ("camera.held", "camera.moved", "camera.let_go", "camera.sent_home")
    entries = journal.last(f"territory:{KEY}", 100)
    return [(each.fact, dict(each.body or {})) for each in reversed(entries) if each.fact in names]


def facts() -> list[str]:
    return [name for name, _ in told()]


def test_a_move_is_written_and_the_camera_turns(town: Town, camera: Device) -> None:
    turn = moving.move(member=town.operator, look=look(town.operator), act="left")
    assert facts() == ["camera.held", "camera.moved"]
    assert "mot de passe" not in repr(turn) and camera.user not in repr(turn)
    asyncio.run(turning.perform(turn))
    asyncio.run(turning.perform(turn))
    with camera.lock:
        camera.settle()
        assert camera.speed[0] == -0.5
    assert camera.asked.count("GetProfiles") == 1, "what a camera is, is asked once"
    assert camera.refused == []
    body = told()[1][1]
    assert body["act"] == "left" and body["device"] == "C-1" and body["preset"] == ""


def test_presets_and_stop(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    way = moving.way_of(models.Camera.objects.get())
    assert [each.name for each in asyncio.run(turning.presets(way))] == [
        "Repos",
        "Gare & parvis",
        "Place <nord>",
    ]
    asyncio.run(turning.perform(moving.move(member=town.operator, look=mine, act="preset", preset="p1")))
    assert camera.went_to == ["p1"]
    asyncio.run(turning.perform(moving.move(member=town.operator, look=mine, act="stop")))
    assert camera.asked[-1] == "Stop"
    assert facts() == ["camera.held", "camera.moved"], "a stop is no movement"
    with pytest.raises(Refusal, match="does not exist"):
        asyncio.run(turning.perform(moving.move(member=town.operator, look=mine, act="preset", preset="p9")))


def test_a_camera_that_does_not_answer_is_said(town: Town, camera: Device) -> None:
    turn = moving.move(member=town.operator, look=look(town.operator), act="up")
    camera.wrong.cut = -1
    with pytest.raises(Unreachable):
        asyncio.run(turning.perform(turn))


def test_a_pressed_key_is_one_entry_and_keeps_the_hold(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    start = clock.now()
    fixed = clock.FixedClock(start)
    with clock.use(fixed):
        for _ in range(20):
            moving.move(member=town.operator, look=mine, act="right")
            fixed.advance(0.7)
        moving.move(member=town.operator, look=mine, act="up")
    assert facts() == ["camera.held", "camera.moved", "camera.moved"]
    row = models.Hold.objects.get()
    assert row.moves == 2 and row.until == start + timedelta(seconds=14 + 30)


def test_somebody_else_waits_unless_their_incident_comes_first(town: Town, camera: Device) -> None:
    first, second = look(town.operator), look(town.other)
    moving.move(member=town.operator, look=first, act="left")
    with pytest.raises(HeldByOther) as held:
        moving.move(member=town.other, look=second, act="left")
    assert held.value.member == town.operator.pk and not held.value.may_take
    with pytest.raises(HeldByOther):
        moving.move(member=town.other, look=second, act="left", reason="life")
    models.Look.objects.filter(pk=second).update(purpose="incident")
    with pytest.raises(HeldByOther) as held:
        moving.move(member=town.other, look=second, act="left", life=True)
    assert held.value.may_take
    moving.move(member=town.other, look=second, act="left", life=True, reason="life")
    now = clock.now()
    mine = holding.standing(KEY, "C-1", town.operator.pk, now)
    assert (mine.holder, mine.mine, mine.lost_to, mine.lost_for) == (
        town.other.pk,
        False,
        town.other.pk,
        "life",
    )
    assert holding.standing(KEY, "C-1", town.other.pk, now).mine
    assert facts() == [
        "camera.held",
        "camera.moved",
        "camera.let_go",
        "camera.held",
        "camera.moved",
    ]
    taken = told()[3][1]
    assert (
        taken["priority"] == "life" and taken["reason"] == "life" and taken["taken"] == told()[0][1]["hold"]
    )
    assert told()[2][1]["how"] == "taken"
    with pytest.raises(NotHeld):
        moving.let_go(member=town.operator, look=first)


def test_a_supervisor_takes_it_and_an_operator_may_not_say_so(town: Town, camera: Device) -> None:
    first, second = look(town.other), look(town.operator)
    models.Look.objects.filter(pk=first).update(purpose="incident")
    moving.move(member=town.other, look=first, act="left", life=True)
    with pytest.raises(HeldByOther):
        moving.move(member=town.operator, look=second, act="left", reason="supervisor")
    moving.let_go(member=town.other, look=first)
    moving.move(member=town.operator, look=second, act="left")
    moving.move(member=town.other, look=first, act="left", reason="supervisor")
    assert models.Hold.objects.get(ended_at=None).priority == rules_hold.SUPERVISOR


def test_a_hold_ends_by_itself_and_the_camera_turns_home(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    start = clock.now()
    asyncio.run(turning.perform(moving.move(member=town.operator, look=mine, act="preset", preset="p1")))

    def after(seconds: float) -> int:
        with clock.use(clock.FixedClock(start + timedelta(seconds=seconds))):
            return asyncio.run(returning.Keeper().once())

    assert after(10) == 0 and models.Hold.objects.get().ended_at is None
    assert after(31) == 0 and models.Hold.objects.get().ended == "expired"
    assert after(45) == 0
    assert after(52) == 1
    assert after(60) == 0, "once"
    assert camera.went_to == ["p1", "(home)"]
    assert facts() == ["camera.held", "camera.moved", "camera.let_go", "camera.sent_home"]
    assert told()[3][1]["code"] == ""


def test_it_turns_to_its_declared_preset_or_says_why_not(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    models.Camera.objects.update(home="p2")
    moving.move(member=town.operator, look=mine, act="left")
    moving.let_go(member=town.operator, look=mine)
    later = clock.FixedClock(clock.now() + timedelta(seconds=25))
    with clock.use(later):
        assert asyncio.run(returning.Keeper().once()) == 1
    assert camera.went_to == ["p2"]
    moving.move(member=town.operator, look=mine, act="left")
    moving.let_go(member=town.operator, look=mine)
    camera.wrong.cut = 5
    with clock.use(clock.FixedClock(clock.now() + timedelta(seconds=25))):
        assert asyncio.run(returning.Keeper().once()) == 1
    assert [body["code"] for name, body in told() if name == "camera.sent_home"] == [
        "",
        "eyes.camera_unreachable",
    ]


def test_an_installer_asks_for_presets_and_declares_the_home(town: Town, camera: Device) -> None:
    run = CliRunner().invoke
    shown = run(cli, ["presets", "--territory", KEY, "--device", "C-1"])
    assert shown.exit_code == 0 and "p1  Gare & parvis" in shown.output
    as_json = run(cli, ["presets", "--territory", KEY, "--device", "C-1", "--json"])
    assert [each["token"] for each in json.loads(as_json.output)] == ["home", "p1", "p2"]
    said = run(cli, ["declare", "--territory", KEY, "--device", "C-1", "--home", "p2"])
    assert said.exit_code == 0 and models.Camera.objects.get().home == "p2"
    too_long = run(cli, ["declare", "--territory", KEY, "--device", "C-1", "--home", "x" * 65])
    assert isinstance(too_long.exception, errors.BadCamera)


def test_a_camera_held_again_stays_where_it_is(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    moving.move(member=town.operator, look=mine, act="left")
    moving.let_go(member=town.operator, look=mine)
    with clock.use(clock.FixedClock(clock.now() + timedelta(seconds=15))):
        moving.move(member=town.operator, look=mine, act="right")
    with clock.use(clock.FixedClock(clock.now() + timedelta(seconds=25))):
        assert asyncio.run(returning.Keeper().once()) == 0
    assert camera.went_to == []


def test_the_keeper_does_it_by_itself(town: Town, camera: Device, configured: Configured) -> None:
    configured(camera_hold_seconds=1, camera_home_seconds=1)
    moving.move(member=town.operator, look=look(town.operator), act="left")

    async def scene() -> None:
        keeper = returning.Keeper()
        await keeper.open()
        await until(lambda: camera.went_to == ["(home)"])
        for _ in range(100):
            if "camera.sent_home" in await asyncio.to_thread(facts):
                break
            await asyncio.sleep(0.1)
        await keeper.close()

    asyncio.run(scene())
    assert models.Hold.objects.get().ended == "expired"
    assert facts()[-1] == "camera.sent_home"


def test_a_look_that_ends_lets_go_of_its_camera_at_once(town: Town, camera: Device) -> None:
    mine, again = look(town.operator), look(town.operator)
    moving.move(member=town.operator, look=mine, act="left")
    moving.move(member=town.operator, look=again, act="up")
    actions.end_look(identifier=mine, member=town.operator.pk)
    assert models.Hold.objects.get().ended_at is None, "it is moved through the other look by now"
    actions.end_look(identifier=again, member=town.operator.pk)
    assert models.Hold.objects.get().ended == "released"
    moving.move(member=town.other, look=look(town.other), act="left")
    assert facts()[-3:] == ["camera.let_go", "camera.held", "camera.moved"]
    left = models.Look.objects.get(member=town.other.pk)
    actions.end_lapsed(left.opened_at + timedelta(seconds=31))
    assert not models.Hold.objects.filter(ended_at=None).exists(), "so does one that was left"


def test_it_may_be_told_to_stay(town: Town, camera: Device, configured: Configured) -> None:
    configured(camera_home_seconds=0)
    mine = look(town.operator)
    moving.move(member=town.operator, look=mine, act="left")
    moving.let_go(member=town.operator, look=mine)
    with clock.use(clock.FixedClock(clock.now() + timedelta(hours=1))):
        assert asyncio.run(returning.Keeper().once()) == 0


def test_only_through_one_s_own_live_look_and_with_the_right(town: Town, camera: Device) -> None:
    mine = look(town.operator)
    with pytest.raises(errors.NoLook):
        moving.move(member=town.other, look=mine, act="left")
    with pytest.raises(BadMove):
        moving.move(member=town.operator, look=mine, act="spin")
    with pytest.raises(BadMove):
        moving.move(member=town.operator, look=mine, act="preset", preset="x" * 65)
    with pytest.raises(NotHeld):
        moving.move(member=town.operator, look=mine, act="stop")
    models.Look.objects.update(member=town.referent.pk)
    with pytest.raises(DoorShut):
        moving.move(member=town.referent, look=mine, act="left")
    models.Look.objects.update(member=town.operator.pk)
    models.Camera.objects.update(shut="masked")
    with pytest.raises(errors.Masked):
        moving.move(member=town.operator, look=mine, act="left")
    models.Camera.objects.update(shut="", onvif="")
    with pytest.raises(errors.NoWay):
        moving.move(member=town.operator, look=mine, act="left")
    actions.end_look(identifier=mine, member=town.operator.pk)
    with pytest.raises(errors.LookOver):
        moving.move(member=town.operator, look=mine, act="left")
    assert facts() == [] and camera.asked == []


def test_several_at_once_and_exactly_one_holds(town: Town, camera: Device) -> None:
    people = [town.operator, town.other]
    mine = {each.pk: look(each) for each in people}
    for _ in range(5):
        gate = threading.Barrier(len(people))
        won: list[UUID] = []
        lost: list[UUID] = []

        def press(member: Member, gate: threading.Barrier, won: list[UUID], lost: list[UUID]) -> None:
            gate.wait()
            try:
                moving.move(member=member, look=mine[member.pk], act="left")
                won.append(member.pk)
            except HeldByOther:
                lost.append(member.pk)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=press, args=(each, gate, won, lost)) for each in people]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
        assert (len(won), len(lost)) == (1, 1)
        row = models.Hold.objects.get(ended_at=None)
        assert row.member == won[0]
        moving.let_go(member=Member.objects.get(pk=won[0]), look=mine[won[0]])
