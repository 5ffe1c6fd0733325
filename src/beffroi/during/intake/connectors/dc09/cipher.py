"""Encrypted DC-09 frames: AES in CBC mode from an initial vector of zeros, in hexadecimal digits.

What stands behind the opening bracket is sealed, up to the last digit of the time: `pad|data][x-data…]_time`.
The pad is of random bytes, never one of `[ ] |`, 1 to 16 of them so that the whole is a multiple of 16.
The standard's cipher hides and does not sign: what follows the opening bracket must also have the form of
a frame, its own account and a time near ours (see `replays`).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from beffroi.during.intake.connectors.dc09.frame import Frame, build, parts_of, stamp

_BLOCK = 16
_HEX = re.compile(r"(?:[0-9A-Fa-f]{32})+")
_KEY_DIGITS = re.compile(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})")
_KEY_LENGTHS = (16, 24, 32)
_NEVER_PAD = frozenset(b"[]|")
_TEXT = "text:"


class Locked(ValueError):
    """A sealed frame that this key does not open."""


def key_of(text: str) -> bytes:
    """The key (16, 24 or 32 bytes) that a panel's installer wrote down. Raises ValueError, without the key.

    32, 48 or 64 hexadecimal digits are its bytes; 16 or 24 characters, or what follows `text:`, are the
    characters themselves.
    """
    given = text.strip()
    if _KEY_DIGITS.fullmatch(given):
        return bytes.fromhex(given)
    plain = given.removeprefix(_TEXT).encode()
    if len(plain) in _KEY_LENGTHS and (given.startswith(_TEXT) or len(plain) < _KEY_LENGTHS[-1]):
        return plain
    raise ValueError(
        "a panel's key is 32, 48 or 64 hexadecimal digits, 16 or 24 characters, or text: and 16, 24 or 32"
    )


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    # Zeros by the standard: the random pad in the first block does an initial vector's work.
    return Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK)))


def opened(frame: Frame, key: bytes) -> Frame:
    """The frame with what was sealed in it. Raises Locked."""
    if not _HEX.fullmatch(frame.secret):
        raise Locked("what it seals is not whole blocks in hexadecimal digits")
    worker = _cipher(key).decryptor()
    plain = worker.update(bytes.fromhex(frame.secret)) + worker.finalize()
    pad, bar, rest = plain.decode("latin-1").partition("|")
    parts = parts_of(rest) if bar and not {"[", "]"} & set(pad) else None
    if parts is None:
        raise Locked("this panel's key does not open it")
    data, extra, time = parts
    told = data.partition("|")[0]
    if told.startswith("#") and told[1:].upper().lstrip("0") != frame.account.lstrip("0"):
        raise Locked("it seals another account than it shows")
    return replace(frame, data=data, extra=extra, time=time)


def sealed(content: str, key: bytes) -> str:
    """`content` (from behind the pad's `|` to the time) as sealed digits, with a fresh pad."""
    plain = b"|" + content.encode("latin-1")
    plain = _pad(_BLOCK - len(plain) % _BLOCK) + plain
    worker = _cipher(key).encryptor()
    return (worker.update(plain) + worker.finalize()).hex().upper()


def _pad(length: int) -> bytes:
    made = bytearray()
    while len(made) < length:
        made += bytes(each for each in secrets.token_bytes(length) if each not in _NEVER_PAD)
    return bytes(made[:length])


def ack(frame: Frame, key: bytes, now: datetime) -> bytes:
    """The sealed acknowledgement of a sealed frame, with our time."""
    content = sealed(f"]{stamp(now)}", key)
    head = f'"*ACK"{frame.sequence}{frame.receiver}{frame.line or "L0"}#{frame.account}['
    return build(head + content, raw_crc=frame.raw_crc)
