"""Addresses of the API that Django answers; observations, other formats and replies are mounted beside."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from beffroi.api import describing
from beffroi.api.errors import NoSuchOperation, OtherMethod
from beffroi.api.operations import api
from beffroi.api.problems import problem
from beffroi.people import doors

View = Callable[..., HttpResponse]


def _marked(view: View) -> View:
    """An operation checks its token itself; a method that it does not take is answered as every error is."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        refusal = problem(request, OtherMethod(method=request.method))
        refusal["Allow"] = response.headers.get("Allow", "")
        return refusal

    return doors.by_token(answering)


@doors.by_token
@csrf_exempt
def missing(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that is not there: who has no token is not told even that."""
    from beffroi.api.door import ProgramToken
    from beffroi.foundation.errors import BeffroiError

    try:
        ProgramToken()(request)
    except BeffroiError as refusal:
        return problem(request, refusal)
    return problem(request, NoSuchOperation(what=rest))


def _operations() -> list[URLPattern]:
    found = []
    for each in api.urls[0]:
        if each.name == "api-root":
            continue
        each.callback = _marked(each.callback)
        found.append(each)
    return found


app_name = "api"
urlpatterns = [
    path("openapi.json", describing.document, name="openapi"),
    path("docs", describing.page, name="docs"),
    *_operations(),
    path("<path:rest>", missing, name="missing"),
]
