"""Rows of a table as devices: which column says what, what is refused, what is left aside.

The columns are described, with examples, in docs/reference/import-formats.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from beffroi.territory.methods import values
from beffroi.territory.methods.projection import ToDegrees, assumed, to_degrees
from beffroi.territory.methods.tables import Row, Table, plain

#: Field -> plain column names that mean it, the first found is used.
COLUMNS: dict[str, tuple[str, ...]] = {
    "key": ("key", "cle", "identifiant", "code", "ref", "reference", "nom", "name", "id"),
    "kind": ("kind", "type", "nature", "genre"),
    "name": ("name", "nom", "libelle", "label", "adresse", "address"),
    "x": ("x", "lon", "lng", "long", "longitude", "coord_x", "x_l93", "x_lambert93", "est"),
    "y": ("y", "lat", "latitude", "coord_y", "y_l93", "y_lambert93", "nord"),
    "direction": ("direction", "azimut", "azimuth", "orientation", "cap"),
    "field": ("field", "fov", "champ", "angle", "ouverture"),
    "reach": ("reach", "portee", "range"),
    "height": ("height", "hauteur"),
    "form": ("form", "forme", "camera_type", "modele_camera"),
    "network": ("network", "reseau"),
    "power": ("power", "alimentation", "energie"),
    "site": ("site", "lieu"),
    "recorder": ("recorder", "enregistreur", "nvr"),
}
KINDS = (
    "camera", "lamp", "panel", "detector", "microphone", "barrier", "access", "button", "server", "recorder",
    "switch", "sensor", "speaker",
)  # fmt: skip
_KIND_WORDS = {
    "camera": "camera", "videoprotection": "camera", "video": "camera", "lampadaire": "lamp", "lampe": "lamp",
    "eclairage": "lamp", "eclairage_public": "lamp", "lamp": "lamp", "street_lamp": "lamp",
    "centrale": "panel", "alarme": "panel", "panel": "panel", "detecteur": "detector", "detector": "detector",
    "micro": "microphone",
    "barriere": "barrier", "borne": "barrier", "bouton": "button", "serveur": "server",
    "enregistreur": "recorder", "capteur": "sensor", "haut_parleur": "speaker", "sirene": "speaker",
}  # fmt: skip
_FORMS = {
    "fixe": "fixed", "fixed": "fixed", "bullet": "fixed", "dome": "dome", "ptz": "panning",
    "panning": "panning", "mobile": "panning", "orientable": "panning", "panoramique": "panorama",
}  # fmt: skip
_LONGEST = 80
_LENGTHS = {"height": (0.0, 100.0), "reach": (1.0, 2000.0)}


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as a row tells of it. Angles in degrees, lengths in metres."""

    key: str
    kind: str
    name: str
    lat: float
    lon: float
    direction_deg: float | None
    field_deg: float | None
    reach_m: float | None
    height_m: float | None
    form: str
    links: Mapping[str, str]
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its line, the column at fault as the file writes it, and why."""

    line: int
    column: str
    why: str


@dataclass
class Rows:
    """What a table gives."""

    devices: list[DeviceRow] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    same_place: list[tuple[str, str]] = field(default_factory=list)  # keys that stand on one point


class MissingColumn(ValueError):
    """A column without which nothing can be taken; its text names it and those that are there."""


def devices(table: Table, crs: str = "", kind: str = "") -> Rows:
    """Devices of a table. `crs` names the coordinates' system, `kind` is what rows without a kind are.

    Raises MissingColumn, projection.UnknownSystem, projection.BadSystem.
    """
    columns = choose(table, COLUMNS, ("key", "x", "y"))
    convert = converter(table, columns["x"], columns["y"], crs)
    found = Rows()
    lines: dict[str, int] = {}
    places: dict[tuple[float, float], str] = {}
    for row in table.rows:
        one = _device(row, columns, convert, kind)
        if isinstance(one, BadRow):
            found.bad.append(one)
        elif one.key in lines:
            why = f"{one.key} is already on {table.unit} {lines[one.key]}"
            found.bad.append(BadRow(row.line, columns["key"], why))
        else:
            lines[one.key] = row.line
            found.devices.append(one)
            first = places.setdefault((round(one.lat, 6), round(one.lon, 6)), one.key)
            if first != one.key:
                found.same_place.append((first, one.key))
    return found


def converter(table: Table, x: str, y: str, crs: str) -> ToDegrees:
    """How this table's coordinates become degrees: as asked, as the file declares, or plainly degrees."""
    if crs or table.crs:
        return to_degrees(crs or table.crs)
    points = []
    for row in table.rows:
        east, north = values.number(row.cells.get(x, "")), values.number(row.cells.get(y, ""))
        if east is not None and north is not None:
            points.append((east, north))
    return assumed(points)


def place(row: Row, x: str, y: str, convert: ToDegrees) -> tuple[float, float] | BadRow:
    """Latitude and longitude of a row."""
    if row.cells.get("geometry"):
        return BadRow(row.line, "geometry", f"a {row.cells['geometry'][:20]} where a Point is needed")
    numbers = []
    for column in (x, y):
        text = row.cells.get(column, "")
        value = values.number(text)
        if value is None:
            return BadRow(row.line, column, f"{text[:40]!r} is not a number" if text else "it is empty")
        numbers.append(value)
    lat, lon = convert(numbers[0], numbers[1])
    if not (isfinite(lat) and isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        return BadRow(row.line, x, f"{numbers[0]:g} {numbers[1]:g} is not on the earth")
    return lat, lon


def choose(table: Table, meanings: Mapping[str, Sequence[str]], needed: Sequence[str]) -> dict[str, str]:
    """Which column says what; each column is used once. Raises MissingColumn for one that is needed."""
    columns: dict[str, str] = {}
    for name, words in meanings.items():
        free = (word for word in words if word in table.columns and word not in columns.values())
        columns[name] = next(free, "")
        if name in needed and not columns[name]:
            there = ", ".join(table.columns) or "none"
            raise MissingColumn(f"no column for {name} ({' or '.join(words[:4])}); it has {there}")
    return columns


def _device(row: Row, columns: Mapping[str, str], convert: ToDegrees, kind: str) -> DeviceRow | BadRow:
    cells = {name: row.cells.get(column, "") if column else "" for name, column in columns.items()}
    if bad := _bad_text(row, cells, columns):
        return bad
    where = place(row, columns["x"], columns["y"], convert)
    if isinstance(where, BadRow):
        return where
    said = _KIND_WORDS.get(plain(cells["kind"]), plain(cells["kind"])) or kind
    if said not in KINDS and kind in KINDS and columns["kind"] in ("type", "nature", "genre"):
        said = kind  # such a column often holds something else (a make, a mounting)
    if said not in KINDS:
        why = (
            f"{cells['kind'][:40]!r} is not one of {', '.join(KINDS)}"
            if cells["kind"]
            else "no kind: use --kind"
        )
        return BadRow(row.line, columns["kind"] or "kind", why)
    numbers = _numbers(row, cells, columns)
    if isinstance(numbers, BadRow):
        return numbers
    direction, width = numbers["direction"], numbers["field"]
    used = set(columns.values())
    return DeviceRow(
        key=cells["key"],
        kind=said,
        name=cells["name"],
        lat=round(where[0], 7),
        lon=round(where[1], 7),
        direction_deg=direction,
        field_deg=width,
        reach_m=numbers["reach"],
        height_m=numbers["height"],
        form=_FORMS.get(plain(cells["form"]), cells["form"].lower())[:32],
        links={name: cells[name] for name in ("network", "power", "site", "recorder")},
        details={name: text[:200] for name, text in row.cells.items() if name not in used and text},
    )


def _bad_text(row: Row, cells: Mapping[str, str], columns: Mapping[str, str]) -> BadRow | None:
    if not cells["key"]:
        return BadRow(row.line, columns["key"], "it is empty")
    for name in ("key", "network", "power", "site", "recorder"):
        text = cells[name]
        if len(text) > _LONGEST or not text.isprintable():
            return BadRow(
                row.line, columns[name], f"more than {_LONGEST} letters, or letters that cannot be shown"
            )
    if len(cells["name"]) > 160 or not cells["name"].isprintable():
        return BadRow(row.line, columns["name"], "more than 160 letters, or letters that cannot be shown")
    return None


def _numbers(
    row: Row, cells: Mapping[str, str], columns: Mapping[str, str]
) -> dict[str, float | None] | BadRow:
    found: dict[str, float | None] = dict.fromkeys(("direction", "field", "reach", "height"))
    if cells["direction"]:
        bearing = values.bearing(cells["direction"])
        if bearing is None:
            return BadRow(row.line, columns["direction"], f"{cells['direction'][:40]!r} is not a direction")
        found["direction"], found["field"] = bearing.degrees, bearing.width
    if cells["field"]:
        width = values.number(cells["field"].removesuffix("°"))
        if not values.believable(width, 1.0, 360.0):
            return BadRow(
                row.line, columns["field"], f"{cells['field'][:40]!r} is not an angle from 1 to 360"
            )
        found["field"] = width
    for name, (least, most) in _LENGTHS.items():
        if cells[name]:
            length = values.metres(cells[name])
            if not values.believable(length, least, most):
                why = f"{cells[name][:40]!r} is not a length from {least:g} to {most:g} m"
                return BadRow(row.line, columns[name], why)
            found[name] = length
    return found
