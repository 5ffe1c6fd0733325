"""The session of a bare ASGI application: whose it is, and what they may reach."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections, connection
from django.http import HttpRequest

from beffroi.people import actions, decisions, session_life
from beffroi.people.decisions import Decision, DoorShut
from beffroi.people.models import Member


@dataclass(frozen=True, slots=True)
class Admission:
    """Who came in, and the territories in which they may do what they asked."""

    member: Member
    territories: frozenset[str]


async def member_of_scope(scope: MutableMapping[str, Any]) -> Member | None:
    """The member whose session an ASGI scope carries, or None.

    None too for a closed account, an ended session, and while an obligatory second factor is not set up.
    """
    return await sync_to_async(_member)(_session_key(scope))


async def admit(scope: MutableMapping[str, Any], action: str) -> Admission:
    """Let the scope's member in to do `action`, in at least one territory.

    Raises DoorShut (recorded when a member is refused). A long stream calls this again every few
    seconds: a role ended, an account closed or a session left shuts it then.
    """
    return await sync_to_async(_admit)(_session_key(scope), action)


def _admit(key: str, action: str) -> Admission:
    member = _member(key)
    if member is None:
        raise DoorShut(Decision(False, "people.not_signed_in", (), action))
    territories = decisions.territories_for(member, action)
    if not territories:
        shut = DoorShut(decisions.decide_somewhere(member, action), member)
        actions.record_refusal(shut)
        raise shut
    return Admission(member, territories)


def _session_key(scope: MutableMapping[str, Any]) -> str:
    for name, value in scope.get("headers", ()):
        if name == b"cookie":
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                return ""
            found = cookies.get(settings.SESSION_COOKIE_NAME)
            return found.value if found else ""
    return ""


def _member(key: str) -> Member | None:
    if not key:
        return None
    if not connection.in_atomic_block:
        close_old_connections()  # outside Django's request cycle nobody else renews them
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if session_life.is_over(request.session):
        return None
    if not isinstance(user, Member) or not user.is_active or decisions.needs_second_factor(user):
        return None
    return user
