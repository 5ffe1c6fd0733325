"""The EDXL-DE envelope of the exchange between emergency services, as JSON, and which message it carries.

Only what is named here is decoded; the rest of a message (callers, patients, notes) is passed over unread.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

import msgspec

from beffroi.during.intake.rules import Unreadable

T = TypeVar("T")
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=180)]

#: The body's name in the message, for each kind of message that is read.
CASE = "createCase"
RESOURCES = "resourcesInfoCisu"
POSITIONS = "geoPositionsUpdate"
EMSI = "emsi"
BODIES = (CASE, RESOURCES, POSITIONS, EMSI)


class _Json(msgspec.Struct, frozen=True, rename="camel"):
    embedded_json_content: msgspec.Raw


class _Content(msgspec.Struct, frozen=True, rename="camel"):
    json_content: _Json


class Envelope(msgspec.Struct, frozen=True):
    """Who sent what, of which world; `content` holds exactly one message."""

    distribution_id: Identifier = msgspec.field(name="distributionID")
    sender_id: Identifier = msgspec.field(name="senderID")
    status: Literal["Actual", "Exercise"] = msgspec.field(name="distributionStatus")
    kind: Literal["Report", "Update", "Cancel", "Ack", "Error"] = msgspec.field(name="distributionKind")
    content: Annotated[list[_Content], msgspec.Meta(min_length=1, max_length=1)] = []


class _Embedded(msgspec.Struct, frozen=True):
    message: dict[str, msgspec.Raw]


class _Wrapped(msgspec.Struct, frozen=True):
    edxl: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_MISSING = re.compile(r"Object missing required field `(\w+)`")
_PATH = re.compile(r"`(\$[\w.\[\]]*)")

_wrapped = msgspec.json.Decoder(_Wrapped)
_envelope = msgspec.json.Decoder(Envelope)
_embedded = msgspec.json.Decoder(_Embedded)


def decoded(decoder: msgspec.json.Decoder[T], content: bytes | msgspec.Raw) -> T:
    """What `decoder` makes of it. Raises Unreadable with where it failed, never with what stood there."""
    try:
        return decoder.decode(content)
    except msgspec.ValidationError as error:
        raise Unreadable(_where(str(error)), code="cisu.not_agreed") from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Unreadable("it is no JSON", code="cisu.not_json") from None


def _where(error: str) -> str:
    """Where it failed, in names of the exchange: values may be words of a person."""
    missing = _MISSING.match(error)
    _, _, path = error.rpartition(" - at ")
    where = _PATH.match(path)
    at = where[1][:120] if where else "its root"
    return f"{missing[1]} is missing at {at}" if missing else f"what stands at {at} is not as agreed"


def opened(body: bytes) -> tuple[Envelope, str, msgspec.Raw | None]:
    """The envelope, the name of what it carries ('' where we read none), and that. Raises Unreadable."""
    wrapped = decoded(_wrapped, body).edxl
    envelope = decoded(_envelope, body if isinstance(wrapped, msgspec.UnsetType) else wrapped)
    if not envelope.content:
        raise Unreadable("its envelope is empty", code="cisu.empty")
    message = decoded(_embedded, envelope.content[0].json_content.embedded_json_content).message
    found = [name for name in BODIES if name in message]
    if len(found) > 1:
        raise Unreadable(f"it carries {' and '.join(found)}", code="cisu.several")
    return (envelope, found[0], message[found[0]]) if found else (envelope, "", None)
