"""A small real town whose cameras give images, people on duty, and a settings of a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from tests.desks.conftest import KEY, Happen, Town, burglary, happen, town

from beffroi.eyes import actions
from beffroi.foundation import settings
from beffroi.territory import models as territory

__all__ = ["Happen", "Town", "burglary", "happen", "town"]

Declare = Callable[..., None]
Configured = Callable[..., None]


@pytest.fixture
def declare(town: Town) -> Declare:
    """Declare how the town's camera gives images, under an order that still covers it."""

    def declared(device: str = "C-1", **given: object) -> None:
        if not territory.Device.objects.filter(key=device).exists():
            row = territory.Device.objects.get(key="C-1")
            row.pk, row.key = None, device
            row.save()
        said = {"order": "35-2025-0117", "order_until": date(2099, 1, 1), **given}
        actions.declare_camera(
            territory_key=KEY, device=device, declaration=actions.Declaration(**said), actor="system"
        )

    return declared


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
