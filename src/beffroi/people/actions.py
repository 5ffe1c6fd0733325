"""Writes of people: each one transaction, its journal entry last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.people import facts
from beffroi.people.catalogue import catalogue
from beffroi.people.decisions import DoorShut, forget_rights
from beffroi.people.grounds import NO_GROUNDS, Grounds
from beffroi.people.methods.rights import CENTRE, INSTALLATION, TERRITORY
from beffroi.people.models import (
    Centre,
    CentreTerritory,
    Installation,
    KnownTerritory,
    Member,
    Organisation,
    Role,
    RoleHeld,
)

JOURNAL = "installation"
SYSTEM = "system"


def append(**entry: object) -> None:
    """Append to the journal."""
    from beffroi.journal import actions as journal

    journal.append(**entry)


@transaction.atomic
def load_roles() -> int:
    """Make the table of roles what the catalogue says. Safe to repeat; returns how many roles there are."""
    for definition in catalogue().roles.values():
        values = {
            "name_fr": definition.fr,
            "name_en": definition.en,
            "second_factor": definition.second_factor,
            "actions": list(definition.actions),
        }
        Role.objects.update_or_create(key=definition.key, defaults=values)
    return len(catalogue().roles)


@transaction.atomic
def create_installation(*, name: str, exercise: bool = False) -> Installation:
    """The installation itself, with its roles; when it is there already, it is given back as it is."""
    load_roles()
    installation, created = Installation.objects.get_or_create(
        id=1, defaults={"name": name, "exercise": exercise}
    )
    if created:
        fact = facts.InstallationCreated(exercise=exercise)
        append(journal=JOURNAL, fact=fact, subject="installation", actor=SYSTEM)
    return installation


@transaction.atomic
def create_organisation(*, name: str, kind: str, actor: str = SYSTEM) -> Organisation:
    """An organisation; `kind` is one of Organisation.Kind. Raises Invalid."""
    if kind not in Organisation.Kind.values:
        raise Invalid(where="kind", why=f"{kind!r} is not one of {', '.join(Organisation.Kind.values)}")
    if Organisation.objects.filter(name=name).exists():
        raise Invalid(where="name", why=f"there is an organisation called {name} already")
    organisation = Organisation.objects.create(name=name, kind=kind)
    fact = facts.OrganisationCreated(kind=kind)
    append(journal=JOURNAL, fact=fact, subject=f"organisation:{organisation.id}", actor=actor)
    return organisation


@transaction.atomic
def create_centre(*, key: str, name: str, organisation: Organisation, actor: str = SYSTEM) -> Centre:
    """A supervision centre of an organisation. Raises Invalid when the key is taken."""
    if Centre.objects.filter(key=key).exists():
        raise Invalid(where="key", why=f"there is a centre called {key} already")
    centre = Centre.objects.create(key=key, name=name, organisation=organisation)
    fact = facts.CentreCreated(organisation=str(organisation.id))
    append(journal=JOURNAL, fact=fact, subject=f"centre:{key}", actor=actor)
    return centre


def know_territory(*, key: str, organisation: Organisation | None = None) -> KnownTerritory:
    """Tell people of a territory, so that roles over the whole installation reach it. Safe to repeat."""
    territory, _ = KnownTerritory.objects.get_or_create(key=key)
    if organisation is not None and territory.organisation_id != organisation.id:
        territory.organisation = organisation
        territory.save(update_fields=["organisation"])
    return territory


@transaction.atomic
def watch(centre: Centre, territory_key: str, *, actor: str = SYSTEM) -> CentreTerritory:
    """The centre watches a territory from now on. Safe to repeat."""
    territory = know_territory(key=territory_key)
    watching, created = CentreTerritory.objects.get_or_create(
        centre=centre, territory=territory, ends_at=None, defaults={"starts_at": clock.now()}
    )
    if created:
        fact = facts.WatchStarted(territory=territory_key)
        append(journal=JOURNAL, fact=fact, subject=f"centre:{centre.key}", actor=actor)
    return watching


@transaction.atomic
def stop_watching(centre: Centre, territory_key: str, *, actor: str = SYSTEM) -> None:
    """The centre watches the territory no more, from now on."""
    ended = CentreTerritory.objects.filter(centre=centre, territory=territory_key, ends_at=None).update(
        ends_at=clock.now()
    )
    if ended:
        fact = facts.WatchEnded(territory=territory_key)
        append(journal=JOURNAL, fact=fact, subject=f"centre:{centre.key}", actor=actor)


@transaction.atomic
def create_member(
    *,
    email: str,
    display_name: str,
    organisation: Organisation,
    password: str | None = None,
    roles: Collection[str] = (),
    territories: Collection[str] = (),
    centres: Collection[Centre] = (),
    everywhere: bool = False,
    actor: str = SYSTEM,
) -> Member:
    """A member with roles over territories, centres, or the whole installation (`everywhere`).

    Without a password nobody can sign in as this member until an invitation is used. Raises Invalid
    for an address that is not one or is taken, a weak password, an unknown role, a role over nothing.
    """
    if roles and not (territories or centres or everywhere):
        raise Invalid(where="roles", why="a role is held over a territory, a centre, or everywhere")
    address = _free_address(email)
    member = Member(email=address, display_name=display_name.strip() or address, organisation=organisation)
    if password is None:
        member.set_unusable_password()
    else:
        check_password_strength(password, member)
        member.set_password(password)
    member.save()
    fact = facts.MemberCreated(organisation=str(organisation.id))
    append(journal=JOURNAL, fact=fact, subject=member.actor, actor=actor)
    for role in roles:
        for territory in territories:
            give_role(member=member, role=role, territory=territory, actor=actor)
        for centre in centres:
            give_role(member=member, role=role, centre=centre, actor=actor)
        if everywhere:
            give_role(member=member, role=role, actor=actor)
    return member


def _free_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(where="email", why=f"{email!r} is not an e-mail address") from None
    if Member.objects.filter(email=address).exists():
        raise Invalid(where="email", why=f"{address} belongs to a member already")
    return address


def check_password_strength(password: str, member: Member | None = None) -> None:
    """Raises Invalid, with every rule that the password breaks."""
    try:
        validate_password(password, member)
    except ValidationError as weak:
        raise Invalid(where="password", why=" ".join(weak.messages).rstrip(".")) from None


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

    Raises Invalid for an unknown role, two scopes at once, or dates the wrong way round.
    """
    if not Role.objects.filter(key=role).exists():
        raise Invalid(where="role", why=f"{role!r} is not a role")
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
    append(journal=JOURNAL, fact=fact, subject=member.actor, actor=actor)
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
    append(journal=JOURNAL, fact=fact, subject=held.member.actor, actor=actor)


def record_refusal(shut: DoorShut) -> None:
    """Write in the journal that a member was refused. What nobody in particular is refused is not written."""
    if shut.member is None:
        return
    fact = facts.Refusal(
        action=shut.decision.action, reason=shut.decision.reason, territory=shut.territory or ""
    )
    with transaction.atomic():
        append(journal=JOURNAL, fact=fact, subject=shut.member.actor, actor=shut.member.actor)


def record_look(
    *,
    member: Member,
    territory: str,
    action: str,
    subjects: Sequence[str],
    grounds: Grounds = NO_GROUNDS,
) -> None:
    """Write that a member looks at these things, before they are shown: one entry for the group.

    `subjects` as the journal names them (`device:C-08`, `incident:<uuid>`). Durable on return, unless
    the caller holds a transaction of its own: then once that commits.
    """
    if not subjects:
        return
    fact = facts.Looked(
        action=action,
        subjects=sorted(set(subjects)),
        purpose=grounds.purpose,
        requisition=grounds.requisition,
    )
    with transaction.atomic():
        append(
            journal=f"territory:{territory}", fact=fact, subject=f"territory:{territory}", actor=member.actor
        )
