"""A whole town from one file: streets, buildings, devices, layers, and the account of what was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from beffroi.foundation.geography import metres_per_degree
from beffroi.territory.methods import driving, furniture, layers, osm, restrictions
from beffroi.territory.methods.assemble import street_graph
from beffroi.territory.methods.buildings import Buildings, buildings
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.methods.osm import Area, OsmTown
from beffroi.territory.methods.osm_file import Unreadable
from beffroi.territory.methods.streets import Streets, streets

#: Changes when the same file would make another town: it is then imported again.
METHOD = 5
_CELL_M = 100.0
_BUILT_UP = 8  # buildings in the nine cells (9 ha) around: from here a street is in a built-up area
_FLAGS_SHOWN = 200
_NAMES_SHOWN = 50


@dataclass(frozen=True)
class Town:
    """What one file makes."""

    graph: StreetGraph
    buildings: Buildings
    layers: dict[str, list[layers.Feature]]
    devices: list[furniture.Placed]
    stations: list[furniture.Placed]
    report: dict[str, Any]
    dated: datetime | None

    def save(self, folder: Path) -> list[Path]:
        """Write the town's files; returns them."""
        return [
            *self.graph.save(folder / "streets"),
            *self.buildings.save(folder / "buildings"),
            *layers.write(self.layers, folder / "layers"),
        ]


def town(path: Path, insee: str = "", say: Callable[[str], None] = lambda step: None) -> Town:
    """Read a file and make a town of it; `say` is told each step. Raises Unreadable."""
    say("reading")
    read = osm.read(path)
    say("streets")
    standing = [area for area in read.areas if layers.is_building(area.tags)]
    barriers = {n: b for n, tags in read.barriers.items() if (b := driving.barrier(tags)) is not None}
    drawn = streets(read.ways, barriers, _built_up(standing))
    if not drawn.network.pieces:
        raise Unreadable("it holds no street that a car can drive")
    forbidden, placed, unplaced = restrictions.manoeuvres(read.restrictions, drawn)
    graph = street_graph(replace(drawn.network, forbidden=forbidden))
    say("buildings and devices")
    built, flags = _buildings(standing)
    found = furniture.furniture(read.spots)
    report = {
        "file": dict(read.objects),
        "taken": _taken(drawn, graph, built, found, restrictions=placed, standing=len(standing)),
        "left": {
            "streets": _counts(drawn.report.left),
            "restrictions": _counts(unplaced),
            "buildings": _counts(_buildings_left(read, standing)),
            "devices": _counts(found.left),
            "other": _counts(
                Counter(
                    {
                        "areas whose outline is not whole": read.broken_areas,
                        "nodes of streets that are not in the file": drawn.report.missing_nodes,
                        "ferries": read.objects["ferries"],
                    }
                )
            ),
        },
        "slowed": _counts(drawn.report.slowed),
        "barriers": _counts(drawn.report.barriers),
        "unreached": _unreached(graph),
        "bounds": _bounds(graph),
        "flags": _flags(found, flags, drawn),
    }
    say("layers")
    features = layers.layers(read, drawn, found, insee)
    return Town(graph, built, features, found.devices, found.stations, report, read.dated)


def _taken(
    drawn: Streets,
    graph: StreetGraph,
    built: Buildings,
    found: furniture.Furniture,
    *,
    restrictions: int,
    standing: int,
) -> dict[str, Any]:
    kinds = Counter(each.kind for each in (*found.devices, *found.stations))
    cameras = [each for each in found.devices if each.kind == "camera"]
    heights = built.outlines.height
    return {
        "streets": drawn.report.driven,
        "street_km": round(float(drawn.network.metres.sum()) / 1000, 1),
        "pieces": graph.pieces,
        "junctions": len(drawn.network.node_lat),
        "restrictions": restrictions,
        "buildings": standing,
        "buildings_with_height": int(np.isfinite(heights).sum()),
        "cameras": kinds["camera"],
        "cameras_with_direction": sum(each.direction_deg is not None for each in cameras),
        "cameras_with_height": sum(each.height_m is not None for each in cameras),
        "lamps": kinds["lamp"],
        **{kind: kinds[kind] for kind in furniture.STATIONS},
    }


def _buildings_left(read: OsmTown, standing: list[Area]) -> Counter[str]:
    """Buildings of the file that are not taken: not standing, or their outline not whole."""
    areas = [area for area in read.areas if area.tags.get("building", "no") != "no"]
    left = Counter(f"building={a.tags['building'][:40]}" for a in areas if not layers.is_building(a.tags))
    whole = sum(area.osm.startswith("w") for area in areas)
    left["outline that is not whole"] = max(read.objects["building ways"] - whole, 0)
    return left


def _buildings(standing: list[Area]) -> tuple[Buildings, list[dict[str, str]]]:
    """Outlines and heights, and the flags of heights not believed."""
    rings, heights, names, flags = [], [], [], []
    for area in standing:
        height, flag = furniture.building_height(area.tags)
        if flag:
            flags.append({"what": f"building {area.osm}", "flag": flag})
        for outer, _ in area.rings:
            rings.append(outer)
            heights.append(height)
            names.append(area.tags.get("name", "")[:120])
    return buildings(rings, heights, names), flags


def _flags(found: furniture.Furniture, of_buildings: list[dict[str, str]], drawn: Streets) -> dict[str, Any]:
    """Values read and not believed: how many, and the first of them."""
    flags = [
        *({"what": f"{each.kind} {each.osm}", "flag": flag} for each in found.devices for flag in each.flags),
        *of_buildings,
        *({"what": f"street w{n}", "flag": "maxspeed: not believed"} for n in drawn.report.absurd_limits),
    ]
    return {"count": len(flags), "first": flags[:_FLAGS_SHOWN]}


def _unreached(graph: StreetGraph) -> dict[str, Any]:
    """Streets that no route reaches, and those from which none leads back (often cut by the file)."""
    a = graph.arrays
    out = ~a.piece_reached
    names = sorted({graph.meta.names[k] for k in np.unique(a.piece_name[out]).tolist() if k})
    one_way_out = a.piece_reached & ~a.piece_leading
    return {
        "pieces": int(out.sum()),
        "km": round(float(a.piece_m[out].sum()) / 1000, 2),
        "share": round(float(a.piece_m[out].sum() / a.piece_m.sum()), 4),
        "names": names[:_NAMES_SHOWN],
        "no_way_back": {
            "pieces": int(one_way_out.sum()),
            "km": round(float(a.piece_m[one_way_out].sum()) / 1000, 2),
        },
    }


def _bounds(graph: StreetGraph) -> list[float]:
    """South, west, north, east of the streets, in degrees."""
    a = graph.arrays
    edges = (a.node_lat.min(), a.node_lon.min(), a.node_lat.max(), a.node_lon.max())
    return [round(float(edge), 7) for edge in edges]


def _counts(counter: Counter[str]) -> dict[str, int]:
    return {reason: count for reason, count in counter.most_common() if count}


def _built_up(standing: list[Area]) -> Callable[[float, float], bool]:
    """Whether a place is in a built-up area, by the number of buildings around it.

    A file without buildings says nothing: everything is then taken as built up.
    """
    if not standing:
        return lambda lat, lon: True
    per_lat, per_lon = metres_per_degree(standing[0].rings[0][0][0][0])

    def cell(lat: float, lon: float) -> tuple[int, int]:
        return int(lat * per_lat // _CELL_M), int(lon * per_lon // _CELL_M)

    near: Counter[tuple[int, int]] = Counter()
    for area in standing:
        row, column = cell(*area.rings[0][0][0])
        near.update((row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1))
    return lambda lat, lon: lat == lat and near[cell(lat, lon)] >= _BUILT_UP  # noqa: PLR0124 - not a number
