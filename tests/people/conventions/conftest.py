"""Three organisations that each answer for a territory, a centre, and members who hold roles at home."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from beffroi.foundation import clock
from beffroi.people import actions as people
from beffroi.people import queries
from beffroi.people.conventions import actions, models
from beffroi.people.models import Member, Organisation

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)  # a Thursday, 11:00 in Paris


@dataclass
class Country:
    """`organisations` by territory; `member` makes one who holds roles at home."""

    organisations: dict[str, Organisation]
    made: int = 0
    members: list[Member] = field(default_factory=list)

    def member(self, home: str, *roles: str, **over: Any) -> Member:
        """A member of who answers for `home`, with roles over it unless told otherwise."""
        self.made += 1
        made = people.create_member(
            email=f"agent{self.made}@mairie.example",
            display_name=f"Agent {self.made}",
            organisation=self.organisations[home],
            password=None,
            roles=roles,
            **(over or {"territories": [home]}),
        )
        self.members.append(made)
        return made

    def draft(self, receives: str, places: list[str], **other: Any) -> actions.Draft:
        """Terms that open the incidents of `places` to who answers for `receives`."""
        terms: dict[str, Any] = {
            "reference": f"{receives}-2026", "title": "Entraide", "matters": ["incidents"],
            "starts_on": date(2026, 11, 1), "ends_on": date(2027, 10, 31), **other,
        }  # fmt: skip
        return actions.Draft(receives=[self.organisations[receives]], places=places, **terms)

    def agree(self, receives: str, places: list[str], **other: Any) -> models.Convention:
        """A convention that every party signed on paper."""
        row = actions.draw(draft=self.draft(receives, places, **other))
        for part in row.parts.select_related("organisation"):
            row = actions.sign(convention=row.pk, organisation=part.organisation, document_sha256="a" * 64)
        return row


@pytest.fixture
def hand(db: None) -> Iterator[clock.FixedClock]:
    """The house's clock, moved by hand."""
    moved = clock.FixedClock(NOW)
    with clock.use(moved):
        yield moved


@pytest.fixture
def country(hand: clock.FixedClock) -> Country:
    """Redon, Allaire and Rieux on one installation, each its own."""
    queries.policy_book.cache_clear()  # another test's convention of the same name is another convention
    people.create_installation(name="Pays de Redon")
    made = {}
    for key in ("redon", "allaire", "rieux"):
        made[key] = people.create_organisation(name=key.title(), kind="commune")
        people.know_territory(key=key, organisation=made[key])
    return Country(made)
