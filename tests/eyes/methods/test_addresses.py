"""Addresses of streams: what is taken, and the login that never stays in one."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.eyes.methods import addresses

pytestmark = pytest.mark.unit
FROM, TO = datetime(2026, 3, 14, 21, 15, tzinfo=UTC), datetime(2026, 3, 14, 21, 20, tzinfo=UTC)


def test_a_login_is_taken_out_of_an_address() -> None:
    found = addresses.split("rtsp", "rtsp://veille:tour%20%26@10.0.0.7:8554/s1?profile=2")
    assert found == addresses.Split("rtsp://10.0.0.7:8554/s1?profile=2", "veille", "tour &")
    assert addresses.with_login(found.address, found.login, found.secret) == (
        "rtsp://veille:tour%20%26@10.0.0.7:8554/s1?profile=2"
    )


def test_an_address_of_the_sixth_version_keeps_its_brackets() -> None:
    assert addresses.split("rtsp", "rtsp://[fe80::1]:554/a").address == "rtsp://[fe80::1]:554/a"


@pytest.mark.parametrize(
    ("way", "given"),
    [
        ("rtsp", "http://10.0.0.7/a"),
        ("live", "rtsp://10.0.0.7/a"),
        ("live", "file:///etc/passwd"),
        ("rtsp", "rtsp:///a"),
        ("rtsp", "rtsp://10.0.0.7:99999/a"),
        ("rtsp", "rtsp://10.0.0.7/a b"),
        ("replay", "rtsp://10.0.0.7/{from}"),
        ("whep", "rtsp://10.0.0.7/a"),
        ("recorder", "rtsp://10.0.0.7/a"),
        ("replay", "https://10.0.0.7/a"),
        ("rtsp", "concat:rtsp://a|rtsp://b"),
        ("rtsp", ""),
    ],
)
def test_what_is_no_address_of_that_way_is_refused(way: str, given: str) -> None:
    with pytest.raises(ValueError, match=r"it |its "):
        addresses.split(way, given)


def test_a_recorder_is_asked_in_its_address_or_by_its_clock() -> None:
    in_address = "rtsp://nvr/r?s={from}&e={to}"
    assert addresses.asked(in_address, FROM, TO) == ("rtsp://nvr/r?s=20260314T211500Z&e=20260314T212000Z", "")
    assert addresses.asked("rtsp://nvr/r", FROM, TO) == (
        "rtsp://nvr/r",
        "clock=20260314T211500Z-20260314T212000Z",
    )


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)


@given(st.sampled_from(sorted(addresses.SCHEMES)), _TEXT)
def test_no_text_is_taken_that_opens_something_else(way: str, given: str) -> None:
    for text in (given, f"rtsp://{given}", f"http://{given}"):
        with contextlib.suppress(ValueError):
            found = addresses.split(way, text)
            assert urlsplit(found.address).scheme in addresses.SCHEMES[way]
            assert "@" not in urlsplit(found.address).netloc


@given(_TEXT.filter(bool), _TEXT)
def test_any_login_comes_back_as_it_was(login: str, secret: str) -> None:
    whole = addresses.with_login("rtsp://10.0.0.7/a", login, secret)
    assert addresses.split("rtsp", whole[:500]) == addresses.Split("rtsp://10.0.0.7/a", login, secret) or (
        len(whole) > 500
    )
