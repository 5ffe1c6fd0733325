"""Doors of Django's views: decorators that ask before the view runs, sync or async."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext

from beffroi.people import decisions, session_life
from beffroi.people.catalogue import catalogue
from beffroi.people.decisions import Decision, DoorShut
from beffroi.people.grounds import NO_GROUNDS, Grounds

View = Callable[..., Any]
TerritoryOf = Callable[..., str]
GroundsOf = Callable[[HttpRequest], Grounds]


def door(
    action: str, *, of: TerritoryOf | None = None, grounds: GroundsOf | None = None
) -> Callable[[View], View]:
    """Only for who may do `action`.

    Where: `of(**url_kwargs)` gives the territory of the thing asked for (raise NotFound where there is
    none); else the URL's `territory`, else every `?territory=`, else anywhere at all: such a view lists
    with `territories_for` and opens each object's own door. `grounds(request)` reads the grounds given.
    Raises KeyError when the action is not in the catalogue, at import.
    """
    at = catalogue().actions[action].at

    def check(request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponse | None:
        answer = _answer_without_member(request, before_second_factor=False)
        if answer is not None:
            return answer
        territories = [None] if at == "installation" else _territories(request, kwargs, of)
        given = grounds(request) if grounds else NO_GROUNDS
        if not territories:
            _shut_unless(decisions.decide_somewhere(request.user, action), request, None)
        for territory in territories:
            _shut_unless(
                decisions.decide(request.user, action, territory=territory, grounds=given), request, territory
            )
        return None

    def decorate(view: View) -> View:
        guarded = _guarded(view, check)
        guarded.door = action  # type: ignore[attr-defined] - the mark
        return guarded

    return decorate


def signed_in(view: View | None = None, *, before_second_factor: bool = False) -> Any:
    """For any member: their own account. `before_second_factor`: also while one is still to be set up."""

    def check(request: HttpRequest, kwargs: Mapping[str, Any]) -> HttpResponse | None:
        return _answer_without_member(request, before_second_factor=before_second_factor)

    def decorate(inner: View) -> View:
        guarded = _guarded(inner, check)
        guarded.signed_in = True  # type: ignore[attr-defined] - the mark
        return guarded

    return decorate if view is None else decorate(view)


def _guarded(view: View, check: Callable[[HttpRequest, Mapping[str, Any]], HttpResponse | None]) -> View:
    if iscoroutinefunction(view):

        @wraps(view)
        async def ask_then_await(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            answer = await sync_to_async(check)(request, kwargs)
            # The same member for `await request.auser()`: their rights are read already.
            request._acached_user = getattr(request.user, "_wrapped", request.user)  # type: ignore[attr-defined]
            return answer if answer is not None else await view(request, *args, **kwargs)

        return ask_then_await

    @wraps(view)
    def ask_then_run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = check(request, kwargs)
        return answer if answer is not None else view(request, *args, **kwargs)

    return ask_then_run


def _territories(request: HttpRequest, kwargs: Mapping[str, Any], of: TerritoryOf | None) -> list[str | None]:
    if of is not None:
        return [of(**kwargs)]
    if "territory" in kwargs:
        return [str(kwargs["territory"])]
    return [key for key in request.GET.getlist("territory") if key]


def _shut_unless(decision: Decision, request: HttpRequest, territory: str | None) -> None:
    if not decision.allowed:
        raise DoorShut(decision, request.user, territory)  # type: ignore[arg-type] - a member by now


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page (else a program, a stream or a part of a page)."""
    if request.path.startswith("/api/") or request.headers.get("HX-Request"):
        return False
    accepted = request.headers.get("Accept", "*/*")
    return "text/html" in accepted or "*/*" in accepted


def _answer_without_member(request: HttpRequest, *, before_second_factor: bool) -> HttpResponse | None:
    """What is answered to whom no door can be asked for: nobody signed in, or no second factor yet."""
    if request.user.is_authenticated and session_life.is_over(request.session):
        logout(request)
    if not request.user.is_authenticated:
        return _go(request, 401, "people.not_signed_in", reverse("account_login"))
    if not before_second_factor and decisions.needs_second_factor(request.user):  # type: ignore[arg-type]
        return _go(request, 403, "people.second_factor_needed", reverse("mfa_activate_totp"))
    return None


def _go(request: HttpRequest, status: int, code: str, where: str) -> HttpResponse:
    if request.method in ("GET", "HEAD") and wants_page(request):
        where = f"{where}?{urlencode({'next': request.get_full_path()})}"
    if wants_page(request):
        return HttpResponseRedirect(where)
    message = gettext(decisions.reasons.WORDS[code])
    response = JsonResponse({"code": code, "message": message}, status=status)
    if request.headers.get("HX-Request"):
        response["HX-Redirect"] = where
    return response
