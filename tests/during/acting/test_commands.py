"""`beffroi actuator`: declared from a file, listed, given another token, taken away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.during.acting.conftest import KEY, Town
from tests.during.acting.declarations import LAMPS

from beffroi.cli.actuator import actuator
from beffroi.during.acting.rules.declared import BadActuator

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def run(*line: str) -> str:
    done = CliRunner().invoke(actuator, line, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_from_a_file_to_its_end(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "south.toml"
    file.write_text(LAMPS.replace("nord", "sud"))
    made = json.loads(
        run("add", "--territory", KEY, "--key", "south", "--device", "L-1", "--json", str(file))
    )
    assert made["login"] == "town:south" and len(made["token"]) > 30
    shared = run(
        "add", "--territory", KEY, "--key", "south", "--device", "L-1", "--account", "south", str(file)
    )
    assert "keeps its token" in shared
    listed = json.loads(run("list", "--territory", KEY, "--json"))
    (south,) = [each for each in listed if each["key"] == "south"]
    assert south["acts"]["brighten"] == {"moves": False, "minutes": 30} and south["last"] is None
    again = json.loads(run("token", "--territory", KEY, "--account", "south", "--json"))
    assert again["token"] != made["token"]
    assert "no longer" in run("remove", "--territory", KEY, "--key", "south")
    assert "south" not in run("list", "--territory", KEY)


def test_a_bad_file_says_where(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(LAMPS.replace("minutes = 30", "minutes = 0"))
    with pytest.raises(BadActuator, match=r"acts\.brighten\.minutes"):
        run("add", "--territory", KEY, "--key", "x", "--device", "L-1", str(file))
