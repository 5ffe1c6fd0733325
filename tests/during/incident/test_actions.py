"""Incidents taken up and acted on, with their facts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from tests.during.incident.conftest import Say

from beffroi.during.fusion import engine
from beffroi.during.fusion import models as fusion_models
from beffroi.during.incident import actions, errors, queries
from beffroi.during.incident.models import Incident, LedgerEntry
from beffroi.foundation import clock
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

HERE, NEAR, FAR = (0.0, 0.0), (30.0, 0.0), (900.0, 0.0)


def facts(incident: Incident) -> list[str]:
    return [entry.fact for entry in journal.entries_about(f"incident:{incident.pk}")]


def send(incident: Incident, member: UUID, unit: str = "P1") -> Incident:
    return actions.record_sent(
        incident_id=incident.pk, unit=unit, at=clock.now(), member=member, place=1, order=["P1", "P2"]
    )


def test_an_alarm_opens_and_a_camera_confirms(say: Say) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, HERE))
    row = Incident.objects.get(pk=first)
    assert (row.reference, row.state, row.phase, row.title) == (
        "I-1",
        "to_check",
        "decide",
        "possible.burglary",
    )
    (again,) = say(("presence.person", "C-1", 9, NEAR))
    assert again == first
    row.refresh_from_db()
    assert (row.state, row.title, row.doubt_how) == ("confirmed", "act.burglary", "concordant")
    assert facts(row) == [
        "incident.opened",
        "incident.sign_joined",
        "incident.confirmed",
        "incident.doubt_lifted",
    ]
    lifted = journal.entries_about(f"incident:{row.pk}")[-1]
    assert lifted.body is not None and len(lifted.body["observations"]) == 2


def test_facts_hold_codes_and_hashes_only(say: Say) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, HERE))
    opened = journal.entries_about(f"incident:{first}")[0]
    sign = fusion_models.Sign.objects.get(hypothesis_id=first)
    assert opened.body is not None and opened.body["digest"] == sign.digest
    assert not {"lat", "lon", "place_text", "text"} & set(opened.body)


def test_references_count_by_territory(say: Say) -> None:
    say(("intrusion.door", "P-1", 0, HERE), ("intrusion.door", "P-2", 0, FAR))
    say(("intrusion.door", "P-3", 5, HERE), territory="other")
    found = Incident.objects.order_by("territory_key", "number").values_list("territory_key", "number")
    assert list(found) == [("other", 1), ("town", 1), ("town", 2)]
    assert queries.by_reference("town", 2).device == "P-2"


def test_the_whole_way_leaves_its_ledger(incident: Incident, member: UUID, say: Say) -> None:
    actions.shown(incidents=[incident.pk])
    assert actions.shown(incidents=[incident.pk]) == 0
    actions.acknowledge(incident=incident.pk, member=member, version=1)
    send(incident, member)
    actions.record_en_route(incident_id=incident.pk, unit="P1", at=clock.now(), member=member)
    actions.record_arrived(incident_id=incident.pk, unit="P1", at=clock.now(), member=member, seconds=99)
    closed = actions.close(incident=incident.pk, member=member, outcome="real")
    assert closed.state == closed.phase == "closed" and closed.outcome == "real"
    sheet = queries.sheet(incident.pk)
    times = {moment.step: moment.at for moment in sheet.ledger}
    assert [step for step, at in times.items() if at is None] == ["confirmed"]
    assert facts(incident) == [
        "incident.opened",
        "incident.acknowledged",
        "incident.unit_sent",
        "incident.unit_en_route",
        "incident.unit_arrived",
        "incident.closed",
    ]
    say()
    assert fusion_models.Hypothesis.objects.get(pk=incident.pk).state == "closed"
    (fresh,) = say(("intrusion.door", "P-1", 30, HERE))
    assert fresh != incident.pk


@pytest.mark.parametrize(
    "act",
    [
        lambda i, m: actions.acknowledge(incident=i.pk, member=m),
        lambda i, m: actions.close(incident=i.pk, member=m, outcome="real"),
        lambda i, m: actions.lift_doubt(incident=i.pk, member=m, how="camera"),
        lambda i, m: actions.tick(incident=i.pk, member=m, step="send_unit"),
        send,
    ],
)
def test_nothing_moves_a_closed_incident(
    incident: Incident, member: UUID, act: Callable[[Incident, UUID], object]
) -> None:
    actions.close(incident=incident.pk, member=member, outcome="false_alarm", cause="weather")
    before = facts(incident)
    with pytest.raises(errors.AlreadyClosed) as refused:
        act(incident, member)
    assert refused.value.code == "incident.already_closed"
    assert facts(incident) == before
    actions.annotate(incident=incident.pk, member=member, text="Checked again the day after.")


def test_the_second_to_acknowledge_is_told(incident: Incident, member: UUID) -> None:
    actions.acknowledge(incident=incident.pk, member=member)
    with pytest.raises(errors.AlreadyAcknowledged):
        actions.acknowledge(incident=incident.pk, member=uuid4())


def test_two_people_at_once_one_wins(incident: Incident) -> None:
    told: list[str] = []
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        try:
            actions.acknowledge(incident=incident.pk, member=uuid4())
            told.append("taken")
        except errors.AlreadyAcknowledged as late:
            told.append(late.code)
        finally:
            connection.close()

    people = [threading.Thread(target=run) for _ in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(told) == ["incident.already_acknowledged"] * 3 + ["taken"]
    assert facts(incident).count("incident.acknowledged") == 1
    assert LedgerEntry.objects.filter(incident=incident, step="acknowledged").count() == 1


def test_an_old_view_of_the_sheet_is_refused(incident: Incident, member: UUID, say: Say) -> None:
    say(("intrusion.motion", "P-1", 20, HERE))
    with pytest.raises(errors.ChangedMeanwhile):
        actions.close(incident=incident.pk, member=member, outcome="real", version=incident.version)
    assert Incident.objects.get(pk=incident.pk).state == "to_check"


def test_a_repeat_changes_no_version_and_writes_no_fact(incident: Incident, say: Say) -> None:
    for second in range(10):
        say(("intrusion.door", "P-1", second + 1, HERE))
    engine.forget()  # whatever waited in memory is read again and told
    say(("intrusion.door", "P-1", 11, HERE))
    row = Incident.objects.get(pk=incident.pk)
    assert facts(row) == ["incident.opened"]
    assert row.version == incident.version
    assert row.last_sign_at > incident.last_sign_at
    assert fusion_models.Sign.objects.get(hypothesis_id=row.pk).repeats == 11


def test_a_bad_outcome_closes_nothing(incident: Incident, member: UUID) -> None:
    for outcome, cause in (("false_alarm", ""), ("won", ""), ("real", "weather")):
        with pytest.raises(errors.BadOutcome):
            actions.close(incident=incident.pk, member=member, outcome=outcome, cause=cause)
    assert Incident.objects.get(pk=incident.pk).state == "to_check"


def test_a_called_back_unit_leaves_a_decision_to_take(incident: Incident, member: UUID) -> None:
    send(incident, member)
    send(incident, member, "P2")
    at = clock.now()
    more = {"incident_id": incident.pk, "at": at, "member": member}
    assert actions.record_released(unit="P1", others=1, arrived=False, **more).state == "sent"
    assert actions.record_released(unit="P2", others=0, arrived=False, **more).state == "to_check"


def test_a_person_lifts_the_doubt_with_words(incident: Incident, member: UUID) -> None:
    actions.lift_doubt(incident=incident.pk, member=member, how="camera", text="Two people at the door.")
    sheet = queries.sheet(incident.pk)
    assert sheet.doubt is not None and sheet.doubt.actor == f"member:{member}"
    assert [note.text for note in sheet.notes] == ["Two people at the door."]
    noted = journal.entries_about(f"incident:{incident.pk}")[-1]
    assert noted.body is not None and "Two people" not in str(noted.body)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001])
def test_a_note_must_say_something(incident: Incident, member: UUID, text: str) -> None:
    with pytest.raises(errors.EmptyNote):
        actions.annotate(incident=incident.pk, member=member, text=text)


def test_merge_closes_one_and_split_opens_another(say: Say, member: UUID) -> None:
    one, two = say(("intrusion.door", "P-1", 0, HERE), ("intrusion.door", "P-2", 5, FAR))
    actions.merge(incident=one, other=two, member=member)
    say()
    gone, kept = Incident.objects.get(pk=two), Incident.objects.get(pk=one)
    assert (gone.state, gone.outcome, gone.merged_into) == ("closed", "duplicate", one)
    assert kept.sign_count == 2
    leaving = queries.sheet(one).signs[0].observation
    actions.split(incident=one, observations=[leaving], member=member)
    say()
    fresh = Incident.objects.exclude(pk__in=[one, two]).get()
    assert fresh.reference == "I-3" and fresh.state == "to_check"
    assert [sign.observation for sign in queries.sheet(fresh.pk).signs] == [leaving]
    assert Incident.objects.get(pk=one).sign_count == 1


def test_a_silent_camera_is_followed_and_ends_by_itself(say: Say) -> None:
    say(("device.offline", "C-17", 0, HERE))
    row = Incident.objects.get()
    assert (row.state, row.phase, row.title) == ("technical", "follow", "act.device_silent")
    say(("device.online", "C-17", 400, HERE))
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("closed", "restored")
    assert facts(row)[-1] == "incident.closed"


def test_an_exercise_is_marked_everywhere(say: Say, member: UUID) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, HERE), exercise=True)
    actions.acknowledge(incident=first, member=member)
    actions.close(incident=first, member=member, outcome="real")
    assert queries.incident(first).exercise
    for entry in journal.entries_about(f"incident:{first}"):
        assert entry.body is not None and entry.body["exercise"] is True


def test_a_failed_transaction_leaves_nothing(incident: Incident, member: UUID) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.acknowledge(incident=incident.pk, member=member)
        raise RuntimeError("the machine stops here")
    assert Incident.objects.get(pk=incident.pk).acknowledged_at is None
    assert facts(incident) == ["incident.opened"]


def test_time_left_runs_from_entry(incident: Incident) -> None:
    assert incident.leave_by - incident.entered_at == timedelta(seconds=300)
