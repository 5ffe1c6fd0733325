"""States, outcomes, urgency, and that every code has its words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.fusion.rules import words as fusion_words
from beffroi.during.fusion.rules.kinds import RESERVED, SENSES
from beffroi.during.fusion.rules.opinions import ACTS, HARMLESS, NIGHT, PRIOR
from beffroi.during.incident import procedures, rules, words
from beffroi.during.intake.kinds import KINDS

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 12, tzinfo=UTC)


def test_what_is_closed_stays_closed() -> None:
    assert not any(rules.may_follow("closed", state) for state in rules.STATES)


def test_every_state_but_closed_can_be_closed_and_is_reached() -> None:
    for state in rules.STATES:
        assert state == "closed" or rules.may_follow(state, "closed")
    reached = set().union(*rules.TRANSITIONS.values())
    assert reached == set(rules.STATES)


@pytest.mark.parametrize(
    ("outcome", "cause", "fine"),
    [
        ("real", "", True),
        ("real", "weather", False),
        ("false_alarm", "weather", True),
        ("false_alarm", "", False),
        ("handed_over", "gendarmerie", True),
        ("won", "", False),
    ],
)
def test_outcomes_ask_for_their_causes(outcome: str, cause: str, fine: bool) -> None:
    assert (rules.outcome_fault(outcome, cause) == "") is fine


def test_life_comes_first_then_what_is_sure_then_time_left() -> None:
    def key(life: bool, sure: bool, seconds: float) -> tuple[int, int, int, float]:
        return rules.urgency(life, sure, NOW + timedelta(seconds=seconds), NOW)

    ordered = [
        (True, False, 900.0),
        (True, False, -5.0),
        (False, True, 60.0),
        (False, True, -900.0),
        (False, False, 20.0),
        (False, False, 300.0),
        (False, False, -10.0),
        (False, False, -600.0),
    ]
    assert sorted(reversed(ordered), key=lambda each: key(*each)) == ordered


@given(st.sampled_from(rules.STATES), st.booleans())
def test_life_is_a_badge_only_while_it_is_to_decide(state: str, life: bool) -> None:
    shown = rules.badge(state, life)
    assert shown in words.STATES
    assert (shown == "life") == (life and state in ("to_check", "confirmed"))


def test_every_code_has_its_words() -> None:
    assert set(words.STATES) == {*rules.STATES, "life"}
    assert set(words.OUTCOMES) == set(rules.OUTCOMES)
    assert set(words.CAUSES) == {cause for each in rules.OUTCOMES.values() for cause in each.causes}
    assert set(words.DOUBT) == set(rules.DOUBT_LIFTED_BY)
    assert set(rules.LEDGER) <= set(words.LEDGER)
    for act in (*ACTS, "device_silent"):
        assert f"act.{act}" in words.TITLES
        assert act == "device_silent" or f"possible.{act}" in words.TITLES
        assert act in fusion_words.ACTS
        assert all(step.code in words.STEPS for step in procedures.for_act(act).steps)


def test_fusion_knows_every_kind_that_intake_lets_in() -> None:
    told = {kind for kind in SENSES if not kind.endswith(RESERVED)}
    assert told == set(KINDS) == set(fusion_words.KINDS)
    assert {kind for kind, sense in SENSES.items() if sense.life} == {
        name for name, kind in KINDS.items() if kind.is_life
    }


def test_starting_opinions_are_shares() -> None:
    assert set(PRIOR) == {*ACTS, *HARMLESS} and set(fusion_words.HARMLESS) == set(HARMLESS)
    assert sum(PRIOR.values()) == pytest.approx(1, abs=0.01)
    assert set(NIGHT) <= set(HARMLESS)
    assert all(0 <= sense.alone < 0.7 for sense in SENSES.values())


def test_procedures_carry_their_version() -> None:
    assert procedures.for_act("burglary").version == "burglary/2"
    assert procedures.for_act("unheard_of").version == "general/2"
