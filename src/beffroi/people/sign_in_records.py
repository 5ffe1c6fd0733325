"""Sign-ins in the journal: who came, who left, who failed; addresses only as salted hashes."""

from __future__ import annotations

import hmac
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from beffroi.journal.facts import Fact
from beffroi.people import facts, queries, session_life
from beffroi.people.entries import SYSTEM, append
from beffroi.people.models import Member

_HASH_DIGITS = 16


def salted(text: str) -> str:
    """A short hash of `text` that only this installation's salt can make again."""
    installation = queries.installation()
    salt = bytes(installation.salt) if installation else settings.SECRET_KEY.encode()
    return hmac.new(salt, text.strip().lower().encode(), "sha256").hexdigest()[:_HASH_DIGITS]


def origin_of(request: HttpRequest | None) -> str:
    """The salted hash of the network address that a request comes from ('' where it has none)."""
    if request is None or not request.META.get("REMOTE_ADDR"):
        return ""
    return salted(get_adapter(request).get_client_ip(request))


def record_failure(request: HttpRequest | None, address: str, step: str) -> None:
    """A sign-in that failed at `step`: of a member, or of an address that belongs to none."""
    member = Member.objects.filter(email=address.strip().lower()).first()
    account = "" if member else salted(address)
    fact = facts.SignInFailed(origin=origin_of(request), step=step, account=account)
    _write(fact, member.actor if member else "sign_in", SYSTEM)


def _write(fact: Fact, subject: str, actor: str) -> None:
    with transaction.atomic():
        append(fact=fact, subject=subject, actor=actor)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: Member, **_: Any) -> None:
    session_life.begin(request.session)
    steps = request.session.get("account_authentication_methods", [])
    second = any(step.get("method") == "mfa" for step in steps)
    _write(facts.SignedIn(origin=origin_of(request), second_factor=second), user.actor, user.actor)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: Member | None, **_: Any) -> None:
    if user is not None:
        _write(facts.SignedOut(), user.actor, user.actor)


@receiver((password_changed, password_reset, password_set))
def _password_changed(request: HttpRequest, user: Member, **_: Any) -> None:
    _write(facts.PasswordChanged(), user.actor, user.actor)


@receiver(authenticator_added)
def _factor_added(request: HttpRequest, user: Member, authenticator: Any, **_: Any) -> None:
    _write(facts.SecondFactorSet(kind=str(authenticator.type)), user.actor, user.actor)


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: Member, authenticator: Any, **_: Any) -> None:
    _write(facts.SecondFactorRemoved(kind=str(authenticator.type)), user.actor, user.actor)


@receiver(authentication_failed)
def _code_failed(request: HttpRequest, user: Member, **_: Any) -> None:
    record_failure(request, user.email, "second_factor")
