"""A clear change of the chance is told once, on the sheet of a unit that drives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.during.dispatch.places import NOW, OPERATOR, Street

from beffroi.during.dispatch import actions, queries
from beffroi.during.dispatch.rules.turning import HALF, MARGIN, Turn, turned
from beffroi.foundation.clock import FixedClock


@pytest.mark.unit
def test_a_breath_around_one_half_is_no_turn() -> None:
    at = NOW
    turn = turned(None, 0.51, "P1", at)
    for number, chance in enumerate((0.49, 0.51, 0.48, 0.52), 1):
        turn = turned(turn, chance, "P1", at + timedelta(seconds=number))
    assert turn == Turn(above=True, at=at, unit="P1")
    fallen = turned(turn, 0.46, "P1", at + timedelta(seconds=9))
    assert fallen == Turn(above=False, at=at + timedelta(seconds=9), unit="P1", told=True)
    assert turned(fallen, 0.9, "P2", at) == Turn(above=True, at=at, unit="P2")
    assert turned(fallen, None, "P1", at) is None


@pytest.mark.unit
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_side_that_is_told_is_never_clearly_wrong(chances: list[float]) -> None:
    turn = None
    for number, chance in enumerate(chances):
        turn = turned(turn, chance, "P1", NOW + timedelta(seconds=number))
        assert turn is not None
        if abs(chance - HALF) > MARGIN:
            assert turn.above == (chance > HALF)


@pytest.mark.room
@pytest.mark.django_db
def test_a_unit_held_up_on_its_way_loses_the_race_and_it_is_said(town: Street, now: FixedClock) -> None:
    town.unit("P1", 3600)
    incident = town.incident(4000, entered_s=20, last_sign_at=NOW)
    start = actions.rank(incident_id=incident)
    assert start.best is not None and start.best.chance is not None and start.best.chance > HALF + MARGIN
    actions.send(incident_id=incident, unit="P1", member=OPERATOR)
    chances = []
    for step in range(1, 14):
        now.advance(30)
        town.move("P1", 2600 + step, now.now())  # held up a kilometre and a half away
        actions.rank_open()
        view = queries.ranking(incident)
        assert view is not None and view.coming[0].chance is not None and view.turn is not None
        chances.append((view.coming[0].chance, view.turn.told, view.turn.above, view.turn.at))
    assert [each[0] for each in chances] == sorted((each[0] for each in chances), reverse=True)
    assert chances[-1][1] and not chances[-1][2] and NOW < chances[-1][3] < now.now()
    town.move("P1", 3990, now.now() + timedelta(seconds=1))
    now.advance(3)
    actions.rank_open()
    view = queries.ranking(incident)
    assert view is not None and view.coming[0].eta_s < 10
