"""Counter-signatures (C2SP cosignature/v1) made and checked, and the addresses that witnesses may have."""

from __future__ import annotations

import hashlib
import ipaddress
import struct
from base64 import b64decode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beffroi.journal import notes
from beffroi.trust.witnesses.alone.judging import Head, counter_signed, to_counter_sign

_LONG = 4 + 8 + 64


def cosign(head: Head, name: str, key: Ed25519PrivateKey, at: int) -> str:
    """The line that says that `name` saw this head at that time (seconds since 1970)."""
    public = key.public_key().public_bytes_raw()
    return counter_signed(name, public, at, key.sign(to_counter_sign(head, at)))


def signed_at(head: Head, line: str, public: bytes) -> datetime | None:
    """When the holder of `public` (32 bytes) signed this head; None where the line is not that."""
    parts = line.rstrip("\n").split(" ")
    if len(parts) != 3 or parts[0] != "—":
        return None
    try:
        value = b64decode(parts[2], validate=True)
    except (NotBase64, ValueError):
        return None
    key_id = hashlib.sha256(parts[1].encode() + b"\n\4" + public).digest()[:4]
    if len(value) != _LONG or value[:4] != key_id:
        return None
    (at,) = struct.unpack(">Q", value[4:12])
    if at > 2**40 or not notes.holds(public, value[12:], to_counter_sign(head, at)):
        return None
    return datetime.fromtimestamp(at, UTC)


def bad_address(url: str) -> str:
    """Why heads may not be sent to this address; '' where they may: over TLS, or to this machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not an address"
    if parts.username or parts.fragment or not parts.hostname or port == 0 or len(url) > 500:
        return "is not an address, or holds a login"
    if parts.scheme == "https":
        return ""
    if parts.scheme != "http":
        return "begins with https://"
    try:
        loopback = ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        loopback = parts.hostname == "localhost"
    return "" if loopback else "begins with https:// beyond this machine"
