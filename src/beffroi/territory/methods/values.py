"""Values as people write them in OpenStreetMap and in tables: lengths, speeds, directions.

Each reader answers None for what cannot be read; none raises.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = re.compile(r"^[+-]?(\d{1,9}(?:[.,]\d{0,20})?|[.,]\d{1,20})$", re.ASCII)
_GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", re.ASCII)
_LENGTH = re.compile(r"^(?P<number>[+-]?[\d.,]{1,18})\s*(?P<unit>m|metres?|mètres?|ft|feet|km|cm|')?$")
_FEET = re.compile(r"""^(?P<feet>\d{1,5})'(?:\s*(?P<inches>\d{1,2})")?$""")
_SPEED = re.compile(r"^(?P<number>\d{1,3}(?:[.,]\d+)?)\s*(?P<unit>km/?h|kmh|kph|mph|knots)?$")
_TO_METRES = {
    "": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "mètre": 1.0, "mètres": 1.0,
    "ft": 0.3048, "feet": 0.3048, "'": 0.3048, "km": 1000.0, "cm": 0.01,
}  # fmt: skip
_TO_KMH = {"mph": 1.609344, "knots": 1.852}
_SAID_SPEEDS = {"walk": 6.0, "none": 130.0}
_ZONES = {
    "urban": 50.0, "rural": 80.0, "trunk": 110.0, "motorway": 130.0, "living_street": 20.0, "walk": 20.0,
    "zone20": 20.0, "zone30": 30.0, "zone:20": 20.0, "zone:30": 30.0, "20": 20.0, "30": 30.0, "50": 50.0,
    "70": 70.0, "80": 80.0, "90": 90.0, "110": 110.0, "130": 130.0,
}  # fmt: skip
_WINDS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip
_WORDS = {
    "NORTH": "N", "NORD": "N", "EAST": "E", "EST": "E", "SOUTH": "S", "SUD": "S", "WEST": "W", "OUEST": "W",
}  # fmt: skip


def number(text: str) -> float | None:
    """A decimal number with a point or a comma, its thousands perhaps apart: `768 915,2`."""
    text = _GROUPED.sub("", text.strip())
    return float(text.replace(",", ".")) if _NUMBER.match(text) else None


def metres(text: str) -> float | None:
    """A length: `3`, `3,5 m`, `12 ft`, `6'10"`. Metres where no unit is given."""
    text = text.strip().lower()
    if feet := _FEET.match(text):
        return int(feet["feet"]) * 0.3048 + int(feet["inches"] or 0) * 0.0254
    found = _LENGTH.match(text)
    value = number(found["number"]) if found else None
    return None if value is None or found is None else value * _TO_METRES[found["unit"] or ""]


def kmh(text: str) -> float | None:
    """A speed limit in km/h: `50`, `30 mph`, `FR:urban`, `walk`, `none`; of several, the lowest."""
    found = [_one_speed(part) for part in re.split(r"[;|]", text)]
    known = [speed for speed in found if speed is not None]
    return min(known) if known else None


def _one_speed(text: str) -> float | None:
    text = text.strip().lower()
    if text in _SAID_SPEEDS:
        return _SAID_SPEEDS[text]
    if re.match(r"^[a-z]{2}:", text):
        return _ZONES.get(text[3:])
    if found := _SPEED.match(text):
        value = number(found["number"])
        return None if value is None else value * _TO_KMH.get(found["unit"] or "", 1.0)
    return None


@dataclass(frozen=True, slots=True)
class Bearing:
    """Where something looks: degrees clockwise from north, and how wide where a range was given."""

    degrees: float
    width: float | None = None


def bearing(text: str) -> Bearing | None:
    """One direction: `315`, `NW`, `north-west`, or a range `0-90` (clockwise from first to last)."""
    text = text.strip().upper().removesuffix("°").strip()
    if (one := _degrees(text)) is not None:
        return Bearing(one)
    ends = text.split("-")
    if len(ends) == 2:
        first, last = _degrees(ends[0]), _degrees(ends[1])
        if first is not None and last is not None:
            width = (last - first) % 360.0 or 360.0
            return Bearing((first + width / 2) % 360.0, width)
    return None


def bearings(text: str) -> list[Bearing]:
    """Several directions separated by `;`, those that can be read."""
    return [found for part in text.split(";") if (found := bearing(part)) is not None]


def _degrees(text: str) -> float | None:
    value = number(text.strip().removesuffix("°"))
    if value is not None:
        return value % 360.0 if -360.0 <= value <= 360.0 else None
    return _wind(text)


def _wind(text: str) -> float | None:
    letters = "".join(_WORDS.get(word, word) for word in re.split(r"[\s_-]+", text.strip()))
    letters = letters.replace("O", "W")
    return _WINDS.index(letters) * 22.5 if letters in _WINDS else None


def believable(value: float | None, least: float, most: float) -> bool:
    """Whether a value is there, finite and within bounds."""
    return value is not None and math.isfinite(value) and least <= value <= most
