"""What is news of a state that lasts, whatever comes twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.intake.changes import Changes, key_of

pytestmark = pytest.mark.unit

DOOR = ("town", "door")


def test_only_changes_are_told() -> None:
    changes = Changes()
    told = [changes.told(DOOR, state, f"k{n}", b"%d" % n) for n, state in enumerate("aabba")]
    assert told == ["k0", None, "k2", None, "k4"]
    assert changes.state_of(DOOR) == "a"
    changes.forget(DOOR)
    assert changes.told(DOOR, "a", "k5", b"5") == "k5"


def test_the_same_message_has_the_same_key_whenever_it_is_read() -> None:
    changes = Changes()
    assert changes.told(DOOR, "open", "at 1", b"x") == "at 1"
    assert changes.told(DOOR, "open", "at 2", b"y") is None
    assert changes.told(DOOR, "open", "at 3", b"x") == "at 1"


def test_what_is_learnt_is_not_told_unless_it_comes_in_another_way() -> None:
    changes = Changes()
    changes.learn(DOOR, "closed")
    assert changes.told(DOOR, "closed", "k", b"x") is None
    other = ("town", "other")
    changes.learn(other, "open", "k", b"x")
    changes.learn(other, "closed")
    assert changes.told(other, "open", "later", b"x") == "k"


def test_the_longest_unheard_is_forgotten() -> None:
    changes = Changes(most=3)
    for n in (1, 2, 3, 1, 4):
        changes.told((str(n),), "s", "k", b"m")
    assert [changes.state_of((str(n),)) for n in (1, 2, 3, 4)] == ["s", None, "s", "s"]
    assert len(changes) == 3


@given(st.lists(st.text(max_size=300), min_size=1, max_size=5))
def test_keys_are_short_and_name_their_parts(parts: list[str]) -> None:
    key = key_of(*parts)
    assert len(key) <= 200
    assert key_of(*parts) == key
    assert key_of(*parts, "x") != key
