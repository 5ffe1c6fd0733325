"""Canonical JSON: always what the reference library gives, by the short path or the long one."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from beffroi.journal import canonical

pytestmark = pytest.mark.unit

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_values)
@example({"é": 1, "z": 1.0, "\U0001f600": -0.0, '\x7f\x1f"\\/': 1e21})
@example({"a": ["\u2028", "<>&"], "€": 0.000001})
def test_it_is_what_rfc_8785_says(value: object) -> None:
    encoded = canonical.encode(value)
    assert encoded == rfc8785.dumps(value)
    assert json.loads(encoded, parse_int=float) == value  # 1e16 is written without a point


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {"n": 2**53}, [-(2**53)], {"s": "\ud800"}, {1j: 2}, object()],
)
def test_what_it_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(canonical.NotCanonical):
        canonical.encode(value)


@given(st.text(min_size=1, max_size=20))
def test_any_key_makes_a_name_that_needs_no_escape_in_json(text: str) -> None:
    try:
        name = canonical.subject_name(f"device:{text}")
    except UnicodeEncodeError:
        return  # a lone surrogate is no text
    assert json.dumps(name) == f'"{name}"'
    assert name.isascii()


@pytest.mark.parametrize("name", ["", " ", "a b", 'a"', "é", "a" * 201, ":x", "a\n"])
def test_a_journal_has_a_plain_name(name: str) -> None:
    with pytest.raises(canonical.BadName):
        canonical.name("Journal", name)
