"""Missions: sent, on the way, there, called back, diverted, closed, merged; each with its facts, once."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

import pytest
from tests.during.dispatch.places import NOW, OPERATOR, Street

from beffroi.during.dispatch import actions, errors, missions, models, queries
from beffroi.during.incident import errors as incident_errors
from beffroi.during.incident.models import Incident
from beffroi.foundation.clock import FixedClock
from beffroi.territory import actions as territory_actions
from beffroi.territory import queries as territory
from beffroi.territory.errors import UnknownUnit
from beffroi.territory.models import PatrolUnit

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def incident(town: Street) -> UUID:
    """An incident with P2 proposed first and P1 second."""
    town.unit("P1", 1000)
    town.unit("P2", 3000)
    made = town.incident(4000)
    actions.rank(incident_id=made)
    return made


def sent(incident: UUID, unit: str, **more: object) -> None:
    actions.send(incident_id=incident, unit=unit, member=OPERATOR, **more)  # type: ignore[arg-type]


def state(incident: UUID) -> str:
    return str(Incident.objects.get(pk=incident).state)


def test_the_first_is_sent_and_all_know_it(town: Street, incident: UUID, now: FixedClock) -> None:
    proposed = queries.ranking(incident)
    mission = actions.send(incident_id=incident, unit="P2", member=OPERATOR)
    assert (mission.state, mission.place, mission.order) == ("sent", 1, ["P2", "P1"])
    assert proposed is not None and proposed.first is not None
    assert mission.chance == proposed.first.chance and mission.override == ""
    unit = territory.unit(town.key, "P2")
    assert (unit.state, unit.mission) == ("sent", str(incident))
    assert state(incident) == "sent"
    facts = dict(town.facts())
    assert list(facts) == ["unit.state_changed", "incident.unit_sent"]
    said = facts["incident.unit_sent"]
    assert (said["unit"], said["place"], said["order"], said["override"]) == ("P2", 1, ["P2", "P1"], "")
    assert said["eta_s"] == proposed.first.eta_s and said["chance"] == proposed.first.chance
    shown = queries.ranking(incident)
    assert shown is not None and [row.unit for row in shown.coming] == ["P2"]
    assert [(row.unit, row.place) for row in shown.rows] == [("P1", 1)]
    assert queries.mission_of(town.key, "P2") == mission and queries.mission_of(town.key, "P1") is None
    assert queries.missions([town.key]) == [mission] and queries.missions([]) == []


def test_another_than_the_first_asks_why(town: Street, incident: UUID) -> None:
    with pytest.raises(errors.ReasonNeeded) as asked:
        sent(incident, "P1")
    assert asked.value.fields == {"unit": "P1", "first": "P2"}
    assert town.facts() == [] and models.Mission.objects.count() == 0
    assert territory.unit(town.key, "P1").state == "free"
    sent(incident, "P1", override_reason="knows_the_place")
    ((_, _), (fact, said)) = town.facts()
    assert fact == "incident.unit_sent" and said["override"] == "knows_the_place" and said["place"] == 2


def test_written_words_stay_out_of_the_journal(town: Street, incident: UUID) -> None:
    words = "Mme Le Goff lui a déjà ouvert la cour"
    sent(incident, "P1", override_reason=f"  {words} ")
    (row,) = models.Mission.objects.all()
    digest = hashlib.sha256(bytes(row.override_salt) + words.encode()).hexdigest()
    assert row.override_text == words and row.override == f"sha256:{digest}" and len(row.override_salt) == 16
    said = dict(town.facts())["incident.unit_sent"]
    assert said["override"] == f"sha256:{digest}" and "Goff" not in str(town.facts())


def test_a_reason_that_is_an_essay_is_refused(incident: UUID) -> None:
    with pytest.raises(errors.ReasonTooLong):
        sent(incident, "P1", override_reason="x" * 201)
    assert models.Mission.objects.count() == 0


def test_who_was_first_a_moment_ago_needs_no_reason(town: Street, incident: UUID, now: FixedClock) -> None:
    now.advance(4)
    town.move("P1", 3900, now.now())
    actions.rank_open()
    view = queries.ranking(incident)
    assert view is not None and view.first is not None and view.first.unit == "P1"
    now.advance(3)
    sent(incident, "P2")
    now.advance(20)
    other = town.incident(4000)
    actions.rank(incident_id=other)
    with pytest.raises(errors.AlreadySent):
        sent(other, "P2", override_reason="agreed")


def test_two_operators_cannot_send_the_same_unit(town: Street, incident: UUID) -> None:
    sent(incident, "P2")
    with pytest.raises(errors.AlreadySent) as twice:
        sent(incident, "P2")
    assert twice.value.fields["reference"] == Incident.objects.get(pk=incident).reference
    assert twice.value.code == "dispatch.already_sent" and twice.value.status == 409
    other = town.incident(4200)
    with pytest.raises(errors.AlreadySent):
        sent(other, "P2")
    with pytest.raises(errors.AlreadySent):
        sent(incident, "P2", divert=True)
    assert models.Mission.objects.count() == 1
    assert [fact for fact, _ in town.facts()].count("incident.unit_sent") == 1


def test_the_table_itself_refuses_a_second_mission(
    town: Street, incident: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once, neither of whom saw the other: the second is told, and nothing of it remains."""
    sent(incident, "P2")
    before, asked = town.facts(), []
    look = missions.active

    def blind(key: str, unit: str) -> models.Mission | None:
        asked.append(unit)
        return None if len(asked) == 1 else look(key, unit)

    monkeypatch.setattr(missions, "active", blind)
    with pytest.raises(errors.AlreadySent):
        sent(town.incident(4200), "P2", divert=True)
    assert town.facts() == before and models.Mission.objects.count() == 1


def test_a_unit_is_diverted_when_asked_and_the_other_act_waits_again(town: Street, incident: UUID) -> None:
    sent(incident, "P2")
    other = town.incident(3500)
    actions.rank(incident_id=other)
    actions.send(
        incident_id=other, unit="P2", member=OPERATOR, divert=True, override_reason="nearer_than_shown"
    )
    (first,), (second,) = queries.missions_of(incident), queries.missions_of(other)
    assert (first.ended, first.state, first.ended_at) == ("diverted", "released", NOW)
    assert second.state == "sent" and second.ended_at is None
    assert (state(incident), state(other)) == ("confirmed", "sent")
    assert territory.unit(town.key, "P2").mission == str(other)
    names = [fact for fact, _ in town.facts()]
    assert names.count("incident.unit_released") == 1 and names.count("incident.unit_sent") == 2


def test_on_the_way_there_and_back(town: Street, incident: UUID, now: FixedClock) -> None:
    sent(incident, "P2")
    now.advance(12)
    assert actions.en_route(incident_id=incident, unit="P2", member=OPERATOR).state == "en_route"
    now.advance(90)
    for _ in range(2):
        there = actions.arrive(incident_id=incident, unit="P2", member=OPERATOR)
        assert there.state == "on_scene" and there.on_scene_at == now.now()
    assert actions.en_route(incident_id=incident, unit="P2", member=OPERATOR).state == "on_scene"
    assert state(incident) == "on_scene" and territory.unit(town.key, "P2").state == "on_scene"
    names = [fact for fact, _ in town.facts() if fact.startswith("incident")]
    assert names == ["incident.unit_sent", "incident.unit_en_route", "incident.unit_arrived"]
    assert dict(town.facts())["incident.unit_arrived"]["seconds"] == 102.0
    actions.release(incident_id=incident, unit="P2", member=OPERATOR)
    assert territory.unit(town.key, "P2").state == "free" and territory.unit(town.key, "P2").mission == ""
    assert state(incident) == "confirmed"
    for verb in (actions.arrive, actions.en_route, actions.release):
        with pytest.raises(errors.NoMission):
            verb(incident_id=incident, unit="P2", member=OPERATOR)


def test_a_second_unit_keeps_the_act_in_hand_when_the_first_leaves(
    town: Street, incident: UUID, now: FixedClock
) -> None:
    sent(incident, "P2")
    now.advance(1)
    sent(incident, "P1")
    actions.release(incident_id=incident, unit="P2", member=OPERATOR)
    assert state(incident) == "sent"
    assert dict(town.facts())["incident.unit_released"]["others"] == 1
    actions.arrive(incident_id=incident, unit="P1", member=OPERATOR)
    assert [each.unit for each in queries.missions_of(incident)] == ["P2", "P1"]
    assert state(incident) == "on_scene"


def test_closing_frees_the_units(town: Street, incident: UUID, now: FixedClock) -> None:
    sent(incident, "P2")
    sent(incident, "P1")
    actions.arrive(incident_id=incident, unit="P2", member=OPERATOR)
    now.advance(600)
    actions.close(incident_id=incident, member=OPERATOR, outcome="real")
    assert state(incident) == "closed" and queries.missions([town.key]) == []
    assert {each.ended for each in queries.missions_of(incident)} == {"closed"}
    assert {territory.unit(town.key, key).state for key in ("P1", "P2")} == {"free"}
    assert "incident.unit_released" not in dict(town.facts())
    for verb in (actions.arrive, actions.en_route, actions.release, actions.send):
        with pytest.raises(incident_errors.AlreadyClosed):
            verb(incident_id=incident, unit="P2", member=OPERATOR)  # type: ignore[operator]


def test_closing_leaves_alone_who_went_off_duty_or_out_of_service(
    town: Street, incident: UUID, now: FixedClock
) -> None:
    sent(incident, "P2")
    sent(incident, "P1")
    territory_actions.set_unit_state(territory=town.key, unit="P1", state="off", actor="system")
    PatrolUnit.objects.filter(key="P2").update(retired_at=NOW)
    actions.close(incident_id=incident, member=OPERATOR, outcome="real")
    assert territory.unit(town.key, "P1").state == "off" and queries.missions([town.key]) == []


def test_closing_wrongly_changes_nothing(town: Street, incident: UUID) -> None:
    sent(incident, "P2")
    before = town.facts()
    with pytest.raises(incident_errors.BadOutcome):
        actions.close(incident_id=incident, member=OPERATOR, outcome="won")
    assert town.facts() == before and queries.mission_of(town.key, "P2") is not None


def test_an_incident_that_ended_by_itself_frees_its_units(town: Street, incident: UUID) -> None:
    sent(incident, "P2")
    Incident.objects.filter(pk=incident).update(state="closed", phase="closed")
    assert actions.end_closed() == 1
    assert territory.unit(town.key, "P2").state == "free" and queries.mission_of(town.key, "P2") is None
    assert actions.end_closed() == 0


def test_a_unit_of_an_act_just_over_is_free_for_the_next(town: Street, incident: UUID) -> None:
    sent(incident, "P2")
    Incident.objects.filter(pk=incident).update(state="closed", phase="closed")
    other = town.incident(4200)
    sent(other, "P2")
    assert [each.ended for each in queries.missions_of(incident)] == ["closed"]
    assert queries.mission_of(town.key, "P2") is not None


@pytest.mark.parametrize("there", [False, True])
def test_units_go_on_for_the_act_into_which_theirs_was_merged(
    town: Street, incident: UUID, now: FixedClock, there: bool
) -> None:
    sent(incident, "P2")
    now.advance(30)
    if there:
        actions.arrive(incident_id=incident, unit="P2", member=OPERATOR)
    remaining, between = town.incident(4010), town.incident(4020)
    closed = {"state": "closed", "phase": "closed"}
    Incident.objects.filter(pk=incident).update(**closed, merged_into=between)
    Incident.objects.filter(pk=between).update(**closed, merged_into=remaining)
    assert actions.end_closed() == 1
    mission = queries.mission_of(town.key, "P2")
    assert mission is not None and mission.incident == remaining and mission.sent_at == NOW
    assert mission.state == ("on_scene" if there else "sent") == state(remaining)
    unit = territory.unit(town.key, "P2")
    assert (unit.state, unit.mission) == (mission.state, str(remaining))


def test_who_cannot_be_sent_is_refused_with_the_reason(town: Street, incident: UUID) -> None:
    town.unit("P8", 3000, state="off")
    town.unit("P9", 3000, exercise=True)
    for unit, code in (("P8", "dispatch.not_available"), ("P9", "dispatch.other_world")):
        with pytest.raises(errors.NotAvailable) as refused:
            sent(incident, unit, override_reason="agreed")
        assert refused.value.code == code
    with pytest.raises(UnknownUnit):
        sent(incident, "P77")
    with pytest.raises(incident_errors.UnknownIncident):
        sent(uuid4(), "P2")
    assert models.Mission.objects.count() == 0


def test_a_unit_left_out_may_be_sent_with_a_reason(town: Street, incident: UUID) -> None:
    town.unit("S1", None)
    actions.rank(incident_id=incident)
    with pytest.raises(errors.ReasonNeeded):
        sent(incident, "S1")
    sent(incident, "S1", override_reason="first_not_available")
    said = dict(town.facts())["incident.unit_sent"]
    assert said["place"] == 0 and said["eta_s"] is None and said["chance"] is None


def test_who_has_no_power_here_is_not_sent_for_any_reason(town: Street, incident: UUID) -> None:
    town.unit("S1", 3900, kind="security")
    with pytest.raises(errors.NoPower) as refused:  # before it was ever left out of an order, too
        sent(incident, "S1", override_reason="agreed")
    assert refused.value.code == "dispatch.no_power" and refused.value.status == 403
    Incident.objects.filter(pk=incident).update(act="sabotage")
    sent(incident, "S1", override_reason="agreed")


def test_before_any_ranking_there_is_no_first_to_override(town: Street) -> None:
    town.unit("P1", 1000)
    unranked = town.incident(None)
    sent(unranked, "P1")
    assert dict(town.facts())["incident.unit_sent"]["order"] == []


def test_a_failure_in_the_middle_leaves_no_trace(
    town: Street, incident: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(**_: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("beffroi.during.incident.actions.record_sent", stops)
    with pytest.raises(RuntimeError):
        sent(incident, "P2")
    assert town.facts() == [] and models.Mission.objects.count() == 0
    assert territory.unit(town.key, "P2").state == "free"
    view = queries.ranking(incident)
    assert view is not None and view.coming == []
