"""Signatures of notifications, as Standard Webhooks has them: HMAC-SHA256 over identifier, time and body."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable

PREFIX = "whsec_"


def written(secret: bytes) -> str:
    """A secret as it is handed over."""
    return PREFIX + b64encode(secret).decode()


def signature(secret: str, *, identifier: str, timestamp: int, body: bytes) -> str:
    """One signature, with its version. Raises ValueError for what is no secret."""
    key = b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = f"{identifier}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"


def headers(secrets: Iterable[str], *, identifier: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers; while a secret is being replaced, signed with both."""
    signed = [signature(each, identifier=identifier, timestamp=timestamp, body=body) for each in secrets]
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }
