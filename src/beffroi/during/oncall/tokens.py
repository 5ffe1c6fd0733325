"""Secrets in addresses: made by chance or from a message's identifier; only their SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from uuid import UUID

from django.conf import settings

LINK_BYTES = 32
_ANSWER_BYTES = 16
_ANSWER = b"beffroi oncall answer "


def new() -> str:
    """A new secret of 256 bits, as it stands in an address."""
    return secrets.token_urlsafe(LINK_BYTES)


def of_answer(message: UUID) -> str:
    """The secret of a message's answer: 128 bits, so that a text still fits; made anew for each sending."""
    made = hmac.digest(settings.SECRET_KEY.encode(), _ANSWER + message.bytes, "sha256")
    return urlsafe_b64encode(made[:_ANSWER_BYTES]).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(token: str, kept: str) -> bool:
    """Whether a secret is the one whose hash was kept."""
    return bool(kept) and hmac.compare_digest(hash_of(token), kept)
