"""What a device is asked, and what is made of what it sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from beffroi.during.intake import conformity
from beffroi.during.intake.connectors import registry
from beffroi.during.intake.rules_conform import CHECKS, Evidence, Message, Requirement, judge, passes
from beffroi.foundation.errors import NotFound

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
GOOD = Message(START, "kept", "intrusion.door", "k1", "501", True, 0.4, "said", 3.0)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def seen(*messages: Message, **more: Any) -> Evidence:
    return Evidence(START, at(300), messages=list(messages), heard=[START], **more)


def holds(check: str, evidence: Evidence, **figures: Any) -> bool | None:
    [verdict] = judge(evidence, [Requirement(check, figures)])
    assert verdict.asked and verdict.seen
    return verdict.holds


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        ("kept", Message(START, "unread", code="x", why="y")),
        ("readable", Message(START, "unread", code="x", why="y")),
        ("answered", replace(GOOD, answered_ms=2000.0)),
        ("clock", replace(GOOD, skew_s=41.0)),
        ("clock", replace(GOOD, skew_s=-21.0)),
        ("clock", Message(START, "unread", code="dc09.bad_time", why="late")),
        ("devices", replace(GOOD, mapped=False)),
        ("kinds", replace(GOOD, kind="technical.other")),
    ],
)
def test_each_check_holds_and_fails(check: str, bad: Message) -> None:
    assert holds(check, seen(GOOD)) is True
    assert holds(check, seen(bad)) is False


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_silence_proves_nothing(check: str) -> None:
    nothing = Evidence(START, at(3), expects_every_s=60)
    assert holds(check, nothing) is not True
    assert not passes(judge(nothing, [Requirement(check)]))


def test_a_name_is_for_one_message() -> None:
    assert holds("keys", seen(GOOD, replace(GOOD, what="again"))) is True
    assert holds("keys", seen(GOOD, replace(GOOD, what="again", said="other"))) is False


def test_a_time_may_be_left_out_where_the_connector_says_so() -> None:
    timeless = seen(replace(GOOD, skew_s=None))
    assert holds("clock", timeless) is None
    assert holds("clock", timeless, optional=True) is True


def test_the_longest_silence_counts_from_the_beginning_to_the_end() -> None:
    for moments, well in (([0, 60, 120, 180, 240], True), ([0, 60, 240], False), ([120, 200], False)):
        evidence = replace_heard(seen(GOOD, expects_every_s=90), moments)
        assert holds("heartbeat", evidence) is well
    assert holds("heartbeat", seen(GOOD)) is True


def replace_heard(evidence: Evidence, moments: list[int]) -> Evidence:
    evidence.heard = [at(each) for each in moments]
    return evidence


def test_what_only_the_kit_sees_is_not_asked_from_outside() -> None:
    verdicts = judge(seen(GOOD, inside=False), [Requirement("keys"), Requirement("kept")])
    assert [(each.holds, each.required) for each in verdicts] == [(None, False), (True, True)]
    assert passes(verdicts)


def test_guarantees_and_link_tests_are_counted() -> None:
    assert holds("guarantee", seen(GOOD)) is True
    assert holds("guarantee", seen(GOOD, not_guaranteed=1)) is False
    assert holds("links", seen(links=1)) is True
    assert holds("links", seen()) is False
    assert holds("kinds", seen(GOOD), any_of=["panic."]) is False
    assert holds("kinds", seen(GOOD), any_of=["intrusion."]) is True


@pytest.mark.parametrize("name", sorted(registry()))
def test_every_connector_asks_for_something_that_can_fail(name: str) -> None:
    asked = conformity.requirements(name)
    assert {each.check for each in asked if each.required} >= {"kept", "readable"}
    assert not conformity.report(name, Evidence(START, at(3))).holds


def test_the_report_says_why_in_words_and_on_a_page() -> None:
    report = conformity.report("http", seen(GOOD, Message(START, "unread", code="http.x", why="a | b")))
    assert report.lines()[-1] == "Does not conform."
    assert "a \\| b" in report.markdown()
    assert report.as_dict()["unread"] == 1
    with pytest.raises(NotFound):
        conformity.requirements("unheard")
