"""Storms in the tables: lines merged as they open, in one batch or in many, and replayed."""

from __future__ import annotations

import pytest
from django.db import transaction
from tests.during.fusion.conftest import Put

from beffroi.during.fusion import actions, models
from beffroi.during.fusion.replay import replay
from beffroi.during.incident import actions as incident
from beffroi.during.incident.models import Incident

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [1, 5, 100])
def test_a_power_cut_is_one_open_incident(put: Put, size: int) -> None:
    batch = put(*(("device.offline", f"C-{n}", 1.0 * n) for n in range(20)))
    for start in range(0, 20, size):
        with transaction.atomic():
            incident.take_up(actions.step(batch[start : start + size]))
    (line,) = Incident.objects.exclude(state="closed")
    assert (line.act, line.state, line.sign_count) == ("outage", "technical", 20)
    assert set(Incident.objects.filter(state="closed").values_list("outcome", "merged_into")) == {
        ("duplicate", line.pk)
    }
    assert models.Sign.objects.filter(hypothesis_id=line.pk).count() == 20
    assert replay("town", from_start=True).same
    back = put(*(("device.online", f"C-{n}", 600.0 + n) for n in range(20)))
    with transaction.atomic():
        incident.take_up(actions.step(back))
    assert Incident.objects.get(pk=line.pk).outcome == "restored"
    assert replay("town", from_start=True).same
