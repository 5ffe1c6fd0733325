"""Canonical JSON (RFC 8785), and what an entry of the journal is made of. Pure.

An entry's bytes are the canonical JSON array `[number, "sha256 of body", header]`: the header
stays provable after the body is gone, and number and body's hash stand where `verify`
can put them without reading JSON.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import msgspec
import rfc8785

from beffroi.foundation.errors import BeffroiError

_LARGEST = 2**53 - 1
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@%~+-]{0,199}")
_sorted = msgspec.json.Encoder(order="sorted")


class NotCanonical(BeffroiError):
    """A value that canonical JSON cannot hold, such as NaN or an integer beyond 2^53."""

    code = "journal.not_canonical"
    message = "This cannot be written as canonical JSON: {why}."


class BadName(BeffroiError):
    """A journal, actor or subject whose name cannot stand in an entry's header."""

    code = "journal.bad_name"
    message = "{what} {name!r} is not a name that the journal takes."
    advice = "Use letters, digits and . _ : / @ + - ~ (at most 200)."


def _plain(value: object) -> bool:
    """Whether msgspec's sorted form is already canonical: no float, ASCII keys, small integers."""
    if value is None or value is True or value is False or isinstance(value, str):
        return True
    if isinstance(value, int):
        return -_LARGEST <= value <= _LARGEST
    if isinstance(value, dict):
        return all(isinstance(k, str) and k.isascii() for k in value) and all(map(_plain, value.values()))
    return isinstance(value, (list, tuple)) and all(map(_plain, value))


def encode(value: Any) -> bytes:
    """The RFC 8785 form of a value that msgspec can turn into JSON; raises NotCanonical."""
    try:
        built = msgspec.to_builtins(value)
        return _sorted.encode(built) if _plain(built) else rfc8785.dumps(built)
    except (rfc8785.CanonicalizationError, ValueError, TypeError, RecursionError) as error:
        raise NotCanonical(why=str(error)) from error


def name(what: str, text: str) -> str:
    """`text`, checked to be safe in a header; raises BadName saying `what` it is."""
    if not _SAFE.fullmatch(text):
        raise BadName(what=what, name=text)
    return text


def subject_name(text: str) -> str:
    """A subject or an actor as headers hold it: percent-encoded where not safe, so keys may have accents."""
    return name("Subject", quote(text, safe=".:/@~+-"))


def body_sha256(body: str) -> str:
    """SHA-256 of a body's canonical text, in hexadecimal."""
    return sha256(body.encode()).hexdigest()


def entry_bytes(number: int, body_hash: str, header: str) -> bytes:
    """What the leaf of an entry is the hash of, after the byte 0x00."""
    return f'[{number},"{body_hash}",{header}]'.encode()
