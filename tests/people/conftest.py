"""A small town of people: two territories, one centre that watches the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from beffroi.people import actions
from beffroi.people.models import Centre, Member, Organisation

OWN = "saint-jean-la-poterie"
FOREIGN = "allaire"
PASSWORD = "le guet veille sur la tour"


@dataclass
class Town:
    """Two territories known, OWN watched by a centre; `member` makes people."""

    organisation: Organisation
    centre: Centre
    made: list[Member] = field(default_factory=list)

    def member(
        self, *roles: str, everywhere: bool = False, password: str | None = None, **over: object
    ) -> Member:
        """A member with roles over OWN, unless told otherwise; without a password nobody signs in as them."""
        if not everywhere and not over:
            over = {"territories": [OWN]}
        member = actions.create_member(
            email=f"membre{len(self.made)}@mairie.example",
            display_name=f"Membre {len(self.made)}",
            organisation=self.organisation,
            password=password,
            roles=roles,
            everywhere=everywhere,
            **(over if roles else {}),
        )
        self.made.append(member)
        return member


@pytest.fixture
def town(db: None) -> Town:
    """The town; its installation is real, not an exercise."""
    actions.create_installation(name="Pays de Redon")
    organisation = actions.create_organisation(name="Saint-Jean-la-Poterie", kind="commune")
    centre = actions.create_centre(key="csu-redon", name="CSU de Redon", organisation=organisation)
    actions.watch(centre, OWN)
    actions.know_territory(key=FOREIGN)
    return Town(organisation, centre)


@pytest.fixture
def entries(db: None) -> Callable[[str], list[object]]:
    """Bodies of the entries of one fact in the installation's journal, oldest first."""
    from beffroi.journal import queries

    def of(fact: str) -> list[object]:
        return [each for each in queries.follow(0, limit=10_000) if each.fact == fact]

    return of
