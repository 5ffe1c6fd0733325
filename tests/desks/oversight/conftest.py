"""The town of the desks, with those who answer for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.desks.conftest import PASSWORD, Town, town

from beffroi.people import actions as people
from beffroi.people.models import Installation, Member

__all__ = ["Town", "town"]

Officer = Callable[[str], Member]


@pytest.fixture
def officer(town: Town) -> Officer:
    """A member with one role over the town; the installation asks no second factor of this test."""
    Installation.objects.update(exercise=True)

    def made(role: str) -> Member:
        return people.create_member(
            email=f"{role}@town.example",
            display_name=role.replace("_", " ").title(),
            organisation=town.operator.organisation,
            password=PASSWORD,
            roles=[role],
            territories=[town.key],
        )

    return made
