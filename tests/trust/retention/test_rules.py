"""Days, limits and holds as pure rules; the data file says a basis for every kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.foundation.errors import Invalid
from beffroi.trust.retention import rules, terms
from beffroi.trust.retention.rules import Held

PARIS = ZoneInfo("Europe/Paris")
MOMENTS = st.integers(0, 730 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=PARIS) + timedelta(minutes=minutes)
)
NIGHT = datetime(2026, 3, 14, 21, 0, tzinfo=UTC)


@pytest.mark.unit
@given(
    at=MOMENTS,
    days=st.integers(1, 400),
)
def test_a_thing_of_a_day_goes_on_that_day_and_its_term_later(at: datetime, days: int) -> None:
    last = at.date() + timedelta(days=days)
    assert at < rules.due_before(last, days, PARIS)
    assert at >= rules.due_before(last - timedelta(days=1), days, PARIS), "not a day too soon"
    assert at >= rules.late_before(last, days, PARIS), "on its day it is not late"
    assert at < rules.late_before(last + timedelta(days=1), days, PARIS)


@pytest.mark.unit
@given(
    at=MOMENTS,
    order=st.integers(2, 90),
)
def test_no_image_is_ever_older_than_the_order_says_nor_than_thirty_days(at: datetime, order: int) -> None:
    most = min(order, 30)
    night = at.date() + timedelta(days=most - 1)
    assert at < rules.images_due_before(night, order, PARIS), "erased on that day, before it is so old"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("held", "kept"),
    [
        (Held("device:C-1"), True),
        (Held("device:C-2"), False),
        (Held("device:C-1", "images"), True),
        (Held("device:C-1", "notes"), False),
        (Held("device:C-1", since=NIGHT), True),
        (Held("device:C-1", since=NIGHT + timedelta(seconds=1)), False),
        (Held("device:C-1", until=NIGHT), True),
        (Held("device:C-1", until=NIGHT - timedelta(seconds=1)), False),
    ],
)
def test_a_hold_keeps_what_it_names_and_nothing_else(held: Held, kept: bool) -> None:
    assert held.keeps("images", ["device:C-1", "order:1"], NIGHT) is kept


@pytest.mark.unit
def test_a_kind_without_a_basis_or_beyond_its_limit_is_refused() -> None:
    whole = '[kinds.x]\nfr="a"\nen="b"\ndays=3\nmost=3\nlaw=false\nbasis_fr="c"\nbasis_en="d"\n'
    assert terms.parse(whole)["x"].days == 3
    for broken in ("days=4", "days=0", 'basis_fr=""', 'colour="red"'):
        name = broken.partition("=")[0]
        lines = [each for each in whole.splitlines() if not each.startswith(f"{name}=")]
        with pytest.raises(Invalid):
            terms.parse("\n".join([*lines, broken]))
    images = terms.kinds()["images"]
    assert images.law and images.most == rules.LONGEST_IMAGE_DAYS == 30


@pytest.mark.room
@pytest.mark.django_db
def test_images_are_kept_as_the_order_fixes_less_where_the_town_chose_so() -> None:
    from beffroi.trust.retention import actions

    assert [terms.image_days(each, "town") for each in (8, 30, 99)] == [8, 30, 30]
    actions.set_term(where="town", kind="images", days=12)
    assert [terms.image_days(each, "town") for each in (8, 30)] == [8, 12]


@pytest.mark.unit
def test_the_digest_is_of_sorted_hashes_and_changes_with_any_of_them() -> None:
    assert rules.digest(["b", "a"]) == rules.digest(["a", "b"]) != rules.digest(["a", "c"])
    assert rules.due_before(date(2026, 3, 30), 1, PARIS).isoformat() == "2026-03-30T00:00:00+02:00"
