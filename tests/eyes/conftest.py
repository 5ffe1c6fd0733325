"""A small real town whose cameras give images, people on duty, and a settings of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from tests.desks.conftest import KEY, Happen, Town, burglary, happen, town

from beffroi.eyes import actions
from beffroi.foundation import settings
from beffroi.people.orders import actions as orders
from beffroi.people.orders import queries as register
from beffroi.people.orders import rules as orders_rules
from beffroi.territory import models as territory

__all__ = ["Happen", "Town", "burglary", "happen", "town"]

Declare = Callable[..., None]
Configured = Callable[..., None]
ORDER = "35-2025-0117"


@pytest.fixture
def declare(town: Town) -> Declare:
    """Declare how the town's camera gives images; `order`: whether the one that stands covers it."""
    first = register.today() - timedelta(days=365)
    text = orders.OrderText(
        number=ORDER,
        authority="Préfecture d’Ille-et-Vilaine",
        purposes=orders_rules.PURPOSES,
        starts_on=first,
        ends_on=first + timedelta(days=1500),
        devices=["none"],
    )
    orders.register_order(territory=KEY, text=text)
    for member in (town.operator, town.other):
        accredit(member)

    def declared(device: str = "C-1", *, order: bool = True, **given: object) -> None:
        if not territory.Device.objects.filter(key=device).exists():
            row = territory.Device.objects.get(key="C-1")
            row.pk, row.key = None, device
            row.save()
        actions.declare_camera(
            territory_key=KEY, device=device, declaration=actions.Declaration(**given), actor="system"
        )
        covered = set(register.order(KEY, ORDER).devices)
        covered = covered | {device} if order else covered - {device}
        orders.cover(territory=KEY, number=ORDER, devices=covered)

    return declared


def accredit(member: object, *, ends_on: date | None = None) -> None:
    """An agent of the service, accredited for a year."""
    first = register.today() - timedelta(days=30)
    text = orders.AgentText(
        kind=orders_rules.AGENT,
        number="H-1",
        authority="Préfecture d’Ille-et-Vilaine",
        starts_on=first,
        ends_on=ends_on or first + timedelta(days=365),
    )
    orders.accredit(territory=KEY, member=member, text=text)


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Configured]:
    """Settings of this test only."""

    def set_to(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"BEFFROI_{name.upper()}", str(value))
        settings.current.cache_clear()

    yield set_to
    monkeypatch.undo()
    settings.current.cache_clear()
