"""When a tap was made: the phone's word, its clock corrected, nothing beyond what is possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.during.dispatch.rules.taps import TRUE_S, believed

pytestmark = pytest.mark.unit

SENT = datetime(2026, 11, 12, 1, 0, tzinfo=UTC)
RECEIVED = SENT + timedelta(minutes=10)


def after(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def test_a_true_clock_is_taken_at_its_word() -> None:
    assert believed(after(90), RECEIVED, RECEIVED, SENT) == (after(90), "", 0.0)
    assert believed(after(90.4), RECEIVED - timedelta(seconds=TRUE_S), RECEIVED, SENT).at == after(90.4)


def test_a_clock_an_hour_off_still_tells_how_long_ago() -> None:
    for off in (-3600.0, 3600.0, 86_400.0):
        said = after(90 + off)
        assert believed(said, RECEIVED + timedelta(seconds=off), RECEIVED, SENT) == (
            after(90), "corrected", off,
        )  # fmt: skip


def test_what_cannot_be_is_brought_back_and_said() -> None:
    assert believed(RECEIVED + timedelta(seconds=4), RECEIVED, RECEIVED, SENT)[:2] == (RECEIVED, "ahead")
    assert believed(after(-30), RECEIVED, RECEIVED, SENT)[:2] == (SENT, "before")


def test_a_plain_form_is_of_its_receipt() -> None:
    assert believed(None, None, RECEIVED, SENT) == (RECEIVED, "", 0.0)


moments = st.floats(-1e7, 1e7, allow_nan=False).map(after)


@given(moments, moments)
def test_never_later_than_its_receipt_nor_before_what_it_answers(said: datetime, phone: datetime) -> None:
    found = believed(said, phone, RECEIVED, SENT)
    assert SENT <= found.at <= RECEIVED
    assert found.clock or (found.at == said and abs((phone - RECEIVED).total_seconds()) <= TRUE_S)
