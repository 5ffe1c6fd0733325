"""A report is kept once, told to the journal without personal content, and read by those who made it."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection

from beffroi.before.signal import actions, queries, rules
from beffroi.before.signal.models import Signal
from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

PLACE = Position(47.65, -2.08, 40.0)


def report(**changes: object) -> queries.SignalView:
    given = {
        "territory": "redon",
        "member": uuid4(),
        "what": "signal.vehicle_slow",
        "place": PLACE,
        "seen_at": clock.now(),
        "details": {"vehicle": "van", "colour": "light"},
        "place_name": "Rue du Port",
    }
    return actions.report(**{**given, **changes})  # type: ignore[arg-type]


def test_a_report_is_kept_and_told_without_its_place_or_words() -> None:
    member = uuid4()
    signal = report(member=member, exercise=True)
    assert signal == queries.signal(signal.id) and signal.reference == "S-1" and signal.exercise
    (entry,) = journal.entries_about(f"signal:{signal.id}")
    assert (entry.fact, entry.journal, entry.actor) == (
        "signal.reported",
        "territory:redon",
        f"member:{member}",
    )
    assert entry.body == {
        "signal": str(signal.id),
        "territory": "redon",
        "what": "signal.vehicle_slow",
        "seen_seconds_before": 0,
        "exercise": True,
    }


def test_the_same_form_sent_twice_is_one_signal() -> None:
    form, member = uuid4(), uuid4()
    first, again = report(form=form, member=member), report(form=form, member=member)
    assert first.id == again.id and Signal.objects.count() == 1
    assert len(journal.last("territory:redon")) == 1


def test_references_count_by_territory() -> None:
    assert [report().reference, report(territory="allaire").reference, report().reference] == [
        "S-1",
        "S-1",
        "S-2",
    ]


def test_what_cannot_be_taken_leaves_nothing() -> None:
    with pytest.raises(rules.Unsaid):
        report(details={"vehicle": "the neighbour's"})
    assert Signal.objects.count() == 0 and journal.last("territory:redon") == []


def test_reports_at_the_same_moment_get_numbers_of_their_own() -> None:
    def one() -> None:
        report()
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Signal.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_one_reads_one_s_own() -> None:
    mine, other = report(member=uuid4()), report()
    member = Signal.objects.get(pk=mine.id).member
    assert [each.id for each in queries.of_member(member)] == [mine.id]
    assert queries.is_of(mine.id, member) and not queries.is_of(other.id, member)
    with pytest.raises(NotFound):
        queries.signal(uuid4())
