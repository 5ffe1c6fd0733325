"""Rankings are kept, renewed when something moved, and cheap when only time did."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.during.dispatch.places import NOW, OPERATOR, Street, place

from beffroi.during.dispatch import actions, models, queries, scene
from beffroi.during.dispatch.shown import RankingView
from beffroi.during.incident.errors import UnknownIncident
from beffroi.during.incident.models import Incident
from beffroi.foundation import clock
from beffroi.foundation.clock import FixedClock
from beffroi.foundation.geography import Position
from beffroi.territory.methods.graph import StreetGraph
from beffroi.territory.models import PatrolUnit

pytestmark = [pytest.mark.room, pytest.mark.django_db]

PACE = 50 / 3.6


def ranked(incident: UUID) -> RankingView:
    return actions.rank(incident_id=incident)


def order(view: RankingView) -> list[str]:
    return [row.unit for row in view.rows]


def codes(view: RankingView, place: int = 0) -> list[str]:
    return [reason.code for reason in view.rows[place].reasons]


def why_not(view: RankingView) -> dict[str, str]:
    return {each.unit: each.reason.code for each in view.left_out}


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sources each search of the streets was asked for."""
    asked: list[int] = []
    search = StreetGraph.seconds_to

    def counted(
        self: StreetGraph, target: Position, sources: list[Position], limit_s: float = 900.0
    ) -> object:
        asked.append(len(sources))
        return search(self, target, sources, limit_s)

    monkeypatch.setattr(StreetGraph, "seconds_to", counted)
    return asked


def test_units_stand_by_road_time_with_their_figures(town: Street) -> None:
    town.unit("P1", 1000)
    town.unit("P2", 3000)
    town.unit("P3", 7000)
    incident = town.incident(4000)
    view = ranked(incident)
    assert order(view) == ["P2", "P1", "P3"] or order(view) == ["P2", "P3", "P1"]
    assert [row.place for row in view.rows] == [1, 2, 3]
    first = view.rows[0]
    assert first.road_s == pytest.approx(1000 / PACE / 0.8, rel=0.3)
    assert first.eta_low_s < first.eta_s < first.eta_high_s
    assert first.chance_low < first.chance < first.chance_high  # type: ignore[operator]
    assert first.chance_later < first.chance  # type: ignore[operator]
    assert all(
        a.chance > b.chance for a, b in zip(view.rows, view.rows[1:], strict=False) if a.eta_s < b.eta_s
    )  # type: ignore[operator]
    assert codes(view)[:2] == ["dispatch.soonest", "dispatch.free"]
    assert view.race is not None and view.race.left_low_s < view.race.left_s < view.race.left_high_s
    assert view.race.basis.code == "dispatch.stay_published" and not view.race.assumed
    assert view.town_version == 1 and view.made_at == NOW
    assert view.leave_by == NOW + timedelta(seconds=view.race.left_s)
    assert queries.ranking(incident) == view


def test_the_way_of_the_first_leads_from_it_to_the_place(town: Street) -> None:
    town.unit("P1", 3000)
    town.unit("P2", 500)
    view = ranked(town.incident(4000))
    start, end = place(3000), place(4000)
    assert view.route[0] == pytest.approx((start.lat, start.lon), abs=1e-5)
    assert view.route[-1] == pytest.approx((end.lat, end.lon), abs=1e-5)
    (kept,) = queries.rankings([view.incident]).values()
    assert kept.route == [] and kept.rows == view.rows[:1] and kept.best == view.best
    assert kept.race == view.race


def test_a_one_way_or_cut_off_unit_is_named_and_not_ranked(town: Street) -> None:
    town.unit("P1", 3000)
    town.unit("P2", 60_000)
    view = ranked(town.incident(4000))
    assert order(view) == ["P1"] and codes(view)[0] == "dispatch.only_one"
    assert why_not(view) == {"P2": "dispatch.out_of_reach"}


def test_who_cannot_or_may_not_go_is_named_with_the_reason(town: Street) -> None:
    town.unit("A", 3000, state="off")
    town.unit("B", 3000, kind="security")
    town.unit("C", None)
    town.unit("D", 3000, exercise=True)
    town.unit("E", 3500)
    town.unit("F", 3600)
    elsewhere = town.incident(3500)
    actions.send(incident_id=elsewhere, unit="E", member=OPERATOR)
    actions.arrive(incident_id=elsewhere, unit="E", member=OPERATOR)
    view = ranked(town.incident(4000))
    assert order(view) == ["F"]
    assert why_not(view) == {
        "A": "dispatch.off_duty",
        "B": "dispatch.no_power",
        "C": "dispatch.no_position",
        "D": "dispatch.exercise_only",
        "E": "dispatch.on_scene",
    }
    assert {each.unit for each in view.left_out if each.may_send} == {"C", "E"}


def test_a_guard_may_look_at_what_is_broken(town: Street) -> None:
    town.unit("B", 3000, kind="security")
    assert order(ranked(town.incident(4000, act="sabotage", title="act.sabotage"))) == ["B"]


def test_a_life_in_danger_asks_for_time_only_and_takes_units_from_elsewhere(town: Street) -> None:
    town.unit("E", 3990)
    town.unit("F", 1000)
    elsewhere = town.incident(3990)
    actions.send(incident_id=elsewhere, unit="E", member=OPERATOR)
    actions.arrive(incident_id=elsewhere, unit="E", member=OPERATOR)
    view = ranked(town.incident(4000, act="assault", title="act.assault", life=True))
    assert order(view) == ["E", "F"]
    assert view.race is None and view.no_race is not None and view.no_race.code == "dispatch.life_counts_time"
    assert all(row.chance is None and row.eta_s > 0 for row in view.rows)
    assert view.rows[0].diverted_from == str(elsewhere)


def test_a_unit_is_not_taken_from_where_a_life_is_in_danger(town: Street) -> None:
    town.unit("E", 3990)
    elsewhere = town.incident(3990, act="assault", title="act.assault", life=True)
    actions.send(incident_id=elsewhere, unit="E", member=OPERATOR)
    assert why_not(ranked(town.incident(4000))) == {"E": "dispatch.serves_life"}


def test_a_busy_unit_stands_behind_a_free_one_unless_much_sooner(town: Street) -> None:
    town.unit("P1", 3500)
    town.unit("P2", 3000)
    other = town.incident(3400)
    actions.send(incident_id=other, unit="P1", member=OPERATOR)
    incident = town.incident(4000)
    view = ranked(incident)
    assert order(view) == ["P2", "P1"]
    spares = view.rows[0].reasons[0]
    assert spares.code == "dispatch.spares_another" and spares.params["unit"] == "P1"
    assert "dispatch.diverted" in codes(view, 1)
    assert view.rows[1].diverted_reference == Incident.objects.get(pk=other).reference
    town.move("P2", -3000, NOW + timedelta(seconds=1))
    assert order(actions.rank(incident_id=incident, at=NOW + timedelta(seconds=2)))[0] == "P1"


def test_an_old_position_widens_and_a_lost_one_counts_from_the_base(town: Street) -> None:
    home = place(2000)
    town.unit("P1", 3000)
    town.unit("P2", 3000, heard_s=400)
    town.unit("P3", 3900, heard_s=3600, home_lat=home.lat, home_lon=home.lon)
    view = ranked(town.incident(4000))
    rows = {row.unit: row for row in view.rows}
    width = {key: row.eta_high_s - row.eta_low_s for key, row in rows.items()}
    assert width["P2"] > 2 * width["P1"]
    assert rows["P2"].stale and not rows["P1"].stale
    assert [r.code for r in rows["P2"].reasons if r.code == "dispatch.stale"]
    assert rows["P3"].road_s > rows["P1"].road_s and rows["P3"].position_at is None
    assert "dispatch.from_base" in [reason.code for reason in rows["P3"].reasons]


def test_who_goes_on_foot_takes_the_time_of_a_walk(town: Street) -> None:
    town.unit("P1", 3800, abilities=["foot"])
    town.unit("P2", 3000)
    view = ranked(town.incident(4000))
    rows = {row.unit: row for row in view.rows}
    assert rows["P1"].road_s == pytest.approx(200 / 1.8, rel=0.01)
    assert "dispatch.on_foot" in [reason.code for reason in rows["P1"].reasons]


def test_gendarmes_are_asked(town: Street) -> None:
    town.unit("G1", 3000, kind="gendarmerie")
    assert "dispatch.own_command" in codes(ranked(town.incident(4000)))


def test_without_a_place_nobody_is_put_in_order_and_the_race_still_runs(town: Street) -> None:
    town.unit("P1", 3000)
    view = ranked(town.incident(None))
    assert why_not(view) == {"P1": "dispatch.place_unknown"} and view.rows == [] and view.route == []
    assert view.race is not None and view.best is None


def test_a_town_without_a_map_says_so(town: Street) -> None:
    town.unit("P1", 3000)
    incident = town.incident(4000)
    early = NOW - timedelta(days=2)
    Incident.objects.filter(pk=incident).update(entered_at=early, last_sign_at=early)
    view = actions.rank(incident_id=incident, at=early)
    assert why_not(view) == {"P1": "dispatch.no_streets"} and view.town_version is None


def test_a_territory_that_nobody_imported_holds_no_other_town_up(town: Street) -> None:
    town.unit("P1", 3000)
    lost, here = town.incident(4000), town.incident(5000)
    Incident.objects.filter(pk=lost).update(territory_key="nowhere")
    assert actions.rank_open(at=NOW) == [here]
    assert actions.rank_touched(incidents=[lost], at=NOW) == []


def test_an_act_that_ends_by_no_one_leaving_has_no_race(town: Street) -> None:
    town.unit("P1", 3000)
    view = ranked(town.incident(4000, act="unknown", title="act.unknown"))
    assert view.no_race is not None and view.no_race.code == "dispatch.no_stay" and order(view) == ["P1"]


def test_assumed_stays_are_marked(town: Street) -> None:
    view = ranked(town.incident(4000, act="prowling", title="act.prowling"))
    assert view.race is not None and view.race.assumed
    assert view.race.basis.code == "dispatch.stay_assumed"


def test_time_alone_changes_chances_without_a_search(
    town: Street, now: FixedClock, searches: list[int]
) -> None:
    town.unit("P1", 3000)
    town.unit("P2", 1000)
    incident = town.incident(4000)
    before = ranked(incident)
    assert searches == [2]
    now.advance(30)
    assert actions.rank_open() == [incident]
    after = queries.ranking(incident)
    assert searches == [2]
    assert after is not None and after.rows[0].chance < before.rows[0].chance  # type: ignore[operator]
    assert after.rows[0].road_s == before.rows[0].road_s and after.route == before.route
    assert after.rows[0].chance == pytest.approx(before.rows[0].chance_later, abs=0.002)


def test_what_did_not_change_keeps_its_revision(town: Street, now: FixedClock) -> None:
    town.unit("P1", 60_000)
    incident = town.incident(4000, act="unknown", title="act.unknown")
    ranked(incident)
    now.advance(2)
    assert actions.rank_open() == []
    assert models.Ranking.objects.get(pk=incident).made_at == NOW
    now.advance(2)
    assert actions.rank_open() == []
    row = models.Ranking.objects.get(pk=incident)
    assert row.revision == 1 and row.made_at == now.now()


def test_a_batch_ranks_what_it_touched_and_not_twice_in_a_second(town: Street, now: FixedClock) -> None:
    town.unit("P1", 3000)
    one, other = town.incident(4000), town.incident(3500)
    gone = town.incident(3000, state="closed", phase="closed")
    assert set(actions.rank_touched(incidents=[one, other, gone, uuid4()])) == {one, other}
    now.advance(0.5)
    assert actions.rank_touched(incidents=[one, other]) == []
    Incident.objects.filter(pk=one).update(life=True, act="assault")
    Incident.objects.filter(pk=other).update(lat=place(2000).lat, lon=place(2000).lon)
    assert set(actions.rank_touched(incidents=[one, other])) == {one, other}
    now.advance(2)
    assert actions.rank_touched(incidents=[one, other]) == [other]
    assert actions.rank_touched(incidents=[]) == []


def test_work_in_one_go_is_bounded_and_goes_on_where_it_stopped(town: Street) -> None:
    town.unit("P1", 3000)
    for x in (1000, 2000, 3000):
        town.incident(x)
    with clock.use(clock.SystemClock()):
        first = [actions.rank_touched(incidents=town.made, at=NOW, within_s=0) for _ in range(1)]
        rest = [actions.rank_open(NOW, within_s=0) for _ in range(3)]
    assert [len(each) for each in [*first, *rest]] == [1, 1, 1, 0]
    assert set(queries.rankings(town.made)) == set(town.made)


def test_a_unit_that_moved_is_searched_again_one_that_trembles_is_not(
    town: Street, now: FixedClock, searches: list[int]
) -> None:
    town.unit("P1", 3000)
    incident = town.incident(4000)
    ranked(incident)
    now.advance(5)
    town.move("P1", 3010, now.now())
    actions.rank_open()
    assert searches == [1]
    now.advance(5)
    town.move("P1", 3300, now.now())
    actions.rank_open()
    assert searches == [1, 1]
    view = queries.ranking(incident)
    assert view is not None and view.route[0] == pytest.approx((place(3300).lat, place(3300).lon), abs=1e-5)


def test_the_first_keeps_its_place_against_a_small_gain(town: Street, now: FixedClock) -> None:
    town.unit("P1", 3000)
    town.unit("P2", 2950)
    incident = town.incident(4000)
    assert order(ranked(incident))[0] == "P1"
    now.advance(5)
    town.move("P2", 3050, now.now())
    town.move("P1", 3000, now.now())
    actions.rank_open()
    kept = queries.ranking(incident)
    assert kept is not None and order(kept) == ["P1", "P2"] and codes(kept)[0] == "dispatch.as_soon"
    now.advance(5)
    town.move("P2", 3700, now.now())
    actions.rank_open()
    changed = queries.ranking(incident)
    assert changed is not None and order(changed) == ["P2", "P1"]


def test_what_is_over_forgotten_or_not_yet_known_is_left_alone(town: Street) -> None:
    town.unit("P1", 3000)
    closed = town.incident(4000, state="closed", phase="closed")
    old = town.incident(4000, last_sign_at=NOW - timedelta(hours=3))
    fresh = town.incident(4000)
    assert actions.rank_open() == [fresh]
    assert queries.ranking(closed) is None and queries.ranking(old) is None
    with pytest.raises(UnknownIncident):
        ranked(uuid4())


def test_a_ranking_made_on_what_someone_changed_meanwhile_is_not_kept(
    town: Street, now: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.unit("P1", 3000)
    incident = town.incident(4000)
    ranked(incident)
    now.advance(20)
    roads = scene.roads

    def meanwhile(*args: object, **more: object) -> object:
        if PatrolUnit.objects.get(key="P1").state == "free":
            actions.send(incident_id=incident, unit="P1", member=OPERATOR)
        return roads(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(scene, "roads", meanwhile)
    actions.rank_open()
    view = queries.ranking(incident)
    assert view is not None and [row.unit for row in view.coming] == ["P1"] and view.rows == []


def test_a_unit_on_its_way_runs_the_race_with_what_road_is_left(town: Street, now: FixedClock) -> None:
    town.unit("P1", 2000)
    town.unit("P2", 1000)
    incident = town.incident(4000)
    ranked(incident)
    actions.send(incident_id=incident, unit="P1", member=OPERATOR)
    now.advance(60)
    town.move("P1", 3500, now.now())
    town.move("P2", 1000, now.now())
    actions.rank_open()
    view = queries.ranking(incident)
    assert view is not None and view.best is not None
    assert view.best.unit == "P1" and view.best.place == 0 and view.best.chance is not None
    assert view.best.chance_later is None and order(view) == ["P2"]
    mission = queries.mission_of(town.key, "P1")
    assert mission is not None and mission.expected_at is not None
    assert mission.expected_at == view.made_at + timedelta(seconds=view.best.eta_s)
    actions.arrive(incident_id=incident, unit="P1", member=OPERATOR)
    now.advance(5)
    actions.rank_open()
    there = queries.ranking(incident)
    assert there is not None and there.no_race is not None
    assert there.no_race.code == "dispatch.someone_there" and there.coming[0].eta_s == 0
