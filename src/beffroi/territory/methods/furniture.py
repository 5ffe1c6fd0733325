"""What stands in the street, from tags: cameras, lamps, stations. Absurd values are flagged, not believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from beffroi.territory.methods import values
from beffroi.territory.methods.driving import Tags
from beffroi.territory.methods.osm import Spot

STATIONS = ("police", "fire_station", "townhall")
#: Bounds between which a height is believed, metres.
CAMERA_HEIGHTS = (0.5, 60.0)
LAMP_HEIGHTS = (0.3, 40.0)
BUILDING_HEIGHTS = (1.5, 350.0)
LEVELS = (0.5, 100.0)
LEVEL_M = 3.0
_SEEING = {"", "camera", "alpr", "outdoor", "public", "webcam"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A device or station read from the map."""

    osm: str
    kind: str
    name: str
    lat: float
    lon: float
    direction_deg: float | None = None
    field_deg: float | None = None
    height_m: float | None = None
    form: str = ""
    flags: tuple[str, ...] = ()
    details: dict[str, object] = field(default_factory=dict)


@dataclass
class Furniture:
    """What was found, and what was left, by reason."""

    devices: list[Placed] = field(default_factory=list)
    stations: list[Placed] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def furniture(spots: Iterable[Spot]) -> Furniture:
    """Devices and stations among the spots of a file, in the order of the file."""
    found = Furniture()
    for spot in spots:
        if spot.tags.get("man_made") == "surveillance":
            kind = spot.tags.get("surveillance:type", "").lower()
            if kind in _SEEING:
                found.devices.append(camera(spot))
            else:
                found.left[f"surveillance:type={kind[:40]}"] += 1
        if spot.tags.get("highway") == "street_lamp":
            found.devices.append(lamp(spot))
        if spot.tags.get("amenity") in STATIONS:
            name = spot.tags.get("name", "")[:160]
            found.stations.append(Placed(spot.osm, spot.tags["amenity"], name, spot.lat, spot.lon))
    return found


def camera(spot: Spot) -> Placed:
    """A camera: its form, its direction, its height where they can be believed."""
    tags = spot.tags
    flags: list[str] = []
    details: dict[str, object] = {}
    form = tags.get("camera:type", "").lower()
    if ";" in form:
        details["forms"] = [each.strip() for each in form.split(";")]
        form = form.split(";")[0].strip()
        flags.append(f"camera:type={tags['camera:type'][:40]}: several, the first kept")
    direction, width = _direction(tags, flags, details)
    for key in ("surveillance", "surveillance:zone", "camera:mount", "surveillance:type"):
        if key in tags:
            details[key] = tags[key][:60]
    name = (tags.get("name") or tags.get("ref") or "")[:160]
    height = _height(tags, CAMERA_HEIGHTS, flags)
    return Placed(
        spot.osm,
        "camera",
        name,
        spot.lat,
        spot.lon,
        direction,
        width,
        height,
        form[:32],
        tuple(flags),
        details,
    )


def lamp(spot: Spot) -> Placed:
    """A street lamp."""
    flags: list[str] = []
    details: dict[str, object] = {
        key: spot.tags[key][:60]
        for key in ("light:method", "lamp_type", "lamp_mount", "support")
        if key in spot.tags
    }
    name = spot.tags.get("ref", "")[:160]
    height = _height(spot.tags, LAMP_HEIGHTS, flags)
    return Placed(
        spot.osm, "lamp", name, spot.lat, spot.lon, height_m=height, flags=tuple(flags), details=details
    )


def _direction(tags: Tags, flags: list[str], details: dict[str, object]) -> tuple[float | None, float | None]:
    key = "camera:direction" if "camera:direction" in tags else "direction"
    text = tags.get(key, "")
    if not text:
        return None, None
    found = values.bearings(text)
    if not found:
        flags.append(f"{key}={text[:40]}: not a direction")
        return None, None
    if len(found) > 1 or ";" in text:
        details["directions"] = [round(each.degrees, 1) for each in found]
        flags.append(f"{key}={text[:40]}: several, the first kept")
    return found[0].degrees, found[0].width


def _height(tags: Tags, bounds: tuple[float, float], flags: list[str]) -> float | None:
    text = tags.get("height", "")
    if not text:
        return None
    value = values.metres(text)
    if values.believable(value, *bounds):
        return value
    flags.append(f"height={text[:40]}: not believed")
    return None


def building_height(tags: Tags) -> tuple[float | None, str]:
    """Metres of a building (its height, else its levels), and a flag for a value not believed."""
    flag = ""
    if text := tags.get("height", ""):
        value = values.metres(text)
        if values.believable(value, *BUILDING_HEIGHTS):
            return value, ""
        flag = f"height={text[:40]}: not believed"
    if text := tags.get("building:levels", ""):
        levels = values.number(text)
        if levels is not None and values.believable(levels, *LEVELS):
            return levels * LEVEL_M, flag
        flag = flag or f"building:levels={text[:40]}: not believed"
    return None, flag
