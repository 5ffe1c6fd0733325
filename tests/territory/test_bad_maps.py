"""Files that are no whole map: what is wrong is said, whatever the file's name."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.real_data import need
from tests.territory.towns import cross

from beffroi.territory.methods.osm_file import Unreadable
from beffroi.territory.methods.town import town

pytestmark = pytest.mark.unit


def refused(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    with pytest.raises(Unreadable) as error:
        town(path)
    return str(error.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"   \n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"<!DOCTYPE html><html><body>429 Too Many Requests</body></html>", "web page"),
        (b"<?xml version='1.0'?><html></html>", "web page"),
        (b'{"version": 0.6, "elements": []}', "JSON"),
        (b"lat;lon\n47;2\n", "does not begin like"),
        (b"\x00\x01\x02\x03", "does not begin like"),
        (b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='1' lon='1'/>", "cut"),
        (b"<osm><node id='1' lat='1' lon='1'></osm>", "cannot be read"),
        (b"<osm version='0.6'><node id='1' lat='91' lon='1'/></osm>", ""),
        (b"<osm version='0.6'></osm>", "no street that a car can drive"),
        (
            b"<osm><remark> runtime error: Query timed out </remark></osm>",
            "gave up before the end: runtime error",
        ),
        (b"\x1f\x8b\x08\x00broken", "cut"),
        (b"\x1f\x8b\x09" + b"x" * 40, "damaged"),
        (gzip.compress(b"", mtime=0), "it is empty"),
        (gzip.compress(b"<html></html>", mtime=0), "web page"),
    ],
)
def test_what_is_not_a_map(tmp_path: Path, data: bytes, why: str) -> None:
    assert why in refused(tmp_path / "town.osm.pbf", data)


def test_a_map_without_streets_for_cars(tmp_path: Path) -> None:
    ways = {1: ([1, 2], {"highway": "footway"})}
    with pytest.raises(Unreadable, match="no street that a car can drive"):
        town(cross(tmp_path / "a.osm", ways=ways))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("name", ["redon.osm.gz", "geneva.osm.pbf"])
def test_a_cut_file_is_refused(tmp_path: Path, name: str, share: float) -> None:
    whole = need(f"osm/{name}").read_bytes()
    assert "cut" in refused(tmp_path / name, whole[: int(len(whole) * share)])


def test_a_cut_text_file_is_refused(tmp_path: Path) -> None:
    text = gzip.decompress(need("osm/saint-jean-la-poterie.osm.gz").read_bytes())
    assert "cut" in refused(tmp_path / "a.osm", text[: len(text) // 2])


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray(need("osm/saint-jean-la-poterie.osm.gz").read_bytes())
    data[len(data) // 2] ^= 0xFF
    why = refused(tmp_path / "a.osm.gz", bytes(data))
    assert "damaged" in why or "cut" in why


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.osm"):
        with pytest.raises(Unreadable, match="cannot be opened"):
            town(path)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "a.osm"
    refused(path, data)


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
keys = st.sampled_from([
    "highway", "oneway", "maxspeed", "access", "building", "height", "building:levels", "man_made",
    "direction", "camera:type", "surveillance:type", "barrier", "name", "restriction", "type",
    "natural", "amenity", "railway",
])  # fmt: skip
values = st.one_of(
    st.sampled_from(["yes", "residential", "surveillance", "bollard", "-1", "police", "water", "0;180"]),
    words,
)
tags = st.dictionaries(keys, values, max_size=6)


@settings(max_examples=80, deadline=None)
@given(st.lists(tags, min_size=4, max_size=4), tags)
def test_no_tags_break_an_import(
    tmp_path_factory: pytest.TempPathFactory, given_tags: list[dict[str, str]], relation: dict[str, str]
) -> None:
    path = cross(
        tmp_path_factory.mktemp("fuzz") / "a.osm",
        ways={
            1: ([1, 5, 2], {"highway": "residential"}),
            2: ([3, 5, 4], given_tags[0]),
            3: ([1, 3, 4, 1], given_tags[1]),
        },
        tagged={2: given_tags[2], 5: given_tags[3]},
        relations={1: ([("way", 1, "from"), ("node", 5, "via"), ("way", 2, "to")], relation)},
    )
    made = town(path)
    assert made.report["taken"]["streets"] >= 1
