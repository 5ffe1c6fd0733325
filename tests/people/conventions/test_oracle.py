"""Random conventions: the doors open what a plain reading of the agreements opens, nothing else."""

from __future__ import annotations

import random

import pytest
from tests.people.conventions import oracle, worlds
from tests.people.conventions.conftest import Country

from beffroi.foundation import clock
from beffroi.people import doors, queries
from beffroi.people.conventions import asking, rules

pytestmark = [pytest.mark.room, pytest.mark.django_db]
NEVER = {"convention.sign", "order.manage"}
ACTIONS = sorted(NEVER.union(*oracle.OPENED.values()))


@pytest.mark.parametrize("seed", range(10))
def test_doors_open_what_the_agreements_say_and_nothing_else(
    country: Country, hand: clock.FixedClock, seed: int
) -> None:
    chance = random.Random(seed)
    world = oracle.made(chance, clock.now().date())
    members = {}
    for number, (home, role, over) in world.roles.items():
        where = {"everywhere": True} if over == "everywhere" else {"territories": [over]}
        members[number] = country.member(home, role, **where)
    worlds.agree(world, country.organisations)
    for _moment in range(3):
        hand.instant += oracle.timedelta(hours=chance.randrange(0, 60))
        for number, member in members.items():
            doors.forget_rights(member)
            for action in ACTIONS:
                wanted = {
                    key
                    for key in oracle.TERRITORIES
                    if oracle.may(world, world.roles[number], action, key, clock.now())
                }
                found = doors.territories_for(member, action)
                assert found == wanted, (world.agreements, world.roles[number], action)
                for key in oracle.TERRITORIES:
                    assert doors.decide(member, action, territory=key).allowed == (key in found)
        could = {each.member for each in asking.who_could("duty.view", "allaire")}
        assert could == {
            members[number].pk
            for number in members
            if oracle.may(world, world.roles[number], "duty.view", "allaire", clock.now())
        }
    queries.policy_book.cache_clear()


def test_the_worlds_are_not_all_shut(country: Country) -> None:
    """Among these seeds conventions do open doors: the test above would see one that stays shut or open."""
    opened = 0
    for seed in range(10):
        world = oracle.made(random.Random(seed), clock.now().date())
        opened += sum(
            oracle.may(world, holder, action, key, clock.now()) and key != holder[0]
            for holder in world.roles.values()
            for action in ACTIONS
            for key in oracle.TERRITORIES
        )
    assert opened > 20
    known = {key: set(opened) for key, opened in rules.MATTERS.items()}
    assert {key: known[key] for key in oracle.OPENED} == oracle.OPENED
