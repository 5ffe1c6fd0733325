"""`/api/v1/openapi.json` and `/api/v1/docs`: what the API takes and answers, open to all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beffroi.api import contract, pages
from beffroi.people import doors


@doors.public
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    response = JsonResponse(contract.document(), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/openapi+json;version=3.1"
    return response


@doors.public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The same for people, in their language."""
    return render(request, "api/docs.html", {"groups": pages.groups(), "errors": pages.errors()})
