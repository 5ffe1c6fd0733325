"""Who gains and who loses by a draft is what the doors then open and shut, told before anybody signs."""

from __future__ import annotations

import pytest
from tests.people.conventions.conftest import Country

from beffroi.people import doors
from beffroi.people.conventions import actions, asking
from beffroi.people.conventions import queries as kept

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def told(
    country: Country, receives: str, places: list[str], **terms: object
) -> dict[str, tuple[object, object]]:
    row = actions.draw(draft=country.draft(receives, places, **terms))
    found = asking.changes(kept.convention(row.pk))
    return {each.name: (each.gains, each.loses) for each in found}


def test_a_next_version_says_what_is_lost_and_what_is_gained(country: Country) -> None:
    agent, patrol = country.member("redon", "operator"), country.member("redon", "patrol")
    country.member("allaire", "operator")
    country.agree("redon", ["allaire"], matters=["incidents", "units"])
    found = told(country, "redon", ["allaire", "rieux"], matters=["incidents"])
    gains, loses = found[agent.display_name]
    assert gains == tuple((act, ("rieux",)) for act in ("duty.view", "territory.view", "log.view"))
    assert loses == (("unit.view", ("allaire",)),)
    assert found[patrol.display_name] == (
        (("territory.view", ("rieux",)),),
        (("unit.view", ("allaire",)),),
    )
    assert len(found) == 2, "who gives neither gains nor loses"
    assert doors.territories_for(agent, "unit.view") == {"redon", "allaire"}, (
        "a draft opens and shuts nothing"
    )


def test_fewer_hours_are_a_loss_at_the_others(country: Country) -> None:
    agent = country.member("redon", "operator")
    gains, loses = told(country, "redon", ["allaire"], hours=["sun 03:00-04:00"])[agent.display_name]
    assert gains and not loses
    actions.withdraw(convention=kept.conventions(everything=True)[0].id)
    country.agree("redon", ["allaire"])
    gains, loses = told(country, "redon", ["allaire"], hours=["sun 03:00-04:00"])[agent.display_name]
    assert not gains and ("duty.view", ("allaire",)) in loses
    assert told(country, "redon", ["allaire"]) == {}, "the same again changes nothing"


def test_a_framework_is_compared_as_while_help_goes_on(country: Country) -> None:
    agent = country.member("redon", "operator")
    found = told(country, "redon", ["allaire"], kind="framework", help_hours=4)
    assert [act for act, _keys in found[agent.display_name][0]] == ["duty.view", "territory.view", "log.view"]
