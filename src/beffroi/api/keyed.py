"""Changes under an Idempotency-Key: done once however often they are sent; the answer is kept for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from beffroi.api.door import member_of
from beffroi.api.errors import KeyNeeded, KeyReused
from beffroi.api.models import KeptAnswer
from beffroi.foundation import clock

_KEY_LONGEST = 200

Answer = tuple[dict[str, Any], str]


def once(request: HttpRequest, response: HttpResponse, work: Callable[[], Answer]) -> dict[str, Any]:
    """What `work` answers (a body and its ETag), or what it answered before under the same key.

    The change and its answer are one transaction: killed between the two, neither is there.
    Raises KeyNeeded, KeyReused, and what `work` raises (then nothing is kept: it may be sent again).
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > _KEY_LONGEST or not key.isprintable():
        raise KeyNeeded
    asked = f"{request.method} {request.path}\n".encode() + request.body
    digest = hashlib.sha256(asked).hexdigest()
    body, etag = _before(request, response, key, digest) or (None, "")
    if body is None:
        body, etag = _now(request, response, key, digest, work)
    if etag:
        response["ETag"] = etag
    return body


def _before(request: HttpRequest, response: HttpResponse, key: str, digest: str) -> Answer | None:
    row = KeptAnswer.objects.filter(member=member_of(request), key=key).first()
    if row is None:
        return None
    if row.request_sha256 != digest:
        raise KeyReused
    response["Idempotency-Replayed"] = "true"
    return row.body, row.etag


def _now(
    request: HttpRequest, response: HttpResponse, key: str, digest: str, work: Callable[[], Answer]
) -> Answer:
    try:
        with transaction.atomic():
            row = KeptAnswer.objects.create(
                member=member_of(request), key=key, request_sha256=digest, at=clock.now()
            )
            row.body, row.etag = work()
            row.save(update_fields=["body", "etag"])
            return row.body, row.etag
    except IntegrityError:
        found = _before(request, response, key, digest)  # the same request, sent twice at once
        if found is None:
            raise
        return found
