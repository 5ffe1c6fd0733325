"""Small towns for tests: networks by hand or at random, and OpenStreetMap files written as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from beffroi.foundation.geography import LocalPlane
from beffroi.territory.methods.network import Network, straight

PLANE = LocalPlane(47.65, -2.08)
LAST_NODE = 90_000


def network(
    points: Sequence[tuple[float, float]],
    pieces: Sequence[tuple[int, int, float, float]],
    forbidden: Sequence[tuple[int, ...]] = (),
) -> Network:
    """A network from points in metres and pieces (from, to, seconds forward, seconds backward)."""
    x, y = np.array(points, np.float64).T
    lat, lon = PLANE.to_lat_lon(x, y)
    a, b = (np.array([p[k] for p in pieces], np.int32) for k in (0, 1))
    forward, backward = (np.array([p[k] for p in pieces], np.float64) for k in (2, 3))
    metres = np.maximum(np.hypot(x[b] - x[a], y[b] - y[a]), 0.01)
    return straight(
        lat, lon, a, b, forward_s=forward, backward_s=backward, metres=metres, forbidden=forbidden
    )


Tags = Mapping[str, str]


def osm(
    target: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Mapping[int, tuple[Sequence[int], Tags]],
    relations: Mapping[int, tuple[Sequence[tuple[str, int, str]], Tags]] | None = None,
    tagged: Mapping[int, Tags] | None = None,
) -> Path:
    """Write an .osm file; nodes in metres around PLANE."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for number, (x, y) in nodes.items():
        lat, lon = PLANE.to_lat_lon(x, y)
        lines.append(f'<node id="{number}" lat="{float(lat):.7f}" lon="{float(lon):.7f}">')
        lines += [*_tags((tagged or {}).get(number, {})), "</node>"]
    for number, (refs, tags) in ways.items():
        lines.append(f'<way id="{number}">')
        lines += [*(f'<nd ref="{ref}"/>' for ref in refs), *_tags(tags), "</way>"]
    for number, (members, tags) in (relations or {}).items():
        lines.append(f'<relation id="{number}">')
        lines += [f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members]
        lines += [*_tags(tags), "</relation>"]
    target.write_text("\n".join([*lines, "</osm>", ""]), encoding="utf-8")
    return target


def _tags(tags: Tags) -> list[str]:
    return [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]


def cross(target: Path, **changes: Mapping[int, object]) -> Path:
    """A crossroads: way 1 west-east (nodes 1 5 2), way 2 south-north (nodes 3 5 4), 200 m arms."""
    nodes = {1: (-200.0, 0.0), 2: (200.0, 0.0), 3: (0.0, -200.0), 4: (0.0, 200.0), 5: (0.0, 0.0)}
    ways = {
        1: ([1, 5, 2], {"highway": "residential", "name": "Rue du Port"}),
        2: ([3, 5, 4], {"highway": "residential", "name": "Rue de l'Église"}),
    }
    given = {"nodes": nodes, "ways": ways} | changes
    return osm(target, **given)  # type: ignore[arg-type]
