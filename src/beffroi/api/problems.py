"""Errors as RFC 9457 problem details, in the language that the program asks for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from beffroi.api.errors import InvalidRequest, NoSuchOperation, TooOften, UnreadableBody
from beffroi.foundation.errors import BeffroiError
from beffroi.people import actions
from beffroi.people.doors import DoorShut
from beffroi.people.programs import UnknownToken

TYPE = "application/problem+json"
RETRY_S = 60
_MOST_ERRORS = 20


def problem(request: HttpRequest, error: BeffroiError, **more: Any) -> HttpResponse:
    """The answer to an error of the house: its code is stable, its words are for people."""
    told: dict[str, Any] = {
        "type": f"/api/v1/docs#{error.code}",
        "title": error.sentence(gettext(error.message)),
        "status": error.status,
        "instance": request.path,
        "code": error.code,
        **more,
    }
    if error.advice:
        told["detail"] = gettext(error.advice)
    response = JsonResponse(told, status=error.status, content_type=TYPE)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="beffroi"'
    if isinstance(error, TooOften):
        response["Retry-After"] = str(error.fields.get("wait", RETRY_S))
    response["Cache-Control"] = "no-store"
    return response


def _house(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, DoorShut):
        actions.record_refusal(error)
        return problem(request, error, action=error.decision.action, reason=error.decision.reason)
    return problem(request, error)


def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    errors = [
        {"where": ".".join(str(part) for part in each["loc"]), "why": str(each["msg"])[:300]}
        for each in error.errors[:_MOST_ERRORS]
    ]
    return problem(request, InvalidRequest(where="request", why="invalid"), errors=errors)


def _http(request: HttpRequest, error: Any) -> HttpResponse:
    if error.status_code == 400:
        return problem(request, UnreadableBody())
    return problem(request, NoSuchOperation(what=request.path))


def install(api: NinjaAPI) -> None:
    """Let every error of an operation be answered as a problem."""
    api.add_exception_handler(BeffroiError, _house)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(AuthenticationError, lambda request, _error: problem(request, UnknownToken()))
