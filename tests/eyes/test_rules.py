"""What a look may be: for what, how long, over which span."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes import rules

pytestmark = pytest.mark.unit
NOW = datetime(2026, 3, 14, 21, 20, tzinfo=UTC)


def _ago(**given: int) -> datetime:
    return NOW - timedelta(**given)


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        (_ago(minutes=5), NOW, ""),
        (_ago(minutes=30), _ago(minutes=25), ""),
        (NOW, _ago(minutes=5), "ends before"),
        (_ago(minutes=1), NOW + timedelta(seconds=1), "future"),
        (_ago(minutes=5, seconds=1), NOW, "longer than five"),
        (_ago(minutes=31), _ago(minutes=29), "half an hour"),
    ],
)
def test_a_recorder_is_asked_for_the_last_minutes_only(start: datetime, end: datetime, why: str) -> None:
    said = rules.bad_span(start, end, NOW)
    assert (said == "") if not why else why in said


@pytest.mark.parametrize("purpose", rules.PURPOSES)
@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_look_has_an_end(purpose: str, kind: str) -> None:
    assert timedelta(0) < rules.lasts(purpose, kind) <= timedelta(minutes=15)


def test_an_unknown_purpose_has_no_length() -> None:
    with pytest.raises(KeyError):
        rules.lasts("curiosity", rules.LIVE)


def test_an_order_covers_until_its_last_day_and_an_exercise_needs_none() -> None:
    today = date(2026, 3, 14)
    assert rules.order_stands("35-1", today, today, exercise=False)
    assert rules.order_stands("35-1", None, today, exercise=False)
    assert not rules.order_stands("35-1", date(2026, 3, 13), today, exercise=False)
    assert not rules.order_stands("", None, today, exercise=False)
    assert rules.order_stands("", None, today, exercise=True)


@given(st.integers(1, 900), st.one_of(st.none(), st.integers(0, 900)), st.integers(0, 2000))
def test_a_look_that_nobody_closed_ends_and_never_beyond_its_time(
    length: int, image: int | None, later: int
) -> None:
    until, now = NOW + timedelta(seconds=length), NOW + timedelta(seconds=later)
    last = None if image is None else NOW + timedelta(seconds=image)
    how, at = rules.ended_at(NOW, last, until, now)
    if how:
        assert at <= until and at <= now
    else:
        assert now < until and now < (last or NOW) + rules.LEFT_AFTER
