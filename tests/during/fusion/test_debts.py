"""The repair list: what each detector owes, as the last snapshot tells."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.db import transaction
from tests.during.fusion.conftest import Put
from tests.during.fusion.made import NIGHT

from beffroi.cli.device import device
from beffroi.during.fusion import actions, models, queries
from beffroi.territory.models import Territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
HERE = {"place": (0.0, 0.0)}


def evening(put: Put, monkeypatch: pytest.MonkeyPatch, cycles: int) -> None:
    """A fence that goes off and back, each line closed as false."""
    monkeypatch.setattr(actions, "SNAPSHOT_EVERY", 1)
    monkeypatch.setattr(actions, "SNAPSHOT_SOONEST", 0.0)
    for n in range(cycles):
        batch = put(
            ("intrusion.perimeter", "L-1", 300.0 * n, HERE), ("alarm.restored", "L-1", 300.0 * n + 30)
        )
        with transaction.atomic():
            actions.step(batch)
            for row in models.Hypothesis.objects.exclude(state="closed"):
                actions.decide(territory="town", kind="close", hypothesis=row.pk, member=None, real=False)
            actions.checkpoint()


def test_nothing_is_known_before_the_first_snapshot(put: Put) -> None:
    assert queries.debts("town") == queries.Debts(at=None, rows=[])


def test_three_false_alarms_are_owed(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    evening(put, monkeypatch, 3)
    assert queries.debts("town").rows == []  # the third is known to be false from the next step on
    evening(put, monkeypatch, 1)
    (row,) = queries.debts("town").rows
    assert (row.device, row.kind, row.false, row.real, row.damped, row.flaps) == (
        "L-1", "intrusion.perimeter", 3, 0, 0, False,
    )  # fmt: skip
    assert row.owed == 3 and row.last_real is None


def test_a_flapping_one_is_named_by_page_and_command(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    Territory.objects.create(key="town", name="Town", created_at=NIGHT)
    evening(put, monkeypatch, 8)
    (row,) = queries.debts("town").rows
    assert row.flaps and row.damped == 4 and row.hour == 8 and row.false == 4
    told = CliRunner().invoke(device, ["debts", "--territory", "town"])
    assert told.exit_code == 0
    assert "L-1  intrusion.perimeter: 4 false, 0 true, 4 damped, never true, flaps now" in told.output
    assert json.loads(CliRunner().invoke(device, ["debts", "--territory", "town", "--json"]).output)["rows"]
