"""Paths into messages: what they reach, what is refused, and that none of them runs away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.intake.connectors.mapped.rules.paths import EACH, BadPath, Seen, first, parse, values

pytestmark = pytest.mark.unit

BODY = json.loads(
    '{"a": {"b.c": {"d e": 1}}, "list": [{"n": 1}, {"n": null}, {"n": 3}], '
    '"input:0": {"state": true}, "@x": 5}'
)
SEEN = Seen(BODY, BODY["list"][0], topic="cam/door/1", path="x/y", query={"event": "up"})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('@body.a."b.c"."d e"', [1]),
        ("@body.list[0].n", [1]),
        ("@body.list[-1].n", [3]),
        ("@body.list[*].n", [1, None, 3]),
        ("@body.list[9].n", []),
        ('@body."input:0".state', [True]),
        ("@body.input:0.state", [True]),
        ('@body."@x"', [5]),
        ("n", [1]),
        ("nothing.there", []),
        ("n.deeper", []),
        ("n[0]", []),
        ("@topic", ["cam/door/1"]),
        ("@topic[1]", ["door"]),
        ("@topic[-1]", ["1"]),
        ("@query.event", ["up"]),
        ("@query.other", []),
        ("@path[0]", ["x"]),
        ("@path", ["x/y"]),
        ("@body", [BODY]),
    ],
)
def test_what_paths_reach(path: str, found: list[Any]) -> None:
    assert values(parse(path), SEEN) == found


def test_the_first_that_is_there_counts() -> None:
    assert first(parse("@body.list[*].n"), SEEN) == 1
    assert first(parse("@body.list[1].n"), SEEN) is None


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "characters"),
        ("a" * 201, "characters"),
        ("a..b", "character 3"),
        ("a.", "character 3"),
        (".a", "character 1"),
        ("a b", "character 2"),
        ("a[x]", "character 2"),
        ("a[1", "character 2"),
        ("a[99999]", "character 2"),
        ('a."b', "not closed"),
        ("a.@b", "character 3"),
        ("@bodyx", "@body"),
        ("@secret", "@body"),
        (".".join("a" * 17), "16 steps"),
        ("a[*][*][*]", r"2 \[\*\]"),
        ("a]", "character 2"),
    ],
)
def test_what_is_no_path_says_where(path: str, why: str) -> None:
    with pytest.raises(BadPath, match=why):
        parse(path)


def test_a_path_costs_what_it_visits_and_no_more() -> None:
    wide = {"a": [{"b": list(range(500))} for _ in range(500)]}
    assert len(values(parse("a[*].b[*]"), Seen(wide, wide))) == 1_000


keys = st.text(st.characters(exclude_categories=["C"], exclude_characters='"'), min_size=1, max_size=12)
steps = st.lists(keys | st.integers(-9999, 9999) | st.just(EACH), min_size=1, max_size=16)


@given(
    steps.filter(
        lambda each: sum(step is EACH for step in each) <= 2 and sum(len(str(s)) for s in each) < 120
    )
)
def test_what_is_written_is_read_back(given_steps: list[Any]) -> None:
    text = "@body"
    for step in given_steps:
        text += "[*]" if step is EACH else f"[{step}]" if isinstance(step, int) else f'."{step}"'
    if len(text) <= 200:
        assert parse(text).steps == tuple(given_steps)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=20,
)


@given(json_values, st.text(st.sampled_from('abcd.[]*0-1"@body'), max_size=20))
def test_no_text_breaks_it_whatever_the_message(body: Any, text: str) -> None:
    try:
        path = parse(text)
    except BadPath as error:
        assert str(error)
        return
    assert len(values(path, Seen(body, body, "a/b", "c", {"d": "e"}))) <= 1_000


@given(json_values)
def test_every_leaf_has_a_path(body: Any) -> None:
    def leaves(value: Any, at: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                leaves(inner, f"{at}.{key}")
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                leaves(inner, f"{at}[{number}]")
        elif at.count(".") + at.count("[") <= 16 and len(at) <= 200:
            assert values(parse(at), Seen(body, None)) == [value]

    leaves(body, "@body")
