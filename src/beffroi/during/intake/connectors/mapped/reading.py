"""From the bytes of a message to what paths look into: JSON, plain text, or a form."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from beffroi.during.intake.rules import Unreadable

_TEXT_LONGEST = 4_096
_FIELDS_MOST = 200


def body_of(format: str, payload: bytes) -> Any:
    """The body of a message in the format that its mapping declares. Raises Unreadable."""
    try:
        if format == "json":
            return msgspec.json.decode(payload)
        text = payload[: _TEXT_LONGEST + 1].decode() if format == "text" else payload.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(str(error) or "nested too deeply", code=f"mapped.not_{format}") from None
    if format == "text":
        if len(payload) > _TEXT_LONGEST:
            raise Unreadable(f"more than {_TEXT_LONGEST} bytes of text", code="mapped.not_text")
        return text.strip()
    try:
        return dict(reversed(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_MOST)))
    except ValueError:
        raise Unreadable(f"more than {_FIELDS_MOST} fields", code="mapped.not_form") from None
