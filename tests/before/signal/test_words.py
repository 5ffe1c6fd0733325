"""The words of a signal: closed lists, honest times and places; whatever is posted never breaks the form."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.before.signal import rules
from beffroi.desks.report import words as said
from beffroi.desks.report.forms import fill
from beffroi.during.intake.kinds import KINDS
from beffroi.foundation.geography import Position

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 12, 2, 14, tzinfo=UTC)
TOWN = Position(47.65, -2.08)
STREETS = {"Rue du Port": Position(47.651, -2.081, 90.0)}


def test_every_word_is_a_kind_that_intake_knows_and_has_its_own_words() -> None:
    assert set(rules.WHAT) <= set(KINDS)
    assert set(rules.WHAT) == set(rules.DETAILS) == set(said.WHAT)
    for questions in rules.DETAILS.values():
        for question, answers in questions.items():
            assert set(answers) == set(said.ANSWERS[question]) and question in said.QUESTIONS


def test_answers_that_are_not_proposed_are_refused_and_empty_ones_dropped() -> None:
    kept = rules.words("signal.vehicle_slow", {"vehicle": "van", "colour": ""})
    assert kept == {"vehicle": "van"}
    for what, details in (
        ("signal.vehicle_slow", {"vehicle": "a red van, plate AB-123-CD"}),
        ("signal.vehicle_slow", {"driver": "tall"}),
        ("signal.person", {}),
    ):
        with pytest.raises(rules.Unsaid):
            rules.words(what, details)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=30), max_size=4), st.sampled_from(rules.WHAT))
def test_nothing_free_ever_gets_through(details: dict[str, str], what: str) -> None:
    try:
        kept = rules.words(what, details)
    except rules.Unsaid:
        return
    assert all(answer in rules.DETAILS[what][question] for question, answer in kept.items())


def test_times_yet_to_come_are_refused_and_a_phone_ahead_is_forgiven() -> None:
    assert rules.seen(NOW + timedelta(seconds=90), NOW) == NOW
    assert rules.seen(NOW - timedelta(minutes=40), NOW) == NOW - timedelta(minutes=40)
    for seen in (NOW + timedelta(minutes=3), NOW - timedelta(hours=25), NOW.replace(tzinfo=None)):
        with pytest.raises(rules.Unsaid):
            rules.seen(seen, NOW)


@given(st.floats())
def test_a_radius_is_refused_or_between_its_bounds(radius: float) -> None:
    try:
        assert 10 <= rules.radius(radius) <= rules.WIDEST_M
    except rules.Unsaid:
        assert not (math.isfinite(radius) and radius <= rules.WIDEST_M)


FORM = {
    "what": "signal.noise",
    "signal.noise.sound": "glass",
    "street": "Rue du Port",
    "age": "5",
    "form": "",
}


def test_a_form_filled_by_street_is_understood() -> None:
    filled = fill(FORM, STREETS, TOWN, 2000)
    assert filled.faults == {}
    assert filled.details == {"sound": "glass"} and filled.age == timedelta(minutes=5)
    assert filled.place is not None and filled.place.radius_m == 120


def test_each_lack_is_said_at_its_own_field() -> None:
    filled = fill({}, STREETS, TOWN, 2000)
    assert set(filled.faults) == {"what", "place", "when"}
    far = fill({**FORM, "lat": "48.9", "lon": "2.3", "radius": "20"}, STREETS, TOWN, 2000)
    assert far.faults == {"place": said.FAULTS["place_far"]}
    vague = fill({**FORM, "lat": "47.65", "lon": "-2.08", "radius": "3000"}, STREETS, TOWN, 2000)
    assert vague.faults == {"place": said.FAULTS["place"]}


NAMES = st.sampled_from(["what", "lat", "lon", "radius", "street", "age", "form", "signal.noise.sound"])


@given(st.dictionaries(NAMES, st.one_of(st.text(max_size=20), st.floats().map(str), st.just("signal.noise"))))
def test_whatever_is_posted_gives_a_form_or_its_faults(post: dict[str, str]) -> None:
    filled = fill(post, STREETS, TOWN, 2000)
    if not filled.faults:
        assert filled.what in rules.DETAILS and filled.place is not None and filled.age is not None
