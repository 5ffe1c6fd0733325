"""Two operators press the key at the same instant."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection
from tests.during.dispatch.places import NOW, street

from beffroi.during.dispatch import actions, errors, models
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.territory import queries as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]


def at_once(sends: list[tuple[UUID, str]]) -> list[BeffroiError | None]:
    """Send each in a thread of its own, all let go together; what each was told."""
    gate, told = threading.Barrier(len(sends)), [None] * len(sends)

    def press(k: int, incident: UUID, unit: str) -> None:
        try:
            with clock.use(clock.FixedClock(NOW)):
                gate.wait(10)
                actions.send(incident_id=incident, unit=unit, member=uuid4(), override_reason="agreed")
        except BeffroiError as error:
            told[k] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(k, *each)) for k, each in enumerate(sends)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
        assert not each.is_alive()
    return told


@pytest.mark.parametrize("apart", [False, True])
def test_one_unit_goes_once_and_the_other_operator_is_told(tmp_path: Path, apart: bool) -> None:
    with clock.use(clock.FixedClock(NOW)):
        town = street(tmp_path)
        town.unit("P1", 3000)
        here, there = town.incident(4000), town.incident(4200)
        actions.rank(incident_id=here)
    told = at_once([(here, "P1"), (there if apart else here, "P1"), (here, "P1")])
    refused = [each for each in told if each is not None]
    assert len(refused) == 2 and all(isinstance(each, errors.AlreadySent) for each in refused)
    assert models.Mission.objects.filter(ended_at=None).count() == 1
    assert [fact for fact, _ in town.facts()].count("incident.unit_sent") == 1


def test_two_units_sent_at_once_both_go(tmp_path: Path) -> None:
    with clock.use(clock.FixedClock(NOW)):
        town = street(tmp_path)
        town.unit("P1", 3000)
        town.unit("P2", 3500)
        here, there = town.incident(4000), town.incident(4200)
    assert at_once([(here, "P1"), (there, "P2")]) == [None, None]
    assert {territory.unit(town.key, key).mission for key in ("P1", "P2")} == {str(here), str(there)}
