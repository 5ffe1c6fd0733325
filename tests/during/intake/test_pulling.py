"""Cameras that are asked: a simulated device over real HTTP, through the puller to the spool."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.during.intake.test_mqtt import until
from tests.peers.onvif_device import Device, onvif_device, serving

from beffroi.during.intake import actions
from beffroi.during.intake.ears import GATE, listening
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.models import Source
from beffroi.during.intake.pulling import Puller
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.silence import Silences
from beffroi.during.intake.spool import SpoolUnavailable
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.eyes.onvif.errors import NotLetIn, Unreachable
from beffroi.foundation import clock

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
SIGNAL, SOURCE = "tns1:VideoSource/SignalLoss", {"Source": "VS_1"}


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[SqliteSpool]:
    made = SqliteSpool(tmp_path / "spool.sqlite3")
    yield made
    made.close()


def declare(device: Device, secret: str = "") -> None:
    actions.declare_source(
        territory="redon",
        key="cam",
        connector="onvif_pullpoint",
        address=device.address,
        device="C-08",
        panel_key=secret or f"{device.user}:{device.password}",
    )


def run(spool: SqliteSpool, scene: Callable[[Puller], Awaitable[None]]) -> None:
    async def whole() -> None:
        reception = Reception(spool, group_ms=1)
        puller = Puller(reception)
        await puller.start()
        try:
            await scene(puller)
        finally:
            await puller.stop()
            await reception.close()

    asyncio.run(whole())


def kept(spool: SqliteSpool) -> list[Observation]:
    return [each for _, each in spool.read(0, 100)]


def kinds(spool: SqliteSpool) -> list[str]:
    return [each.kind for each in kept(spool)]


def pulling(device: Device) -> Callable[[], bool]:
    return lambda: bool(device.subscriptions) and device.asked[-1:] == ["PullMessages"]


def test_what_happens_is_kept_and_states_are_known_from_the_start(spool: SqliteSpool) -> None:
    with onvif_device() as device:
        declare(device)
        device.set_quietly(SIGNAL, ("Source", "VS_1"), True)

        async def scene(_puller: Puller) -> None:
            await until(lambda: kinds(spool) == ["device.offline"])
            device.happen(SIGNAL, SOURCE, {"State": "false"}, operation="Changed")
            device.happen("tns1:RuleEngine/LineDetector/Crossed", {"Rule": "Yard"}, {"ObjectId": "5"})
            await until(lambda: len(kept(spool)) == 3)

        run(spool, scene)
        assert device.subscriptions == {}, "we said good-bye"
    assert kinds(spool) == ["device.offline", "device.online", "presence.other"]
    assert {each.device for each in kept(spool)} == {"C-08"}
    row = Source.objects.get(key="cam")
    assert (row.received, row.expects_every_s, row.unread) == (3, 60, 0)
    assert row.last_seen_at is not None and row.not_guaranteed >= 1
    assert device.password not in row.panel_key and device.password.encode() not in str(row.__dict__).encode()


def test_a_reboot_and_a_lost_subscription_lose_no_state(spool: SqliteSpool) -> None:
    with onvif_device() as device:
        pass  # a port of its own
    declare(device)

    async def scene(_puller: Puller) -> None:
        with serving(device):
            await until(pulling(device))
            device.happen(SIGNAL, SOURCE, {"State": "true"}, operation="Changed")
            await until(lambda: len(kept(spool)) == 1)
            await until(pulling(device))
            device.set_quietly(SIGNAL, ("Source", "VS_1"), False)
            device.forget_subscriptions()
            await until(lambda: len(kept(spool)) == 2)
            await until(pulling(device))
        device.set_quietly(SIGNAL, ("Source", "VS_1"), True)
        await asyncio.sleep(0.3)
        with serving(device):
            await until(lambda: len(kept(spool)) == 3)

    run(spool, scene)
    assert kinds(spool) == ["device.offline", "device.online", "device.offline"]
    assert device.made >= 3


def test_a_clock_an_hour_ahead_neither_locks_us_out_nor_misleads(spool: SqliteSpool) -> None:
    with onvif_device(skew=timedelta(hours=1)) as device:
        declare(device)

        async def scene(_puller: Puller) -> None:
            await until(pulling(device))
            device.happen("tns1:RuleEngine/LineDetector/Crossed", {"Rule": "Yard"}, {"ObjectId": "5"})
            await until(lambda: len(kept(spool)) == 1)

        run(spool, scene)
    [one] = kept(spool)
    assert abs(clock.now() - one.seen_at) < timedelta(seconds=30)
    assert one.content["clock_off_s"] == pytest.approx(3600, abs=1)
    assert 0.5 <= one.content["clock_doubt_s"] < 5
    assert "clock_ahead_s" not in one.content


def test_a_wrong_password_is_not_tried_again_and_again(spool: SqliteSpool) -> None:
    with onvif_device() as device:
        declare(device, "veilleur:faux")

        async def scene(_puller: Puller) -> None:
            await until(lambda: bool(device.refused))
            await asyncio.sleep(2.5)
            assert device.refused == ["wrong password"]
            await asyncio.to_thread(
                lambda: actions.set_panel_key(
                    territory="redon", key="cam", panel_key=f"{device.user}:{device.password}"
                )
            )
            await until(pulling(device))

        run(spool, scene)


def test_how_long_a_refusal_is_left_alone_is_the_refusals_own_word(
    spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert NotLetIn.wait_s >= 60 > Unreachable.wait_s
    monkeypatch.setattr(NotLetIn, "wait_s", 0.0)
    with onvif_device() as device:
        declare(device, secret=f"{device.user}:wrong")

        async def scene(_puller: Puller) -> None:
            await until(lambda: device.refused.count("wrong password") >= 2)

        run(spool, scene)


def test_a_revoked_source_is_let_go(spool: SqliteSpool) -> None:
    with onvif_device() as device:
        declare(device)

        async def scene(_puller: Puller) -> None:
            await until(pulling(device))
            await asyncio.to_thread(lambda: actions.revoke_source(territory="redon", key="cam"))
            await until(lambda: not device.subscriptions)
            assert device.asked[-1] == "Unsubscribe"

        run(spool, scene)


class Stubborn(SqliteSpool):
    """A spool whose disk is full for a while."""

    refuses = 2

    def append_encoded(self, batch):  # type: ignore[no-untyped-def]
        if self.refuses:
            self.refuses -= 1
            raise SpoolUnavailable(why="disk full")
        return super().append_encoded(batch)


def test_nothing_more_is_asked_for_before_what_came_is_on_disk(tmp_path: Path) -> None:
    spool = Stubborn(tmp_path / "spool.sqlite3")
    with onvif_device() as device:
        declare(device)

        async def scene(_puller: Puller) -> None:
            await until(pulling(device))
            asked = device.asked.count("PullMessages")
            device.happen("tns1:RuleEngine/LineDetector/Crossed", {"Rule": "Yard"}, {"ObjectId": "5"})
            await until(lambda: spool.refuses < 2)
            assert device.asked.count("PullMessages") == asked
            device.happen("tns1:RuleEngine/LineDetector/Crossed", {"Rule": "Yard"}, {"ObjectId": "6"})
            await until(lambda: len(kept(spool)) == 2)

        run(spool, scene)
    assert [each.content["track"] for each in kept(spool)] == ["5", "6"]
    spool.close()


def test_a_camera_that_cannot_renew_is_followed_all_the_same(
    spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from beffroi.during.intake.connectors.onvif_pullpoint import session

    monkeypatch.setattr(session, "WAIT_S", 0.2)
    monkeypatch.setattr(session, "LIVES_S", 2)
    with onvif_device() as device:
        device.wrong.no_renew = True
        declare(device)

        async def scene(_puller: Puller) -> None:
            # Its subscriptions end after two seconds, whatever is pulled: each time another is made.
            await until(lambda: device.made >= 2)
            device.happen("tns1:RuleEngine/LineDetector/Crossed", {"Rule": "Yard"}, {"ObjectId": "5"})
            await until(lambda: len(kept(spool)) == 1)

        run(spool, scene)
        assert "Renew" in device.asked


def test_renewing_keeps_one_subscription(spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    from beffroi.during.intake.connectors.onvif_pullpoint import session

    monkeypatch.setattr(session, "WAIT_S", 0.2)
    monkeypatch.setattr(session, "LIVES_S", 2)
    with onvif_device() as device:
        declare(device)

        async def scene(_puller: Puller) -> None:
            await until(lambda: device.asked.count("Renew") >= 4)
            assert device.made == 1

        run(spool, scene)


def test_a_camera_that_is_unplugged_is_silent_and_comes_back(spool: SqliteSpool) -> None:
    with onvif_device() as device:
        pass  # a port of its own
    declare(device)

    async def heard(_puller: Puller) -> None:
        await until(pulling(device))

    def judged(after_s: int) -> None:
        now = clock.now()
        for seconds in range(0, after_s + 1, 5):
            with clock.use(clock.FixedClock(now + timedelta(seconds=seconds))):
                listening(GATE, clock.now())
        with clock.use(clock.FixedClock(now + timedelta(seconds=after_s))):
            Silences(spool)()

    with serving(device):
        run(spool, heard)
        judged(0)
    assert kinds(spool) == []
    judged(50)
    assert kinds(spool) == [], "60 s and half as much again"
    judged(95)
    assert kinds(spool) == ["device.offline"]
    assert kept(spool)[0].device == "C-08"
    with serving(device):
        run(spool, heard)
    judged(0)
    assert kinds(spool) == ["device.offline", "device.online"]
