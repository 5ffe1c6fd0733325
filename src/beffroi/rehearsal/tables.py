"""Devices and patrols of an exercise as tables that a town would give (docs/reference/import-formats.md)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from beffroi.foundation.geography import LocalPlane
from beffroi.rehearsal.methods.places import Cast
from beffroi.rehearsal.methods.plan import Town

_DEVICE = ("key", "kind", "name", "lat", "lon", "direction", "height", "form", "network", "site", "recorder")
_UNIT = ("key", "name", "kind", "abilities", "lat", "lon")
_RECORDER = "ex-frigate"


def _write(file: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=list(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)
    return file


def _degrees(lat: float, lon: float) -> dict[str, str]:
    return {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"}


def cameras(folder: Path, key: str, town: Town) -> Path:
    """The cameras of an invented town."""
    plane = LocalPlane(town.lat, town.lon)
    rows = []
    for each in town.things:
        if each.tags.get("man_made") != "surveillance":
            continue
        lat, lon = plane.to_lat_lon(*each.at)
        rows.append(
            {
                "key": each.tags["ref"],
                "kind": "camera",
                "name": each.tags["name"],
                **_degrees(float(lat), float(lon)),
                "direction": each.tags.get("camera:direction", ""),
                "height": each.tags["height"],
                "form": each.tags["camera:type"],
                "network": "fibre-csu",
                "recorder": _RECORDER,
            }
        )
    return _write(folder / f"{key}-cameras.csv", _DEVICE, rows)


def devices(folder: Path, key: str, cast: Cast) -> Path:
    """The devices that the story adds; those that stand in the town already are left as they are."""
    rows = []
    for each in cast.sensors:
        if each.known:
            continue
        camera = each.kind == "camera"
        rows.append(
            {
                "key": each.key,
                "kind": each.kind,
                "name": each.name,
                **_degrees(each.place.lat, each.place.lon),
                "direction": "" if each.direction_deg is None else f"{each.direction_deg:g}",
                "height": "6" if camera else "",
                "form": "fixed" if camera else "",
                "network": "fibre-csu" if camera else "",
                "recorder": _RECORDER if camera else "",
            }
        )
    return _write(folder / f"{key}-devices.csv", _DEVICE, rows)


def units(folder: Path, key: str, cast: Cast) -> Path:
    """The patrols, each with the place that it starts from."""
    rows = [
        {
            "key": each.key,
            "name": each.name,
            "kind": each.kind,
            "abilities": ",".join(each.abilities),
            **_degrees(each.place.lat, each.place.lon),
        }
        for each in cast.patrols
    ]
    return _write(folder / f"{key}-units.csv", _UNIT, rows)
