"""What a look may be: for what, how long, over which span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
        (NOW, _ago(minutes=5), "backwards"),
        (NOW, NOW, "backwards"),
        (_ago(minutes=1), NOW + timedelta(seconds=1), "future"),
        (_ago(minutes=15), NOW, ""),
        (_ago(minutes=15, seconds=1), NOW, "long"),
        (_ago(hours=24), _ago(hours=23, minutes=50), ""),
        (_ago(hours=24, seconds=1), _ago(hours=23, minutes=50), "far"),
    ],
)
def test_a_recorder_is_asked_within_the_limits_only(start: datetime, end: datetime, why: str) -> None:
    assert rules.bad_span(start, end, NOW, timedelta(minutes=15), timedelta(hours=24)) == why


def test_no_setting_goes_beyond_the_law_nor_takes_the_last_minutes_away() -> None:
    start, end = _ago(days=31), _ago(days=31) + timedelta(minutes=1)
    assert rules.bad_span(start, end, NOW, timedelta(hours=1), timedelta(days=3650)) == "far"
    assert rules.bad_span(_ago(minutes=5), NOW, NOW, timedelta(0), timedelta(0)) == ""
    assert rules.bad_span(_ago(minutes=6), NOW, NOW, timedelta(hours=1), timedelta(0)) == "far"


@pytest.mark.parametrize(
    ("start", "end", "recent"),
    [
        (_ago(minutes=5), NOW, True),
        (_ago(minutes=30), _ago(minutes=25), True),
        (_ago(minutes=5, seconds=1), NOW, False),
        (_ago(minutes=30, seconds=1), _ago(minutes=29), False),
    ],
)
def test_what_the_last_minutes_are(start: datetime, end: datetime, recent: bool) -> None:
    assert rules.is_recent(start, end, NOW) is recent


def test_a_look_lasts_longer_than_the_span_that_it_shows() -> None:
    for minutes in (1, 5, 15, 240):
        span = timedelta(minutes=minutes)
        assert rules.lasts("upkeep", rules.PAST, span) >= span + timedelta(minutes=5)


@pytest.mark.parametrize("purpose", rules.PURPOSES)
@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_look_has_an_end(purpose: str, kind: str) -> None:
    assert timedelta(0) < rules.lasts(purpose, kind) <= timedelta(minutes=15)


def test_an_unknown_purpose_has_no_length() -> None:
    with pytest.raises(KeyError):
        rules.lasts("curiosity", rules.LIVE)


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
