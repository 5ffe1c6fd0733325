"""`beffroi convention` and `beffroi party`: the whole walk from a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.people.conventions.conftest import Country

from beffroi.cli.convention import convention
from beffroi.cli.party import party
from beffroi.foundation.errors import BeffroiError
from beffroi.people.conventions import queries

pytestmark = [pytest.mark.room, pytest.mark.django_db]
DAYS = ("--from", "2026-11-01", "--until", "2029-10-31")


def run(*said: str) -> str:
    group = party if said[0] == "party" else convention
    done = CliRunner().invoke(group, said[1:], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_drawn_compared_signed_asked_about_and_ended(country: Country, tmp_path: Path) -> None:
    agent = country.member("redon", "operator")
    paper = tmp_path / "signed.pdf"
    paper.write_bytes(b"%PDF")
    told = run(
        "convention", "draw", "--reference", "csu", "--title", "CSU", "--place", "allaire", "--to", "Redon",
        "--what", "incidents", "--what", "live", "--purpose", "incident", "--hours", "thu 09:00-18:00", *DAYS,
    )  # fmt: skip
    assert told == "csu.1: draft, to be signed by Allaire, Redon\n"
    assert f"{agent.display_name}, Redon\n  + duty.view: allaire" in run("convention", "diff", "csu")
    asked = ("convention", "who", "--action", "camera.look", "--territory", "allaire", "--at")
    assert run(*asked, "2026-11-26T12:00") == "Nobody.\n"
    for organisation in ("Allaire", "Redon"):
        told = run("convention", "sign", "csu", "--organisation", organisation, "--document", str(paper))
    assert told == "csu.1: in force\n"
    answer = run(*asked, "2026-11-26T12:00")
    assert f"{agent.display_name}, Redon: by csu.1; must give purpose, order, accreditation" in answer
    assert "NOT accredited" in answer
    assert run(*asked, "2026-11-26T20:00") == "Nobody.\n", "outside its hours"
    assert 'principal in Convention::"csu.1"' in run("convention", "show", "csu")
    assert json.loads(run("convention", "list", "--json"))[0]["state"] == "in_force"
    run("convention", "end", "csu")
    assert "csu.1  ended" in run("convention", "list")
    with pytest.raises(BeffroiError):
        run("convention", "end", "csu")


def test_a_queue_is_entrusted_and_taken_back(country: Country, tmp_path: Path) -> None:
    run("party", "declare", "--name", "SDIS 35", "--kind", "sdis", "--competence", "fire")
    run("party", "contact", "--organisation", "SDIS 35", "--role", "CODIS", "--telephone", "18")
    assert "CODIS" in run("party", "list")
    country.agree("redon", ["allaire"], kind="framework", help_hours=8, matters=["incidents"])
    assert "Redon has the queue until" in run(
        "convention", "entrust", "--territory", "allaire", "--to", "Redon", "--hours", "4"
    )
    assert len(queries.helps(territories=["allaire"])) == 1
    assert run("convention", "take-back", "--territory", "allaire") == "allaire: taken back from Redon\n"
    assert queries.helps(territories=["allaire"]) == []
