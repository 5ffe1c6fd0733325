"""The plan in quiet times: seats with dates, people outside, versions, sheets taken whole or not at all."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.during.crisis.test_crisis import KEY, facts, people_of  # noqa: F401 - a fixture

from beffroi.during.crisis import keeping, models, plans, queries
from beffroi.during.crisis.errors import BadEntry, BadLines
from beffroi.during.crisis.rules import people as lists
from beffroi.during.crisis.rules import plan as rules
from beffroi.during.crisis.rules import sheet, writing
from beffroi.journal.facts import read
from beffroi.people.models import Member

pytestmark = [pytest.mark.room, pytest.mark.django_db]
People = dict[str, Member]
HEAD = "cellule;rôle;nom;courriel;téléphone;fonction\n"


def sitting() -> dict[str, list[tuple[str, str]]]:
    return {key: [(each.name, each.role) for each in seats] for key, _, seats in queries.roster(KEY)}


def test_a_deputy_follows_who_leads_and_changes_are_dated(people_of: People) -> None:  # noqa: F811
    keeping.seat(territory=KEY, cell="command", member=people_of["coordinator"], role="deputy")
    assert sitting()["command"] == [("Mayor", "lead"), ("Coordinator", "deputy")]
    keeping.seat(territory=KEY, cell="command", member=people_of["coordinator"], role="deputy")  # the same
    keeping.seat(territory=KEY, cell="command", member=people_of["coordinator"], role="member")
    keeping.unseat(territory=KEY, cell="command", member=people_of["mayor"])
    assert sitting()["command"] == [("Coordinator", "member")]
    ended = {(each.member_id, each.role) for each in queries.sat(KEY)}
    assert ended == {(people_of["coordinator"].pk, "deputy"), (people_of["mayor"].pk, "lead")}
    assert facts().count("seated") == 2 + 3
    with pytest.raises(BadEntry):
        keeping.seat(territory=KEY, cell="command", member=people_of["mayor"], role="king")
    with pytest.raises(BadEntry):
        keeping.seat(territory=KEY, cell="command", member=people_of["referent"])


def test_the_old_fact_of_a_seat_is_read_as_the_new_one() -> None:
    old = read("crisis.seated", 1, '{"cell":"command","lead":true,"member":"m","seated":true}')
    assert (old.version, old.role) == (2, "lead")  # type: ignore[attr-defined]


def test_somebody_outside_is_kept_and_leaves_nothing_behind(people_of: People) -> None:  # noqa: F811
    made = keeping.add_outsider(
        territory=KEY, cell="command", name="Préfecture", task="permanence", number="02 99 02 10 35"
    )
    for _ in range(2):  # said twice is once
        keeping.add_outsider(territory=KEY, cell="command", name="SAMU", task="", number="15")
    assert [(each.name, each.number) for each in queries.outsiders(KEY)["command"]] == [
        ("Préfecture", "+33299021035"), ("SAMU", "15"),
    ]  # fmt: skip
    for wrong in ("", "abc", "0", "1234567"):
        with pytest.raises(BadEntry):
            keeping.add_outsider(territory=KEY, cell="command", name="X", task="", number=wrong)
    keeping.drop_outsider(territory=KEY, outsider=made)
    row = models.Outsider.objects.get(pk=made)
    assert (row.name, row.task, row.number) == ("", "", "") and row.until is not None
    assert facts().count("outsider_changed") == 3
    assert len(queries.outsiders(KEY)["command"]) == 1


def test_a_changed_cell_is_another_version_and_its_steps_keep_their_keys(people_of: People) -> None:  # noqa: F811
    before = plans.of(KEY).plan
    steps = [words for _, words in before.cells["command"].steps]
    name = keeping.change_cell(
        territory=KEY, cell="command", words="Commandement", help_="Décider.", actor="system",
        steps=[steps[2], "Prévenir le CODIS « 24 h »", steps[0]],
    )  # fmt: skip
    after = plans.of(KEY)
    assert name == after.name == f"{KEY}/1"
    keys = [key for key, _ in after.plan.cells["command"].steps]
    assert keys == ["call_prefecture", "prevenir_le_codis_24_h", "open_post"]
    assert after.plan.messages == before.messages and after.plan.levels == before.levels
    for wrong in ([], ["x" * 301], [""]):
        with pytest.raises(BadEntry):
            keeping.change_cell(
                territory=KEY, cell="command", words="C", help_="D", steps=wrong, actor="system"
            )
    assert [row.number for row in queries.versions(KEY)] == [1]


def test_a_list_of_people_takes_the_place_of_the_one_there(people_of: People) -> None:  # noqa: F811
    keeping.add_outsider(territory=KEY, cell="command", name="SAMU", task="", number="15")
    text = (
        HEAD + "Commandement;responsable;;mayor@v.example;;\n"
        "Population;suppléant;;COORDINATOR@v.example;;\n\n"
        "opérations;;Enedis dépannage;;972675035;réseau électrique\n"
    )
    taken = keeping.import_people(territory=KEY, data=text.encode("cp1252"), actor="system")
    assert taken == (2, 1)
    assert sitting() == {
        "command": [("Mayor", "lead")],
        "operations": [],
        "population": [("Coordinator", "deputy")],
        "logistics": [],
        "communication": [],
    }
    ((cell, (only,)),) = queries.outsiders(KEY).items()
    assert (cell, only.name, only.number, only.task) == (
        "operations", "Enedis dépannage", "+33972675035", "réseau électrique",
    )  # fmt: skip
    told = len(facts())
    keeping.import_people(territory=KEY, data=text.encode("utf-8-sig"), actor="system")
    assert len(facts()) == told, "the same list changes nothing"


def test_every_line_that_is_wrong_is_named_and_nothing_is_changed(people_of: People) -> None:  # noqa: F811
    text = (
        HEAD + "Cuisine;;Chef;;0612345678;\n"
        "Commandement;roi;;mayor@v.example;;\n"
        "Population;;;nobody@v.example;;\n"
        "Population;;;referent@v.example;;\n"
        "Population;;Médecin;;12;\n"
        "Population;;Médecin;;bonjour;\n"
        "Population;;;;0612345678;\n"
        "Population;;Médecin;;;\n"
        "Population;;;coordinator@v.example;;\n"
        "Population;;;coordinator@v.example;;\n"
    )
    before, told = sitting(), len(facts())
    with pytest.raises(BadLines) as refused:
        keeping.import_people(territory=KEY, data=text.encode(), actor="system")
    assert [(each.line, each.code) for each in refused.value.faults] == [
        (2, "no_cell"), (3, "no_role"), (4, "no_member"), (5, "no_member"), (7, "bad_number"), (8, "no_name"),
        (9, "no_number"), (11, "twice"),
    ]  # fmt: skip
    assert sitting() == before and len(facts()) == told


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"cellule;couleur\nx;y\n", "couleur"),
        (b"nom;courriel\nx;y\n", "cellule"),
        (b"cellule;cellule\nx;y\n", "twice"),
        (b"PK\x03\x04\x00\x00", "no text"),
        (b"cellule\n" + b"x" * sheet.BYTES_MOST, "kB"),
        (b"cellule\n" + b"x\n" * 2100, "2000 lines"),
    ],
)
def test_what_is_no_sheet_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(sheet.BadSheet, match=why):
        sheet.lines(data, lists.COLUMNS, lists.NEEDED)


def test_a_plan_goes_out_as_a_sheet_and_comes_back_the_same() -> None:
    plan = plans.template().plan
    body = sheet.written(writing.COLUMNS, writing.rows(plan))
    back, faults = writing.from_sheet(sheet.lines(body, writing.COLUMNS, writing.NEEDED), plan)
    assert faults == [] and back == plan
    assert rules.read(writing.toml(back)) == plan


def test_a_plan_from_a_sheet(people_of: People) -> None:  # noqa: F811
    text = (
        "cellule,mission,niveaux,action\n"
        "Commandement,,,Ouvrir le poste de commandement communal\n"
        'Hébergement,"Accueillir, nourrir","Partiel, Complet",Ouvrir la salle\n'
        "Hébergement,,,Recenser qui arrive\n"
    )
    keeping.import_plan(territory=KEY, data=text.encode(), actor="system")
    plan = plans.of(KEY).plan
    assert list(plan.cells) == ["command", "hebergement"]
    assert plan.cells["hebergement"].help == "Accueillir, nourrir"
    assert {key: each.cells for key, each in plan.levels.items()} == {
        "watch": ("command",), "partial": ("command", "hebergement"), "full": ("command", "hebergement"),
    }  # fmt: skip
    for wrong, code in (
        ("cellule;action\nLogistique;Rien\n", "no_command"),
        ("cellule;action\nCommandement;\n", "empty"),
        ("cellule;niveaux;action\nCommandement;Rouge;Agir\n", "no_level"),
    ):
        with pytest.raises(BadLines) as refused:
            keeping.import_plan(territory=KEY, data=wrong.encode(), actor="system")
        assert [each.code for each in refused.value.faults] == [code]
    assert [row.number for row in queries.versions(KEY)] == [1]


def test_no_value_is_a_formula_and_all_come_back() -> None:
    rows = [{"cellule": value} for value in ("=1+1", "+33612345678", "@x", "-2", "'x", 'Élan; "l\'eau"')]
    body = sheet.written(("cellule",), rows)
    assert not any(line[:1] in "=+@-" for line in body.decode("utf-8-sig").splitlines())
    assert [each.of("cellule") for each in sheet.lines(body, ("cellule",), ())] == [
        r["cellule"] for r in rows
    ]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    cells = {"command": "Commandement"}
    for columns, needed in ((lists.COLUMNS, lists.NEEDED), (writing.COLUMNS, writing.NEEDED)):
        for head in (b"", b"cellule;action\n", HEAD.encode()):
            try:
                found = sheet.lines(head + data, columns, needed)
            except sheet.BadSheet:
                continue
            lists.read(found, cells)
            plan, faults = writing.from_sheet(found, plans.template().plan)
            assert faults or rules.COMMAND in plan.cells


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=80).filter(lambda words: words.strip() and max(words) < "\ud800"))
def test_whatever_words_are_written_are_read_again(words: str) -> None:
    plan = plans.template().plan
    changed = writing.with_cell(plan, "command", words=words, help_=words, steps=[words, words, "Agir"])
    assert rules.read(writing.toml(changed)) == changed


def test_seats_of_before_keep_their_lead(tmp_path: Path) -> None:
    moved = importlib.import_module("beffroi.during.crisis.migrations.0002_seats_with_dates")
    kinds = [type(each).__name__ for each in moved.Migration.operations]
    assert kinds.index("RunPython") < kinds.index("RemoveField"), "who leads is carried over before it goes"
