"""Roles given and ended, and the territories they are given over."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid, NotFound
from beffroi.people import facts
from beffroi.people.decisions import forget_rights
from beffroi.people.entries import SYSTEM, append
from beffroi.people.methods.rights import CENTRE, INSTALLATION, PROGRAM, TERRITORY
from beffroi.people.models import Centre, KnownTerritory, Member, Organisation, Program, Role, RoleHeld


def know_territory(*, key: str, organisation: Organisation | None = None) -> KnownTerritory:
    """Tell people of a territory, so that roles over the whole installation reach it. Safe to repeat."""
    territory, _ = KnownTerritory.objects.get_or_create(key=key)
    if organisation is not None and territory.organisation_id != organisation.id:
        answer_for(key=key, organisation=organisation)
        territory.refresh_from_db()
    return territory


@transaction.atomic
def answer_for(*, key: str, organisation: Organisation, actor: str = SYSTEM) -> None:
    """Say which organisation answers for a territory: from then on the others need a convention there.

    Raises NotFound for a territory that nobody told of.
    """
    if not KnownTerritory.objects.filter(key=key).update(organisation=organisation):
        raise NotFound(what=f"territory {key}")
    fact = facts.TerritoryAnswered(organisation=str(organisation.id))
    append(fact=fact, subject=f"territory:{key}", actor=actor)


@transaction.atomic
def give_role(
    *,
    member: Member,
    role: str,
    territory: str | None = None,
    centre: Centre | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    actor: str = SYSTEM,
) -> RoleHeld:
    """Give a role over a territory, a centre, or (neither) the whole installation, until `ends_at`.

    Raises Invalid for an unknown role, a program's role given to a person or the other way round, two
    scopes at once, or dates the wrong way round.
    """
    if not Role.objects.filter(key=role).exists():
        raise Invalid(where="role", why=f"{role!r} is not a role")
    if role.startswith(PROGRAM) != Program.objects.filter(member=member).exists():
        raise Invalid(where="role", why="programs hold the roles of programs, and persons the others")
    if territory is not None and centre is not None:
        raise Invalid(where="scope", why="a role is held over a territory or a centre, not both at once")
    start = starts_at or clock.now()
    if ends_at is not None and ends_at <= start:
        raise Invalid(where="ends_at", why="a role ends after it starts")
    scope, key = _scope(territory, centre)
    held = RoleHeld.objects.create(
        member=member,
        role_id=role,
        scope=scope,
        centre=centre,
        territory=know_territory(key=territory) if territory else None,
        starts_at=start,
        ends_at=ends_at,
    )
    forget_rights(member)
    fact = facts.RoleGiven(
        role=role,
        scope=scope,
        key=key,
        starts_at=start.isoformat(),
        ends_at=ends_at.isoformat() if ends_at else "",
    )
    append(fact=fact, subject=member.actor, actor=actor)
    return held


def _scope(territory: str | None, centre: Centre | None) -> tuple[str, str]:
    if territory is not None:
        return TERRITORY, territory
    return (CENTRE, centre.key) if centre is not None else (INSTALLATION, "")


@transaction.atomic
def end_role(*, held: RoleHeld, actor: str = SYSTEM) -> None:
    """End a role now. One that had not started yet never will."""
    held.ends_at = max(clock.now(), held.starts_at)
    held.save(update_fields=["ends_at"])
    forget_rights(held.member)
    fact = facts.RoleEnded(role=held.role_id, scope=held.scope, key=held.territory_id or held.centre_id or "")
    append(fact=fact, subject=held.member.actor, actor=actor)
