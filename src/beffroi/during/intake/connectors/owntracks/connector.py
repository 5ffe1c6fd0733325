"""OwnTracks over HTTP and MQTT: where the phone of a patrol is.

Only `location` is read, and of it only place, accuracy, course and time: no Wi-Fi name, no battery, no
altitude, no region that its owner named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from beffroi.during.intake.connectors import NOT_GUARANTEED, WebAnswer, WebMessage, topic_prefix
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.rules import Draft, Fix, Speaker, Unreadable

#: What the phone does not tell of its doubt: a street's width or two.
_UNTOLD_M = 50.0
#: A cell of a telephone network; what is vaguer places nobody.
_WIDEST_M = 20_000.0

Latitude = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Longitude = Annotated[float, msgspec.Meta(ge=-180, le=180)]


class _Kind(msgspec.Struct, frozen=True):
    type: str = msgspec.field(name="_type")


class _Location(msgspec.Struct, frozen=True):
    """`tst` in seconds since 1970, `acc` in metres, `cog` in degrees; a negative one is not known."""

    lat: Latitude
    lon: Longitude
    tst: Annotated[float, msgspec.Meta(gt=0)]
    acc: float | None = None
    cog: float | None = None
    tid: Annotated[str, msgspec.Meta(max_length=80)] = ""


_kind = msgspec.json.Decoder(_Kind)
_location = msgspec.json.Decoder(_Location)


class OwnTracksConnector:
    """Phones of patrols, one source a phone: the latest position only, so no guarantee."""

    name = "owntracks"
    guarantee = NOT_GUARANTEED
    withholds = "where an agent is"
    # Android's keeps a refused message at the head of its queue: all later positions would wait for ever.
    insistent = True

    def address(self, given: str) -> str:
        """The MQTT prefix before `/owntracks`, none over HTTP. Raises ValueError with why."""
        return topic_prefix(given) if given else ""

    def topics(self, address: str) -> tuple[str, ...]:
        """The topic of the phone's locations; not those of its events, steps and settings beneath."""
        return (f"{address}/owntracks",)

    def read(self, speaker: Speaker, topic: str, payload: bytes, received_at: datetime) -> Sequence[Fix]:
        """The fix in one message, none in one of another kind. Raises Unreadable."""
        return _fixes(payload) if topic == "owntracks" else ()

    def read_web(
        self, speaker: Speaker, message: WebMessage, received_at: datetime
    ) -> Sequence[Fix | Unreadable]:
        """The fix in one request, or why there is none; nothing in one of another kind."""
        try:
            return _fixes(message.body)
        except Unreadable as error:
            return (error,)

    def answer_web(
        self, speaker: Speaker, message: WebMessage, kept: Sequence[tuple[Draft, Receipt]]
    ) -> WebAnswer:
        """What the application waits for: a list of what it should show or do. Nothing."""
        return WebAnswer("application/json", b"[]")


def _fixes(payload: bytes) -> tuple[Fix, ...]:
    if not payload:
        return ()  # the application says so that it forgot someone
    try:
        kind = _kind.decode(payload).type
        if kind == "encrypted":
            raise Unreadable(
                "it is encrypted by the application: leave that off, TLS protects it",
                code="owntracks.encrypted",
            )
        return (_fix(_location.decode(payload)),) if kind == "location" else ()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "nested too deeply", code="owntracks.unreadable") from None


def _fix(location: _Location) -> Fix:
    try:
        at = datetime.fromtimestamp(location.tst, UTC)
    except (OverflowError, ValueError, OSError):
        raise Unreadable(f"{location.tst} is not a time", code="owntracks.bad_time") from None
    radius = _UNTOLD_M if location.acc is None else location.acc
    if not 0 <= radius <= _WIDEST_M:
        raise Unreadable("its accuracy says that the place is not known", code="owntracks.no_place")
    course = location.cog
    heading = course % 360 if course is not None and math.isfinite(course) and course >= 0 else None
    return Fix(
        name=location.tid,
        at=at,
        lat=location.lat,
        lon=location.lon,
        radius_m=radius,
        heading_deg=heading,
    )


CONNECTOR = OwnTracksConnector()
