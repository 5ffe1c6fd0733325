"""Values as people write them: read right, or refused without a fuss."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beffroi.territory.methods import values

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("50", 50), ("50 km/h", 50), ("30 mph", 48.28), ("walk", 6), ("none", 130), ("FR:urban", 50),
        ("FR:rural", 80), ("FR:zone30", 30), ("FR:motorway", 130), ("CH:urban", 50), ("50;30", 30),
        ("signals", None), ("", None), ("fast", None), ("FR:", None), ("-30", None),
    ],
)  # fmt: skip
def test_speed_limits(text: str, wanted: float | None) -> None:
    found = values.kmh(text)
    assert found is None if wanted is None else found == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3", 3), ("3,5 m", 3.5), ("12 ft", 3.66), ("6'10\"", 2.08), ("250 cm", 2.5), ("~3", None),
        ("", None), ("3 m 50", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_lengths(text: str, wanted: float | None) -> None:
    found = values.metres(text)
    assert found is None if wanted is None else found == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("text", "degrees", "width"),
    [
        ("315", 315, None), ("NW", 315, None), ("nord-ouest", 315, None), ("NO", 315, None),
        ("SSE", 157.5, None), ("-45", 315, None), ("360", 0, None), ("45°", 45, None),
        ("45,5", 45.5, None), ("0-90", 45, 90),
        ("350-10", 0, 20), ("N-E", 45, None), ("W-S", 45, 270), ("0-360", 180, 360), ("N-S", 90, 180),
    ],
)  # fmt: skip
def test_directions(text: str, degrees: float, width: float | None) -> None:
    found = values.bearing(text)
    assert found is not None
    assert (found.degrees, found.width) == (pytest.approx(degrees), width)


@pytest.mark.parametrize("text", ["", "clockwise", "forward", "400", "up", "-", "1e3", "nan"])
def test_what_is_no_direction(text: str) -> None:
    assert values.bearing(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("768 915,19", 768915.19),
        ("768\u202f915", 768915),
        ("1 2", None),
        ("12 34", None),
        ("٣", None),
        ("5.", 5),
    ],
)
def test_numbers_as_french_spreadsheets_write_them(text: str, wanted: float | None) -> None:
    assert values.number(text) == wanted


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    values.number(text)
    values.metres(text)
    values.kmh(text)
    for bearing in values.bearings(text):
        assert 0 <= bearing.degrees < 360


@settings(deadline=None)
@given(st.floats(0, 359.9), st.floats(0, 359.9))
def test_a_range_has_its_middle_between_its_ends(first: float, last: float) -> None:
    found = values.bearing(f"{first:.1f}-{last:.1f}")
    assert found is not None
    assert found.width is not None
    from_first = (found.degrees - round(first, 1)) % 360
    assert math.cos(math.radians(from_first - found.width / 2)) == pytest.approx(1, abs=1e-6)
    assert 0 < found.width <= 360
