"""Pages that belong to no phase: the public page, the theme, what is said when a door stays shut."""

from __future__ import annotations

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from beffroi.desks import towns
from beffroi.desks.context import THEME_COOKIE, THEMES
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors

log = logging.getLogger(__name__)
A_YEAR_S = 365 * 86_400


@doors.public
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """What Beffroi watches here and with what, from the rows themselves."""
    return render(request, "desks/public.html", {"towns": towns.installed()})


def _way_back(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else "/"


@doors.public
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme chosen on this browser; no account is needed."""
    chosen = request.POST.get("theme", "")
    response = redirect(_way_back(request))
    if chosen in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            chosen,
            max_age=A_YEAR_S,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: which door stayed shut, and what to do."""
    return _said(request, 403, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing is there, or it may not be known to be there."""
    return _said(request, 404, exception)


def wrong(request: HttpRequest, exception: BeffroiError) -> HttpResponse:
    """Any other error raised on purpose: what is wrong and what to do, with its own status."""
    return _said(request, exception.status, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """500: said without the database, the session or the context: any of them may be what failed."""
    from django.template.loader import render_to_string

    return HttpResponse(render_to_string("desks/broken.html"), status=500)


def sentence(error: BeffroiError) -> str:
    """An error's message in the reader's language, its fields filled in."""
    kept = error.fields
    told = {**kept, **{name: _(str(kept[name])) for name in ("where", "why") if kept.get(name)}}
    return _(error.message).format(**told)


def _said(request: HttpRequest, status: int, exception: Exception | None) -> HttpResponse:
    why = sentence(exception) if isinstance(exception, BeffroiError) else ""
    advice = _(exception.advice) if isinstance(exception, BeffroiError) and exception.advice else ""
    context = {"why": why, "advice": advice, "status": status}
    template = {403: "refused", 404: "not_found"}.get(status, "wrong")
    return render(request, f"desks/{template}.html", context, status=status)
