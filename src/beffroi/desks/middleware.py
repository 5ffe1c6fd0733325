"""An error of the house that reaches the edge of a view is said on a page, with its status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from beffroi.desks import pages
from beffroi.foundation.errors import BeffroiError, NotFound, Refused


class Said:
    """Turns BeffroiError into a page (or, for a part of a page, into its sentence)."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)  # an answer, or what awaits one: nothing is changed on the way

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for what the house refuses on purpose; anything else is Django's to report."""
        if not isinstance(exception, BeffroiError):
            return None
        if request.headers.get("HX-Request"):
            said = {"sentence": pages.sentence(exception)}
            return render(request, "desks/said.html", said, status=exception.status)
        if isinstance(exception, Refused):
            return pages.refused(request, exception)
        if isinstance(exception, NotFound):
            return pages.not_found(request, exception)
        return pages.wrong(request, exception)
