"""Our heads go to the witnesses that have an address, each on time, on threads beside the engine."""

from __future__ import annotations

import json
from datetime import timedelta
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import UUID

import structlog

from beffroi.during.carrying import Courier
from beffroi.foundation import clock
from beffroi.foundation.errors import BeffroiError
from beffroi.foundation.settings import current
from beffroi.journal import queries as journal
from beffroi.trust.witnesses import actions, models, queries
from beffroi.trust.witnesses.proposing import Places, proposal

_log = structlog.get_logger("witnesses")
_TIMEOUT_S = 15.0
_ANSWER_MOST = 262_144
_LOOK_S = 5.0
#: The witness keeps other heads than we thought: the proof is made again from those that it names.
_AGAIN = ("old", "base", "epoch")


class _NoRedirect(HTTPRedirectHandler):
    """An answer that sends elsewhere is no answer."""

    def redirect_request(self, *_given: Any) -> None:
        return None


_opener = build_opener(_NoRedirect)


def courier() -> Courier[UUID]:
    """What sends heads when they are due."""
    return Courier("witnesses", at_once=2, look_s=_LOOK_S, find=due, carry=submit)


def due(room: int) -> list[UUID]:
    """The witnesses whose time has come."""
    found = models.Witness.objects.filter(removed_at=None, next_at__lte=clock.now()).exclude(url="")
    return list(found.order_by("next_at").values_list("pk", flat=True)[:room])


def submit(identifier: UUID) -> None:
    """Propose every journal's head to one witness, and keep what it answers."""
    row = models.Witness.objects.filter(pk=identifier, removed_at=None).first()
    if row is None or not _claimed(row):
        return
    why = ""
    for key in journal.journals():
        places = queries.places(row, key)
        if places and places[-1][1] == journal.head(key).size:
            continue
        try:
            _propose(row, key, places)
        except (OSError, HTTPException, ValueError, BeffroiError) as error:
            why = f"{type(error).__name__}: {error}"[:200]
            _log.warning("a witness did not answer", witness=row.name, journal=key, why=why)
    now = clock.now()
    row.failing_since = (row.failing_since or now) if why else None
    row.why = why
    row.save(update_fields=["failing_since", "why"])


def _claimed(row: models.Witness) -> bool:
    """Whether this turn is ours: two heads at once could arrive in the wrong order and look like a cut."""
    later = clock.now() + timedelta(minutes=current().witness_minutes)
    return bool(models.Witness.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=later))


def _propose(row: models.Witness, key: str, places: Places) -> None:
    made = proposal(key, places)
    status, answer = _posted(row.url, made)
    if status == 409 and answer.get("code") in _AGAIN and isinstance(answer.get("heads"), list):
        made = proposal(key, [(int(epoch), int(size)) for epoch, size in answer["heads"]])
        status, answer = _posted(row.url, made)
    if status == 200:
        actions.keep_answer(witness=row, journal_key=key, note=made["checkpoint"], answer=answer)
    elif status == 409 and answer.get("grave"):
        actions.keep_refusal(
            witness=row,
            journal_key=key,
            note=made["checkpoint"],
            code=str(answer.get("code")),
            why=str(answer.get("why")),
            now=clock.now(),
        )
    else:
        raise ValueError(f"it answered {status}: {str(answer.get('why'))[:120]}")


def _posted(url: str, made: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = Request(url, data=json.dumps(made).encode(), headers={"Content-Type": "application/json"})  # noqa: S310 - https, or this machine: checked when it was added
    try:
        with _opener.open(request, timeout=_TIMEOUT_S) as response:
            return response.status, _object(response.read(_ANSWER_MOST))
    except HTTPError as error:
        with error:
            return error.code, _object(error.read(_ANSWER_MOST))


def _object(body: bytes) -> dict[str, Any]:
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ValueError("the answer is not an object")
    return found
