"""Open311 GeoReport v2: a resident's report becomes a signal: what, where, when, and nothing of who.

Description, names, e-mail, telephone, account, device, media, address and further attributes are never
taken over: a report that needs them goes on to the town's own tool, this is the watch's copy of it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

from beffroi.during.intake.connectors import DURABLE, WebAnswer, WebMessage
from beffroi.during.intake.connectors.open311.georeport import answer, refusal, split
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.rules import Draft, Speaker, Unreadable
from beffroi.foundation.errors import BeffroiError, NotFound

_FIELDS_MOST, _CODE_LONGEST = 200, 64
#: How far (m) the place that a telephone gives may be from what is meant.
_RADIUS_M = 25.0
#: The same report of the same place within so long (s) is one that an app sent again.
_AGAIN_S = 600
_DEFAULT = "signal.other"
_NOTICE = (
    "Ceci n’est pas un service d’urgence : en cas de danger, appelez le 17 ou le 112. "
    "This is not an emergency service: in danger, call 17 or 112."
)
#: Which status of ours is which of GeoReport's three; what is not listed stays (413, 503 …).
_STATUS = {401: 403, 405: 400, 408: 400, 409: 400, 415: 400, 422: 400}


class Open311Connector:
    """Residents' reports through an Open311 client: answered, in its own words, after the commit."""

    name = "open311"
    guarantee = DURABLE
    withholds = "what residents write and who they are"

    def read_web(self, speaker: Speaker, message: WebMessage, received_at: datetime) -> Sequence[Draft]:
        """The one report in a request. Raises Unreadable, NotFound."""
        if split(message.path)[0] != "requests":
            raise NotFound(what="this resource (reports are posted to requests.json or requests.xml)")
        form = _form(message)
        code = form.get("service_code", "")
        if not code or len(code) > _CODE_LONGEST or not code.isprintable():
            raise _bad("service_code was not provided, or is longer than 64 characters")
        lat, lon = _degrees(form, "lat", 90), _degrees(form, "long", 180)
        kind = speaker.kind_of(code, _DEFAULT)
        return [
            Draft(
                key=_key(speaker, code, lat, lon, received_at),
                # A resident's report informs: whatever the map says, it raises no alarm by itself.
                kind=kind if kind.startswith("signal.") else _DEFAULT,
                seen_at=received_at,
                lat=lat,
                lon=lon,
                radius_m=_RADIUS_M,
                content={"protocol": "open311", "service_code": code},
            )
        ]

    def answer_web(
        self, speaker: Speaker, message: WebMessage, kept: Sequence[tuple[Draft, Receipt]]
    ) -> WebAnswer:
        """The identifier of the report, in the format that was asked for."""
        rows = [{"service_request_id": draft.key, "service_notice": _NOTICE} for draft, _ in kept]
        return answer(rows, split(message.path)[1], names=("service_requests", "request"))

    def refuse_web(self, path: str, error: BeffroiError) -> WebAnswer:
        """An error in GeoReport's words: 403 for the key, 404 for what is not there, 400 for the rest."""
        status = _STATUS.get(error.status, error.status)
        description = "Missing or invalid api_key." if status == 403 else error.sentence()
        return refusal(status, description, split(path)[1])

    def token_in(self, message: WebMessage) -> str:
        """The api_key of the form; '' where there is none."""
        try:
            return _form(message).get("api_key", "")
        except Unreadable:
            return ""

    def ask_web(self, speaker: Speaker, path: str) -> WebAnswer:
        """The services that the source's map names. Raises NotFound."""
        resource, form = split(path)
        if resource != "services":
            raise NotFound(what="this resource (GET knows services.json and services.xml)")
        rows: list[dict[str, str | bool]] = [
            {
                "service_code": code,
                "service_name": code,
                "description": "",
                "metadata": False,
                "type": "realtime",
                "keywords": "",
                "group": speaker.kind_of(code, _DEFAULT),
            }
            for code in speaker.devices
            if code.isprintable()
        ]
        return answer(rows, form, names=("services", "service"))


def _form(message: WebMessage) -> Mapping[str, str]:
    """The first value of each field of the form. Raises Unreadable."""
    if message.content_type not in ("", "application/x-www-form-urlencoded"):
        raise _bad("the body is not application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(message.body.decode(), max_num_fields=_FIELDS_MOST, errors="strict")
    except ValueError:
        raise _bad("the form is not UTF-8, or has too many fields") from None
    return dict(reversed(pairs))


def _degrees(form: Mapping[str, str], name: str, most: int) -> float:
    try:
        found = float(form.get(name, ""))
    except ValueError:
        raise _bad(f"{name} was not provided: an address alone cannot be placed here") from None
    if not math.isfinite(found) or abs(found) > most:
        raise _bad(f"{name} is not degrees of WGS 84")
    return found


def _key(speaker: Speaker, code: str, lat: float, lon: float, received_at: datetime) -> str:
    """Names a report by what is kept of it: nothing that a resident wrote goes into it, not even hashed."""
    about = f"{speaker.id} {code} {lat!r} {lon!r} {int(received_at.timestamp()) // _AGAIN_S}"
    return hashlib.sha256(about.encode()).hexdigest()[:20]


def _bad(why: str) -> Unreadable:
    return Unreadable(why, code="open311.bad_request")


CONNECTOR = Open311Connector()
