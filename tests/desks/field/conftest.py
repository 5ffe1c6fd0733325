"""Two patrols with a phone each, beside the town and its people on duty."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client
from tests.desks.conftest import PASSWORD, Town

from beffroi.during.dispatch import actions as dispatch
from beffroi.during.dispatch import shifts
from beffroi.during.dispatch.shown import MissionView, ShiftView
from beffroi.people import actions as people
from beffroi.people.models import Member, Organisation


@dataclass
class Patrol:
    """A member with the role of a patrol."""

    town: Town
    member: Member

    def browser(self, language: str = "en") -> Client:
        """A browser in which they are signed in."""
        return self.town.signed_in(self.member, language)

    def holds(self, unit: str) -> ShiftView:
        """The patrol takes this unit for its shift."""
        return shifts.begin(territory_key=self.town.key, unit=unit, member=self.member.pk)


def _patrol(town: Town, name: str) -> Patrol:
    organisation = Organisation.objects.get(pk=town.operator.organisation_id)
    member = people.create_member(
        email=f"{name}@town.example", display_name=name.title(), organisation=organisation,
        password=PASSWORD, roles=["patrol"], territories=[town.key],
    )  # fmt: skip
    return Patrol(town, member)


@pytest.fixture
def patrol(town: Town) -> Patrol:
    return _patrol(town, "alex")


@pytest.fixture
def other(town: Town) -> Patrol:
    return _patrol(town, "sam")


@pytest.fixture
def mission(town: Town, burglary: UUID) -> MissionView:
    """P1 is sent to the burglary."""
    return dispatch.send(
        incident_id=burglary, unit="P1", member=town.operator.pk, override_reason="knows_the_place"
    )
