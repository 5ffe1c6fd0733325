"""Configuration: the environment wins, and what cannot be used is said with its name."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beffroi.foundation.settings import BadSetting, Settings, read

pytestmark = pytest.mark.unit


def test_every_default_can_be_used() -> None:
    assert read({}) == Settings()
    assert Settings().data_path.is_absolute()


@pytest.mark.parametrize("each", fields(Settings), ids=lambda each: each.name)
def test_every_setting_says_its_unit_and_what_it_is_for(each) -> None:
    assert set(each.metadata) == {"unit", "help", "secret"}
    assert each.metadata["help"].strip()


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "beffroi.toml"
    file.write_text('port = 9000\nlanguage = "en"\nintake_group_ms = 3.5\n')
    settings = read({"BEFFROI_PORT": "9100", "PATH": "/bin"}, file)
    assert (settings.port, settings.language, settings.intake_group_ms) == (9100, "en", 3.5)


def test_an_unknown_name_in_the_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "beffroi.toml"
    file.write_text("prot = 9000\n")
    with pytest.raises(BadSetting, match="prot"):
        read({}, file)


@given(st.text().filter(lambda text: not text.strip().lstrip("+-").replace("_", "").isdecimal()))
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadSetting) as told:
        read({"BEFFROI_PORT": text})
    assert told.value.fields["name"] == "port"


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(BadSetting, match="village, centre"):
        read({"BEFFROI_PROFILE": "city"})


def test_the_centre_needs_its_database() -> None:
    with pytest.raises(BadSetting, match="database_url"):
        read({"BEFFROI_PROFILE": "centre"})
    assert read({"BEFFROI_PROFILE": "centre", "BEFFROI_DATABASE_URL": "postgresql://h/n"}).profile == "centre"


def test_no_secret_has_a_default_that_opens_anything() -> None:
    for each in fields(Settings):
        if each.metadata["secret"]:
            assert each.default == "" or "127.0.0.1" in each.default
