"""Who holds a camera: the rule by itself, under every order of wishes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes import rules_hold as rules
from beffroi.eyes.rules_hold import Held

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 1, 22, tzinfo=UTC)
LASTS = timedelta(seconds=30)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("held", "priority", "reason", "verdict"),
    [
        (None, rules.ROUTINE, "", "free"),
        (Held(B, rules.LIFE, NOW), rules.ROUTINE, "", "free"),
        (Held(A, rules.LIFE, NOW + LASTS), rules.ROUTINE, "", "own"),
        (Held(B, rules.ROUTINE, NOW + LASTS), rules.LIFE, "", "held"),
        (Held(B, rules.ROUTINE, NOW + LASTS), rules.LIFE, "because", "held"),
        (Held(B, rules.ROUTINE, NOW + LASTS), rules.LIFE, "life", "take"),
        (Held(B, rules.LIFE, NOW + LASTS), rules.LIFE, "life", "held"),
        (Held(B, rules.LIFE, NOW + LASTS), rules.SUPERVISOR, "supervisor", "take"),
        (Held(B, rules.SUPERVISOR, NOW + LASTS), rules.SUPERVISOR, "supervisor", "held"),
    ],
)
def test_who_comes_first(held: Held | None, priority: int, reason: str, verdict: str) -> None:
    assert rules.judge(held, A, priority, NOW, reason=reason) == verdict


def test_what_a_supervisor_took_stays_one_s_and_an_incident_does_not_outlive_its_look() -> None:
    assert rules.kept_priority(rules.SUPERVISOR, rules.ROUTINE) == rules.SUPERVISOR
    assert rules.kept_priority(rules.LIFE, rules.ROUTINE) == rules.ROUTINE


wishes = st.tuples(
    st.sampled_from([A, B, C]),
    st.sampled_from(sorted(rules.PRIORITIES)),
    st.sampled_from(["", "because", *rules.REASONS]),
    st.floats(0, 45),
)


@given(st.lists(wishes, max_size=40))
def test_a_hold_changes_hands_only_when_over_or_by_who_comes_first_with_a_reason(
    steps: list[tuple[UUID, int, str, float]],
) -> None:
    held: Held | None = None
    now = NOW
    for member, priority, reason, seconds in steps:
        now += timedelta(seconds=seconds)
        before, held = held, rules.after(held, member, priority, now, LASTS, reason=reason)
        assert held is not None, "whoever wishes first, has it"
        over = before is None or before.until <= now
        if over or held.member == member:
            assert held.member == member and held.until == now + LASTS
        if not over and before is not None and held.member != before.member:
            assert priority > before.priority and reason in rules.REASONS
        if not over and before is not None and held.member != member:
            assert held == before, "who is refused changes nothing, not even the time that is left"
        assert held.until <= now + LASTS, "nobody holds for longer than it lasts"


def test_a_key_that_stays_pressed_is_one_gesture_and_a_preset_never_is() -> None:
    just = NOW - timedelta(seconds=1)
    assert rules.same_gesture("left", just, "left", NOW)
    assert not rules.same_gesture("left", just, "right", NOW)
    assert not rules.same_gesture("left", NOW - timedelta(seconds=3), "left", NOW)
    assert not rules.same_gesture("preset", just, "preset", NOW)
    assert not rules.same_gesture("", None, "left", NOW)
    assert max(abs(each) for speeds in rules.MOVES.values() for each in speeds) <= 1
