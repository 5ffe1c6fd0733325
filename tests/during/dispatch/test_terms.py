"""Hours of units, and the right of other services: as rules, in the order of units, and as lines kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.during.dispatch.places import OPERATOR, Street

from beffroi.cli.unit import unit as command
from beffroi.during.dispatch import actions, keeping, shifts
from beffroi.during.dispatch.errors import BadTerms, NoRight, NotProposed, UnknownLine
from beffroi.during.dispatch.rules.terms import (
    HOLIDAY,
    HoursLine,
    Place,
    RightLine,
    duty,
    lines_of,
    right,
)
from beffroi.foundation.clock import FixedClock
from beffroi.journal import queries as journal
from beffroi.territory.errors import UnknownUnit

PARIS = Place(ZoneInfo("Europe/Paris"))
EVERY_DAY = frozenset(range(7))
FIRST = date(2026, 1, 1)


def line(
    days: frozenset[int] = EVERY_DAY, begins: str = "18:00", ends: str = "02:00", **more: Any
) -> HoursLine:
    given = {"id": "l", "unit": "", "kind": "municipal", "first": FIRST, "last": None} | more
    return HoursLine(days=days, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), **given)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS.zone)


@pytest.mark.unit
def test_a_service_that_stops_at_two() -> None:
    kept = [line()]
    assert duty(kept, at("2026-11-12T01:59"), PARIS).works
    assert duty(kept, at("2026-11-12T01:59"), PARIS).until == at("2026-11-12T02:00")
    stopped = duty(kept, at("2026-11-12T02:00"), PARIS)
    assert not stopped.works and stopped.back == at("2026-11-12T18:00")
    assert duty([], at("2026-11-12T03:00"), PARIS).works


@pytest.mark.unit
def test_hours_that_touch_are_one_and_a_holiday_has_its_own() -> None:
    both = [line(begins="08:00", ends="18:00"), line()]
    assert duty(both, at("2026-11-12T10:00"), PARIS).until == at("2026-11-13T02:00")
    special = [line(begins="08:00", ends="18:00"), line(frozenset({HOLIDAY}), "10:00", "12:00")]
    assert not duty(special, at("2026-11-11T09:00"), PARIS).works
    assert duty(special, at("2026-11-11T11:00"), PARIS).works
    assert duty(special, at("2026-11-12T09:00"), PARIS).works
    christmas = [line(begins="08:00", ends="18:00"), line(frozenset({HOLIDAY}), "00:00", "00:01")]
    day_after = at("2026-12-26T09:00")
    assert duty(christmas, day_after, PARIS).works
    assert not duty(christmas, day_after, Place(PARIS.zone, "67")).works


@pytest.mark.unit
def test_who_works_one_day_a_week_and_who_never_again() -> None:
    friday = [line(frozenset({4}), "20:00", "23:00")]
    assert duty(friday, at("2026-11-13T23:30"), PARIS).back == at("2026-11-20T20:00")
    over = [line(last=date(2026, 11, 10))]
    assert duty(over, at("2026-11-12T20:00"), PARIS) == duty(over, at("2026-11-13T20:00"), PARIS)
    assert duty(over, at("2026-11-12T20:00"), PARIS).back is None


@pytest.mark.unit
def test_a_units_own_hours_stand_in_place_of_its_service() -> None:
    own, service = line(unit="P1", kind=""), line(begins="08:00", ends="12:00")
    over = line(unit="P1", kind="", last=date(2026, 3, 1))
    today = date(2026, 11, 12)
    assert lines_of([own, service], "P1", "municipal", today) == (own,)
    assert lines_of([own, service], "P2", "municipal", today) == (service,)
    assert lines_of([over, service], "P1", "municipal", today) == (service,)
    assert lines_of([own, service], "G1", "gendarmerie", today) == ()


@pytest.mark.unit
@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(
        st.builds(
            line,
            days=st.frozensets(st.integers(0, 7), min_size=1),
            begins=st.times().map(lambda t: f"{t:%H:%M}"),
            ends=st.times().map(lambda t: f"{t:%H:%M}"),
        ),
        min_size=1,
        max_size=4,
    ),
    minutes=st.integers(0, 60 * 24 * 370),
)
def test_it_changes_when_it_says_so_and_not_before(lines: list[HoursLine], minutes: int) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    told = duty(lines, now, PARIS)
    change = told.until if told.works else told.back
    assert (told.until is None) == (not told.works)
    if change is None:
        assert all(duty(lines, now + timedelta(hours=h), PARIS).works is False for h in range(0, 160, 7))
        return
    assert change > now
    assert duty(lines, change - timedelta(seconds=1), PARIS).works == told.works
    if change - now < timedelta(days=6):
        assert duty(lines, change, PARIS).works != told.works


@pytest.mark.unit
def test_a_right_has_dates_and_acts_and_the_towns_own_need_none() -> None:
    lines = [
        RightLine("a", "P9", frozenset({"fire"}), date(2026, 1, 1), date(2026, 6, 30), "convention A"),
        RightLine("b", "P9", frozenset(), date(2026, 7, 1), date(2026, 12, 31), "convention B"),
    ]
    assert right(lines, "P1", FIRST) is None
    spring, autumn, after = (right(lines, "P9", date(2026, m, 15)) for m in (5, 11, 1))
    assert spring is not None and spring.covers("fire") and not spring.covers("burglary")
    assert autumn is not None and autumn.covers("burglary") and autumn.basis == "convention B"
    gone = right(lines, "P9", date(2027, 1, 1))
    assert gone is not None and not gone.covers("fire") and gone.basis == "convention B"
    assert after is not None and after.covers("fire")


pytest_room = [pytest.mark.room, pytest.mark.django_db]


def why_not(incident: object) -> dict[str, str]:
    view = actions.rank(incident_id=incident)  # type: ignore[arg-type]
    return {each.unit: each.reason.code for each in view.left_out}


def hours(town: Street, begins: str, ends: str, **more: Any) -> str:
    given = {"kind": "municipal", "days": range(8), "first": FIRST, "actor": "system"} | more
    kept = keeping.add_hours(
        territory_key=town.key, begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), **given
    )
    return str(kept.pk)


@pytest.mark.room
@pytest.mark.django_db
def test_after_its_hours_a_unit_is_not_proposed_and_it_says_until_when(town: Street) -> None:
    """NOW is 02:39:46 in Paris."""
    town.unit("P1", 3000)
    town.unit("G1", 1000, kind="gendarmerie")
    incident = town.incident(4000)
    assert why_not(incident) == {}
    kept = hours(town, "18:00", "02:00")
    view = actions.rank(incident_id=incident)
    assert [row.unit for row in view.rows] == ["G1"]
    (left,) = view.left_out
    assert left.reason.code == "dispatch.off_hours_until" and left.may_send
    assert datetime.fromisoformat(left.reason.params["back"]) == at("2026-11-12T18:00")
    keeping.end_hours(territory_key=town.key, line=kept, last=date(2026, 11, 1), actor="system")
    assert why_not(incident) == {}


@pytest.mark.room
@pytest.mark.django_db
def test_whoever_sends_it_all_the_same_says_why(town: Street) -> None:
    town.unit("P1", 3000)
    incident = town.incident(4000)
    hours(town, "18:00", "02:00")
    assert why_not(incident) == {"P1": "dispatch.off_hours_until"}
    with pytest.raises(NotProposed):
        actions.send(incident_id=incident, unit="P1", member=OPERATOR)
    sent = actions.send(incident_id=incident, unit="P1", member=OPERATOR, override_reason="agreed")
    assert sent.override == "agreed" and sent.place == 0


@pytest.mark.room
@pytest.mark.django_db
def test_a_crew_that_holds_it_or_a_mission_says_more_than_the_hours(town: Street, now: FixedClock) -> None:
    town.unit("P1", 3000)
    town.unit("P2", 3500)
    incident = town.incident(4000)
    actions.rank(incident_id=incident)
    actions.send(incident_id=incident, unit="P2", member=OPERATOR)
    hours(town, "18:00", "02:00")
    assert why_not(incident) == {"P1": "dispatch.off_hours_until"}
    shifts.begin(territory_key=town.key, unit="P1", member=OPERATOR)
    assert why_not(incident) == {}


@pytest.mark.room
@pytest.mark.django_db
def test_a_unit_of_another_service_is_proposed_by_its_right_only(town: Street) -> None:
    town.unit("P1", 1000)
    town.unit("V1", 3000)
    incident = town.incident(4000)
    basis = "convention du 12 mars 2026"
    kept = keeping.give_right(
        territory_key=town.key, unit="V1", basis=basis, acts=["fire"], first=FIRST, actor="system"
    )
    assert why_not(incident) == {"V1": "dispatch.right_to_other_acts"}
    keeping.give_right(territory_key=town.key, unit="V1", basis=basis, first=FIRST, actor="system")
    view = actions.rank(incident_id=incident)
    assert [row.unit for row in view.rows] == ["V1", "P1"]
    told = {each.code: each.params for each in view.rows[0].reasons}
    assert told["dispatch.by_right"] == {"basis": basis}
    for each in (kept, keeping.models.ActingRight.objects.exclude(pk=kept.pk).get()):
        keeping.end_right(territory_key=town.key, line=str(each.pk), last=date(2026, 11, 1), actor="system")
    assert why_not(incident) == {"V1": "dispatch.right_not_in_force"}
    (left,) = actions.rank(incident_id=incident).left_out
    assert not left.may_send
    with pytest.raises(NoRight, match=basis):
        actions.send(incident_id=incident, unit="V1", member=OPERATOR, override_reason="agreed")


@pytest.mark.room
@pytest.mark.django_db
def test_the_journal_says_which_line_and_nothing_of_the_convention(town: Street) -> None:
    town.unit("V1", 3000)
    keeping.give_right(territory_key=town.key, unit="V1", basis="confidentiel", first=FIRST, actor="system")
    hours(town, "08:00", "12:00")
    told = {e.fact: e.body for e in journal.follow(0, journals=[f"territory:{town.key}"], limit=99)}
    assert told["unit.right_changed"] is not None and told["unit.right_changed"]["unit"] == "V1"
    assert told["unit.hours_changed"] is not None and told["unit.hours_changed"]["kind"] == "municipal"
    assert "confidentiel" not in json.dumps(told, default=str)


@pytest.mark.room
@pytest.mark.django_db
@pytest.mark.parametrize(
    "given",
    [{"kind": ""}, {"unit": "P1"}, {"kind": "army"}, {"days": []}, {"days": [8]}, {"last": date(2025, 1, 1)}],
)
def test_hours_that_make_no_sense_are_refused(town: Street, given: dict[str, Any]) -> None:
    town.unit("P1", 3000)
    with pytest.raises(BadTerms):
        hours(town, "08:00", "12:00", **given)


@pytest.mark.room
@pytest.mark.django_db
def test_what_is_unknown_is_said(town: Street) -> None:
    with pytest.raises(UnknownUnit):
        hours(town, "08:00", "12:00", unit="P9", kind="")
    for line_id in ("nothing", "019a0000-0000-7000-8000-000000000000"):
        with pytest.raises(UnknownLine):
            keeping.end_right(territory_key=town.key, line=line_id, last=FIRST, actor="system")
        with pytest.raises(UnknownLine):
            keeping.end_hours(territory_key=town.key, line=line_id, last=FIRST, actor="system")
    town.unit("V1", 3000)
    with pytest.raises(BadTerms):
        keeping.give_right(territory_key=town.key, unit="V1", basis=" ", first=FIRST, actor="system")
    with pytest.raises(BadTerms):
        keeping.give_right(
            territory_key=town.key, unit="V1", basis="x", acts=["walk"], first=FIRST, actor="system"
        )


@pytest.mark.room
@pytest.mark.django_db
def test_as_the_administrator_types_it(town: Street) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(command, [*words, "--territory", town.key], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    town.unit("P1", 3000)
    town.unit("V1", 1000)
    assert "municipal works from 18:00 to 02:00" in run(
        "hours", "--kind", "municipal", "--days", "0-6,7", "--from", "18:00", "--to", "02:00"
    )
    assert "V1 may act" in run("right", "--unit", "V1", "--basis", "convention", "--acts", "fire,burglary")
    said = run("show")
    assert "P1: Patrouille P1, municipal, does not work now, again 2026-11-12T18:00" in said
    assert "of another service: burglary, fire (convention)" in said
    told = json.loads(run("show", "--json"))
    (kept,), (given,) = told["hours"], told["rights"]
    assert [each["works"] for each in told["units"]] == [False, False]
    assert "hold until 2026-11-20" in run("end-hours", "--line", kept["id"], "--last", "2026-11-20")
    assert "holds until" in run("end-right", "--line", given["id"], "--last", "2026-11-20")
    assert json.loads(run("show", "--json"))["hours"][0]["last"] == "2026-11-20"
