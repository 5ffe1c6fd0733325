"""Tables as towns keep them: CSV as French Excel writes it, and GeoJSON, read into rows of text.

A row keeps the line of the file that it comes from, so that what is wrong can be found.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_MOST_ROWS = 200_000
_SEPARATORS = (";", ",", "\t", "|")


class BadFile(ValueError):
    """A file that cannot be read as a table at all; its text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: of the file (CSV) or number of the feature (GeoJSON), from 1; `cells` by plain column name."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, the coordinate system that the file itself declares (or empty), and what `line` counts."""

    rows: list[Row]
    crs: str = ""
    unit: str = "line"
    columns: tuple[str, ...] = field(default=())


def read(data: bytes) -> Table:
    """A table from a file's bytes, whatever its name. Raises BadFile."""
    text = decoded(data)
    start = text.lstrip()[:200]
    if not start:
        raise BadFile("it is empty")
    if start.startswith(("{", "[")):
        return _geojson(text)
    if start[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise BadFile("it is a web page or XML, not a table")
    if "\x00" in text:
        raise BadFile("it is not text (a spreadsheet must be saved as CSV first)")
    return _csv(text)


def decoded(data: bytes) -> str:
    """Text of a file: UTF-8 (with or without mark), UTF-16 with mark, else Windows' Latin-1."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def plain(name: str) -> str:
    """A column's name without accents, case or punctuation: `Année d'arrêt` -> `annee_d_arret`."""
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "_".join("".join(c if c.isalnum() else " " for c in bare).split())


def _csv(text: str) -> Table:
    head = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=head.count)
    if not head.count(separator):
        raise BadFile("its first line is not a list of columns separated by ; or ,")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, columns = [], _columns(next(reader))
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                raise BadFile(f"line {reader.line_num} has {len(cells)} cells for {len(columns)} columns")
            stripped = [cell.strip() for cell in cells]
            rows.append(Row(reader.line_num, dict(zip(columns, stripped, strict=False))))
            _enough(rows)
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num} cannot be read ({error})") from error
    return Table(rows, columns=tuple(columns))


def _columns(names: list[str]) -> list[str]:
    columns = [plain(name) for name in names]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise BadFile(f"it has the column {twice[0]} twice")
    return columns


def _geojson(text: str) -> Table:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile(f"it is not whole JSON ({error})") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadFile("it is JSON but not a GeoJSON FeatureCollection")
    rows = []
    for number, feature in enumerate(features, 1):
        rows.append(Row(number, _cells(feature, number)))
        _enough(rows)
    columns = dict.fromkeys(name for row in rows for name in row.cells)
    return Table(rows, _declared(document), "feature", tuple(columns))


def _cells(feature: Any, number: int) -> dict[str, str]:
    if not isinstance(feature, dict):
        raise BadFile(f"feature {number} is not an object")
    cells = {}
    properties = feature.get("properties")
    for name, value in (properties if isinstance(properties, dict) else {}).items():
        if value is not None and not isinstance(value, dict):
            cells[plain(str(name))] = _text(value)
    if "id" in feature and not isinstance(feature["id"], (dict, list)):
        cells.setdefault("id", _text(feature["id"]))
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        place = geometry.get("coordinates")
        if geometry.get("type") != "Point" or not isinstance(place, list) or len(place) < 2:
            cells["geometry"] = str(geometry.get("type"))
        else:
            cells["x"], cells["y"] = _text(place[0]), _text(place[1])
    return cells


def _text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def _declared(document: dict[str, Any]) -> str:
    """The system named by the `crs` member of the 2008 specification (OGC names included)."""
    crs = document.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else ""


def _enough(rows: list[Row]) -> None:
    if len(rows) > _MOST_ROWS:
        raise BadFile(f"it has more than {_MOST_ROWS} rows")
