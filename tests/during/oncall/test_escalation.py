"""Who is called when, from the first second to nobody's answer; a step is taken once, whatever happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.during.oncall.conftest import NIGHT, add

from beffroi.during.incident import actions as incidents
from beffroi.during.incident.models import Incident
from beffroi.during.oncall import actions, answering, models, queries
from beffroi.during.oncall.errors import MayNotAnswer
from beffroi.journal import queries as journal
from beffroi.people.models import RoleHeld

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def facts(name: str) -> list[dict]:
    """The bodies of a fact in the village's journal."""
    return [
        dict(each.body)
        for each in journal.numbered("territory:village", after=0, limit=1000)
        if each.fact == name
    ]


def called() -> list[list[int]]:
    return [each["ranks"] for each in facts("oncall.called")]


def later(seconds: float):
    return NIGHT + timedelta(seconds=seconds)


@pytest.fixture
def gateway(configured, tmp_path):
    """A declared gateway for texts, that nobody talks to here."""
    file = tmp_path / "gateways.toml"
    file.write_text(
        '[sms]\nurl = "http://127.0.0.1:9/send"\njson = { to = "{to}", text = "{text}", id = "{id}" }\n'
    )
    configured(oncall_gateways=file, smtp_host="127.0.0.1", smtp_from="b@village.example")


def test_nobody_at_the_desk_calls_the_first_at_once_and_the_next_after_its_time(
    rota, burglary, gateway, at_night
):
    assert burglary.state == "confirmed"
    assert actions.step(later(6)) == 1
    assert called() == [[1]]
    assert actions.step(later(6)) == 0 and actions.step(later(300)) == 0
    assert actions.step(later(307)) == 1
    assert called() == [[1], [2]]
    sent = [
        (each.member.display_name, each.channel, each.rank)
        for each in models.Message.objects.order_by("made_at", "next_at")
    ]
    assert sent == [("Mayor", "sms", 1), ("Mayor", "email", 1), ("Deputy", "sms", 2), ("Deputy", "email", 2)]
    first, second = models.Message.objects.filter(member=rota.mayor).order_by("next_at")
    assert (second.next_at - first.next_at).total_seconds() == 60


def test_an_open_desk_has_its_time_to_acknowledge(rota, burglary, gateway, at_night):
    actions.desk_open(territories=[rota.key], at=later(0))
    actions.step(later(6))
    for second in range(10, 120, 20):
        actions.desk_open(territories=[rota.key], at=later(second))
        actions.step(later(second))
    assert called() == []
    actions.desk_open(territories=[rota.key], at=later(125))
    actions.step(later(127))
    assert called() == [[1]]


def test_a_desk_that_is_left_waits_for_nobody(rota, burglary, gateway, at_night):
    actions.desk_open(territories=[rota.key], at=later(0))
    actions.step(later(6))
    assert called() == []
    actions.step(later(50))  # 45 s without a sign of the desk
    assert called() == [[1]]


def test_acknowledging_ends_the_calls(rota, burglary, gateway, at_night):
    actions.step(later(6))
    incidents.acknowledge(incident=burglary.pk, member=rota.coordinator.pk)
    actions.step(later(400))
    assert called() == [[1]]
    assert len(facts("oncall.over")) == 1
    assert set(models.Message.objects.values_list("state", flat=True)) == {"stopped"}
    assert actions.step(later(900)) == 0


def test_nobody_answers_and_it_stands_on_the_desk(rota, burglary, gateway, at_night):
    for second in range(6, 2000, 100):
        actions.step(later(second))
    assert called() == [[1], [2], [1], [2]]
    (nobody,) = facts("oncall.nobody_answered")
    assert nobody["why"] == "no_answer"
    assert queries.call(burglary.pk).state == "nobody"
    assert actions.take(incident=burglary.pk, member=rota.mayor, how="page") == answering.TAKEN


def test_a_life_calls_everyone_at_once_over_everything(rota, happen, gateway, at_night):
    life = happen(("panic.holdup", "P-9", 0.0))
    assert life.life
    actions.step(later(1))
    assert called() == [[1, 2]]
    assert {each.next_at for each in models.Message.objects.all()} == {later(1)}
    actions.step(later(62))
    assert called() == [[1, 2], [1, 2]]


def test_what_is_only_to_check_wakes_nobody_unless_the_village_says_so(rota, happen, gateway, at_night):
    happen(("intrusion.door", "P-1", 0.0))
    actions.step(later(6))
    assert called() == []
    actions.set_waking(
        territory=rota.key, threshold="to_check", life_threshold="to_check", at_least=0.0,
        wait_s=None, next_s=60, alsace_moselle=False, actor="system",
    )  # fmt: skip
    actions.step(later(7))
    assert called() == [[1]]
    actions.step(later(68))
    assert called() == [[1], [2]]


def test_an_exercise_calls_no_telephone(rota, happen, gateway, at_night):
    drill = happen(("intrusion.door", "P-1", 0.0), ("presence.person", "C-1", 5.0), exercise=True)
    assert drill.exercise
    actions.step(later(6))
    kept = models.Message.objects.all()
    assert {each.state for each in kept} == {"kept"} and len(kept) == 2
    assert all(each.text.startswith("EXERCICE ") or "EXERCICE" in each.text for each in kept)
    assert facts("oncall.called")[0]["exercise"] is True


def test_an_exercise_may_send_mails_where_the_setting_says_so(rota, happen, gateway, configured, at_night):
    configured(oncall_exercise="email")
    happen(("intrusion.door", "P-1", 0.0), ("presence.person", "C-1", 5.0), exercise=True)
    actions.step(later(6))
    assert {each.channel: each.state for each in models.Message.objects.all()} == {
        "sms": "kept",
        "email": "queued",
    }


def test_nobody_on_call_is_said_and_begins_anew_when_somebody_is(village, burglary, gateway, at_night):
    actions.add_replacement(
        territory=village.key, member=None, rank=1, starts_at=later(-60), ends_at=later(3600), actor="system"
    )
    actions.step(later(6))
    assert facts("oncall.nobody_answered")[0]["why"] == "no_one_on_call"
    actions.set_contact(member=village.mayor, mobile="0612345601", email="", channels=["sms"], actor="system")
    add(village, village.mayor, 2)
    actions.step(later(20))
    assert called() == [[2]]


def test_a_village_without_a_rota_calls_nobody(village, burglary, gateway, at_night):
    assert actions.step(later(6)) == 0
    assert not models.Alert.objects.exists()


def test_passing_on_calls_the_next_at_once(rota, burglary, gateway, at_night):
    actions.step(later(6))
    assert (
        actions.pass_on(incident=burglary.pk, member=rota.mayor, how="sms", at=later(20)) == answering.PASSED
    )
    assert (
        actions.pass_on(incident=burglary.pk, member=rota.mayor, how="sms", at=later(21)) == answering.PASSED
    )
    actions.step(later(22))
    assert called() == [[1], [2]]
    assert len(facts("oncall.passed_on")) == 1
    actions.pass_on(incident=burglary.pk, member=rota.deputy, how="sms", at=later(30))
    actions.step(later(31))
    assert facts("oncall.nobody_answered")[0]["why"] == "all_passed"


def test_taking_is_in_the_name_of_who_took_it_and_the_second_is_told(rota, burglary, gateway, at_night):
    actions.step(later(6))
    at_night.advance(60)
    assert actions.take(incident=burglary.pk, member=rota.mayor, how="sms") == answering.TAKEN
    assert actions.take(incident=burglary.pk, member=rota.deputy, how="sms") == answering.ALREADY
    burglary.refresh_from_db()
    assert burglary.acknowledged_by == rota.mayor.actor
    assert facts("oncall.answered")[0]["how"] == "sms"
    assert [
        each.actor
        for each in journal.entries_about(f"incident:{burglary.pk}")
        if each.fact == "oncall.answered"
    ] == [rota.mayor.actor]


def test_who_may_not_answer_takes_nothing_and_is_never_put_on_the_rota(rota, burglary, gateway, at_night):
    actions.step(later(6))
    with pytest.raises(MayNotAnswer):
        actions.take(incident=burglary.pk, member=rota.resident, how="page")
    with pytest.raises(MayNotAnswer):
        add(rota, rota.resident, 3)


def test_the_journal_holds_no_number_no_address_no_name(rota, burglary, gateway, at_night):
    actions.step(later(6))
    actions.by_reply(number="+33612345601", text="ok", how="sms", at=later(9))
    whole = [
        str(each.body)
        for name in ("territory:village", "installation")
        for each in journal.numbered(name, after=0, limit=1000)
    ]
    assert not [each for each in whole if "345601" in each or "@" in each or "Mayor" in each]


def test_whose_role_ended_is_called_no_more(rota, burglary, gateway, at_night):
    RoleHeld.objects.filter(member=rota.mayor).update(ends_at=NIGHT)
    actions.step(later(6))
    assert called() == [[2]]


def test_an_alert_that_cannot_be_moved_holds_up_no_other(rota, happen, gateway, at_night):
    lost = happen(("panic.holdup", "P-7", 0.0), place=(900.0, 900.0))
    Incident.objects.filter(pk=lost.pk).update(territory_key="a-ghost")
    models.Line.objects.create(
        territory_key="a-ghost",
        member=rota.mayor,
        rank=1,
        days=[3],
        begins="08:00",
        ends="08:00",
        first="2026-01-01",
    )
    happen(("intrusion.door", "P-1", 0.0), ("presence.person", "C-1", 5.0))
    assert actions.step(later(6)) == 1
    assert called() == [[1]]


def test_a_number_is_one_persons(rota):
    from beffroi.during.oncall.errors import BadContact, NumberTaken

    with pytest.raises(NumberTaken):
        actions.set_contact(
            member=rota.deputy, mobile="+33 6 12 34 56 01", email="", channels=["sms"], actor="system"
        )
    with pytest.raises(BadContact):
        actions.set_contact(member=rota.deputy, mobile="12", email="", channels=["sms"], actor="system")


def test_a_text_names_the_code_by_which_it_is_answered(rota, burglary, gateway, at_night):
    actions.step(later(6))
    alert = models.Alert.objects.get()
    text = models.Message.objects.filter(channel="sms").first().text
    assert f"1 {alert.code}" in text and "{link}" in text and "CONFIRME" in text
    assert (
        actions.by_reply(number="0033612345601", text=f"1 {alert.code}", how="sms", at=later(30)) == "taken"
    )
    burglary.refresh_from_db()
    assert burglary.acknowledged_by == rota.mayor.actor


@pytest.mark.parametrize("number", ["+33699999999", "", "mairie", "0612345602"])
def test_a_number_that_was_not_called_does_nothing(rota, burglary, gateway, at_night, number):
    actions.step(later(6))
    assert actions.by_reply(number=number, text="1", how="sms", at=later(30)) == "unknown"
    burglary.refresh_from_db()
    assert burglary.acknowledged_at is None
