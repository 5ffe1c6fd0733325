"""Our own JSON: one observation, a batch of them, or one a line. Each is judged by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from beffroi.during.intake.connectors import DURABLE
from beffroi.during.intake.kinds import KINDS
from beffroi.during.intake.rules import Draft, Unreadable
from beffroi.foundation.errors import Refused

_CONTENT_MAX = 8_192
_FIELD = re.compile(r" - at `\$\.?([^`]*)`$")

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Short = Annotated[str, msgspec.Meta(max_length=64)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]
Degrees90 = Annotated[float, msgspec.Meta(ge=-90, le=90)]
Degrees180 = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Metres = Annotated[float, msgspec.Meta(ge=0, le=50_000)]
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One observation as a program writes it. Times carry their zone; places are degrees of WGS 84."""

    kind: str
    key: Key | None = None
    seen_at: Aware | None = None
    territory: Short | None = None
    device: Short = ""
    lat: Degrees90 | None = None
    lon: Degrees180 | None = None
    radius_m: Metres = 0.0
    certainty: Part | None = None
    exercise: bool = False
    content: dict[str, Any] = {}


class _Batch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    observations: list[msgspec.Raw]


_item = msgspec.json.Decoder(Item)
_batch = msgspec.json.Decoder(_Batch)
_any = msgspec.json.Decoder(msgspec.Raw)


class BadItem(Unreadable):
    """One observation that cannot be taken: where and why."""

    code = "intake.bad_observation"
    message = "{field}: {why}."
    advice = "Correct this observation and send it again; the others of the batch were kept."

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why, field=field or "observation")


class OtherTerritory(Refused):
    """An observation of a territory that this source does not speak for."""

    code = "intake.other_territory"
    message = "This source speaks for {own}, not for {asked}."
    advice = "Leave `territory` out, or use the token of a source of that territory."


def read(raw: bytes | msgspec.Raw, *, territory: str, fallback_key: str | None = None) -> Draft:
    """The draft of one JSON observation. Raises BadItem, or OtherTerritory."""
    try:
        item = _item.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        text = str(error) or "nested too deeply"
        found = _FIELD.search(text)
        raise BadItem(found.group(1) if found else "", _FIELD.sub("", text)) from None
    if item.territory is not None and item.territory != territory:
        raise OtherTerritory(action="observe", reason="", own=territory, asked=item.territory)
    return _draft(item, item.key or fallback_key)


def _draft(item: Item, key: str | None) -> Draft:
    if key is None:
        raise BadItem("key", "every observation names itself, so that sending it twice is harmless")
    if item.kind not in KINDS:
        raise BadItem("kind", f"not one of {', '.join(KINDS)}")
    if (item.lat is None) != (item.lon is None):
        raise BadItem("lat", "latitude and longitude go together")
    if item.content and len(msgspec.json.encode(item.content)) > _CONTENT_MAX:
        raise BadItem("content", f"at most {_CONTENT_MAX} bytes")
    return Draft(
        key=key,
        kind=item.kind,
        seen_at=_utc(item.seen_at),
        name=item.device,
        lat=item.lat,
        lon=item.lon,
        radius_m=item.radius_m,
        certainty=item.certainty,
        exercise=item.exercise,
        content=item.content,
    )


def _utc(seen_at: datetime | None) -> datetime | None:
    try:
        return seen_at.astimezone(UTC) if seen_at is not None else None
    except OverflowError:
        raise BadItem("seen_at", "beyond the calendar") from None


def split(body: bytes, *, lines: bool) -> tuple[list[bytes | msgspec.Raw], bool]:
    """The observations in a body, each still to be read, and whether they came as a batch.

    `lines`: one JSON text a line. Else one object, or `{"observations": […]}`. Raises Unreadable.
    """
    if lines:
        return [line for line in body.split(b"\n") if line.strip()], True
    try:
        whole = bytes(_any.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "nested too deeply", code="intake.not_json") from None
    if b'"observations"' in whole:
        try:
            return list(_batch.decode(whole).observations), True
        except msgspec.MsgspecError:
            pass  # the word may stand inside one observation, which then says what is wrong with it
    return [whole], False


class HttpConnector:
    """Programs over HTTP: answered after the commit."""

    name = "http"
    guarantee = DURABLE


CONNECTOR = HttpConnector()
