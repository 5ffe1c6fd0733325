"""`beffroi rehearse`, as someone who trains a centre uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from beffroi.cli.rehearse import rehearse
from beffroi.foundation.errors import NotFound
from beffroi.people import queries as people

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def run(*words: str) -> str:
    done = CliRunner().invoke(rehearse, words)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_prepare_tells_each_sign_in_once(tmp_path: Path, settings_in) -> None:
    settings_in(tmp_path)
    told = json.loads(run("prepare", "--name", "Petit-Bourg", "--seed", "7", "--json"))
    assert told["territory"] == "petit-bourg"
    for each in told["sign_ins"]:
        assert people.member_by_email(each["email"]).check_password(each["password"])
    words = run("prepare", "--name", "Petit-Bourg", "--seed", "7")
    assert "Petit-Bourg is ready (petit-bourg), marked exercise." in words
    assert told["sign_ins"][0]["password"] not in words


def test_play_says_what_is_missing(tmp_path: Path, settings_in) -> None:
    settings_in(tmp_path)
    with pytest.raises(NotFound, match="rehearse prepare"):
        run("play")
    run("prepare", "--seed", "7")
    with pytest.raises(NotFound, match="running installation"):
        run("play")
