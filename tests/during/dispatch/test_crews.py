"""Crews: who holds which unit, what they tell, once, with its true time; what is refused or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.during.dispatch.places import NOW, OPERATOR, Street, place

from beffroi.during.dispatch import actions, crews, distress, errors, models, queries, shifts
from beffroi.during.dispatch.shown import ShiftView, TapView
from beffroi.during.incident import queries as incidents
from beffroi.during.incident.models import Incident
from beffroi.during.intake.spool_sqlite import SqliteSpool
from beffroi.foundation.clock import FixedClock
from beffroi.journal import queries as journal
from beffroi.territory import queries as territory
from beffroi.territory.errors import UnknownUnit

pytestmark = [pytest.mark.room, pytest.mark.django_db]

ALEX, SAM = uuid4(), uuid4()


@pytest.fixture
def incident(town: Street) -> UUID:
    """An incident to which P2 is sent."""
    town.unit("P1", 1000)
    town.unit("P2", 3000)
    made = town.incident(4000)
    actions.rank(incident_id=made)
    actions.send(incident_id=made, unit="P2", member=OPERATOR)
    return made


@pytest.fixture
def shift(town: Street, incident: UUID) -> ShiftView:
    return shifts.begin(territory_key=town.key, unit="P2", member=ALEX)


def tapped(shift: ShiftView, act: str, **more: object) -> TapView:
    mission = models.Mission.objects.filter(unit=shift.unit).order_by("-sent_at").first()
    kept = {"key": uuid4(), "member": ALEX, "shift": shift.id, "act": act, "mission": mission and mission.pk}
    return crews.tell(**(kept | more))  # type: ignore[arg-type]


def facts(town: Street) -> list[str]:
    return [each.fact for each in journal.follow(0, journals=[f"territory:{town.key}"], limit=10_000)]


def moments(incident: UUID) -> list[tuple[str, datetime]]:
    return [(each.step, each.at) for each in incidents.entries(incident)]


# --- who holds which unit ---


def test_a_unit_is_held_given_back_and_the_journal_says_both(town: Street, now: FixedClock) -> None:
    town.unit("P1", 1000, state="off")
    held = shifts.begin(territory_key=town.key, unit="P1", member=ALEX)
    assert territory.unit(town.key, "P1").state == "free"
    assert queries.shift_of(ALEX) == held and queries.crews(town.key) == {"P1": 1}
    assert shifts.begin(territory_key=town.key, unit="P1", member=ALEX) == held
    now.advance(3600)
    shifts.finish(shift=held.id, member=ALEX)
    assert queries.shift_of(ALEX) is None and queries.crews(town.key) == {}
    assert territory.unit(town.key, "P1").state == "off"
    told = [f for f in facts(town) if f.startswith("unit.")]
    assert told == ["unit.state_changed", "unit.shift_begun", "unit.state_changed", "unit.shift_ended"]


def test_two_phones_on_one_unit_and_one_unit_a_phone(town: Street) -> None:
    town.unit("P1", 1000)
    town.unit("P2", 3000)
    first = shifts.begin(territory_key=town.key, unit="P1", member=ALEX)
    shifts.begin(territory_key=town.key, unit="P1", member=SAM)
    assert queries.crews(town.key) == {"P1": 2}
    with pytest.raises(errors.OnShift):
        shifts.begin(territory_key=town.key, unit="P2", member=ALEX)
    with pytest.raises(UnknownUnit):
        shifts.begin(territory_key=town.key, unit="P9", member=uuid4())
    shifts.finish(shift=first.id, member=ALEX)
    assert territory.unit(town.key, "P1").state == "free"
    with pytest.raises(errors.NoShift):
        shifts.finish(shift=first.id, member=ALEX)


def test_the_last_of_a_crew_does_not_leave_a_mission(shift: ShiftView) -> None:
    with pytest.raises(errors.MissionUnderWay):
        shifts.finish(shift=shift.id, member=ALEX)
    other = shifts.begin(territory_key=shift.territory, unit="P2", member=SAM)
    shifts.finish(shift=shift.id, member=ALEX)
    with pytest.raises(errors.MissionUnderWay):
        shifts.finish(shift=other.id, member=SAM)


def test_a_shift_that_nobody_gave_back_ends_by_itself(town: Street, now: FixedClock) -> None:
    town.unit("P1", 1000)
    town.unit("P2", 3000)
    forgotten = shifts.begin(territory_key=town.key, unit="P1", member=ALEX)
    now.advance(queries.LONGEST_SHIFT.total_seconds())
    assert queries.shift_of(ALEX) is None and queries.crews(town.key) == {}
    assert tapped(forgotten, "pause").refused == "dispatch.no_shift"
    with pytest.raises(errors.NoShift):
        crews.stand(shift=forgotten.id, member=ALEX, place=place(10))
    assert shifts.begin(territory_key=town.key, unit="P2", member=ALEX).unit == "P2"
    assert models.Shift.objects.get(pk=forgotten.id).ended_at == NOW + queries.LONGEST_SHIFT


def test_a_unit_that_is_retired_holds_nobody_back(town: Street) -> None:
    row = town.unit("P1", 1000)
    town.unit("P2", 3000)
    shifts.begin(territory_key=town.key, unit="P1", member=ALEX)
    other = shifts.begin(territory_key=town.key, unit="P1", member=SAM)
    row.retired_at = NOW
    row.save()
    assert shifts.begin(territory_key=town.key, unit="P2", member=ALEX).unit == "P2"
    assert shifts.finish(shift=other.id, member=SAM).ended_at == NOW


# --- what is told ---


def test_taps_made_in_a_dead_zone_keep_their_times(shift: ShiftView, incident: UUID, now: FixedClock) -> None:
    now.advance(300)
    en_route, there = NOW + timedelta(seconds=20), NOW + timedelta(seconds=140)
    phone = now.now()
    assert tapped(shift, "en_route", said_at=en_route, phone_now=phone).refused == ""
    assert tapped(shift, "on_scene", said_at=there, phone_now=phone).refused == ""
    ledger = incidents.entries(incident)
    told = {each.step: each for each in ledger if each.step in ("en_route", "on_scene")}
    assert (told["en_route"].at, told["on_scene"].at) == (en_route, there)
    assert told["on_scene"].detail["said_at"] == there.isoformat()
    assert told["on_scene"].detail["received_at"] == phone.isoformat()
    row = Incident.objects.get(pk=incident)
    assert (row.state, row.en_route_at, row.on_scene_at) == ("on_scene", en_route, there)
    entries = [each for each in journal.follow(0, limit=1000) if each.fact == "unit.tap_taken"]
    assert [(each.time, each.body["late_s"]) for each in entries] == [(phone, 280.0), (phone, 160.0)]


def test_the_same_key_again_is_one_tap_with_one_answer(
    town: Street, shift: ShiftView, incident: UUID, now: FixedClock
) -> None:
    key = uuid4()
    first = tapped(shift, "en_route", key=key)
    now.advance(30)
    again = tapped(shift, "en_route", key=key)
    assert again.again and (again.at, again.refused) == (first.at, "")
    assert [step for step, _ in moments(incident)].count("en_route") == 1
    assert facts(town).count("unit.tap_taken") == 1
    shifts.begin(territory_key=town.key, unit="P1", member=SAM)
    with pytest.raises(errors.BadTap):
        crews.tell(key=key, member=SAM, shift=queries.shift_of(SAM).id, act="pause")  # type: ignore[union-attr]


def test_a_wrong_clock_is_corrected_and_flagged_in_the_ledger(
    shift: ShiftView, incident: UUID, now: FixedClock
) -> None:
    now.advance(300)
    off = timedelta(hours=2)
    made = NOW + timedelta(seconds=60)
    told = tapped(shift, "en_route", said_at=made + off, phone_now=now.now() + off)
    assert (told.at, told.clock) == (made, "corrected")
    (entry,) = (each for each in incidents.entries(incident) if each.step == "en_route")
    assert entry.at == made and entry.detail["said_at"] == (made + off).isoformat()
    assert (entry.detail["clock"], entry.detail["off_s"]) == ("corrected", 7200.0)


def test_a_tap_for_a_mission_that_is_over_is_refused_with_a_word(
    town: Street, shift: ShiftView, incident: UUID
) -> None:
    mission = queries.mission_of(town.key, "P2")
    actions.release(incident_id=incident, unit="P2", member=OPERATOR)
    before = moments(incident)
    told = tapped(shift, "on_scene", mission=mission.id)  # type: ignore[union-attr]
    assert told.refused == "dispatch.mission_over"
    assert told.sentence.format(**told.fields).startswith("I-1187")
    assert moments(incident) == before
    assert facts(town)[-1] == "unit.tap_refused"
    assert tapped(shift, "on_scene", mission=None).refused == "dispatch.no_mission"


def test_a_mission_of_another_unit_is_not_told_for(town: Street, shift: ShiftView, incident: UUID) -> None:
    other = town.incident(2000)
    actions.rank(incident_id=other)
    theirs = actions.send(incident_id=other, unit="P1", member=OPERATOR)
    assert tapped(shift, "on_scene", mission=theirs.id).refused == "dispatch.no_mission"
    assert Incident.objects.get(pk=other).on_scene_at is None


def test_nobody_tells_for_another_s_shift(shift: ShiftView) -> None:
    with pytest.raises(errors.NoShift):
        tapped(shift, "en_route", member=SAM)
    with pytest.raises(errors.BadTap):
        tapped(shift, "dance")


def test_finished_frees_the_unit_and_says_so(town: Street, shift: ShiftView, incident: UUID) -> None:
    tapped(shift, "on_scene")
    tapped(shift, "free")
    assert territory.unit(town.key, "P2").state == "free"
    row = models.Mission.objects.get(incident_id=incident)
    assert (row.ended, row.state) == ("finished", "released")
    assert Incident.objects.get(pk=incident).state == "confirmed"
    (past,) = queries.missions_since(town.key, "P2", shift.begun_at, 5)
    assert past.incident == incident


def test_pause_and_available_without_a_mission_only(town: Street, shift: ShiftView) -> None:
    assert tapped(shift, "pause").refused == "dispatch.mission_under_way"
    tapped(shift, "free")
    tapped(shift, "pause")
    assert territory.unit(town.key, "P2").state == "busy"
    tapped(shift, "available")
    assert territory.unit(town.key, "P2").state == "free"


# --- taken back ---


@pytest.mark.parametrize(
    "acts",
    [
        ["en_route"],
        ["on_scene"],
        ["free"],
        ["en_route", "on_scene"],
        ["en_route", "free"],
        ["en_route", "on_scene", "free"],
    ],
)
def test_undo_puts_everything_back(
    town: Street, shift: ShiftView, incident: UUID, acts: list[str], now: FixedClock
) -> None:
    *first, act = acts
    for each in first:
        now.advance(5)
        tapped(shift, each)
    now.advance(5)
    kept = ("state", "phase", "en_route_at", "on_scene_at")
    before = Incident.objects.values(*kept).get(pk=incident)
    unit = territory.unit(town.key, "P2")
    mission = models.Mission.objects.values("state", "en_route_at", "on_scene_at", "ended_at", "ended").get()
    told = tapped(shift, act)
    now.advance(5)
    assert tapped(shift, "undo", undoes=told.key).refused == ""
    assert Incident.objects.values(*kept).get(pk=incident) == before
    assert territory.unit(town.key, "P2") == unit
    assert models.Mission.objects.values(*mission).get() == mission
    shown = {each.step: each.at for each in incidents.sheet(incident).ledger}
    assert (shown["en_route"], shown["on_scene"]) == (before["en_route_at"], before["on_scene_at"])
    assert facts(town).count("incident.unit_undone") == 1


def test_undo_comes_too_late(town: Street, shift: ShiftView, incident: UUID, now: FixedClock) -> None:
    first = tapped(shift, "en_route")
    second = tapped(shift, "on_scene")
    assert tapped(shift, "undo", undoes=first.key).refused == "dispatch.undo_too_late"
    assert tapped(shift, "undo", undoes=uuid4()).refused == "dispatch.undo_too_late"
    now.advance(61)
    assert tapped(shift, "undo", undoes=second.key).refused == "dispatch.undo_too_late"
    free = tapped(shift, "free")
    actions.rank(incident_id=incident)
    actions.send(incident_id=incident, unit="P2", member=OPERATOR, override_reason="knows_the_place")
    assert tapped(shift, "undo", undoes=free.key).refused == "dispatch.undo_too_late"
    assert models.Mission.objects.filter(ended_at=None).count() == 1


def test_undo_of_what_another_phone_had_told_leaves_it(
    town: Street, shift: ShiftView, now: FixedClock
) -> None:
    other = shifts.begin(territory_key=town.key, unit="P2", member=SAM)
    tapped(shift, "en_route")
    now.advance(2)
    same = tapped(other, "en_route", member=SAM)
    assert tapped(other, "undo", member=SAM, undoes=same.key).refused == ""
    assert queries.mission_of(town.key, "P2").state == "en_route"  # type: ignore[union-attr]


# --- where the crew is, and distress ---


def test_only_the_last_position_is_kept_and_never_in_the_journal(
    town: Street, shift: ShiftView, now: FixedClock
) -> None:
    before = facts(town)
    now.advance(60)
    crews.stand(shift=shift.id, member=ALEX, place=place(3100, radius_m=8), heading_deg=90, age_s=1.5)
    unit = territory.unit(town.key, "P2")
    assert unit.position == place(3100, radius_m=8) and unit.heading_deg == 90
    assert unit.position_at == now.now() - timedelta(seconds=1.5)
    assert facts(town) == before
    with pytest.raises(errors.BadTap):
        crews.stand(shift=shift.id, member=ALEX, place=place(0, radius_m=5000))
    with pytest.raises(errors.NoShift):
        crews.stand(shift=shift.id, member=SAM, place=place(0))


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteSpool]:
    opened = SqliteSpool(tmp_path / "spool.sqlite3")
    monkeypatch.setattr(distress, "shared", lambda: opened)
    yield opened
    opened.close()


def test_distress_is_one_observation_where_the_crew_is(
    town: Street, shift: ShiftView, spool: SqliteSpool
) -> None:
    key = uuid4()
    for _ in range(2):
        assert tapped(shift, "distress", key=key, place=place(3050, radius_m=12)).refused == ""
    ((_, said),) = spool.read(0, 10)
    assert (said.kind, said.source, said.content["unit"]) == ("panic.crew", "crew", "P2")
    assert (said.lat, said.lon, said.radius_m) == (place(3050).lat, place(3050).lon, 12)
    assert facts(town).count("unit.distress") == 1


def test_distress_without_a_fix_takes_the_unit_s_last_place_with_its_doubt(
    shift: ShiftView, spool: SqliteSpool, now: FixedClock
) -> None:
    now.advance(58)
    tapped(shift, "distress")
    ((_, said),) = spool.read(0, 10)
    assert said.lat == place(3000).lat and said.radius_m == pytest.approx(60 * distress.DRIFT_M_S)


def test_distress_is_heard_after_the_shift_too(shift: ShiftView, spool: SqliteSpool) -> None:
    tapped(shift, "free")
    shifts.finish(shift=shift.id, member=ALEX)
    assert tapped(shift, "distress").refused == ""
    assert spool.head() == 1
