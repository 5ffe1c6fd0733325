"""A random world put into the database, as its people would."""

from __future__ import annotations

from collections.abc import Mapping

from tests.people.conventions import oracle
from tests.people.conventions.oracle import World

from beffroi.people import queries
from beffroi.people.conventions import actions
from beffroi.people.models import Organisation


def agree(world: World, organisations: Mapping[str, Organisation]) -> None:
    """Draw, sign and end every agreement of the world."""
    queries.policy_book.cache_clear()
    for each in world.agreements:
        row = actions.draw(
            draft=actions.Draft(
                reference=each["reference"],
                title=f"Convention {each['reference']}",
                places=each["places"],
                receives=[organisations[each["receives"]]],
                matters=each["matters"],
                starts_on=each["starts_on"],
                ends_on=each["ends_on"],
                hours=oracle.written(each["hours"]),
                programs=each["programs"],
            )
        )
        parts = list(row.parts.select_related("organisation").order_by("organisation__name"))
        for part in parts if each["signed"] == "all" else parts[:-1]:
            row = actions.sign(convention=row.pk, organisation=part.organisation, document_sha256="c" * 64)
        if each["ended"]:
            try:
                actions.end(convention=row.pk)
            except actions.NotInForce:
                actions.withdraw(convention=row.pk) if row.stage == "draft" else None
