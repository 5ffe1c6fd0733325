"""The same spool gives the same incidents, and a replay that finds otherwise says what."""

from __future__ import annotations

import json
import random
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import transaction
from tests.during.fusion.conftest import Put
from tests.during.fusion.made import NIGHT

from beffroi.cli.replay import replay as command
from beffroi.during.fusion import actions, engine, models
from beffroi.during.fusion.replay import replay
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.territory.models import Territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

KINDS = ["intrusion.door", "intrusion.motion", "presence.person", "device.offline", "alarm.cancelled"]


def live(put: Put, seed: int) -> None:
    """A night in small batches of chance sizes, with restarts, crashes and decisions between them."""
    chance = random.Random(seed)
    for number in range(40):
        said = [
            (
                chance.choice(KINDS),
                f"D-{chance.randrange(6)}",
                60.0 * number + chance.random() * 50,
                {"place": (chance.randrange(4) * 40.0, 0.0)},
            )
            for _ in range(chance.randrange(1, 4))
        ]
        said.append(("signal.vehicle_slow", "", 60.0 * number, {"place": (10.0 * number, 5.0)}))
        batch = put(*said)
        if chance.random() < 0.2:
            engine.forget()
        if chance.random() < 0.2:
            with pytest.raises(RuntimeError), transaction.atomic():
                actions.step(batch)
                raise RuntimeError("killed")
        with transaction.atomic():
            actions.step(batch)
            actions.checkpoint()
        rows = list(models.Hypothesis.objects.exclude(state__in=["closed", "merged"]).order_by("id"))
        if rows and chance.random() < 0.3:
            _decide(chance, rows)


def _decide(chance: random.Random, rows: list[models.Hypothesis]) -> None:
    kind = chance.choice(["close", "merge", "split"]) if len(rows) > 1 else "close"
    one, other = chance.choice(rows), rows[0]
    signs = list(one.signs.values_list("observation_id", flat=True))
    with transaction.atomic():
        actions.decide(
            territory="town",
            kind=kind,
            hypothesis=one.pk,
            other=other.pk if kind == "merge" else None,
            observations=signs[:1] if kind == "split" else (),
            member=uuid4(),
            real=chance.choice([True, False, None]) if kind == "close" else None,
        )


@pytest.mark.parametrize("seed", range(6))
def test_the_same_spool_gives_the_same(put: Put, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 30)
    monkeypatch.setattr(actions, "SNAPSHOT_SOONEST", 0.0)
    live(put, seed)
    assert models.Decision.objects.filter(kind__in=["close", "merge", "split"]).count() > 2
    whole, part = replay("town", from_start=True), replay("town")
    assert whole.differences == [] and whole.same and whole.incidents > 3
    assert part.same and 0 < part.observations < whole.observations
    assert whole.digest == part.digest == actions.digest(engine.restored(engine.position()), "town")


def test_a_changed_row_is_found(put: Put) -> None:
    live(put, 1)
    row = models.Hypothesis.objects.order_by("id")[0]
    models.Hypothesis.objects.filter(pk=row.pk).update(probability=0.5)
    # Of a merged one only what its heir holds too is left, and nobody compares that.
    others = models.Sign.objects.exclude(hypothesis=row).exclude(hypothesis__state="merged")
    sign = others.order_by("id")[0]
    models.Sign.objects.filter(pk=sign.pk).update(weight=9.0)
    found = replay("town", from_start=True)
    assert not found.same
    assert {(each.hypothesis, each.what) for each in found.differences} == {
        (row.pk, "belief"),
        (sign.hypothesis_id, "sign"),
    }


def test_an_erased_past_is_said(put: Put, spool: SqliteSpool) -> None:
    live(put, 2)
    before = NIGHT.replace(hour=NIGHT.hour + 1)
    spool.erase([position for position, each in spool.read(0, 10_000) if each.received_at < before])
    found = replay("town", from_start=True)
    assert not found.reaches_back and not found.same and found.oldest > 1


def test_the_command_says_it_and_exits(put: Put) -> None:
    Territory.objects.create(key="town", name="Town", created_at=NIGHT)
    live(put, 3)
    done = CliRunner().invoke(command, ["--territory", "town", "--from-start"])
    assert done.exit_code == 0 and "The same: " in done.output
    models.Sign.objects.update(metres=77)
    again = CliRunner().invoke(command, ["--territory", "town", "--from-start", "--json"])
    assert again.exit_code == 1
    assert json.loads(again.output)["same"] is False
