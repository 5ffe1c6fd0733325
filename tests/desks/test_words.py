"""Every code that a room may say has its words, and every message is in French."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.desks import spelling
from beffroi.desks.duty import facts_said, reasons, words, words_more
from beffroi.during.dispatch.rules.words import WORDS as DISPATCH
from beffroi.during.fusion.rules.opinions import ACTS, HARMLESS
from beffroi.during.fusion.rules.words import REASONS as FUSION
from beffroi.during.incident import procedures, rules, rules_alarm, rules_handing
from beffroi.during.intake import calls
from beffroi.during.intake.kinds import KINDS
from beffroi.journal import facts

pytestmark = pytest.mark.unit


def test_every_code_has_its_words() -> None:
    assert set(rules.STATES) <= set(words.STATES) and set(rules.STATES) <= set(words.SHAPES)
    assert set(rules.LEDGER) <= set(words.LEDGER)
    assert set(KINDS) <= set(words.KINDS)
    assert set(ACTS) <= set(words.ACTS) and set(ACTS) <= set(words.POSSIBLE)
    assert set(HARMLESS) <= set(words.HARMLESS)
    assert set(rules.OUTCOMES) == set(words.OUTCOMES)
    assert {cause for each in rules.OUTCOMES.values() for cause in each.causes} <= set(words.CAUSES)
    assert set(rules.DOUBT_LIFTED_BY) <= set(words.DOUBT)
    steps = {
        step.code
        for version in procedures.versions()
        for each in procedures.book(version).values()
        for step in each.steps
    }
    assert steps == set(words_more.STEPS)
    assert {str(level) for level in range(5)} == set(words_more.ALARM)
    assert set(rules_alarm.REASONS) == set(words_more.ALARM_WHY)
    assert set(rules_handing.SERVICES) == set(words_more.SERVICES)
    assert set(rules_handing.WAYS) == set(words_more.WAYS)
    links = {
        *rules_handing.LINK_REASONS,
        *rules_handing.UNLINK_REASONS,
        rules_handing.ALONE,
        rules_handing.JOINED,
    }
    assert links == set(words_more.LINKS)
    assert set(calls.KINDS_TOLD) == set(words_more.CALLS) == set(words_more.CALL_ICONS)
    assert set(FUSION) <= set(reasons.REASONS)


def test_every_fact_has_its_words() -> None:
    declared = {name for name, _version in facts.declared() if name.split(".")[0] in ROOMS}
    assert declared <= set(facts_said.FACTS), declared - set(facts_said.FACTS)


ROOMS = {
    "acting",
    "crisis",
    "incident",
    "oncall",
    "fusion",
    "intake",
    "signal",
    "territory",
    "device",
    "unit",
    "people",
    "journal",
    "rehearsal",
    "shift",
}
FIGURES = {
    "percent": 12, "metres": 40, "seconds": 61, "false": 2, "total": 9, "minutes": 24, "times": 3,
    "kind": "fire.alarm", "independent": 2, "unit": "P1", "reference": "I-2", "low": 3, "high": 20,
    "first": "P2", "hypothesis": "x", "device": "C-17", "sources": 40, "devices": 12, "ways": 2, "all": 20,
    "basis": "convention", "back": "2026-11-12T18:00:00+00:00",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted({*FUSION, *DISPATCH}))
def test_every_reason_is_a_sentence(code: str) -> None:
    said = reasons.said(code, FIGURES)
    assert said != code and "%" not in said.replace("%\u00a0", "").replace("% ", "") and "{" not in said


def test_every_message_said_is_in_french() -> None:
    from tools.messages import missing

    assert missing() == []


@given(st.floats(0, 1e7))
def test_a_duration_has_two_units_at_most(seconds: float) -> None:
    assert len([part for part in spelling.duration(seconds).split(spelling.NBSP) if part.isalpha()]) <= 2


@given(st.floats(0, 1))
def test_what_is_not_certain_is_never_written_so(share: float) -> None:
    written = spelling.percent(share)
    assert 0 <= written <= 100
    assert (written == 100) <= (share == 1) and (written == 0) <= (share == 0)


def test_durations_are_written_as_people_say_them() -> None:
    nb = spelling.NBSP
    written = [spelling.duration(seconds) for seconds in (0.4, 45, 100, 7500, 300_000)]
    assert written == [f"0{nb}s", f"45{nb}s", f"1{nb}min{nb}40{nb}s", f"2{nb}h{nb}05", f"3{nb}j"]
    assert spelling.grouped(48217) == "48\u202f217" and spelling.short_duration(100) == "1:40"
