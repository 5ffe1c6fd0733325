"""From streets to a graph: turn restrictions, order in space, reversed arcs, the part that holds together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from beffroi.foundation.geography import LocalPlane
from beffroi.territory.methods import grid as grids
from beffroi.territory.methods.graph import Arrays, Meta, StreetGraph
from beffroi.territory.methods.network import Floats, Ints, Network
from beffroi.territory.methods.turns import expand

_TILE_M = 500.0
_CELL_M = 100.0


@dataclass(frozen=True)
class _Arcs:
    """Every arc of the split graph: where it starts and ends (nodes) and which arc of the network it is."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    arc: NDArray[np.int64]


def street_graph(network: Network) -> StreetGraph:
    """The graph of a network, in memory. Raises ValueError for a network without pieces."""
    if not network.pieces:
        raise ValueError("a street graph needs one piece of street at least")
    arc_s = np.stack([network.forward_s, network.backward_s], axis=1).ravel()
    tails = np.stack([network.piece_from, network.piece_to], axis=1).ravel()
    heads = np.stack([network.piece_to, network.piece_from], axis=1).ravel()
    arcs, exits, junction_of = _split(network, arc_s, tails, heads)
    plane = LocalPlane(float(network.node_lat.mean()), float(network.node_lon.mean()))
    place = _order_in_space(network, junction_of, plane)
    new = place.new_number
    arcs = _Arcs(new[arcs.tail], new[arcs.head], arcs.arc)
    exits = new[exits]
    nodes = len(new)
    arrays: dict[str, NDArray[Any]] = {
        "node_lat": network.node_lat[junction_of][place.order],
        "node_lon": network.node_lon[junction_of][place.order],
        "tile_first": place.tile_first,
        "arc_s": arc_s,
        "arc_exit": exits.astype(np.int32),
        "piece_from": new[network.piece_from].astype(np.int32),
        "piece_to": new[network.piece_to].astype(np.int32),
        "piece_m": network.metres,
        "piece_class": network.klass,
        "piece_name": network.name,
        "shape_first": network.shape_first,
        "shape_lat": network.shape_lat,
        "shape_lon": network.shape_lon,
        **_reversed(arcs, nodes, arc_s),
        **_entries(arcs, len(arc_s)),
        **_on_foot(new, network, nodes),
        **_within_reach(arcs, exits, nodes),
    }
    cells, arrays["cell_first"], arrays["cell_segment"] = _segments_by_cell(network, plane)
    arrays["shape_along"] = _along(network, plane)
    speed = np.divide(np.repeat(network.metres, 2), arc_s, out=np.zeros_like(arc_s), where=np.isfinite(arc_s))
    meta = Meta(
        plane_lat=plane.lat,
        plane_lon=plane.lon,
        tiles=place.tiles,
        cells=cells,
        top_speed=max(float(speed.max()), 1.0),
        usual_speed=max(float(np.percentile(speed, 90)), 1.0),
        longest_m=float(network.metres.max()),
        classes=list(network.classes),
        names=list(network.names),
    )
    return StreetGraph(Arrays(**arrays), meta)


def _split(
    network: Network, arc_s: Floats, tails: Ints, heads: Ints
) -> tuple[_Arcs, NDArray[np.int64], NDArray[np.int64]]:
    """The arcs between nodes after turn restrictions, each arc's exit node, each node's junction."""
    junctions = len(network.node_lat)
    open_arcs = np.isfinite(arc_s)
    added = expand(junctions, tails, heads, open_arcs, network.forbidden)
    exits = heads.astype(np.int64)
    for arc, node in added.head_of.items():
        exits[arc] = node
    plain = np.flatnonzero(open_arcs)
    extra = np.array(added.arcs, np.int64).reshape(-1, 3)
    arcs = _Arcs(
        np.concatenate([tails[plain].astype(np.int64), extra[:, 0]]),
        np.concatenate([exits[plain], extra[:, 2]]),
        np.concatenate([plain, extra[:, 1]]),
    )
    junction_of = np.concatenate([np.arange(junctions), np.array(added.copies, np.int64)])
    return arcs, exits, junction_of


@dataclass(frozen=True)
class _Place:
    order: NDArray[np.int64]
    new_number: NDArray[np.int64]
    tiles: grids.Grid
    tile_first: NDArray[np.int64]


def _order_in_space(network: Network, junction_of: NDArray[np.int64], plane: LocalPlane) -> _Place:
    """Nodes numbered tile by tile, so that the nodes of a rectangle are a few ranges of numbers."""
    x, y = plane.to_xy(network.node_lat[junction_of], network.node_lon[junction_of])
    tiles = grids.over(plane, x, y, _TILE_M, most_cells=1 << 18)
    tile = tiles.cell(x, y)
    order = np.argsort(tile, kind="stable")
    new_number = np.empty(len(order), np.int64)
    new_number[order] = np.arange(len(order))
    return _Place(order, new_number, tiles, grids.first_of_each(tile[order], tiles.columns * tiles.rows))


def _reversed(arcs: _Arcs, nodes: int, arc_s: Floats) -> dict[str, NDArray[Any]]:
    """Arcs grouped by the node that they enter: what a search from a target back to its sources reads."""
    order = np.lexsort((arcs.tail, arcs.head))
    return {
        "back_first": grids.first_of_each(arcs.head[order], nodes),
        "back_tail": arcs.tail[order].astype(np.int32),
        "back_arc": arcs.arc[order].astype(np.int32),
        "back_s": arc_s[arcs.arc[order]],
    }


def _entries(arcs: _Arcs, count: int) -> dict[str, NDArray[Any]]:
    """For each arc, the nodes from which it may be entered (several where junctions were split)."""
    order = np.argsort(arcs.arc, kind="stable")
    return {
        "entry_first": grids.first_of_each(arcs.arc[order], count),
        "entry_tail": arcs.tail[order].astype(np.int32),
    }


def _on_foot(new: NDArray[np.int64], network: Network, nodes: int) -> dict[str, NDArray[Any]]:
    """Every piece both ways, in metres: road distance whatever the direction of traffic."""
    a, b = new[network.piece_from], new[network.piece_to]
    tail, head = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((head, tail))
    return {
        "walk_first": grids.first_of_each(tail[order], nodes),
        "walk_head": head[order].astype(np.int32),
        "walk_m": np.concatenate([network.metres, network.metres])[order],
    }


def _within_reach(arcs: _Arcs, exits: NDArray[np.int64], nodes: int) -> dict[str, NDArray[Any]]:
    """Which pieces can be driven to from the largest strongly connected part, and from which it can be."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    forward = csr_array((np.ones(len(arcs.tail), np.int8), (arcs.tail, arcs.head)), shape=(nodes, nodes))
    _, part = connected_components(forward, directed=True, connection="strong")
    largest = np.bincount(part[np.concatenate([arcs.tail, arcs.head])]).argmax() if len(arcs.tail) else 0
    one = int(np.flatnonzero(part == largest)[0])
    after, before = np.zeros(nodes, bool), np.zeros(nodes, bool)
    after[breadth_first_order(forward, one, return_predecessors=False)] = True
    before[breadth_first_order(forward.T.tocsr(), one, return_predecessors=False)] = True
    reached, leading = np.zeros(len(exits) // 2, bool), np.zeros(len(exits) // 2, bool)
    reached[arcs.arc[after[arcs.tail]] // 2] = True
    is_open = grids.distinct(arcs.arc)
    leading[is_open[before[exits[is_open]]] // 2] = True
    return {"piece_reached": reached, "piece_leading": leading}


def _along(network: Network, plane: LocalPlane) -> Floats:
    """Share of its piece's length at each point of a shape; the first point of a piece is 0, the last 1."""
    x, y = plane.to_xy(network.shape_lat, network.shape_lon)
    first, last = network.shape_first[:-1], network.shape_first[1:] - 1
    total = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    counts = last - first + 1
    begin, length = np.repeat(total[first], counts), np.repeat(total[last] - total[first], counts)
    even = grids.spans(np.zeros_like(counts), counts) / np.repeat(counts - 1, counts)
    share: Floats = np.where(length > 0, (total - begin) / np.where(length > 0, length, 1.0), even)
    share[first], share[last] = 0.0, 1.0
    return share


def _segments_by_cell(network: Network, plane: LocalPlane) -> tuple[grids.Grid, NDArray[Any], NDArray[Any]]:
    """Segments of every shape by the cells in which their samples (half a cell apart at most) lie.

    A point of a segment is at most a quarter of a cell from a sample, which the search allows for.
    """
    x, y = plane.to_xy(network.shape_lat, network.shape_lon)
    grid = grids.over(plane, x, y, _CELL_M)
    last = np.zeros(len(x), bool)
    last[network.shape_first[1:] - 1] = True
    segment = np.flatnonzero(~last)
    length = np.hypot(x[segment + 1] - x[segment], y[segment + 1] - y[segment])
    steps = np.ceil(length / (grid.cell_m / 2)).astype(np.int64) + 1
    of = np.repeat(segment, steps)
    rank = grids.spans(np.zeros_like(steps), steps)
    t = rank / np.maximum(np.repeat(steps, steps) - 1, 1)
    cell = grid.cell(x[of] + t * (x[of + 1] - x[of]), y[of] + t * (y[of + 1] - y[of]))
    cell, of = np.divmod(grids.distinct(cell * len(x) + of), len(x))  # each segment once a cell, in order
    return grid, grids.first_of_each(cell, grid.columns * grid.rows), of.astype(np.int32)
