"""The register: what is taken and refused, what covers a camera, who may look, what is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.people.conftest import OWN, Town

from beffroi.foundation.geography import Position
from beffroi.journal import queries as journal
from beffroi.people.orders import actions, errors, models, queries, rules
from beffroi.people.orders.queries import Covering

pytestmark = [pytest.mark.room, pytest.mark.django_db]
DAY = date(2026, 11, 26)
SQUARE = ((47.0, -2.1), (47.0, -2.0), (47.1, -2.0), (47.1, -2.1))
TEXT = actions.OrderText(
    number="35-2025-0117",
    authority="Préfecture d’Ille-et-Vilaine",
    purposes=("rescue", "public_safety"),
    starts_on=date(2025, 3, 1),
    ends_on=date(2030, 2, 28),
    retention_days=15,
    devices=("C-2", "C-1"),
)
AGENT = actions.AgentText(
    kind="agent", number="H-4", authority="Préfecture", starts_on=date(2026, 1, 1), ends_on=date(2030, 12, 31)
)


def facts(*names: str) -> list[dict[str, Any]]:
    return [each.body or {} for each in journal.follow(0, limit=1000) if each.fact in names]


def register(**changed: Any) -> Any:
    return actions.register_order(territory=OWN, text=replace(TEXT, **changed))


def test_an_order_is_registered_and_written_in_the_territory_s_journal(town: Town) -> None:
    shown = register()
    assert shown.devices == ("C-1", "C-2") and shown.purposes == ("public_safety", "rescue")
    (body,) = facts("order.registered")
    assert (
        body["retention_days"] == 15 and body["ends_on"] == "2030-02-28" and body["devices"] == ["C-1", "C-2"]
    )
    assert [each.number for each in queries.orders([OWN], DAY)] == [TEXT.number]
    assert queries.orders(["elsewhere"], DAY) == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"number": " "}, "number"),
        ({"authority": "x" * 161}, "authority"),
        ({"retention_days": 31}, "retention_days"),
        ({"retention_days": 0}, "retention_days"),
        ({"ends_on": date(2030, 3, 1)}, "ends_on"),
        ({"ends_on": date(2025, 2, 1)}, "ends_on"),
        ({"purposes": ()}, "purposes"),
        ({"purposes": ("publicity",)}, "purposes"),
        ({"devices": ()}, "devices"),
        ({"devices": (), "perimeter": SQUARE[:2]}, "perimeter"),
    ],
)
def test_what_the_law_does_not_allow_is_refused_with_its_place(
    town: Town, changed: dict[str, Any], where: str
) -> None:
    with pytest.raises(errors.BadOrder) as wrong:
        register(**changed)
    assert wrong.value.fields["where"] == where
    assert not models.Order.objects.exists() and facts("order.registered") == []


def test_a_number_is_registered_once(town: Town) -> None:
    register()
    with pytest.raises(errors.BadOrder):
        register()


def test_an_order_covers_what_it_names_and_what_lies_within_its_perimeter(town: Town) -> None:
    register()
    register(number="P", devices=(), perimeter=SQUARE, ends_on=date(2029, 1, 1))
    covering = Covering(OWN, DAY)
    inside, outside = Position(47.05, -2.05), Position(47.2, -2.05)
    assert covering.of("C-1", outside) and covering.of("C-1", outside).number == TEXT.number
    assert covering.of("C-9", inside) and covering.of("C-9", inside).number == "P"
    assert covering.of("C-9", outside) is None and covering.of("C-9", None) is None
    assert {each.number for each in covering.all_of("C-1", inside)} == {TEXT.number, "P"}
    assert Covering("elsewhere", DAY).of("C-1", inside) is None


def test_it_covers_nothing_before_its_first_day_after_its_last_nor_once_withdrawn(town: Town) -> None:
    register()
    for day, covered in ((date(2025, 2, 28), False), (date(2025, 3, 1), True), (date(2030, 2, 28), True),
                         (date(2030, 3, 1), False)):  # fmt: skip
        assert bool(Covering(OWN, day).of("C-1", None)) is covered
    actions.withdraw_order(territory=OWN, number=TEXT.number, from_day=DAY)
    assert Covering(OWN, DAY - timedelta(days=1)).of("C-1", None)
    assert Covering(OWN, DAY).of("C-1", None) is None
    assert facts("order.withdrawn") == [{"number": TEXT.number, "from_day": DAY.isoformat()}]


def test_an_amendment_changes_the_cameras_and_is_written_once(town: Town) -> None:
    register()
    for _ in range(2):
        actions.cover(territory=OWN, number=TEXT.number, devices=["C-2", "C-3"])
    assert queries.order(OWN, TEXT.number).devices == ("C-2", "C-3")
    assert facts("order.covers") == [{"number": TEXT.number, "devices": ["C-2", "C-3"]}]
    with pytest.raises(errors.BadOrder):
        actions.cover(territory=OWN, number=TEXT.number, devices=[])
    with pytest.raises(errors.UnknownOrder):
        actions.cover(territory="elsewhere", number=TEXT.number, devices=["C-1"])


def test_an_agent_may_look_for_as_long_as_the_accreditation_lasts_and_there_only(
    town: Town, entries: Callable[[str], list[object]]
) -> None:
    member = town.member("operator")
    assert not queries.may_look(member.pk, OWN, DAY)
    identifier = actions.accredit(territory=OWN, member=member, text=AGENT)
    assert queries.may_look(member.pk, OWN, DAY)
    assert not queries.may_look(member.pk, "elsewhere", DAY) and not queries.may_look(uuid4(), OWN, DAY)
    assert not queries.may_look(member.pk, OWN, date(2031, 1, 1))
    actions.withdraw_agent(territory=OWN, identifier=identifier, from_day=DAY)
    assert not queries.may_look(member.pk, OWN, DAY)
    assert len(entries("agent.accredited")) == len(entries("agent.withdrawn")) == 1
    with pytest.raises(errors.UnknownAccreditation):
        actions.withdraw_agent(territory="elsewhere", identifier=identifier)


def test_an_agent_of_the_state_needs_an_order_that_lets_it_have_the_images(town: Town) -> None:
    member = town.member("investigator")
    register()
    state = replace(AGENT, kind="state", service="Gendarmerie", order=TEXT.number)
    with pytest.raises(errors.BadAgent):
        actions.accredit(territory=OWN, member=member, text=state)
    register(number="S", state_access=True)
    actions.accredit(territory=OWN, member=member, text=replace(state, order="S"))
    assert queries.may_look(member.pk, OWN, DAY)
    actions.withdraw_order(territory=OWN, number="S", from_day=DAY)
    assert not queries.may_look(member.pk, OWN, DAY), "the designation ends with its order"


@pytest.mark.parametrize("changed", [{"kind": "friend"}, {"number": ""}, {"ends_on": date(2032, 1, 1)}])
def test_an_accreditation_that_cannot_be_is_refused(town: Town, changed: dict[str, Any]) -> None:
    with pytest.raises(errors.BadAgent):
        actions.accredit(territory=OWN, member=town.member("operator"), text=replace(AGENT, **changed))
    assert not models.Accreditation.objects.exists()


def test_what_ends_soon_is_told_the_soonest_first(town: Town) -> None:
    register(number="A", ends_on=DAY + timedelta(days=80))
    register(number="B", ends_on=DAY + timedelta(days=5))
    register(number="C", ends_on=DAY + timedelta(days=500))
    register(number="D", ends_on=DAY - timedelta(days=5))
    actions.accredit(
        territory=OWN, member=town.member("operator"), text=replace(AGENT, ends_on=DAY + timedelta(days=20))
    )
    told, agents = queries.ending([OWN], DAY)
    assert [(each.number, each.ends_within) for each in told] == [("B", 7), ("A", 90)]
    assert [each.ends_within for each in agents] == [30]
    assert max(rules.WARNED_DAYS) == 180
