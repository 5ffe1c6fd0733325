"""Reads of people."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from beffroi.foundation import clock
from beffroi.foundation.errors import NotFound
from beffroi.people.catalogue import catalogue
from beffroi.people.conventions import reach
from beffroi.people.methods.policy_book import PolicyBook
from beffroi.people.methods.rights import Grant, Rights, Share, Watch
from beffroi.people.models import CentreTerritory, Installation, KnownTerritory, Member, RoleHeld

POLICIES = Path(__file__).parent / "policies"


@lru_cache(maxsize=1)
def policy_book() -> PolicyBook:
    """This version's policies, parsed once a process; those of conventions join as they are met."""
    return fresh_book()


def fresh_book() -> PolicyBook:
    """A book of its own, for trying a draft: what it learns, no door knows."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(POLICIES.glob("*.cedar"))]
    return PolicyBook(texts, catalogue().roles)


def rights_of(member: Member, at: datetime | None = None) -> Rights:
    """What the database says of a member, from `at` (now) on: four queries, five for a role over a centre,
    six for one over everything, one more when a convention is met for the first time by this process."""
    held = RoleHeld.objects.filter(member=member)
    grants = tuple(
        Grant(
            each.role_id, each.scope, each.centre_id or each.territory_id or "", each.starts_at, each.ends_at
        )
        for each in held
    )
    everywhere = any(each.scope == "installation" for each in grants)
    watches = CentreTerritory.objects.all()
    if not everywhere:
        watches = watches.filter(centre__in=[each.key for each in grants if each.scope == "centre"])
    watched = tuple(Watch(w.centre_id, w.territory_id, w.starts_at, w.ends_at) for w in watches)
    known = KnownTerritory.objects.values_list("key", flat=True) if everywhere else ()
    named = {each.key for each in grants if each.scope == "territory"} | {w.territory for w in watched}
    return Rights(
        member=member.id,
        organisation=str(member.organisation_id),
        active=member.is_active,
        grants=grants,
        watches=watched,
        known=frozenset(known),
        foreign=_foreign(member, None if everywhere else named),
        across=frozenset(role.key for role in catalogue().roles.values() if role.across),
        shares=_shares(member, at or clock.now()) if grants else (),
        zone=settings.TIME_ZONE,
    )


def _foreign(member: Member, named: set[str] | None) -> frozenset[str]:
    """Of these territories (None: of all), those for which another organisation answers."""
    if named is not None and not named:
        return frozenset()
    asked = Q() if named is None else Q(key__in=named)
    others = KnownTerritory.objects.filter(asked).exclude(organisation=None)
    return frozenset(others.exclude(organisation=member.organisation_id).values_list("key", flat=True))


def _shares(member: Member, at: datetime) -> tuple[Share, ...]:
    """What conventions open to the member's organisation, the book knowing their policies."""
    shares = reach.shares_of(member.organisation_id, at)
    book = policy_book()
    unknown = book.unknown(each.convention for each in shares)
    if unknown:
        for name, text in reach.texts(unknown).items():
            book.learn(name, text)
    return shares


def installation() -> Installation | None:
    """The installation, where it was created already."""
    return Installation.objects.filter(id=1).first()


def is_exercise() -> bool:
    """Whether this installation is an exercise or a demonstration."""
    return Installation.objects.filter(id=1, exercise=True).exists()


def member_by_email(email: str) -> Member:
    """The member with this address. Raises NotFound."""
    try:
        return Member.objects.get_by_natural_key(email.strip())
    except Member.DoesNotExist:
        raise NotFound(what=f"member {email}") from None


def names_of(actors: set[str]) -> dict[str, str]:
    """Names shown for the journal's actors `member:<uuid>`; those unknown are left out."""
    ids = {UUID(actor.removeprefix("member:")) for actor in actors if actor.startswith("member:")}
    found = Member.objects.filter(id__in=ids).values_list("id", "display_name")
    return {f"member:{identifier}": name for identifier, name in found}


def has_second_factor(member: Member) -> bool:
    """Whether a one-time-code generator is set up."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user=member, type=Authenticator.Type.TOTP).exists()


def roles_in_words(member: Member, *, english: bool) -> list[tuple[str, str]]:
    """The roles that a member holds now, each with where: ('Opérateur …', 'redon'); '' is everywhere."""
    now = clock.now()
    held = RoleHeld.objects.filter(member=member, starts_at__lte=now).exclude(ends_at__lte=now)
    rows = held.select_related("role").order_by("role_id", "scope", "territory_id", "centre_id")
    return [
        (each.role.name_en if english else each.role.name_fr, each.territory_id or each.centre_id or "")
        for each in rows
    ]


def roles_held(member: Member) -> list[RoleHeld]:
    """What the member holds now or from some later day on."""
    return list(RoleHeld.objects.filter(member=member).exclude(ends_at__lte=clock.now()).order_by("role_id"))


def role_keys(member: Member) -> list[tuple[str, str]]:
    """Keys of the roles held and where, as ('operator', 'territory:redon')."""
    return [
        (held.role_id, f"{held.scope}:{key}" if (key := held.territory_id or held.centre_id) else held.scope)
        for held in roles_held(member)
    ]
