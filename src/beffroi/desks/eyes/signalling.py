"""Signalling of images that go straight from the media server to a browser: the offer in, the answer out."""

from __future__ import annotations

import asyncio
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from beffroi.desks.duty.views import ACTION, member_of
from beffroi.eyes import straight, whep
from beffroi.eyes.whep_errors import BadOffer
from beffroi.foundation.errors import BeffroiError
from beffroi.people import doors

SDP = "application/sdp"


@doors.door(ACTION)
@require_http_methods(["POST", "DELETE"])
def session(request: HttpRequest, look: UUID) -> HttpResponse:
    """Hand a browser's offer for the member's own look on to the media server; or end that session."""
    member = member_of(request)
    if request.method == "DELETE":
        straight.drop(member=member, look=look)
        return HttpResponse(status=204)
    try:
        offer = _offer(request)
        place = straight.place_for(member=member, look=look, offer=offer)
        begun = asyncio.run(whep.begin(place, offer))
        straight.keep(look=look, session=begun.session)
    except BeffroiError as refusal:
        # To a script, which then takes the image the other way: a code, no page.
        return HttpResponse(refusal.code, status=refusal.status, content_type="text/plain")
    return HttpResponse(begun.answer, status=201, content_type=SDP)


def _offer(request: HttpRequest) -> bytes:
    """What the browser offers. Raises BadOffer."""
    if request.content_type != SDP:
        raise BadOffer(where="offer", why=f"it is not {SDP}")
    return request.body
