"""Rows of a table as patrol units. The columns are described in docs/reference/import-formats.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from beffroi.territory.methods.device_rows import BadRow, choose, converter, place
from beffroi.territory.methods.projection import ToDegrees
from beffroi.territory.methods.tables import Row, Table, plain

COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("key", "cle", "identifiant", "code", "indicatif", "ref", "id"),
    "name": ("name", "nom", "libelle", "label"),
    "kind": ("kind", "type", "nature", "service"),
    "abilities": ("abilities", "aptitudes", "capacites"),
    "x": ("x", "lon", "lng", "long", "longitude", "coord_x"),
    "y": ("y", "lat", "latitude", "coord_y"),
}
KINDS = ("municipal", "gendarmerie", "police", "rural", "security", "other")
_KIND_WORDS = {
    **{kind: kind for kind in KINDS},
    "police_municipale": "municipal", "pm": "municipal", "pluricommunale": "municipal", "gn": "gendarmerie",
    "gendarmerie_nationale": "gendarmerie", "police_nationale": "police", "pn": "police",
    "garde_champetre": "rural", "securite": "security", "asvp": "security", "autre": "other",
}  # fmt: skip
ABILITIES = ("dog", "motorbike", "bicycle", "foot", "armed", "drone", "first_aid")


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a row tells of it; `home` is where it starts from (latitude, longitude), or None."""

    key: str
    name: str
    kind: str
    abilities: tuple[str, ...]
    home: tuple[float, float] | None


@dataclass
class Rows:
    """What a table gives."""

    units: list[UnitRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


def units(table: Table, crs: str = "") -> Rows:
    """Units of a table. Raises MissingColumn, projection.UnknownSystem, projection.BadSystem."""
    columns = choose(table, COLUMNS, ("key", "kind"))
    convert = converter(table, columns["x"], columns["y"], crs)
    found = Rows()
    lines: dict[str, int] = {}
    for row in table.rows:
        one = _unit(row, columns, convert)
        if isinstance(one, BadRow):
            found.bad.append(one)
        elif one.key in lines:
            why = f"{one.key} is already on {table.unit} {lines[one.key]}"
            found.bad.append(BadRow(row.line, columns["key"], why))
        else:
            lines[one.key] = row.line
            found.units.append(one)
    return found


def _unit(row: Row, columns: Mapping[str, str], convert: ToDegrees) -> UnitRow | BadRow:
    cells = {name: row.cells.get(column, "") if column else "" for name, column in columns.items()}
    key, name = cells["key"], cells["name"] or cells["key"]
    if not key or len(key) > 80 or not key.isprintable():
        return BadRow(
            row.line, columns["key"], "empty, more than 80 letters, or letters that cannot be shown"
        )
    if len(name) > 160 or not name.isprintable():
        return BadRow(row.line, columns["name"], "more than 160 letters, or letters that cannot be shown")
    kind = _KIND_WORDS.get(plain(cells["kind"]), "")
    if not kind:
        return BadRow(row.line, columns["kind"], f"{cells['kind'][:40]!r} is not one of {', '.join(KINDS)}")
    abilities = tuple(
        word.strip().lower() for word in cells["abilities"].replace(";", ",").split(",") if word.strip()
    )
    if unknown := [word for word in abilities if word not in ABILITIES]:
        return BadRow(
            row.line, columns["abilities"], f"{unknown[0][:40]!r} is not one of {', '.join(ABILITIES)}"
        )
    home = None
    if cells["x"] or cells["y"] or row.cells.get("geometry"):
        where = place(row, columns["x"], columns["y"], convert)
        if isinstance(where, BadRow):
            return where
        home = where
    return UnitRow(key, name, kind, abilities, home)
