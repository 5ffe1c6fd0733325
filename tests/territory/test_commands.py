"""The commands of the territory, as typed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tests.territory.towns import cross

from beffroi.cli.device import device
from beffroi.cli.territory import territory
from beffroi.foundation.errors import BeffroiError
from beffroi.territory import queries

pytestmark = [pytest.mark.room, pytest.mark.django_db]

CAMERA = {"man_made": "surveillance", "camera:type": "fixed", "camera:direction": "90", "height": "99"}


def run(command: click.Group, *words: str | Path) -> Result:
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def town(tmp_path: Path) -> str:
    file = cross(tmp_path / "a.osm", tagged={1: CAMERA, 5: {"barrier": "gate"}})
    done = run(territory, "import", "--name", "Bourg d'Essai", "--osm", file, "--exercise")
    assert done.exit_code == 0, done.output
    assert "Bourg d'Essai (bourg-dessai), version 1, EXERCISE" in done.stdout
    assert "height=99: not believed" in done.stdout
    assert "barriers: gate, slow 1" in done.stdout
    return "bourg-dessai"


def test_show(town: str) -> None:
    assert "bourg-dessai  Bourg d'Essai  EXERCISE" in run(territory, "show").stdout
    assert "devices: camera 1" in run(territory, "show", town).stdout
    shown = json.loads(run(territory, "show", town, "--json").stdout)
    assert (shown["version"]["number"], shown["devices"]) == (1, {"camera": 1})
    assert json.loads(run(territory, "show", "--json").stdout)[0]["key"] == town
    for at in ("2001-01-01", "2001-01-01T10:00", "not-a-date"):
        assert isinstance(run(territory, "show", town, "--at", at).exception, BeffroiError)


def test_show_without_any_town() -> None:
    assert "No territory yet" in run(territory, "show").stdout


def test_the_same_file_says_so(town: str, tmp_path: Path) -> None:
    again = run(territory, "import", "--name", "Bourg d'Essai", "--osm", tmp_path / "a.osm", "--exercise")
    assert "has this very file already" in again.stdout
    report = run(
        territory, "import", "--name", "Bourg d'Essai", "--osm", tmp_path / "a.osm", "--exercise", "--json"
    )
    assert json.loads(report.stdout)["fresh"] is False


def test_devices_and_units(town: str, tmp_path: Path) -> None:
    file = tmp_path / "d.csv"
    file.write_text(
        "key;kind;lat;lon\nA;camera;47,65;-2,08\nB;camera;47,65;-2,08\nC;camera;48,9;2,3\nD;camera;x;2\n"
    )
    refused = run(device, "import", "--territory", town, file)
    assert isinstance(refused.exception, BeffroiError)
    assert len(queries.devices(town)) == 1
    taken = run(device, "import", "--territory", town, "--skip-bad", file).stdout
    assert "devices: 3 added, 0 changed, 0 as they were, 0 ended" in taken
    assert "left: row 5, column lat: 'x' is not a number" in taken
    assert "same place: A and B" in taken
    assert "far outside the map, 1: C" in taken
    listed = json.loads(run(device, "list", "--territory", town, "--json").stdout)
    assert [each["key"] for each in listed] == ["A", "B", "C", "CAM-n1"]
    assert "CAM-n1  camera" in run(device, "list", "--territory", town, "--kind", "camera").stdout
    file.write_text("key;kind\nP1;pm\n")
    assert "units: 1 added" in run(territory, "units", "import", "--territory", town, file).stdout
    assert "unit P1: P1, municipal, free" in run(territory, "show", town).stdout
    as_json = run(territory, "units", "import", "--territory", town, "--json", file)
    assert json.loads(as_json.stdout)["changes"]["unchanged"] == 1


def test_an_overview_counts_without_a_query_a_town(
    town: str, tmp_path: Path, django_assert_num_queries: object
) -> None:
    for name in ("Second", "Third"):
        run(territory, "import", "--name", name, "--osm", cross(tmp_path / f"{name}.osm"))
    with django_assert_num_queries(4):  # type: ignore[operator]
        found = queries.overview()
    assert [(each.territory.key, each.version, each.devices, each.units) for each in found] == [
        (town, 1, {"camera": 1}, 0), ("second", 1, {}, 0), ("third", 1, {}, 0)
    ]  # fmt: skip
    assert found[0].bounds == queries.bounds(town)
    assert [each.territory.key for each in queries.overview(["third", "nowhere"])] == ["third"]


def test_reading_the_town_stays_light() -> None:
    """The web process asks for towns, layers, names and views: nothing heavy may come with that."""
    script = (
        "import sys, django; django.setup()\n"
        "from beffroi.territory import queries\n"
        "print([m for m in ('scipy', 'osmium', 'pyproj', 'shapely', 'networkx') if m in sys.modules])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
