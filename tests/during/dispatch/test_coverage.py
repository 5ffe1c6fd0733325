"""Expected coverage: by hand on a street, against every choice on a small town, on a real one."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.real_data import need
from tests.territory.towns import cross

from beffroi.during.dispatch.methods.coverage import Ground, Standard, covered, expected, ground, moves
from beffroi.territory.methods.town import town as read_town

pytestmark = pytest.mark.unit

#: Four cells on a line, a minute apart; the last holds half of the town.
LINE = Ground(
    lat=np.array([47.0, 47.0, 47.0, 47.0]),
    lon=np.array([2.0, 2.01, 2.02, 2.03]),
    weight=np.array([1.0, 1.0, 1.0, 3.0]),
    seconds=60.0 * np.abs(np.arange(4)[:, None] - np.arange(4)[None]),
)


def test_coverage_by_hand() -> None:
    assert covered(LINE, [0], 60) == pytest.approx(2 / 6)
    assert covered(LINE, [], 60) == 0
    # Cell 1 is reached by both units, the others by one: 1 - 0.3², 1 - 0.3.
    assert expected(LINE, [0, 2], 60, 0.3) == pytest.approx((0.7 + 0.91 + 0.7 + 3 * 0.7) / 6)


def test_the_one_unit_left_goes_where_most_live() -> None:
    [move] = moves(LINE, [0], Standard(60, 0.3), most=1)
    assert (move.unit, move.cell, move.seconds) == (0, 2, 120)
    assert (move.before, move.after) == (pytest.approx(0.7 * 2 / 6), pytest.approx(0.7 * 5 / 6))


def test_nobody_moves_for_little_nor_too_far() -> None:
    assert moves(LINE, [0], Standard(60, 0.3, least_gain=0.5)) == []
    assert [each.cell for each in moves(LINE, [0], Standard(60, 0.3, farthest_s=60), most=1)] == [1]
    assert moves(LINE, [], Standard(60, 0.3)) == []


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_first_move_is_the_best_of_all_moves(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    seconds = rng.uniform(0, 600, (count, count))
    np.fill_diagonal(seconds, 0)
    here = Ground(np.zeros(count), np.zeros(count), rng.uniform(0.5, 5, count), seconds)
    at = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3))
    standard = Standard(within_s=250, busy=data.draw(st.sampled_from([0.1, 0.3, 0.6])), least_gain=1e-9)
    every = [
        expected(here, [*at[:unit], cell, *at[unit + 1 :]], 250, standard.busy)
        for unit, cell in product(range(len(at)), range(count))
        if seconds[at[unit], cell] <= standard.farthest_s
    ]
    found = moves(here, at, standard, most=1)
    after = found[0].after if found else expected(here, at, 250, standard.busy)
    assert after <= max(every) + 1e-9
    assert after >= max(every) - 0.0105, "within the hundredth that buys a shorter way"


def test_the_cells_of_a_town_of_four_arms(tmp_path: Path) -> None:
    graph = read_town(cross(tmp_path / "a.osm")).graph
    lat, lon = np.asarray(graph.arrays.node_lat), np.asarray(graph.arrays.node_lon)
    here = ground(graph, lat, lon)
    assert here is not None and here.weight.sum() == len(lat)
    assert np.isfinite(here.seconds).all() and (np.diag(here.seconds) == 0).all()
    assert ground(graph, np.zeros(0), np.zeros(0)) is None


def test_geneva_is_covered_better_when_units_spread() -> None:
    made = read_town(need("osm/geneva.osm.pbf"))
    outlines = made.buildings.outlines
    here = ground(made.graph, (outlines.south + outlines.north) / 2, (outlines.west + outlines.east) / 2)
    assert here is not None and len(here.weight) <= 400
    standard = Standard(within_s=180, busy=0.3)
    together = [int(np.argmax(here.weight))] * 4
    spread = moves(here, together, standard, most=3)
    assert spread and all(each.after - each.before >= 0.03 for each in spread)
    assert spread[-1].after > expected(here, together, 180, 0.3) + 0.05
