"""Every role × every action × own and other territory; nobody anywhere without a role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, Refused
from beffroi.people import actions, doors
from beffroi.people.catalogue import catalogue
from beffroi.people.methods.rights import PROGRAM

from .conftest import FOREIGN, OWN, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db]
# Those of persons; what programs hold is tried in tests/api/test_tokens.py.
ROLES = sorted(key for key in catalogue().roles if not key.startswith(PROGRAM))
GROUNDED = {key for key, action in catalogue().actions.items() if action.grounds}


@pytest.mark.parametrize("role", ROLES)
def test_role_opens_its_actions_in_its_territory_and_no_other(town: Town, role: str) -> None:
    member = town.member(role)
    opened = set(catalogue().roles[role].actions) - GROUNDED
    for action in catalogue().actions:
        here = doors.decide(member, action, territory=OWN)
        assert here.allowed == (action in opened), (role, action, here)
        assert not doors.decide(member, action, territory=FOREIGN).allowed
        assert not doors.decide(member, action).allowed, "a territory's role is no role over the installation"


@pytest.mark.parametrize("role", ROLES)
def test_role_over_everything_reaches_each_territory_even_one_just_made(town: Town, role: str) -> None:
    member = town.member(role, everywhere=True)
    opened = set(catalogue().roles[role].actions) - GROUNDED
    for action in catalogue().actions:
        for territory in (OWN, FOREIGN, "commune-nouvelle", None):
            assert doors.decide(member, action, territory=territory).allowed == (action in opened)


@pytest.mark.parametrize("role", ROLES)
def test_list_of_territories_is_what_decisions_one_by_one_say(town: Town, role: str) -> None:
    for member in (
        town.member(role),
        town.member(role, centres=[town.centre]),
        town.member(role, everywhere=True),
    ):
        for action in set(catalogue().actions) - GROUNDED:
            one_by_one = {t for t in (OWN, FOREIGN) if doors.decide(member, action, territory=t).allowed}
            assert doors.territories_for(member, action) == one_by_one


def test_decision_says_why(town: Town) -> None:
    operator = town.member("operator")
    allowed = doors.decide(operator, "duty.view", territory=OWN)
    assert allowed.policies == ("role.operator",)
    refused = doors.decide(operator, "people.manage", territory=OWN)
    assert refused.reason == "people.no_role_here"
    assert OWN in refused.words
    assert doors.decide(operator, "duty.vieww", territory=OWN).reason == "people.unknown_action"
    with pytest.raises(Refused, match=FOREIGN):
        doors.require(operator, "duty.view", territory=FOREIGN)


def test_nobody_is_refused_everything() -> None:
    for asker in (None, AnonymousUser()):
        assert doors.decide(asker, "duty.view", territory=OWN).reason == "people.not_signed_in"
        assert doors.territories_for(asker, "duty.view") == frozenset()


def test_closed_account_is_refused_and_loses_its_roles(town: Town) -> None:
    member = town.member("operator")
    actions.close_member(member=member)
    assert doors.decide(member, "duty.view", territory=OWN).reason == "people.inactive"
    with pytest.raises(Invalid):
        actions.invite(member=member)
    member.is_active = True
    assert not doors.decide(member, "duty.view", territory=OWN).allowed


def test_centre_reaches_what_it_watches_while_it_watches(town: Town) -> None:
    member = town.member("operator", centres=[town.centre])
    assert doors.territories_for(member, "duty.view") == {OWN}
    actions.watch(town.centre, FOREIGN)
    doors.forget_rights(member)
    assert doors.territories_for(member, "duty.view") == {OWN, FOREIGN}
    actions.stop_watching(town.centre, OWN)
    doors.forget_rights(member)
    assert doors.territories_for(member, "duty.view") == {FOREIGN}


def test_role_holds_from_its_start_until_its_end_by_the_clock_in_force(town: Town) -> None:
    member = town.member()
    start = datetime(2027, 3, 1, 20, tzinfo=UTC)
    end = start + timedelta(hours=8)
    actions.give_role(member=member, role="operator", territory=OWN, starts_at=start, ends_at=end)
    for instant, allowed in (
        (start - timedelta(microseconds=1), False),
        (start, True),
        (end - timedelta(microseconds=1), True),
        (end, False),
    ):
        with clock.use(clock.FixedClock(instant)):
            assert doors.decide(member, "duty.view", territory=OWN).allowed is allowed
            assert (doors.territories_for(member, "duty.view") == {OWN}) is allowed


def test_role_ended_shuts_at_once_for_the_next_request(town: Town) -> None:
    member = town.member("operator")
    again = type(member).objects.get(id=member.id)
    assert doors.decide(again, "duty.view", territory=OWN).allowed
    actions.end_role(held=member.roles_held.get())
    assert not doors.decide(type(member).objects.get(id=member.id), "duty.view", territory=OWN).allowed


def test_two_roles_in_two_places_do_not_mix(town: Town) -> None:
    member = town.member("operator")
    actions.give_role(member=member, role="elected", territory=FOREIGN)
    assert doors.decide(member, "duty.view", territory=OWN).allowed
    assert not doors.decide(member, "duty.view", territory=FOREIGN).allowed
    assert doors.decide(member, "journal.verify", territory=FOREIGN).allowed
    assert not doors.decide(member, "journal.verify", territory=OWN).allowed


_scopes = st.sampled_from(["own", "foreign", "centre", "everywhere"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_roles=st.lists(st.tuples(st.sampled_from(ROLES), _scopes), max_size=4))
def test_nobody_reaches_a_territory_that_no_role_of_theirs_covers(
    town: Town, given_roles: list[tuple[str, str]]
) -> None:
    member = town.member()
    covered: dict[str, set[str]] = {OWN: set(), FOREIGN: set()}
    for role, scope in given_roles:
        over = {
            "own": {"territory": OWN},
            "foreign": {"territory": FOREIGN},
            "centre": {"centre": town.centre},
        }
        actions.give_role(member=member, role=role, **over.get(scope, {}))
        reached = {"own": [OWN], "foreign": [FOREIGN], "centre": [OWN], "everywhere": [OWN, FOREIGN]}[scope]
        for territory in reached:
            covered[territory] |= set(catalogue().roles[role].actions) - GROUNDED
    for action in catalogue().actions:
        for territory, opened in covered.items():
            assert doors.decide(member, action, territory=territory).allowed == (action in opened)
