"""Whom to trust over HTTPS: what this machine trusts."""

from __future__ import annotations

import ssl
from functools import lru_cache


@lru_cache(maxsize=2)
def trusted(scheme: str) -> ssl.SSLContext:
    """The context for a scheme, made once (it takes 50 ms), and not at all without TLS."""
    return ssl.create_default_context() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
