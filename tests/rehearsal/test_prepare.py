"""An exercise made ready on an empty installation, and again on it: marked, whole, and no more than once."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.real_data import need

from beffroi.during.dispatch import shifts
from beffroi.during.intake import queries as intake
from beffroi.foundation.errors import NotFound
from beffroi.foundation.geography import distance_m
from beffroi.journal import queries as journal
from beffroi.people import doors
from beffroi.people import queries as people
from beffroi.rehearsal import actions, kept, queries
from beffroi.rehearsal.methods import names
from beffroi.rehearsal.patrols import Patrols
from beffroi.territory import queries as territory

pytestmark = [pytest.mark.room, pytest.mark.django_db]


@pytest.fixture
def ready(tmp_path: Path, settings_in) -> actions.Rehearsal:
    settings_in(tmp_path)
    return actions.prepare()


def test_everything_is_there_and_marked_exercise(ready: actions.Rehearsal) -> None:
    key = ready.territory
    assert territory.territory(key).exercise
    assert territory.territory(key).name == names.TOWN
    devices = territory.devices(key, kinds=["camera", "panel"])
    assert {each.exercise for each in devices} == {True}
    assert sum(each.kind == "camera" for each in devices) == 16
    assert {each.key for each in devices} >= {"C-01", "PANEL-MEDIATHEQUE", "PANEL-ECOLE-JACQUES-PREVERT"}
    units = territory.units(key)
    assert [each.key for each in units] == ["G1", "P1", "P2"]
    assert all(each.exercise and each.position for each in units)
    sources = intake.sources([key])
    assert len(sources) == 3
    assert all(each.exercise and each.active for each in sources)
    assert people.is_exercise()


def test_people_may_do_what_their_role_says_there_and_nothing_elsewhere(ready: actions.Rehearsal) -> None:
    assert {each.role for each in ready.people} == {"operator", "supervisor", "patrol", "referent"}
    by_role = {each.role: people.member_by_email(each.email) for each in ready.people}
    for each in ready.people:
        assert by_role[each.role].check_password(each.password)
    assert doors.decide(by_role["operator"], "duty.view", territory=ready.territory).allowed
    assert doors.decide(by_role["referent"], "signal.report", territory=ready.territory).allowed
    assert doors.decide(by_role["patrol"], "field.crew", territory=ready.territory).allowed
    assert not doors.decide(by_role["patrol"], "duty.view", territory=ready.territory).allowed
    assert not doors.decide(by_role["referent"], "duty.view", territory=ready.territory).allowed
    assert not doors.decide(by_role["operator"], "duty.view", territory="elsewhere").allowed


def test_again_makes_new_passwords_and_no_second_town(ready: actions.Rehearsal) -> None:
    again = actions.prepare()
    assert again.territory == ready.territory
    assert len(territory.versions(ready.territory)) == 1
    assert len(intake.sources([ready.territory])) == 3
    assert again.prepared.token != ready.prepared.token
    assert {each.password for each in again.people}.isdisjoint(each.password for each in ready.people)
    operator = people.member_by_email("operateur@exercice.example")
    assert len(people.role_keys(operator)) == 1


def test_the_tokens_are_for_one_pair_of_eyes(ready: actions.Rehearsal) -> None:
    file = kept.folder() / f"{ready.territory}.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept.read(ready.territory) == ready.prepared
    assert kept.latest() == ready.territory
    with pytest.raises(NotFound, match="elsewhere"):
        kept.read("elsewhere")
    file.write_bytes(b'{"territory": 3')
    with pytest.raises(NotFound, match="rehearse prepare"):
        kept.read(ready.territory)


def test_the_journal_tells_of_it(ready: actions.Rehearsal) -> None:
    entry = next(
        each for each in journal.last(f"territory:{ready.territory}", 50) if each.fact == "rehearsal.prepared"
    )
    assert entry.body is not None
    assert entry.body["exercise"] is True
    assert entry.body["units"] == 3


def test_patrols_drive_and_stay_on_the_road(ready: actions.Rehearsal, driven_clock) -> None:
    patrols = Patrols(ready.territory)
    before = {each.key: each.position for each in territory.units(ready.territory)}
    patrols.step()
    driven_clock.advance(30)
    assert patrols.step() >= 2
    streets = territory.streets(ready.territory)
    for each in territory.units(ready.territory):
        assert each.position is not None
        snapped = streets.snap(each.position.lat, each.position.lon)
        assert snapped is not None
        assert distance_m(each.position, type(each.position)(snapped.lat, snapped.lon)) < 5
    moved = [
        distance_m(before[each.key], each.position)
        for each in territory.units(ready.territory)
        if each.position and before[each.key]
    ]
    assert max(moved) > 100


def test_a_patrol_that_a_phone_has_taken_is_not_driven_by_the_script(
    ready: actions.Rehearsal, driven_clock
) -> None:
    patrol = people.member_by_email("patrouille@exercice.example")
    shift = shifts.begin(territory_key=ready.territory, unit="P1", member=patrol.pk)
    patrols = Patrols(ready.territory)
    before = territory.unit(ready.territory, "P1").position
    for _ in range(2):
        driven_clock.advance(30)
        patrols.step()
    assert territory.unit(ready.territory, "P1").position == before
    shifts.finish(shift=shift.id, member=patrol.pk)
    driven_clock.advance(30)
    patrols.step()
    assert territory.unit(ready.territory, "P1").position_at == driven_clock.now()


@pytest.mark.parametrize("name", ["osm/redon.osm.gz", "osm/saint-jean-la-poterie.osm.gz"])
def test_a_real_map_is_made_ready_too(tmp_path: Path, settings_in, name: str) -> None:
    settings_in(tmp_path)
    ready = actions.prepare(osm=need(name))
    assert "(exercice)" in ready.town
    cast = queries.cast(ready.territory)
    assert cast.target.name
    assert distance_m(cast.camera.place, cast.target.place) < 80
    seconds = territory.streets(ready.territory).seconds_to(
        cast.target.place, [each.place for each in cast.patrols]
    )
    assert max(seconds) < 900
