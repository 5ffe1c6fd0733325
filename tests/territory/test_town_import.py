"""A town in the database: versions by date, nothing twice, nothing changed by a bad file."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from tests.real_data import need
from tests.territory.towns import PLANE, cross

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.foundation.geography import Position
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal
from beffroi.territory import models, queries, town_import
from beffroi.territory.errors import BadMap, DamagedTown, NoCommunes, NoTown, UnknownCommune, UnknownTerritory
from beffroi.territory.methods import decoupage
from beffroi.territory.town_import import import_town

pytestmark = [pytest.mark.room, pytest.mark.django_db]

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CAMERA = {"man_made": "surveillance", "camera:type": "fixed", "camera:direction": "90"}


@pytest.fixture(autouse=True)
def at_start() -> Iterator[clock.FixedClock]:
    fixed = clock.FixedClock(START)
    with clock.use(fixed):
        yield fixed


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The compact lists of communes, of two communes."""
    source = tmp_path / "package"
    source.mkdir()
    (source / "communes.json").write_text(
        '[{"code":"69298","nom":"Toussieu","type":"commune-actuelle","departement":"69","population":3177},'
        '{"code":"01423","nom":"Toussieux","type":"commune-actuelle","departement":"01","population":900},'
        '{"code":"69381","nom":"Lyon 1er Arrondissement","type":"arrondissement-municipal",'
        '"commune":"69123"},'
        '{"code":"69123","nom":"Lyon","type":"commune-actuelle","departement":"69","population":519127}]'
    )
    (source / "epci.json").write_text(
        '[{"code":"246900575","nom":"CC de l\'Est Lyonnais (CCEL)","type":"CC","membres":[{"code":"69298"}]},'
        '{"code":"200046977","nom":"Métropole de Lyon","type":"MET69","membres":[{"code":"69123"}]}]'
    )
    assert decoupage.compact(source, tmp_path / "lists") == (3, 2)
    monkeypatch.setattr(town_import, "DATA", tmp_path / "lists")
    return tmp_path / "lists"


def folders() -> set[Path]:
    root = current().data_path / "territory"
    return {p for p in root.rglob("*") if p.is_dir()} if root.exists() else set()


def test_a_commune_of_france(tmp_path: Path, lists: Path) -> None:
    done = import_town(file=cross(tmp_path / "a.osm"), insee="69298", actor="system")
    town = done.territory
    assert (town.key, town.name, town.population, town.department) == ("toussieu", "Toussieu", 3177, "69")
    assert (town.epci_code, town.epci_type) == ("246900575", "CC")
    assert queries.territories() == [town]
    entry = journal.last("territory:toussieu", 1)[0]
    assert (entry.fact, entry.subject, entry.actor) == ("territory.imported", "territory:toussieu", "system")
    assert entry.body is not None
    assert entry.body["source_sha256"] == hashlib.sha256((tmp_path / "a.osm").read_bytes()).hexdigest()
    assert entry.body["streets"] == 2


@pytest.mark.parametrize(
    ("code", "hint"),
    [("99999", "code 99999."), ("69381", "69381 is Lyon 1er Arrondissement, a part of Lyon (69123)")],
)
def test_a_code_that_is_no_commune(tmp_path: Path, lists: Path, code: str, hint: str) -> None:
    with pytest.raises(UnknownCommune) as error:
        import_town(file=cross(tmp_path / "a.osm"), insee=code)
    assert hint in error.value.sentence()
    assert not models.Territory.objects.exists()


def test_the_whole_of_france_where_the_lists_are_installed() -> None:
    if not (town_import.DATA / decoupage.COMMUNES).exists():
        pytest.skip("the lists of communes are not installed (python -m tools.vendor)")
    toussieu = town_import.find_commune("69298")
    assert (toussieu.name, toussieu.population, toussieu.epci_code) == ("Toussieu", 3177, "246900575")
    assert town_import.find_commune("01423").name == "Toussieux"
    assert town_import.find_commune("69123").epci_type == "MET69"
    assert town_import.find_commune("2a004").name == "Ajaccio"
    assert town_import.find_commune("97501").epci_code == ""
    with pytest.raises(UnknownCommune, match="part of Lyon"):
        town_import.find_commune("69381")


def test_without_the_lists_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town_import, "DATA", tmp_path / "none")
    with pytest.raises(NoCommunes) as error:
        import_town(file=cross(tmp_path / "a.osm"), insee="69298")
    assert "tools.vendor" in error.value.advice


def test_the_files_are_those_whose_hashes_are_kept(tmp_path: Path) -> None:
    done = import_town(file=cross(tmp_path / "a.osm"), name="Bourg-d'Essai")
    folder = current().data_path / done.version.folder
    on_disk = {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file()
    }
    assert on_disk == done.version.files
    assert not [p for p in folders() if p.name.startswith(".incoming")]


def test_a_file_that_was_touched_is_told_of(tmp_path: Path) -> None:
    done = import_town(file=cross(tmp_path / "a.osm"), name="Essai")
    assert queries.altered_files("essai") == []
    folder = current().data_path / done.version.folder
    (folder / "layers/streets.geojson.gz").write_bytes(b"other")
    (folder / "streets/meta.json").unlink()
    assert [Path(name).name for name in queries.altered_files("essai")] == ["streets.geojson.gz", "meta.json"]
    with pytest.raises(DamagedTown):
        queries.streets("essai")
    (folder / "buildings/names.json").write_text("{")
    with pytest.raises(DamagedTown):
        queries.buildings("essai")


def test_what_a_killed_import_left_is_swept_after_a_day(tmp_path: Path) -> None:
    root = current().data_path / "territory"
    old, new = root / ".incoming-old", root / ".incoming-new"
    for folder in (old, new):
        (folder / "streets").mkdir(parents=True)
    os.utime(old, (0, 0))
    import_town(file=cross(tmp_path / "a.osm"), name="Essai")
    assert not old.exists()
    assert new.exists()


def test_the_same_file_again_adds_nothing(tmp_path: Path) -> None:
    file = cross(tmp_path / "a.osm", tagged={1: CAMERA})
    first = import_town(file=file, name="Essai")
    before, entries = folders(), len(journal.last("territory:essai", 100))
    again = import_town(file=file, name="Essai")
    assert (first.fresh, again.fresh, again.version.number) == (True, False, 1)
    assert folders() == before
    assert len(journal.last("territory:essai", 100)) == entries
    assert models.Device.objects.count() == 1


def test_a_new_file_is_a_new_version_and_the_old_town_is_still_there(
    tmp_path: Path, at_start: clock.FixedClock
) -> None:
    old = cross(tmp_path / "a.osm", tagged={1: CAMERA, 2: CAMERA})
    new = cross(
        tmp_path / "b.osm",
        ways={1: ([1, 5, 2], {"highway": "residential", "name": "Rue Neuve"})},
        tagged={
            2: CAMERA,
            3: CAMERA,
            4: {"highway": "street_lamp"},
            1: {**CAMERA, "camera:direction": "180"},
        },
    )
    import_town(file=old, name="Essai")
    at_start.advance(86_400)
    done = import_town(file=new, name="Essai")
    assert done.version.number == 2
    assert (done.devices.added, done.devices.changed, done.devices.unchanged) == (2, 1, 1)
    then = START + timedelta(hours=1)
    assert [d.key for d in queries.devices("essai", then)] == ["CAM-n1", "CAM-n2"]
    assert [d.key for d in queries.devices("essai")] == ["CAM-n1", "CAM-n2", "CAM-n3", "LAMP-n4"]
    assert queries.device("essai", "CAM-n1", then).direction_deg == 90
    assert queries.device("essai", "CAM-n1").direction_deg == 180
    assert (queries.version_at("essai", then).number, queries.version_at("essai").number) == (1, 2)
    assert (queries.streets("essai", then).pieces, queries.streets("essai").pieces) == (4, 1)
    lat, lon = (float(v) for v in PLANE.to_lat_lon(100, 5))
    assert queries.place_name("essai", lat, lon, then) == "Rue du Port"
    assert queries.place_name("essai", lat, lon) == "Rue Neuve"
    with pytest.raises(NoTown):
        queries.version_at("essai", START - timedelta(seconds=1))


def test_a_device_that_is_gone_from_the_map_has_ended(tmp_path: Path, at_start: clock.FixedClock) -> None:
    import_town(file=cross(tmp_path / "a.osm", tagged={1: CAMERA, 5: {"amenity": "police"}}), name="Essai")
    at_start.advance(60)
    done = import_town(file=cross(tmp_path / "b.osm"), name="Essai")
    assert done.devices.removed == 1
    assert queries.devices("essai") == []
    assert queries.stations("essai") == []
    assert [s.kind for s in queries.stations("essai", START)] == ["police"]


@pytest.mark.parametrize(
    "data",
    [b"", b"<!DOCTYPE html><html></html>", b"<osm version='0.6'></osm>", b"<osm version='0.6'><node id='1'"],
)
def test_a_bad_file_changes_nothing(tmp_path: Path, data: bytes) -> None:
    import_town(file=cross(tmp_path / "a.osm", tagged={1: CAMERA}), name="Essai")
    before, entries = folders(), len(journal.last("territory:essai", 100))
    bad = tmp_path / "b.osm"
    bad.write_bytes(data)
    with pytest.raises(BadMap) as error:
        import_town(file=bad, name="Essai")
    assert "b.osm" in error.value.sentence()
    assert folders() == before
    assert len(journal.last("territory:essai", 100)) == entries
    assert queries.version_at("essai").number == 1


def test_an_import_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise DatabaseError("disk full")

    before = folders()
    monkeypatch.setattr(town_import.journal, "append", broken)
    with pytest.raises(DatabaseError):
        import_town(file=cross(tmp_path / "a.osm"), name="Essai")
    assert {p for p in folders() if p.name != "essai"} == {p for p in before if p.name != "essai"}
    assert not models.TownVersion.objects.exists()


def test_an_exercise_stays_one(tmp_path: Path, at_start: clock.FixedClock) -> None:
    done = import_town(file=cross(tmp_path / "a.osm", tagged={1: CAMERA}), name="Essai", exercise=True)
    assert done.territory.exercise
    assert queries.devices("essai")[0].exercise
    assert (body := journal.last("territory:essai", 1)[0].body) is not None
    assert body["exercise"] is True
    with pytest.raises(Invalid):
        import_town(file=cross(tmp_path / "a.osm"), name="Essai")


def test_two_communes_of_one_name_are_two_territories(tmp_path: Path, lists: Path) -> None:
    import_town(file=cross(tmp_path / "a.osm"), name="Toussieu")
    done = import_town(file=cross(tmp_path / "a.osm"), insee="69298")
    assert done.territory.key == "toussieu-69298"
    assert import_town(file=cross(tmp_path / "a.osm"), insee="69298").fresh is False


@pytest.mark.parametrize("options", [{}, {"name": "!!!"}])
def test_a_territory_needs_a_name(tmp_path: Path, options: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        import_town(file=cross(tmp_path / "a.osm"), **options)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    for ask in (queries.territory, queries.version_at, queries.streets, queries.layers):
        with pytest.raises(UnknownTerritory):
            ask("nowhere")
    assert queries.place_name("nowhere", 47.0, 2.0) == ""
    import_town(file=cross(tmp_path / "a.osm"), name="Essai")
    with pytest.raises(NotFound):
        queries.device("essai", "C-1")
    with pytest.raises(NotFound):
        queries.layer("essai", "../../secret")
    with pytest.raises(NoTown):
        queries.layers("essai", 7)


def test_the_layers_are_small_geojson(tmp_path: Path) -> None:
    import_town(file=cross(tmp_path / "a.osm", tagged={1: CAMERA}), name="Essai")
    assert set(queries.layers("essai")) == {"streets", "cameras"}
    streets = queries.read_layer("essai", "streets")
    assert [f["properties"]["name"] for f in streets["features"]] == ["Rue du Port", "Rue de l'Église"]
    longitude = streets["features"][0]["geometry"]["coordinates"][0][0]
    assert len(str(longitude).split(".")[1]) <= 6
    box = queries.bounds("essai")
    assert box.south < PLANE.lat < box.north
    assert box.centre.lat == pytest.approx(PLANE.lat, abs=1e-4)
    views = queries.views("essai")["features"]
    assert [v["properties"]["key"] for v in views] == ["CAM-n1"]


def test_saint_jean_la_poterie_imports_and_routes() -> None:
    done = import_town(file=need("osm/saint-jean-la-poterie.osm.gz"), name="Saint-Jean-la-Poterie")
    taken, left = done.version.report["taken"], done.version.report["left"]
    # 669 buildings in the file, 56 ways with `highway` (see the data's own description).
    assert taken["buildings"] + sum(left["buildings"].values()) == 669
    assert taken["streets"] + sum(left["streets"].values()) == 56
    assert done.version.source_date == datetime(2019, 9, 5, 11, 48, 2, tzinfo=UTC)
    graph = queries.streets("saint-jean-la-poterie")
    a, b = Position(47.6351, -2.1213), Position(47.6385, -2.1280)
    there, back = (float(graph.seconds_to(q, [p])[0]) for p, q in ((a, b), (b, a)))
    assert 30 < there < 300
    assert 30 < back < 300


def test_redon_imports_and_routes() -> None:
    done = import_town(file=need("osm/redon.osm.gz"), name="Redon")
    taken, left = done.version.report["taken"], done.version.report["left"]
    assert taken["streets"] + sum(left["streets"].values()) == 370
    graph = queries.streets("redon")
    police = next(s for s in queries.stations("redon") if s.kind == "police")
    assert police.position is not None
    route = graph.route(police.position, Position(47.6511, -2.0843))
    assert route is not None
    assert 10 < route.seconds < 600


def test_geneva_is_accounted_for_and_every_camera_is_reached() -> None:
    done = import_town(file=need("osm/geneva.osm.pbf"), name="Genève")
    report = done.version.report
    taken = report["taken"]
    assert (taken["cameras"], taken["lamps"], taken["police"], taken["fire_station"]) == (406, 119, 12, 5)
    assert taken["restrictions"] + sum(report["left"]["restrictions"].values()) == 583
    assert taken["streets"] + sum(report["left"]["streets"].values()) == 14_574
    assert taken["cameras_with_direction"] == 144
    assert taken["cameras_with_height"] == 93  # 94 in the file, one of them says 99 m
    assert any(flag["flag"] == "height=99: not believed" for flag in report["flags"]["first"])
    graph = queries.streets("geneve")
    stations = [s.position for s in queries.stations("geneve") if s.kind == "police" and s.position]
    for camera in queries.devices("geneve", kinds=["camera"]):
        assert camera.position is not None
        assert min(graph.seconds_to(camera.position, stations, 900)) < 900, camera.key


def test_gzip_and_plain_text_make_the_same_town(tmp_path: Path) -> None:
    data = need("osm/saint-jean-la-poterie.osm.gz").read_bytes()
    (tmp_path / "a.osm").write_bytes(gzip.decompress(data))
    plain = import_town(file=tmp_path / "a.osm", name="One")
    packed = import_town(file=need("osm/saint-jean-la-poterie.osm.gz"), name="Two")
    assert plain.version.files == packed.version.files
