"""Programs that use the API: made with scopes, a reach and an end; known by one token, shown once.

A program is an account without a person: it holds a role a scope, so the same doors decide for it as for
members, and the journal names it as it names them. Nobody signs in as one.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError, Invalid, NotFound
from beffroi.foundation.identifiers import uuid7
from beffroi.people import facts
from beffroi.people.accounts import close_member
from beffroi.people.entries import SYSTEM, append
from beffroi.people.grants import give_role
from beffroi.people.models import Centre, Member, Organisation, Program, RoleHeld

#: Scope → the role that a program holds for it (data/rights.toml says which actions it opens).
SCOPES = {
    "incidents:read": "program_incidents_read",
    "incidents:write": "program_incidents_write",
    "units:read": "program_units_read",
    "positions:write": "program_positions_write",
    "devices:read": "program_devices_read",
    "oncall:read": "program_oncall_read",
    "events:read": "program_events_read",
}
PREFIX = "bfr_"
LONGEST = timedelta(days=365)
_TOKEN_LONGEST = 100
_NAME_LONGEST = 120
_USED_EVERY = timedelta(minutes=1)


class UnknownToken(BeffroiError):
    """No program holds this token, or it was revoked."""

    code = "api.unknown_token"
    message = "No program is known by this token."
    advice = "Send `Authorization: Bearer TOKEN`, never in the address; an administrator makes tokens."
    status = 401


class TokenExpired(BeffroiError):
    """The token's time is over."""

    code = "api.token_expired"
    message = "This token ended on {day}."
    advice = "Ask the administrator to renew it: `beffroi token renew`."
    status = 401


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A program with its token, which is nowhere else and cannot be shown again."""

    member: Member
    token: str
    expires_at: datetime


def _token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_program(
    *,
    name: str,
    organisation: Organisation,
    scopes: Collection[str],
    days: int,
    territories: Collection[str] = (),
    centres: Collection[Centre] = (),
    actor: str = SYSTEM,
) -> Entrusted:
    """A program that may do what `scopes` say, over territories or what centres watch, for `days` (1 to 365).

    Raises Invalid for a name that is empty or taken by a live program, an unknown scope, no reach.
    """
    said, wanted = name.strip(), sorted(set(scopes))
    _check(said, wanted, days, bool(territories or centres))
    now = clock.now()
    expires = now + timedelta(days=days)
    # A name that no mail reaches (RFC 2606): the table asks for an address, and nobody writes to a program.
    member = Member(email=f"{uuid7().hex}@program.invalid", display_name=said, organisation=organisation)
    member.set_unusable_password()
    member.save()
    token = _token()
    Program.objects.create(
        member=member, scopes=wanted, token_hash=_hash(token), made_at=now, renewed_at=now, expires_at=expires
    )
    for scope in wanted:
        for territory in sorted(set(territories)):
            give_role(member=member, role=SCOPES[scope], territory=territory, ends_at=expires, actor=actor)
        for centre in centres:
            give_role(member=member, role=SCOPES[scope], centre=centre, ends_at=expires, actor=actor)
    fact = facts.ProgramMade(organisation=str(organisation.id), scopes=wanted, expires_at=expires.isoformat())
    append(fact=fact, subject=member.actor, actor=actor)
    return Entrusted(member, token, expires)


def _check(name: str, scopes: Collection[str], days: int, reaches: bool) -> None:
    if not name or len(name) > _NAME_LONGEST:
        raise Invalid(where="name", why=f"must hold 1 to {_NAME_LONGEST} characters")
    if Program.objects.filter(member__display_name=name, revoked_at=None).exists():
        raise Invalid(where="name", why=f"there is a program called {name} already")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        said = ", ".join(unknown) or "nothing"
        raise Invalid(where="scopes", why=f"{said} is not one of {', '.join(SCOPES)}")
    _check_days(days)
    if not reaches:
        raise Invalid(where="reach", why="a program reaches named territories or centres")


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST.days:
        raise Invalid(where="days", why=f"a token lasts 1 to {LONGEST.days} days")


@transaction.atomic
def renew(*, program: Program, days: int, actor: str = SYSTEM) -> Entrusted:
    """Another token for the same program, for `days` from now; the former one ends at once.

    Raises Invalid for a revoked program.
    """
    _check_days(days)
    row = Program.objects.select_for_update().select_related("member").get(pk=program.pk)
    if row.revoked_at is not None:
        raise Invalid(where="program", why="it was revoked: make another one")
    token, now = _token(), clock.now()
    expires = now + timedelta(days=days)
    RoleHeld.objects.filter(member=row.member, ends_at=row.expires_at).update(ends_at=expires)
    row.token_hash, row.renewed_at, row.expires_at = _hash(token), now, expires
    row.save(update_fields=["token_hash", "renewed_at", "expires_at"])
    fact = facts.ProgramRenewed(expires_at=expires.isoformat())
    append(fact=fact, subject=row.member.actor, actor=actor)
    return Entrusted(row.member, token, expires)


@transaction.atomic
def revoke(*, program: Program, actor: str = SYSTEM) -> None:
    """End a program: its next request is refused. Safe to repeat."""
    row = Program.objects.select_for_update().select_related("member").get(pk=program.pk)
    if row.revoked_at is not None:
        return
    row.revoked_at = clock.now()
    row.save(update_fields=["revoked_at"])
    close_member(member=row.member, actor=actor)
    append(fact=facts.ProgramRevoked(), subject=row.member.actor, actor=actor)


def by_token(token: str) -> Program:
    """The live program that holds a token, its use noted. Raises UnknownToken, TokenExpired."""
    if not token.startswith(PREFIX) or len(token) > _TOKEN_LONGEST:
        raise UnknownToken
    wanted = _hash(token)
    row = Program.objects.select_related("member").filter(token_hash=wanted).first()
    if row is None or not hmac.compare_digest(row.token_hash, wanted):
        raise UnknownToken
    if row.revoked_at is not None or not row.member.is_active:
        raise UnknownToken
    now = clock.now()
    if row.expires_at <= now:
        raise TokenExpired(day=f"{row.expires_at:%Y-%m-%d}")
    if row.last_used_at is None or now - row.last_used_at > _USED_EVERY:
        Program.objects.filter(pk=row.pk).update(last_used_at=now)
    return row


def program(identifier: str) -> Program:
    """A program by its identifier or by the name of a live one. Raises NotFound."""
    rows = Program.objects.select_related("member", "member__organisation")
    found = rows.filter(member__display_name=identifier, revoked_at=None).first()
    if found is None:
        with suppress(ValueError):
            found = rows.filter(pk=UUID(identifier)).first()
    if found is None:
        raise NotFound(what=f"program {identifier[:80]}")
    return found


def programs() -> list[Program]:
    """Every program, live ones first, by name."""
    rows = Program.objects.select_related("member", "member__organisation")
    return sorted(rows, key=lambda each: (each.revoked_at is not None, each.member.display_name))


def reach_of(row: Program) -> list[str]:
    """Where a program's roles reach: territories, and centres as `centre:KEY`."""
    held = RoleHeld.objects.filter(member=row.member_id)
    return sorted({each.territory_id or f"centre:{each.centre_id}" for each in held})


def ends() -> dict[str, datetime]:
    """When the token of each program that was not revoked ends, by name."""
    rows = Program.objects.filter(revoked_at=None).order_by("member__display_name")
    return dict(rows.values_list("member__display_name", "expires_at"))
