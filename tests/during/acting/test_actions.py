"""Who may ask, what is refused, what the journal holds before anything leaves, exercises, time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.during.acting.conftest import Town
from tests.during.acting.declarations import BOLLARD, LAMPS

from beffroi.during.acting import actions, models, queries, sending
from beffroi.during.acting.errors import BadCommand, Busy, NotChecked, OtherWorld, UnknownActuator
from beffroi.during.acting.rules.declared import BadActuator
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.errors import AlreadyClosed
from beffroi.during.incident.models import Incident
from beffroi.during.intake import broker
from beffroi.foundation import clock
from beffroi.foundation.geography import Position
from beffroi.people.doors import DoorShut
from beffroi.territory import models as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def ask(town: Town, actuator: str, act: str, **more: Any) -> UUID:
    return actions.ask(member=town.operator, territory=town.key, actuator=actuator, act=act, **more)


def one(pk: UUID) -> models.Command:
    return models.Command.objects.get(pk=pk)


def later(seconds: float) -> Any:
    return clock.now() + timedelta(seconds=seconds)


def test_a_command_is_in_the_journal_before_anything_leaves(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    (entry,) = [each for each in town.log() if each.fact == "acting.asked"]
    assert entry.subject == f"incident:{incident}" and entry.actor == town.operator.actor
    assert entry.body is not None and entry.body["command"] == str(asked) and entry.body["minutes"] == 30
    assert one(asked).state == "asked" and one(asked).attempts == 0


def test_only_who_has_the_right_may_ask(town: Town, incident: UUID) -> None:
    with pytest.raises(DoorShut):
        actions.ask(
            member=town.coordinator, territory=town.key, actuator="lamps", act="brighten", incident=incident
        )
    assert not models.Command.objects.exists()


def test_a_command_says_what_for(town: Town) -> None:
    with pytest.raises(BadCommand):
        ask(town, "lamps", "brighten")
    with pytest.raises(BadCommand):
        ask(town, "lamps", "brighten", purpose="because")
    asked = ask(town, "lamps", "brighten", purpose="event")
    assert town.log()[-1].subject == "actuator:lamps" and one(asked).purpose == "event"


def test_what_moves_needs_to_be_seen_and_said_twice(town: Town, incident: UUID) -> None:
    for given in ({}, {"seen": "camera"}, {"sure": True}, {"seen": "hearsay", "sure": True}):
        with pytest.raises(NotChecked):
            ask(town, "bollard", "lower", incident=incident, **given)
    asked = ask(town, "bollard", "lower", incident=incident, seen="camera", sure=True)
    assert one(asked).seen == "camera" and one(asked).ends_at is None  # it never comes up by itself
    with pytest.raises(Busy):
        ask(town, "bollard", "raise", incident=incident, seen="camera", sure=True)


def test_a_loudspeaker_says_approved_texts_and_the_journal_their_key(town: Town, incident: UUID) -> None:
    with pytest.raises(BadCommand):
        ask(town, "speaker", "say", incident=incident, text="Everybody out!")
    ask(town, "speaker", "say", incident=incident, text="leave")
    body = town.log()[-1].body
    assert body is not None and body["text"] == "leave" and "place" not in str(body)
    (order,) = sending.claim(clock.now())
    assert order.payload == b'{"play":"msg-07"}'


def test_nothing_is_asked_of_what_is_not_there(town: Town, incident: UUID) -> None:
    with pytest.raises(UnknownActuator):
        ask(town, "siren", "say", incident=incident)
    with pytest.raises(BadCommand):
        ask(town, "lamps", "explode", incident=incident)
    Incident.objects.filter(pk=incident).update(state="closed", phase="closed")
    with pytest.raises(AlreadyClosed):
        ask(town, "lamps", "brighten", incident=incident)


def test_an_exercise_moves_no_real_thing(town: Town, happen: Callable[..., UUID]) -> None:
    asked = ask(town, "bollard", "lower", incident=happen(exercise=True), seen="camera", sure=True)
    assert one(asked).state == "kept" and town.facts() == ["asked", "kept"]
    assert sending.claim(clock.now()) == []
    models.Command.objects.filter(pk=asked).update(state="asked")  # whoever put it back
    assert sending.claim(clock.now()) == [] and one(asked).state == "kept"


def test_a_real_thing_stays_real_in_an_exercise_territory(town: Town) -> None:
    territory.Territory.objects.filter(key=town.key).update(exercise=True)
    actions.declare(territory=town.key, key="lamps", device="L-1", declaration=LAMPS)
    asked = ask(town, "lamps", "brighten", purpose="event")
    assert one(asked).state == "kept" and sending.claim(clock.now()) == []


def test_training_devices_are_for_exercises_only(
    town: Town, incident: UUID, happen: Callable[..., UUID]
) -> None:
    actions.declare(territory=town.key, key="lamps", device="L-1", declaration=LAMPS, exercise=True)
    with pytest.raises(OtherWorld):
        ask(town, "lamps", "brighten", incident=incident)
    ask(town, "lamps", "brighten", incident=happen(exercise=True))
    (order,) = sending.claim(clock.now())
    assert order.topic == "ville/lampes/nord/set" and order.payload == b"ON"


def test_lamps_come_back_to_normal_by_themselves(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    assert sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=clock.now()) == 1
    assert sending.step(later(29 * 60)) == 0
    with clock.use(clock.FixedClock(later(31 * 60))):
        assert sending.step(clock.now()) == 1 and sending.step(clock.now()) == 0
        (order,) = sending.claim(clock.now())
        assert order.payload == b"AUTO"
        sending.mark_sent(order, clock.now())
        sending.heard("ville/lampes/nord/state", b"AUTO", retained=False, now=clock.now())
        assert sending.step(later(3600)) == 0
    assert one(asked).ended
    assert town.facts() == ["asked", "sent", "confirmed", "asked", "sent", "confirmed"]
    entry = next(each for each in reversed(town.log()) if each.fact == "acting.asked")
    assert entry.actor == "engine:acting" and entry.body is not None and entry.body["ends"] == str(asked)


def test_what_does_not_come_back_is_told_again_then_said_to_be_stuck(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    fixed = clock.FixedClock(later(31 * 60))
    with clock.use(fixed):
        for _minute in range(40):
            sending.step(clock.now())
            fixed.advance(30)
    assert models.Command.objects.filter(ends=asked).count() == 10
    assert [each.stuck for each in queries.commands(incident) if each.id == asked] == [True]


def test_a_later_command_takes_the_place_of_an_earlier_end(town: Town, incident: UUID) -> None:
    first = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=clock.now())
    with clock.use(clock.FixedClock(later(60))):
        second = ask(town, "lamps", "brighten", incident=incident)
        assert not one(first).ended  # until the second has left, the first one's end stands
        (order,) = sending.claim(clock.now())
        sending.mark_sent(order, clock.now())
    assert one(first).ended and not one(second).ended


def test_what_the_broker_kept_confirms_nothing(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    assert sending.heard("ville/lampes/nord/state", b"ON", retained=True, now=clock.now()) == 0
    assert one(asked).state == "sent"
    assert [each.said for each in queries.actuators(town.key) if each.key == "lamps"] == ["brighten"]


def test_another_commands_answer_confirms_nothing(town: Town, incident: UUID) -> None:
    asked = ask(town, "bollard", "lower", incident=incident, seen="on_site", sure=True)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    topic = "ville/bornes/mairie/state"
    assert sending.heard(topic, b'{"position": "down", "command": "x"}', retained=False, now=clock.now()) == 0
    said = f'{{"position": "blocked", "command": "{asked}"}}'.encode()
    assert sending.heard(topic, said, retained=False, now=clock.now()) == 1
    assert one(asked).state == "refused" and town.facts()[-1] == "refused"


def test_what_the_device_says_before_the_broker_stands(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=clock.now())
    sending.mark_sent(order, clock.now())
    assert one(asked).state == "confirmed"


def test_time_over(town: Town, incident: UUID) -> None:
    lamps = ask(town, "lamps", "brighten", incident=incident)
    (order,) = sending.claim(clock.now())
    sending.mark_sent(order, clock.now())
    bollard = ask(town, "bollard", "lower", incident=incident, seen="radio", sure=True)
    assert sending.step(later(11)) == 2
    assert (one(lamps).state, one(bollard).state) == ("no_answer", "not_sent")
    assert sending.claim(later(0)) == []  # what came too late never leaves
    sending.heard("ville/lampes/nord/state", b"ON", retained=False, now=later(20))
    assert one(lamps).state == "confirmed"  # the device spoke late


def test_whoever_died_while_sending_leaves_the_truth(town: Town, incident: UUID) -> None:
    lamps = ask(town, "lamps", "brighten", incident=incident)
    bollard = ask(town, "bollard", "lower", incident=incident, seen="radio", sure=True)
    assert len(sending.claim(clock.now())) == 2
    assert sending.step(later(6)) == 2
    assert (one(lamps).state, one(bollard).state) == ("asked", "unsure")
    (order,) = sending.claim(later(6))
    assert order.id == lamps and order.attempt == 2
    assert "unsure" in town.facts()


def test_what_is_near_comes_first(town: Town, incident: UUID) -> None:
    view = incidents.sheet(incident).incident
    found = queries.near(town.key, Position(view.lat, view.lon))
    assert [each.key for each in found] == ["bollard", "lamps", "speaker"]
    assert found[0].metres is not None and found[0].metres < 30
    assert queries.near(town.key, None) == []
    assert queries.near(town.key, Position(48.5, -2.0)) == []


def test_a_declaration_fits_its_device_and_takes_no_others_topic(town: Town) -> None:
    with pytest.raises(BadActuator):
        actions.declare(territory=town.key, key="x", device="L-1", declaration=BOLLARD)
    with pytest.raises(BadActuator):
        actions.declare(territory=town.key, key="other", device="L-1", declaration=LAMPS)
    before = queries.actuator(town.key, "lamps").id
    again = actions.declare(territory=town.key, key="lamps", device="L-1", declaration=LAMPS)
    assert again.token == "" and again.id != before


def test_what_is_retired_is_commanded_no_more(town: Town, incident: UUID) -> None:
    asked = ask(town, "lamps", "brighten", incident=incident)
    actions.retire(territory=town.key, key="lamps")
    assert sending.claim(clock.now()) == [] and one(asked).state == "not_sent"
    with pytest.raises(UnknownActuator):
        actions.retire(territory=town.key, key="lamps")
    assert not any(user["user"] == "town:lamps" for user in broker._users())
