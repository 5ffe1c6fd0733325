"""What the rota's forms say, read into values before the room sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from beffroi.during.oncall.errors import BadContact, BadLine
from beffroi.foundation.settings import current
from beffroi.people.models import Member

Form = Mapping[str, str]


def member_in(form: Form, *, may_be_nobody: bool = False) -> Member | None:
    """The member that a form names. Raises BadLine."""
    given = form.get("member", "")
    if may_be_nobody and given == "nobody":
        return None
    try:
        return Member.objects.get(pk=UUID(given), is_active=True)
    except (ValueError, Member.DoesNotExist):
        raise BadLine(where=gettext("member"), why=gettext("choose somebody of the list")) from None


def number_in(form: Form, name: str, *, empty: int | None = None) -> int | None:
    """A whole number, `empty` where nothing was given. Raises BadLine."""
    given = form.get(name, "").strip()
    if not given:
        return empty
    if not given.isdecimal() or len(given) > 6:
        raise BadLine(where=name, why=gettext("is not a whole number"))
    return int(given)


def time_in(form: Form, name: str) -> time:
    """A time of day. Raises BadLine."""
    try:
        return time.fromisoformat(form.get(name, ""))
    except ValueError:
        raise BadLine(where=name, why=gettext("is not a time of day")) from None


def date_in(form: Form, name: str) -> date | None:
    """A day, None where nothing was given. Raises BadLine."""
    given = form.get(name, "").strip()
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise BadLine(where=name, why=gettext("is not a date")) from None


def instant_in(form: Form, name: str) -> datetime:
    """An instant, typed as the wall clock of the installation. Raises BadLine."""
    try:
        return datetime.fromisoformat(form.get(name, "")).replace(tzinfo=ZoneInfo(current().time_zone))
    except ValueError:
        raise BadLine(where=name, why=gettext("is not a date and a time")) from None


def channels_in(form: Form) -> list[str]:
    """The channels in the order chosen."""
    return [each for place in "123" if (each := form.get(f"channel{place}", ""))]


def uuid_in(form: Form, name: str) -> UUID:
    """An identifier that a form carries. Raises BadContact."""
    try:
        return UUID(form.get(name, ""))
    except ValueError:
        raise BadContact(where=name, why=gettext("is not an identifier")) from None
