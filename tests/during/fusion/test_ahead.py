"""Behind, the engine takes lives in danger first; a replay takes them at the same moment."""

from __future__ import annotations

import random

import pytest
from django.db import transaction
from tests.during.fusion.conftest import Put
from tests.during.fusion.made import NIGHT

from beffroi.during.fusion import actions, engine, models
from beffroi.during.fusion.replay import replay
from beffroi.during.incident import actions as incident
from beffroi.during.incident.models import Incident
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.house import plan
from beffroi.territory.models import Territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def backlog(put: Put, count: int) -> None:
    """So many alarms of doors, and at the very end a hold-up and a fire."""
    said = [("intrusion.door", f"D-{n}", 90.0 * n, {"place": (400.0 * n, 0.0)}) for n in range(count)]
    said.append(("panic.holdup", "B-1", 90.0 * count, {"place": (0.0, 900.0)}))
    said.append(("fire.alarm", "F-1", 90.0 * count + 1, {"place": (900.0, 900.0)}))
    put(*said)


def test_a_hold_up_at_the_end_of_a_backlog_is_an_incident_first(
    put: Put, spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Territory.objects.create(key="town", name="Town", created_at=NIGHT)
    monkeypatch.setattr(plan, "_MOST", 10)
    backlog(put, 40)
    folding = plan.Folding(spool, gather_s=0.0)
    folding._most_behind = 20
    assert folding()
    rows = list(Incident.objects.order_by("number").values_list("act", "life"))
    assert rows[:2] == [("assault", True), ("fire", True)]
    assert len(rows) == 12  # both lives, then the first ten of their turn
    while folding():
        pass
    folding()
    assert Incident.objects.count() == 42
    assert models.Decision.objects.filter(kind="ahead").count() == 1
    assert replay("town", from_start=True).same


def test_no_life_is_taken_early_while_the_engine_keeps_up(
    put: Put, spool: SqliteSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Territory.objects.create(key="town", name="Town", created_at=NIGHT)
    monkeypatch.setattr(plan, "_MOST", 10)
    backlog(put, 15)
    folding = plan.Folding(spool, gather_s=0.0)
    folding._most_behind = 20
    while folding():
        pass
    assert not models.Decision.objects.filter(kind="ahead").exists()


@pytest.mark.parametrize("seed", range(4))
def test_any_order_restart_and_crash_replays_the_same(
    put: Put, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 25)
    monkeypatch.setattr(actions, "SNAPSHOT_SOONEST", 0.0)
    chance = random.Random(seed)
    kinds = ["intrusion.door", "panic.holdup", "fire.alarm", "presence.person", "device.offline"]
    waiting = []
    for number in range(120):
        place = {"place": (chance.randrange(4) * 40.0, 0.0)}
        waiting += put((chance.choice(kinds), f"D-{chance.randrange(6)}", 20.0 * number, place))
    while waiting:
        size = chance.randrange(1, 12)
        urgent = [each for each in waiting[:40] if chance.random() < 0.15]
        if urgent and chance.random() < 0.5:
            if chance.random() < 0.3:
                with pytest.raises(RuntimeError), transaction.atomic():
                    actions.step_ahead(urgent)
                    raise RuntimeError("killed")
            with transaction.atomic():
                incident.take_up(actions.step_ahead(urgent))
        if chance.random() < 0.3:
            engine.forget()
        with transaction.atomic():
            incident.take_up(actions.step(waiting[:size]))
        waiting = waiting[size:]
    assert models.Decision.objects.filter(kind="ahead").count() > 1
    whole, part = replay("town", from_start=True), replay("town")
    assert whole.same, whole.differences[:3]
    assert part.same, part.differences[:3]
    live = engine.live(engine.position())
    assert live.fold("town").state.ahead == []
    engine.committed(live)


def test_taken_twice_is_taken_once(put: Put) -> None:
    batch = put(("panic.holdup", "B-1", 0.0), ("panic.holdup", "B-2", 1.0))
    with transaction.atomic():
        assert [each.kind for each in actions.step_ahead(batch[1:])] == ["opened", "confirmed"][:1]
    with transaction.atomic():
        assert actions.step_ahead(batch[1:]) == []
    assert models.Decision.objects.filter(kind="ahead").count() == 1
