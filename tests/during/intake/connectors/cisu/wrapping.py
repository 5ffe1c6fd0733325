"""Envelopes of the exchange around a message's body."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.real_data import need

CASE: dict[str, Any] = json.loads((Path(__file__).parent / "messages" / "case.json").read_text())


def wrapped(body: dict[str, Any], **envelope: Any) -> bytes:
    """One body (`{"createCase": {...}}`) in an envelope, some of whose values are changed."""
    content = [{"jsonContent": {"embeddedJsonContent": {"message": {"messageId": "m", **body}}}}]
    return json.dumps({**CASE, "content": content, **envelope}).encode()


def real(name: str, **envelope: Any) -> bytes:
    """A published example, which holds the body alone, in an envelope."""
    return wrapped(json.loads(need(f"payloads/samu_hub/{name}").read_text()), **envelope)
