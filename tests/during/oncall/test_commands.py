"""`beffroi oncall`: a rota from nothing, who is on call, and a message that tries a channel."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from tests.during.oncall.peers import gateway

from beffroi.cli.oncall import oncall
from beffroi.during.oncall import models
from beffroi.during.oncall.errors import BadLine, MayNotAnswer, NoChannel
from beffroi.foundation.errors import NotFound

pytestmark = [pytest.mark.room, pytest.mark.django_db]

ADD = [
    "add",
    "--territory",
    "village",
    "--email",
    "mayor@village.example",
    "--from",
    "08:00",
    "--to",
    "08:00",
]


def run(*words: str) -> Result:
    done = CliRunner().invoke(oncall, list(words))
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_a_rota_from_nothing(village, at_night):
    assert "No territory keeps a rota" in run("show").output
    run(*ADD, "--days", "0-4,7", "--first", "2026-01-01", "--mobile", "0612345601")
    run(*ADD[:4], "deputy@village.example", *ADD[5:], "--days", "5", "--first", "2026-01-01", "--rank", "2")
    told = json.loads(run("show", "--json", "--days", "7").output)
    assert told[0]["now"] == [{"rank": 1, "members": ["Mayor"]}]
    assert told[0]["gaps"] == [{"from": "2026-11-15T08:00+01:00", "to": "2026-11-16T08:00+01:00"}]
    assert "nobody from 2026-11-15T08:00+01:00" in run("show").output
    assert models.Contact.objects.get().mobile == "+33612345601"
    assert "345601" not in run("show").output


def test_a_channel_is_tried_and_its_fault_is_said(village, at_night, configured, tmp_path):
    run(*ADD, "--first", "2026-01-01", "--mobile", "0612345601")
    asked = ["test", "--territory", "village", "--email", "mayor@village.example"]
    with pytest.raises(NoChannel):
        run(*asked)
    with gateway() as peer:
        file = tmp_path / "g.toml"
        file.write_text(f'[sms]\nurl = "{peer.url}"\njson = {{ to = "{{to}}", text = "{{text}}" }}\n')
        configured(oncall_gateways=file)
        done = run(*asked, "--json")
        assert done.exit_code == 0 and json.loads(done.output)["state"] == "sent"
        assert "essai" in peer.got[0].json["text"] and peer.got[0].json["to"] == "+33612345601"
        peer.plan = [403]
        failed = run(*asked)
    assert failed.exit_code == 1 and "http_403" in failed.output


def test_what_cannot_be_is_refused(village, at_night):
    for wrong in (["--days", "8"], ["--days", "x"], ["--days", "²"], ["--rank", "0"], ["--first", "soon"]):
        with pytest.raises(BadLine):
            run(*ADD, *wrong)
    with pytest.raises(MayNotAnswer):
        run(*ADD[:4], "resident@village.example", *ADD[5:])
    with pytest.raises(NotFound):
        run("show", "--territory", "elsewhere")
    assert not models.Line.objects.exists()
