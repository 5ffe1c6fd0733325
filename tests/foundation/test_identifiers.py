"""UUIDv7 as RFC 9562 draws it: version, variant, order, and the instant inside."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.foundation import clock
from beffroi.foundation.identifiers import derived_uuid7, instant_of, uuid7, uuid7s

pytestmark = pytest.mark.unit

instants = st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(instants)
def test_the_instant_comes_back_to_the_millisecond(at: datetime) -> None:
    identifier = uuid7(at)
    assert (identifier.version, identifier.variant) == (7, RFC_4122)
    assert abs((instant_of(identifier) - at).total_seconds()) <= 0.001


@given(instants, instants)
def test_order_is_the_order_of_time(a: datetime, b: datetime) -> None:
    if abs((a - b).total_seconds()) > 0.001:
        assert (uuid7(a) < uuid7(b)) == (a < b)


def test_the_example_of_the_rfc() -> None:
    # RFC 9562, appendix A.6: Tuesday, February 22, 2022 2:22:22.00 PM GMT-05:00.
    example = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert instant_of(example) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_identifiers_of_one_millisecond_differ() -> None:
    with clock.use(clock.FixedClock(datetime(2026, 1, 1, tzinfo=UTC))):
        assert len({uuid7() for _ in range(2000)}) == 2000


@given(instants, st.lists(st.text(), max_size=4))
def test_a_derived_identifier_is_always_the_same(at: datetime, parts: list[str]) -> None:
    first = derived_uuid7(at, *parts)
    assert first == derived_uuid7(at, *parts)
    assert (first.version, first.variant) == (7, RFC_4122)


def test_the_parts_of_a_derived_identifier_do_not_run_together() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    told = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc")]
    assert len({derived_uuid7(at, *parts) for parts in told}) == len(told)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        uuid7(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault under test


def test_another_version_carries_no_instant() -> None:
    with pytest.raises(ValueError, match="UUIDv7"):
        instant_of(UUID("f81d4fae-7dec-41d0-a765-00a0c91e6bf6"))


@given(instants)
def test_many_at_one_instant_are_as_good_as_each_alone(at: datetime) -> None:
    found = list(islice(uuid7s(at), 150))
    assert len(set(found)) == 150
    for each in found:
        assert (each.version, each.variant) == (7, RFC_4122)
        assert instant_of(each) == instant_of(uuid7(at))
    # Every bit that may be random is seen both ways (the chance that one is not: 1 in 10^43).
    ones = zeros = 0
    for each in found:
        ones, zeros = ones | each.int, zeros | ~each.int & (1 << 128) - 1
    assert (ones & zeros).bit_count() == 74
