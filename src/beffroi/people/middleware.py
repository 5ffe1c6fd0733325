"""Between the web and the views: the headers of every answer, and no view without a door."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse

from beffroi.foundation.errors import BeffroiError
from beffroi.people import actions
from beffroi.people.decisions import Decision, DoorShut
from beffroi.people.headers import SECURITY_HEADERS
from beffroi.people.marks import mark_of
from beffroi.people.views_door import wants_page

Handler = Callable[[HttpRequest], Any]


class _Middleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.awaits = iscoroutinefunction(get_response)
        if self.awaits:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.awaits:
            return self._await(request)
        return self.leaving(request, self.get_response(request))

    async def _await(self, request: HttpRequest) -> HttpResponse:
        return self.leaving(request, await self.get_response(request))

    def leaving(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """What is added to an answer."""
        return response


class SecurityHeaders(_Middleware):
    """Puts the security headers on every answer, and keeps pages of members out of shared caches."""

    def leaving(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        for name, value in SECURITY_HEADERS:
            response.headers.setdefault(name, value)
        user = getattr(request, "_cached_user", None)  # not `request.user`: static files need no session
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Doors(_Middleware):
    """Refuses views that carry no mark, and writes down every refusal of a member. Comes last."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Default deny: a view that nobody put a door on stays shut."""
        if mark_of(view) is not None:
            return None
        member = request.user if request.user.is_authenticated else None
        name = f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"
        shut = DoorShut(Decision(False, "people.no_door", (), name), member)
        answer = self.process_exception(request, shut)
        if answer is None:
            raise PermissionDenied(shut.sentence())
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal goes to the journal; programs get it as JSON, pages are the desks' to render."""
        if isinstance(exception, DoorShut):
            actions.record_refusal(exception)
        part = bool(request.headers.get("HX-Request"))
        if isinstance(exception, BeffroiError) and not part and not wants_page(request):
            return JsonResponse(exception.as_dict(), status=exception.status)
        return None
