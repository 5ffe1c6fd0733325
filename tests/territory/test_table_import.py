"""Devices and units from tables: all or nothing, with dates, their links, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.real_data import need
from tests.territory.towns import cross

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.territory import actions, models, queries
from beffroi.territory.errors import (
    BadRows,
    BadTable,
    LooksLikeLambert93,
    UnknownProjection,
    UnknownTerritory,
    UnknownUnit,
)
from beffroi.territory.shown import Move
from beffroi.territory.table_import import import_devices, import_units
from beffroi.territory.town_import import import_town

pytestmark = [pytest.mark.room, pytest.mark.django_db]

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEAD = "key;kind;name;lat;lon;direction;network;power;site;recorder\n"


@pytest.fixture(autouse=True)
def town(tmp_path: Path) -> Iterator[clock.FixedClock]:
    fixed = clock.FixedClock(START)
    with clock.use(fixed):
        import_town(file=cross(tmp_path / "town.osm"), name="Essai", exercise=True)
        yield fixed


def table(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "table.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_devices_with_their_links(tmp_path: Path) -> None:
    line = "C-01;camera;Place;47,65;-2,08;45;VLAN-30;EP-12;Mairie;NVR-1\n"
    taken = import_devices(territory="essai", file=table(tmp_path, HEAD + line))
    assert taken.changes.added == 1
    one = queries.device("essai", "C-01")
    assert (one.network, one.power, one.site, one.recorder) == ("VLAN-30", "EP-12", "Mairie", "NVR-1")
    assert one.exercise
    assert one.position == Position(47.65, -2.08)
    entry = journal.last("territory:essai", 1)[0]
    assert (entry.fact, entry.body and entry.body["added"]) == ("device.imported", 1)


def test_a_second_table_changes_only_what_differs(tmp_path: Path, town: clock.FixedClock) -> None:
    two = HEAD + "A;camera;;47,65;-2,08;;;;;\nB;camera;;47,65;-2,081;;;;;\n"
    import_devices(territory="essai", file=table(tmp_path, two))
    town.advance(60)
    moved = HEAD + "A;camera;;47,65;-2,08;;;;;\nB;camera;;47,66;-2,081;;;;;\nC;panel;;47,65;-2,08;;;;;\n"
    changes = import_devices(territory="essai", file=table(tmp_path, moved)).changes
    assert (changes.added, changes.changed, changes.unchanged, changes.removed) == (1, 1, 1, 0)
    then = queries.device("essai", "B", START + timedelta(seconds=1))
    assert then.position == Position(47.65, -2.081)
    assert then.valid_to == START + timedelta(seconds=60)
    town.advance(60)
    whole = import_devices(territory="essai", file=table(tmp_path, two), whole=True).changes
    assert (whole.changed, whole.removed) == (1, 1)
    assert [d.key for d in queries.devices("essai")] == ["A", "B"]
    assert models.Device.objects.filter(key="B").count() == 3


def test_one_bad_row_and_nothing_is_taken(tmp_path: Path) -> None:
    file = table(tmp_path, HEAD + "A;camera;;47,65;-2,08;;;;;\nB;camera;;x;-2,08;;;;;\n")
    with pytest.raises(BadRows) as error:
        import_devices(territory="essai", file=file)
    assert "line 3, column lat: 'x' is not a number" in error.value.sentence()
    assert queries.devices("essai") == []
    taken = import_devices(territory="essai", file=file, skip_bad=True)
    assert [d.key for d in queries.devices("essai")] == ["A"]
    assert [bad.line for bad in taken.left] == [3]


def test_montpellier_needs_its_system_named() -> None:
    file = need("montpellier/cameras-lambert93.geojson")
    with pytest.raises(LooksLikeLambert93) as error:
        import_devices(territory="essai", file=file, kind="camera")
    assert "--crs EPSG:2154" in error.value.advice
    assert queries.devices("essai") == []
    taken = import_devices(territory="essai", file=file, kind="camera", crs="EPSG:2154")
    assert taken.changes.added == 141
    again = import_devices(territory="essai", file=file, kind="camera", crs="EPSG:2154")
    assert (again.changes.added, again.changes.unchanged) == (0, 141)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", BadTable),
        ("<html></html>", BadTable),
        (HEAD, BadTable),
        ("key;kind\nA;camera\n", BadTable),
        ("key;kind;x;y\nA;camera;5000;5000\n", UnknownProjection),
    ],
)
def test_tables_that_are_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        import_devices(territory="essai", file=table(tmp_path, text))
    assert queries.devices("essai") == []


def test_an_unknown_territory_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerritory):
        import_devices(territory="nowhere", file=table(tmp_path, HEAD))
    with pytest.raises(BadTable, match="cannot be opened"):
        import_devices(territory="essai", file=tmp_path / "none.csv")
    with pytest.raises(BadTable, match="EPSG:1"):
        file = table(tmp_path, "key;kind;x;y\nA;camera;1;2\n")
        import_devices(territory="essai", file=file, crs="EPSG:1")


UNITS = (
    "key;kind;name;abilities;lat;lon\nP1;municipal;Patrouille 1;foot;47,65;-2,08\nG1;gendarmerie;Vertou;;;\n"
)


def test_units_keep_their_state_and_position_when_their_table_comes_again(tmp_path: Path) -> None:
    assert import_units(territory="essai", file=table(tmp_path, UNITS)).changes.added == 2
    actions.move_unit(territory="essai", unit="P1", position=Position(47.651, -2.081, 8.0))
    actions.set_unit_state(territory="essai", unit="P1", state="sent", mission="m1", actor="member:1")
    changed = import_units(
        territory="essai", file=table(tmp_path, UNITS.replace("Patrouille 1", "PM 1"))
    ).changes
    assert (changed.added, changed.changed, changed.unchanged) == (0, 1, 1)
    unit = queries.unit("essai", "P1")
    assert (unit.name, unit.state, unit.mission) == ("PM 1", "sent", "m1")
    assert unit.position == Position(47.651, -2.081, 8.0)
    assert unit.position_at == START
    assert unit.home == Position(47.65, -2.08)
    assert queries.unit("essai", "G1").position is None


def test_an_older_position_changes_nothing(tmp_path: Path) -> None:
    import_units(territory="essai", file=table(tmp_path, UNITS))
    here, there = Position(47.651, -2.081), Position(47.7, -2.0)
    actions.move_unit(territory="essai", unit="P1", position=here)
    late = START - timedelta(seconds=5)
    assert actions.move_unit(territory="essai", unit="P1", position=there, at=late).position == here


def test_a_state_is_told_once(tmp_path: Path) -> None:
    import_units(territory="essai", file=table(tmp_path, UNITS))
    for _ in range(2):
        actions.set_unit_state(territory="essai", unit="P1", state="busy", actor="member:1")
    told = [e for e in journal.last("territory:essai", 10) if e.fact == "unit.state_changed"]
    assert [(e.subject, e.actor, e.body and e.body["state"]) for e in told] == [
        ("unit:P1", "member:1", "busy")
    ]
    with pytest.raises(Invalid):
        actions.set_unit_state(territory="essai", unit="P1", state="asleep", actor="member:1")
    for act in (actions.move_unit, actions.set_unit_state):
        options = (
            {"position": Position(0, 0)} if act is actions.move_unit else {"state": "busy", "actor": "system"}
        )
        with pytest.raises(UnknownUnit):
            act(territory="essai", unit="P9", **options)


def test_the_map_does_not_overwrite_what_a_table_told(tmp_path: Path, town: clock.FixedClock) -> None:
    tagged = {1: {"man_made": "surveillance", "camera:type": "dome"}}
    town.advance(60)
    import_town(file=cross(tmp_path / "b.osm", tagged=tagged), name="Essai", exercise=True)
    town.advance(60)
    better = HEAD + "CAM-n1;camera;Place;47,65;-2,08;45;;;;\n"
    assert import_devices(territory="essai", file=table(tmp_path, better)).changes.changed == 1
    town.advance(60)
    tagged[2] = tagged[1]
    done = import_town(file=cross(tmp_path / "c.osm", tagged=tagged), name="Essai", exercise=True)
    assert (done.devices.added, done.devices.changed, done.devices.removed) == (1, 0, 0)
    assert queries.device("essai", "CAM-n1").name == "Place"


def test_several_units_move_in_one_write_each_in_its_world(tmp_path: Path) -> None:
    import_units(territory="essai", file=table(tmp_path, UNITS))
    here, there = Position(47.651, -2.081), Position(47.7, -2.0)
    late = START - timedelta(seconds=5)
    moves = [  # the town of these tests is one of exercises
        Move("essai", "P1", here, START, 90.0, exercise=True),
        Move("essai", "G1", there, START, exercise=True),
        Move("essai", "nobody", there, START, exercise=True),
        Move("essai", "P1", there, START + timedelta(seconds=5), exercise=False),
        Move("elsewhere", "P1", there, START, exercise=True),
    ]
    before = journal.head_position()
    assert set(actions.move_units(moves)) == set(moves[2:])
    again = Move("essai", "P1", there, late, exercise=True)
    assert actions.move_units([again]) == [], "known, and not newer"
    unit = queries.unit("essai", "P1")
    assert (unit.position, unit.heading_deg) == (here, 90.0)
    assert queries.unit("essai", "G1").position == there
    assert journal.head_position() == before
