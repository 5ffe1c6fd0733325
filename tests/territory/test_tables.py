"""Tables of devices and units: as French Excel writes them, as GeoJSON, and all that can be wrong."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.real_data import need

from beffroi.territory.methods import device_rows, projection, tables, unit_rows
from beffroi.territory.methods.device_rows import BadRow

pytestmark = pytest.mark.unit

EXCEL = "Identifiant;Type;Libellé;Longitude;Latitude;Azimut;Hauteur;Réseau;Alimentation\r\n"


def rows(text: str | bytes, **options: str) -> device_rows.Rows:
    data = text.encode() if isinstance(text, str) else text
    return device_rows.devices(tables.read(data), **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_spreadsheet_of_french_excel(encoding: str) -> None:
    text = EXCEL + "C-01;Caméra;Église Saint-Étienne;-2,0843;47,6511;NO;4,5;VLAN-30;Éclairage public\r\n"
    found = rows(text.encode(encoding))
    assert found.bad == []
    one = found.devices[0]
    assert (one.key, one.kind, one.name) == ("C-01", "camera", "Église Saint-Étienne")
    assert (one.lat, one.lon, one.direction_deg, one.height_m) == (47.6511, -2.0843, 315.0, 4.5)
    assert one.links == {"network": "VLAN-30", "power": "Éclairage public", "site": "", "recorder": ""}


@pytest.mark.parametrize(
    "text",
    [
        "key,kind,lat,lon\nC-1,camera,47.1,2.1\n",
        "key\tkind\tlat\tlon\nC-1\tcamera\t47.1\t2.1\n",
        "key|kind|lat|lon\r\nC-1|camera|47.1|2.1",
        '"key";"kind";"lat";"lon"\n"C-1";"camera";"47,1";"2,1"\n\n;;;\n',
    ],
)
def test_separators(text: str) -> None:
    found = rows(text)
    assert [(d.key, d.lat, d.lon) for d in found.devices] == [("C-1", 47.1, 2.1)]
    assert not found.bad


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        (";camera;;2;47;;;;", BadRow(2, "identifiant", "it is empty")),
        ("C;camera;;deux;47;;;;", BadRow(2, "longitude", "'deux' is not a number")),
        ("C;camera;;2;;;;;", BadRow(2, "latitude", "it is empty")),
        ("C;camera;;2;47;haut;;;", BadRow(2, "azimut", "'haut' is not a direction")),
        ("C;camera;;2;47;;999;;", BadRow(2, "hauteur", "'999' is not a length from 0 to 100 m")),
        (
            "C\x07;camera;;2;47;;;;",
            BadRow(2, "identifiant", "more than 80 letters, or letters that cannot be shown"),
        ),
    ],
)
def test_a_bad_row_names_its_line_and_column(line: str, bad: BadRow) -> None:
    found = rows(EXCEL + line + "\r\n")
    assert (found.devices, found.bad) == ([], [bad])


def test_a_kind_that_is_not_one_is_refused_unless_one_is_given() -> None:
    text = EXCEL + "C;Hikvision;;2;47;;;;\r\n"
    assert rows(text).bad[0].column == "type"
    assert rows(text, kind="camera").devices[0].kind == "camera"
    assert rows("key;lat;lon\nC;47;2\n").bad == [BadRow(2, "kind", "no kind: use --kind")]


def test_the_same_key_twice_and_the_same_place_twice() -> None:
    text = "key;kind;lat;lon\nA;camera;47;2\nB;camera;47;2\nA;camera;47;3\n"
    found = rows(text)
    assert found.same_place == [("A", "B")]
    assert found.bad == [BadRow(4, "key", "A is already on line 2")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x00\x00;", "not text"),
        (b"<html>;</html>", "web page"),
        (b"hello\nworld\n", "not a list of columns"),
        (b"a;b;a\n1;2;3\n", "column a twice"),
        (b"key;kind\nA;camera;47\n", "line 2 has 3 cells for 2 columns"),
        (b'key;lat\n"A;47\n' + b"x" * 200_000, "cannot be read"),
        (b'{"type": "FeatureCollection", "features": [', "not whole JSON"),
        (b'{"type": "Point", "coordinates": [2, 47]}', "not a GeoJSON FeatureCollection"),
        (b'{"features": [7]}', "feature 1 is not an object"),
        (b"[" * 100_000, "not whole JSON"),
    ],
)
def test_files_that_are_no_table(data: bytes, why: str) -> None:
    with pytest.raises(tables.BadFile, match=why):
        tables.read(data)


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(device_rows.MissingColumn, match=r"no column for x \(x or lon.*it has key, kind, lat"):
        rows("key;kind;lat\nA;camera;47\n")


def test_lambert_93_is_recognised_and_never_assumed() -> None:
    data = need("montpellier/cameras-lambert93.geojson").read_bytes()
    with pytest.raises(projection.UnknownSystem) as error:
        rows(data, kind="camera")
    assert error.value.lambert
    assert error.value.example == "768915.2 6281719.4"
    found = rows(data, kind="camera", crs="EPSG:2154")
    assert (len(found.devices), found.bad) == (141, [])
    assert {d.kind for d in found.devices} == {"camera"}
    assert all(43.5 < d.lat < 43.7 and 3.7 < d.lon < 4.0 for d in found.devices)
    first = found.devices[0]
    assert (first.key, first.name, first.details["annee"]) == ("C59.04", "Lapeyronie", "2004")
    lat, lon = from_lambert_93(768915.1948, 6281719.3794)
    assert (first.lat, first.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


def from_lambert_93(x: float, y: float) -> tuple[float, float]:
    """Degrees by IGN's own constants (NTG 71): latitude by iteration on the isometric latitude."""
    n, c, x_s, y_s, e = 0.7256077650, 11754255.426, 700000.0, 12655612.050, 0.08181919106
    iso = -math.log(math.hypot(x - x_s, y - y_s) / c) / n
    lon = 3 + math.degrees(math.atan((x - x_s) / (y_s - y)) / n)
    phi = 2 * math.atan(math.exp(iso)) - math.pi / 2
    for _ in range(20):
        s = e * math.sin(phi)
        phi = 2 * math.atan(((1 + s) / (1 - s)) ** (e / 2) * math.exp(iso)) - math.pi / 2
    return math.degrees(phi), lon


def test_other_metres_are_unknown_but_not_lambert() -> None:
    with pytest.raises(projection.UnknownSystem) as error:
        rows("key;kind;x;y\nA;camera;651000;140000\n")
    assert not error.value.lambert


def test_a_declared_system_is_used_and_an_unknown_one_refused() -> None:
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}},
        "features": [
            {"type": "Feature", "properties": {"ref": "A", "type": "camera"},
             "geometry": {"type": "Point", "coordinates": [768915.2, 6281719.4]}},
        ],
    }  # fmt: skip
    assert rows(json.dumps(collection)).devices[0].lat == pytest.approx(43.6311, abs=1e-3)
    collection["crs"]["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert rows(json.dumps(collection)).bad[0].why == "768915 6.28172e+06 is not on the earth"
    with pytest.raises(projection.BadSystem):
        rows("key;kind;x;y\nA;camera;1;2\n", crs="EPSG:999999")


def test_a_feature_that_is_no_point() -> None:
    feature = {
        "type": "Feature",
        "properties": {"key": "A", "x": 1, "y": 1},
        "geometry": {"type": "LineString"},
    }
    found = rows(json.dumps({"features": [feature]}), kind="camera")
    assert found.bad == [BadRow(1, "geometry", "a LineString where a Point is needed")]


def test_units() -> None:
    text = "indicatif;service;nom;aptitudes;lat;lon\nPM1;Police Municipale;Équipe 1;foot,bicycle;47,6;-2,1\n"
    found = unit_rows.units(tables.read(text.encode()))
    assert found.bad == []
    unit = found.units[0]
    assert (unit.key, unit.kind, unit.abilities, unit.home) == (
        "PM1",
        "municipal",
        ("foot", "bicycle"),
        (47.6, -2.1),
    )


@pytest.mark.parametrize(
    ("line", "column"),
    [("PM1;pompiers;;;47;2", "service"), ("PM1;pm;;magic;47;2", "aptitudes"), (";pm;;;47;2", "indicatif"),
     ("PM1;pm;;;47;", "lon")],
)  # fmt: skip
def test_a_bad_unit(line: str, column: str) -> None:
    found = unit_rows.units(tables.read(f"indicatif;service;nom;aptitudes;lat;lon\n{line}\n".encode()))
    assert [bad.column for bad in found.bad] == [column]


cells = st.one_of(
    st.text(max_size=12), st.sampled_from(["camera", "47,1", "-2.1", "1e309", "nan", "inf", "N", "A", "0-90"])
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(cells, max_size=9), max_size=5), st.sampled_from([";", ",", "\t"]))
def test_no_cells_break_the_reader(lines: list[list[str]], separator: str) -> None:
    head = separator.join(["key", "kind", "name", "x", "y", "direction", "height", "field", "form"])
    data = "\n".join([head, *(separator.join(line) for line in lines)]).encode("utf-8", "replace")
    expected(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    expected(data)


leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "features", "geometry", "coordinates", "properties", "crs", "name", "key", "id"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(trees, max_size=3), trees)
def test_no_json_breaks_the_reader(features: list[Any], crs: Any) -> None:
    expected(json.dumps({"type": "FeatureCollection", "features": features, "crs": crs}).encode())


def expected(data: bytes) -> None:
    """Read as devices and units: only the errors that are declared may come."""
    declared = (tables.BadFile, device_rows.MissingColumn, projection.UnknownSystem, projection.BadSystem)
    try:
        table = tables.read(data)
    except tables.BadFile:
        return
    for take in (device_rows.devices, unit_rows.units):
        try:
            found = take(table)
        except declared:
            continue
        taken = found.devices if isinstance(found, device_rows.Rows) else found.units
        assert len(taken) + len(found.bad) == len(table.rows)
