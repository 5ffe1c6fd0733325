"""The door of the witness for other installations, and the page of witnesses."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from beffroi.desks.duty.words import said
from beffroi.desks.oversight import words
from beffroi.journal import keys as journal_keys
from beffroi.journal import notes
from beffroi.people import doors
from beffroi.trust.witnesses import actions, keys, models, queries
from beffroi.trust.witnesses.alone.judging import Refused, read_note

ACTION = "journal.witness"
_LARGEST = 1_048_576
_STATUS = {"malformed": 400, "unknown": 404}
_MOST = 1_000
#: Refusals of a head that a trusted key signed: who sent it may know where a proof must start.
_SIGNED = {"old", "base", "epoch", "cut", "fork", "rewritten", "hidden"}


@doors.public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Take the head of another installation (POST), or tell who this witness is (GET).

    Public: a head is taken only when a key that was trusted by another way signed it.
    """
    if request.method == "GET":
        public = keys.key().public_key().public_bytes_raw()
        told = {"name": keys.name(), "key": public.hex(), "fingerprint": notes.fingerprint(public)}
        return JsonResponse(told)
    try:
        if int(request.headers.get("Content-Length") or 0) > _LARGEST:
            return JsonResponse({"code": "malformed", "why": "it is too long"}, status=413)
        proposal = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"code": "malformed", "why": "this is not JSON"}, status=400)
    try:
        return JsonResponse(actions.take(proposal))
    except Refused as refusal:
        body = {"code": refusal.code, "why": str(refusal), "grave": refusal.grave}
        if refusal.code in _SIGNED:
            body |= _position(proposal)
        return JsonResponse(body, status=_STATUS.get(refusal.code, 409))


def _position(proposal: Any) -> dict[str, Any]:
    """Where a proof for this journal must start: the heads kept of it."""
    try:
        kept = queries.kept(read_note(proposal["checkpoint"]).log)
    except (Refused, TypeError, KeyError, AttributeError):
        return {}
    return {"heads": [[each.epoch, each.size] for each in kept[-_MOST:]]}


@doors.door(ACTION)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who keeps our heads, whose heads we keep, and what was found wrong."""
    rows = queries.witnesses()
    context = {
        "witnesses": [(row, queries.standings(row)) for row in rows],
        "refusals": [
            (each, said(words.REFUSED, each.code))
            for each in models.Refusal.objects.select_related("witness").order_by("-at")[:50]
        ],
        "logs": queries.logs(),
        "proofs": [
            (each, said(words.REFUSED, each.code))
            for each in models.Proof.objects.select_related("installation").order_by("-at")[:50]
        ],
        "fingerprint": notes.spoken(journal_keys.current().fingerprint),
        "place_title": gettext("Oversight"),
    }
    return render(request, "desks/oversight/witnesses.html", context)
