"""Members: made, invited, given another second factor, closed."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from beffroi.foundation import clock
from beffroi.foundation.errors import Invalid
from beffroi.people import facts
from beffroi.people.decisions import forget_rights
from beffroi.people.entries import SYSTEM, append
from beffroi.people.grants import end_role, give_role
from beffroi.people.models import Centre, Member, Organisation, Program, RoleHeld


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
    append(fact=fact, subject=member.actor, actor=actor)
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


def is_program(member: Member) -> bool:
    """Whether an account is a program's: it has a token and never a password."""
    return Program.objects.filter(member=member).exists()


@transaction.atomic
def invite(*, member: Member, actor: str = SYSTEM) -> str:
    """The path of a link with which the member chooses a password: once, within the time set for it.

    Raises Invalid for a closed account.
    """
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    if not member.is_active:
        raise Invalid(where="member", why="this account is closed")
    if is_program(member):
        raise Invalid(where="member", why="nobody signs in as a program")
    key = default_token_generator.make_token(member)
    values = {"uidb36": user_pk_to_url_str(member), "key": key}
    append(fact=facts.InvitationMade(), subject=member.actor, actor=actor)
    return reverse("account_reset_password_from_key", kwargs=values)


@transaction.atomic
def set_password(*, member: Member, password: str, actor: str = SYSTEM) -> None:
    """Set a member's password; every session of theirs ends. Raises Invalid when it is weak."""
    check_password_strength(password, member)
    if is_program(member):
        raise Invalid(where="member", why="nobody signs in as a program")
    member.set_password(password)
    member.save(update_fields=["password"])
    append(fact=facts.PasswordChanged(), subject=member.actor, actor=actor)


@transaction.atomic
def close_member(*, member: Member, actor: str = SYSTEM) -> None:
    """End every role of a member, now; nobody signs in as them any more. The journal keeps its actor."""
    for held in RoleHeld.objects.filter(member=member).exclude(ends_at__lte=clock.now()):
        end_role(held=held, actor=actor)
    member.is_active = False
    member.set_unusable_password()
    member.save(update_fields=["is_active", "password"])
    forget_rights(member)
    append(fact=facts.MemberClosed(), subject=member.actor, actor=actor)


@transaction.atomic
def reset_second_factor(*, member: Member, actor: str = SYSTEM) -> int:
    """Take a member's second factors away (a phone lost); returns how many there were."""
    from allauth.mfa.models import Authenticator

    removed = list(Authenticator.objects.filter(user=member))
    for authenticator in removed:
        authenticator.delete()
    for authenticator in removed:
        fact = facts.SecondFactorRemoved(kind=str(authenticator.type))
        append(fact=fact, subject=member.actor, actor=actor)
    return len(removed)
