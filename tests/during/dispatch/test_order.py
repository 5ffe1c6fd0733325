"""The order of units as a pure rule: no database, no clock."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import messages

from beffroi.during.dispatch.methods.stays import STAYS, burglary
from beffroi.during.dispatch.rules import may_go, order, rows
from beffroi.during.dispatch.rules.shapes import Act, Candidate, Order
from beffroi.during.dispatch.rules.words import OVERRIDES, WORDS

pytestmark = pytest.mark.unit

LAWS = {"burglary": burglary(300, 180, 1200, 0.7), **STAYS}
ACT = Act(incident="i", act="burglary", life=False, exercise=False, elapsed_s=75, present_s=50)


def unit(key: str, road_s: float, **more: Any) -> Candidate:
    given = {"name": key, "kind": "municipal", "state": "free", "exercise": False, "lat": 47.0, "lon": -2.0}
    return Candidate(unit=key, road_s=road_s, **({"age_s": 2.0} | given | more))


def put(*units: Candidate, act: Act = ACT, **more: Any) -> Order:
    return order.order(units, act, LAWS, stale_after_s=60, limit_s=1800, **more)


def keys(found: Order) -> list[str]:
    return [row.unit for row in found.rows]


def test_the_least_expected_time_goes_first_not_the_least_median() -> None:
    """An old position may promise a short way: what is expected counts."""
    found = put(unit("A", 100), unit("B", 60, age_s=900.0))
    assert keys(found) == ["A", "B"]


def test_equal_units_stand_by_name() -> None:
    assert keys(put(unit("B", 100), unit("A", 100))) == ["A", "B"]


@pytest.mark.parametrize(("life", "sooner", "first"), [(False, 150, "A"), (False, 200, "B"), (True, 60, "B")])
def test_what_a_diversion_costs(life: bool, sooner: float, first: str) -> None:
    act = msgspec.structs.replace(ACT, life=life)
    busy = unit("B", 300 - sooner, state="sent", mission="other", mission_reference="I-2")
    assert keys(put(unit("A", 300), busy, act=act))[0] == first


@pytest.mark.parametrize(("first", "kept"), [("B", "B"), ("", "A"), ("Z", "A")])
def test_whoever_was_first_keeps_its_place_against_a_few_seconds(first: str, kept: str) -> None:
    assert keys(put(unit("A", 100), unit("B", 105), first=first))[0] == kept
    assert keys(put(unit("A", 100), unit("B", 140), first=first))[0] == "A"


def test_who_is_under_another_command_has_to_be_told_first() -> None:
    found = put(unit("A", 100), unit("G", 60, kind="gendarmerie"))
    assert keys(found) == ["A", "G"]
    assert found.rows[1].eta_s == pytest.approx(60 + 20 + rows.ASKED_S, rel=0.05)
    coming = put(unit("G", 60, kind="gendarmerie", state="sent", mission="i")).coming
    assert coming[0].eta_s == pytest.approx(60, abs=0.2)


def test_on_the_way_here_is_neither_proposed_nor_asked_why() -> None:
    mine = unit("A", 100, state="sent", mission="i", kind="security", exercise=True)
    found = put(mine, unit("B", 50))
    assert [row.unit for row in found.coming] == ["A"] and keys(found) == ["B"]
    assert found.coming[0].eta_s == pytest.approx(100, abs=0.2)
    assert found.rows[0].eta_s > 60


def test_no_unit_at_all() -> None:
    found = put()
    assert (found.coming, found.rows, found.left_out) == ([], [], [])
    assert found.race is not None and 0 < found.race.there < 1


def test_the_same_bar_for_all() -> None:
    bar = order.Reason("dispatch.place_unknown")
    found = put(unit("A", math.inf), unit("B", math.inf, state="off"), bar=bar)
    assert [each.reason.code for each in found.left_out] == ["dispatch.place_unknown", "dispatch.off_duty"]
    assert [each.may_send for each in found.left_out] == [True, False]


candidates = st.lists(
    st.builds(
        unit,
        key=st.sampled_from("ABCDEFGH"),
        road_s=st.one_of(st.floats(0, 1800), st.just(math.inf)),
        state=st.sampled_from(["free", "sent", "on_scene", "busy", "off"]),
        kind=st.sampled_from(["municipal", "gendarmerie", "security", "other"]),
        age_s=st.floats(0, 2000),
        from_base=st.booleans(),
        mission=st.sampled_from(["", "i", "other"]),
        mission_life=st.booleans(),
        exercise=st.booleans(),
        abilities=st.sampled_from([(), ("foot",), ("bicycle", "dog")]),
    ),
    max_size=6,
    unique_by=lambda each: each.unit,
)
acts = st.builds(
    Act,
    incident=st.just("i"),
    act=st.sampled_from([*LAWS, "assault", "fire", "unknown"]),
    life=st.booleans(),
    exercise=st.booleans(),
    elapsed_s=st.floats(-60, 20_000),
    present_s=st.floats(-60, 20_000),
    reached=st.booleans(),
)


@settings(max_examples=80, deadline=None)
@given(candidates, acts, st.sampled_from(["", "A", "B"]))
def test_every_unit_is_told_of_once_in_words_that_exist(units: list[Candidate], act: Act, first: str) -> None:
    found = put(*units, act=act, first=first)
    named = [each.unit for each in [*found.coming, *found.rows, *found.left_out]]
    assert sorted(named) == sorted(each.unit for each in units)
    assert [row.place for row in found.rows] == list(range(1, len(found.rows) + 1))
    assert (found.race is None) == (found.no_race is not None)
    reasons = [reason for row in [*found.coming, *found.rows] for reason in row.reasons]
    reasons += [each.reason for each in found.left_out]
    reasons += [found.no_race] if found.no_race else [found.race.basis]  # type: ignore[union-attr]
    for reason in reasons:
        assert "{" not in WORDS[reason.code].format(**reason.params)
    for row in [*found.coming, *found.rows]:
        assert 0 <= row.eta_low_s <= row.eta_s <= row.eta_high_s
        assert (row.chance is None) == (found.race is None)
        if row.chance is not None:
            assert 0 <= row.chance_low <= row.chance <= row.chance_high <= 1  # type: ignore[operator]
    free = [row.eta_s for row in found.rows if not row.diverted_from and row.state == "free"]
    assert msgspec.convert(msgspec.to_builtins(found), Order) == found
    assert len(free) <= len(units)


def test_every_word_is_said_somewhere_and_every_code_has_words() -> None:
    sources = "".join(
        module.__spec__.loader.get_source(module.__name__)  # type: ignore[union-attr]
        for module in (order, rows, may_go)
    )
    said = set(re.findall(r'"(dispatch\.[a-z_]+)"', sources))
    elsewhere = {"dispatch.place_unknown", "dispatch.no_streets"}
    assert said | elsewhere == {code for code in WORDS if code.startswith("dispatch.")}
    assert len(OVERRIDES) == 5 and all(len(code) <= 32 for code in OVERRIDES)


def test_every_sentence_is_said_in_french_with_the_same_figures() -> None:
    french = messages.read(messages.catalogue_file(messages.PACKAGE / "during" / "dispatch"))
    for sentence in WORDS.values():
        there = french.get(sentence)
        assert there is not None and there.string, sentence
        assert sorted(re.findall(r"{\w+}", there.string)) == sorted(re.findall(r"{\w+}", sentence))
