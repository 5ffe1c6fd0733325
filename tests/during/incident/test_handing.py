"""Handing over, linking, the levée de doute with its signs, the relève: each with its facts."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.during.incident.conftest import Say

from beffroi.during.incident import actions, errors, handing, linking, queries, rules_handing, shifts
from beffroi.during.incident.models import EventPart, Handover, Incident, ShiftNote
from beffroi.foundation import clock
from beffroi.journal import queries as journal

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]

HERE, FAR, FARTHER = (0.0, 0.0), (900.0, 0.0), (1800.0, 0.0)


def facts(incident: UUID) -> list[str]:
    return [entry.fact for entry in journal.entries_about(f"incident:{incident}")]


@pytest.fixture
def three(say: Say) -> list[UUID]:
    """Three door alarms far from each other."""
    places = enumerate((HERE, FAR, FARTHER), 1)
    made = say(*(("intrusion.door", f"P-{number}", float(number), place) for number, place in places))
    return sorted(made, key=lambda each: Incident.objects.get(pk=each).number)


# --- handing over ---


def test_a_hand_over_is_recorded_and_the_incident_goes_on(incident: Incident, member: UUID) -> None:
    actions.acknowledge(incident=incident.pk, member=member)
    told = handing.hand_over(
        incident=incident.pk, member=member, service="17", how="voice", text="  Cambriolage, rue du Port. "
    )
    row = Incident.objects.get(pk=incident.pk)
    assert row.state == "to_check" and row.acknowledged_at is not None
    entry = journal.entries_about(f"incident:{incident.pk}")[-1]
    assert (entry.fact, entry.actor) == ("incident.handed_over", f"member:{member}")
    assert entry.body is not None and entry.body["service"] == "17" and "rue du Port" not in str(entry.body)
    kept = Handover.objects.get(pk=told.id)
    assert entry.body["digest"] == hashlib.sha256(bytes(kept.salt) + kept.text.encode()).hexdigest()
    assert [(each.service, each.text) for each in handing.handovers(incident.pk)] == [
        ("17", "Cambriolage, rue du Port.")
    ]
    assert "handed_over" in [moment.step for moment in queries.entries(incident.pk)]
    step = {each.code: each for each in queries.sheet(incident.pk).steps}["hand_over_police"]
    assert step.done_at == told.at and step.done_by == f"member:{member}"


@pytest.mark.parametrize(
    "wrong", [{"service": "112"}, {"how": "shouted"}, {"text": "  "}, {"text": "x" * 4001}]
)
def test_a_hand_over_says_to_whom_and_what(incident: Incident, member: UUID, wrong: dict[str, str]) -> None:
    said = {"service": "17", "how": "voice", "text": "words"} | wrong
    with pytest.raises(errors.BadHandover):
        handing.hand_over(incident=incident.pk, member=member, **said)
    assert "incident.handed_over" not in facts(incident.pk)


def test_what_is_closed_is_not_handed_over(incident: Incident, member: UUID) -> None:
    actions.close(incident=incident.pk, member=member, outcome="nothing_found")
    with pytest.raises(errors.AlreadyClosed):
        handing.hand_over(incident=incident.pk, member=member, service="17", how="voice", text="words")


def test_each_act_calls_for_a_service_first() -> None:
    assert [rules_handing.first_service(act) for act in ("fire", "rescue", "burglary", "hazard")] == [
        "18", "15", "17", "18",
    ]  # fmt: skip


# --- several incidents, one event ---


def test_linked_they_are_one_event_and_stay_apart(three: list[UUID], member: UUID) -> None:
    first, second, third = three
    event = linking.link(incident=first, other=second, member=member, why="same_manner")
    assert (event.reference, len(event.parts)) == ("E-1", 2)
    linking.link(incident=third, other=second, member=member, why="same_moment")
    assert linking.events_of(three) == dict.fromkeys(three, "E-1")
    assert {row.state for row in Incident.objects.all()} == {"to_check"}
    for each in three:
        assert facts(each)[-1] == "incident.linked"
    shown = linking.event_of(second)
    assert shown is not None
    assert [(part.reference, why) for part, why in shown.parts] == [
        ("I-1", "same_manner"), ("I-2", "same_manner"), ("I-3", "same_moment"),
    ]  # fmt: skip


def test_unlinked_with_a_reason_and_one_left_alone_is_no_event(three: list[UUID], member: UUID) -> None:
    first, second, _third = three
    linking.link(incident=first, other=second, member=member, why="same_place")
    linking.unlink(incident=first, member=member, why="mistake")
    assert linking.events_of(three) == {} and linking.event_of(second) is None
    ended = {part.incident_id: part.ended_why for part in EventPart.objects.all()}
    assert ended == {first: "mistake", second: "alone"}
    assert facts(first)[-2:] == facts(second)[-2:] == ["incident.linked", "incident.unlinked"]
    again = linking.link(incident=first, other=second, member=member, why="same_place")
    assert again.reference == "E-2"


def test_two_events_become_one(three: list[UUID], say: Say, member: UUID) -> None:
    (fourth,) = say(("intrusion.door", "P-4", 5, (2700.0, 0.0)))
    linking.link(incident=three[0], other=three[1], member=member, why="same_place")
    linking.link(incident=three[2], other=fourth, member=member, why="same_place")
    linking.link(incident=three[0], other=fourth, member=member, why="one_led_to_other")
    assert set(linking.events_of([*three, fourth]).values()) == {"E-1"}


def test_what_cannot_be_one_event_is_refused(three: list[UUID], say: Say, member: UUID) -> None:
    (elsewhere,) = say(("intrusion.door", "P-9", 5, HERE), territory="other")
    (play,) = say(("intrusion.door", "P-8", 6, (3600.0, 0.0)), exercise=True)
    first = three[0]
    for other, why in (
        (elsewhere, "same_place"),
        (play, "same_place"),
        (first, "same_place"),
        (three[1], "x"),
    ):
        with pytest.raises(errors.BadLink):
            linking.link(incident=first, other=other, member=member, why=why)
    with pytest.raises(errors.BadLink):
        linking.unlink(incident=first, member=member, why="mistake")
    assert not EventPart.objects.exists()
    with pytest.raises(errors.BadOutcome):
        actions.merge(incident=first, other=play, member=member)


def test_what_may_be_linked_is_of_the_same_place_and_play(three: list[UUID], say: Say, member: UUID) -> None:
    say(("intrusion.door", "P-8", 6, (3600.0, 0.0)), exercise=True)
    actions.close(incident=three[2], member=member, outcome="real")
    found = linking.others_nearby(queries.incident(three[0]), {"town"})
    assert {each.id for each in found} == set(three[1:])


# --- levée de doute ---


def test_the_doubt_is_lifted_on_the_signs_that_a_person_chose(say: Say, member: UUID) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, HERE), ("intrusion.motion", "P-1", 5, HERE))
    signs = [each.observation for each in queries.sheet(first).signs]
    for chosen in ([], signs[:1], [uuid4(), uuid4()]):
        with pytest.raises(errors.BadSigns):
            actions.lift_doubt(incident=first, member=member, how="concordant", signs=chosen)
    actions.lift_doubt(incident=first, member=member, how="concordant", signs=signs)
    doubt = queries.sheet(first).doubt
    assert doubt is not None and doubt.observations == sorted(str(each) for each in signs)
    entry = journal.entries_about(f"incident:{first}")[-1]
    assert entry.body is not None and entry.body["observations"] == doubt.observations


def test_a_person_may_say_what_signs_said_already_but_only_once(say: Say, member: UUID) -> None:
    (first,) = say(("intrusion.door", "P-1", 0, HERE))
    say(("presence.person", "C-1", 9, (30.0, 0.0)))
    before = queries.sheet(first)
    assert before.doubt is not None and before.doubt.actor == "engine:fusion"
    assert "lift_doubt" in before.actions
    actions.lift_doubt(incident=first, member=member, how="camera")
    after = queries.sheet(first)
    assert after.doubt is not None and after.doubt.actor == f"member:{member}" and after.doubt.how == "camera"
    assert "lift_doubt" not in after.actions
    with pytest.raises(errors.ChangedMeanwhile):
        actions.lift_doubt(incident=first, member=uuid4(), how="patrol")


# --- the relève ---


def test_the_releve_writes_itself(three: list[UUID], say: Say, member: UUID) -> None:
    first, second, _third = three
    say(("device.offline", "C-7", 30, HERE))
    actions.close(incident=first, member=member, outcome="false_alarm", cause="fault")
    handing.hand_over(incident=second, member=member, service="18", how="voice", text="words")
    now = clock.now()
    left = shifts.shift(["town"], now - timedelta(hours=8), now)
    assert [each.reference for each in left.open] == ["I-2", "I-3"]
    assert [(each.reference, each.outcome_cause) for each in left.closed] == [("I-1", "fault")]
    assert [each.device for each in left.down] == ["C-7"]
    assert [(device, why) for _key, device, why, _at in left.repairs] == [("P-1", "fault")]
    assert [(service, each.reference) for service, each, _at in left.told] == [("18", "I-2")]
    assert left.counts == {"open": 2, "closed": 1, "down": 1}
    assert shifts.shift(["elsewhere"], now - timedelta(hours=8), now).open == []


def test_a_past_shift_reads_as_it_stood(three: list[UUID], member: UUID) -> None:
    then = clock.now()
    actions.close(incident=three[0], member=member, outcome="real")
    past = shifts.shift(["town"], then - timedelta(hours=8), then)
    assert [each.reference for each in past.open] == ["I-1", "I-2", "I-3"] and past.closed == []


def test_taken_over_the_next_shift_begins_there(three: list[UUID], member: UUID) -> None:
    shifts.pass_on(territory="town", member=member, text="Gate of the school open")
    next_one = uuid4()
    first = shifts.take_over(territories=["town"], member=member)
    assert shifts.since_when(["town"], clock.now()) == first
    shifts.take_over(territories=["town"], member=next_one)
    entries = [each for each in journal.last("territory:town", 5) if each.fact == "shift.taken_over"]
    assert [each.actor for each in entries] == [f"member:{next_one}", f"member:{member}"]
    assert entries[0].body is not None and entries[0].body["given_by"] == f"member:{member}"
    assert entries[1].body is not None
    assert (entries[1].body["open"], entries[1].body["notes"]) == (3, 1)
    taken = shifts.taken_last(["town"])
    assert [(each.taken_by, each.given_by) for each in taken] == [(next_one, member), (member, None)]
    assert taken[0].since == first


def test_what_is_passed_on_stays_until_it_is_over_and_its_words_are_not_in_the_journal(member: UUID) -> None:
    note = shifts.pass_on(territory="town", member=member, text=" Gate open ")
    assert [each.text for each in shifts.notes(["town"], clock.now())] == ["Gate open"]
    assert shifts.territory_of_note(note) == "town"
    entry = journal.last("territory:town", 1)[0]
    kept = ShiftNote.objects.get(pk=note)
    assert entry.body is not None and "Gate" not in str(entry.body)
    assert entry.body["digest"] == hashlib.sha256(bytes(kept.salt) + b"Gate open").hexdigest()
    shifts.end_note(note=note, member=member)
    shifts.end_note(note=note, member=member)
    assert shifts.notes(["town"], clock.now()) == []
    assert [each.fact for each in journal.last("territory:town", 5)] == ["shift.note_ended", "shift.noted"]
    with pytest.raises(errors.UnknownNote):
        shifts.end_note(note=uuid4(), member=member)
    with pytest.raises(errors.EmptyNote):
        shifts.pass_on(territory="town", member=member, text="  ")
