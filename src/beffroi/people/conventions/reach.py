"""What conventions open to an organisation, as the plain values that a member's rights are made of."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from beffroi.people.conventions.models import Convention, Help, Place
from beffroi.people.conventions.rules import STANDING, named
from beffroi.people.methods.hours import parsed
from beffroi.people.methods.rights import Share

_FIELDS = (
    "convention__reference", "convention__version", "territory_id", "convention__opens_at",
    "convention__shuts_at", "convention__ended_at", "convention__hours",
)  # fmt: skip


def shares_of(organisation: UUID, at: datetime) -> tuple[Share, ...]:
    """What is or will be opened to an organisation, from `at` on: two queries."""
    live = Q(convention__ended_at=None) | Q(convention__ended_at__gt=at)
    agreed = Q(convention__stage=Convention.Stage.AGREED, convention__shuts_at__gt=at)
    standing = (
        Place.objects.filter(
            live,
            agreed,
            convention__kind=STANDING,
            convention__parts__organisation=organisation,
            convention__parts__receives=True,
            territory__organisation=F("organisation"),  # who answers for it is still who signed
        )
        .exclude(organisation=organisation)
        .values_list(*_FIELDS)
    )
    helps = Help.objects.filter(live, agreed, helper=organisation, ends_at__gt=at)
    opened = [_share(each, None, None) for each in standing]
    return tuple(
        opened
        + [_share(each[:-2], *each[-2:]) for each in helps.values_list(*_FIELDS, "starts_at", "ends_at")]
    )


def _share(row: tuple[Any, ...], starts: datetime | None, ends: datetime | None) -> Share:
    """What one row opens: within its convention's days, and within its help's hours where it is help."""
    reference, version, territory, opens, shuts, ended, hours = row
    return Share(
        convention=named(reference, version),
        territory=territory,
        starts_at=max(opens, starts) if starts else opens,
        ends_at=min(each for each in (shuts, ended, ends) if each is not None),
        hours=tuple(parsed(each) for each in hours),
    )


def texts(names: Collection[str]) -> dict[str, str]:
    """The policies of these conventions, as they were signed."""
    asked = Q(pk=None)
    for name in names:
        reference, _dot, version = name.rpartition(".")
        asked |= Q(reference=reference, version=int(version))
    rows = Convention.objects.filter(asked, stage=Convention.Stage.AGREED)
    return {named(each.reference, each.version): each.policy for each in rows}
