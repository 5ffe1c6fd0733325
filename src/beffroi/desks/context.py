"""What every page knows: who reads, in which theme, which desks are open to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from beffroi.people import doors

THEMES = ("system", "dark", "light")
THEME_COOKIE = "beffroi_theme"


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that exists and that the reader may open; `here` when the page is one of its own."""

    name: str
    url: str
    icon: str
    here: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """One time of the act, with its desks."""

    key: str
    name: str
    desks: tuple[Desk, ...]


def theme_of(request: HttpRequest) -> str:
    """The theme chosen, `system` where none was."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "system"


def phases(request: HttpRequest) -> list[Phase]:
    """Before, during, after: only those with a desk that the reader may open."""
    member = request.user
    if not member.is_authenticated:
        return []
    before = [Desk(_("Report"), reverse("report"), "megaphone")] if _may(member, "signal.report") else []
    during = [Desk(_("Duty desk"), reverse("duty"), "shield-alert")] if _may(member, "duty.view") else []
    if not during and _may(member, "oncall.view"):
        during = [Desk(_("On call"), reverse("oncall"), "phone-call")]
    if _may(member, "field.crew"):
        during.append(Desk(_("Field"), reverse("field"), "footprints"))
    if _may(member, "crisis.view"):
        during.append(Desk(_("Crisis"), reverse("crisis"), "siren"))
    found = [
        Phase(key, name, tuple(replace(desk, here=request.path.startswith(desk.url)) for desk in desks))
        for key, name, desks in (("b", _("Before"), before), ("d", _("During"), during))
    ]
    return [phase for phase in found if phase.desks]


def _may(member: Any, action: str) -> bool:
    return bool(doors.territories_for(member, action))


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every template; nothing is asked of the database before it is used."""
    return {
        "theme": theme_of(request),
        "phases": lambda: phases(request),
        "acting_open": lambda: request.user.is_authenticated and _may(request.user, "acting.command"),
        "wall_open": lambda: request.user.is_authenticated and _may(request.user, "camera.look"),
        "looks_open": lambda: request.user.is_authenticated and _may(request.user, "look.view"),
        "oncall_open": lambda: request.user.is_authenticated and _may(request.user, "oncall.view"),
        "conventions_open": lambda: request.user.is_authenticated and _may(request.user, "convention.view"),
        "rights_open": lambda: request.user.is_authenticated and _may(request.user, "rights.view"),
        "oversight_open": lambda: request.user.is_authenticated and _may(request.user, "order.view"),
        "witnesses_open": lambda: (
            request.user.is_authenticated and doors.decide_somewhere(request.user, "journal.witness").allowed
        ),
        "retention_open": lambda: request.user.is_authenticated and _may(request.user, "retention.view"),
        "registers_open": lambda: request.user.is_authenticated and _may(request.user, "register.view"),
        "unusual_open": lambda: request.user.is_authenticated and _may(request.user, "unusual.view"),
        "programs_open": lambda: (
            request.user.is_authenticated and doors.decide(request.user, "program.manage").allowed
        ),
    }
