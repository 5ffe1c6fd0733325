"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) with Ed25519. Pure.

A checkpoint is three lines (origin, size, root in base64), an empty line, and one line a
signature: `— name base64(key id ‖ signature)`. The name is the origin; the key id is the
first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from beffroi.foundation.errors import BeffroiError

_SPKI = bytes.fromhex("302a300506032b6570032100")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")
_MOST_SIGNATURES = 64


class BadNote(BeffroiError):
    """A text that is not a signed checkpoint."""

    code = "journal.bad_note"
    message = "This is not a signed checkpoint: {why}."


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a log: its origin, how many leaves, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The lines that are signed, with their last newline."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head with the signatures found under it: (key name, key id, signature)."""

    head: Head
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def signed_by(self, public_key: bytes) -> bool:
        """Whether one of the signatures, under the origin's name, is this key's (32 bytes) and holds."""
        wanted = key_id(self.head.origin, public_key)
        text = self.head.text().encode()
        return any(
            name == self.head.origin and found == wanted and holds(public_key, signature, text)
            for name, found, signature in self.signatures
        )


def holds(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: bytes) -> str:
    """What people compare by telephone: SHA-256 of the key's DER form, as `openssl pkey -pubin -outform DER`
    then `sha256sum` give it."""
    return sha256(_SPKI + public_key).hexdigest()


def spoken(print_: str) -> str:
    """A fingerprint in groups of four, to be read aloud."""
    return " ".join(print_[at : at + 4] for at in range(0, len(print_), 4))


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes that tell keys apart in a note."""
    return sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]


def pem(public_key: bytes) -> str:
    """The public key as openssl reads it."""
    lines = b64encode(_SPKI + public_key).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def sign(head: Head, key: Ed25519PrivateKey) -> str:
    """The head as a signed note."""
    name = head.origin
    signature = key_id(name, key.public_key().public_bytes_raw()) + key.sign(head.text().encode())
    return f"{head.text()}\n— {name} {b64encode(signature).decode()}\n"


def read(note: str) -> SignedHead:
    """The head and signatures of a note; raises BadNote. Says nothing yet of whether they hold."""
    text, separator, tail = note.rpartition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3 or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNote(why="not three lines, an empty one and signatures")
    origin, size, root = lines
    if not origin or not _SIZE.fullmatch(size):
        raise BadNote(why="no origin or no size")
    if not tail.endswith("\n") or tail.count("\n") > _MOST_SIGNATURES:
        raise BadNote(why="signatures are missing, cut or too many")
    hash_ = _base64(root)
    if len(hash_) != 32:
        raise BadNote(why="the root is not 32 bytes")
    return SignedHead(Head(origin, int(size), hash_), tuple(map(_signature, tail[:-1].split("\n"))))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, *rest = line.split(" ")
    if dash != "—" or len(rest) != 2 or not rest[0]:
        raise BadNote(why="a signature line is not understood")
    value = _base64(rest[1])
    if len(value) < 5:
        raise BadNote(why="a signature is cut")
    return rest[0], value[:4], value[4:]


def _base64(text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise BadNote(why="not base64") from None
    if b64encode(value).decode() != text:
        raise BadNote(why="not the base64 that its bytes give")
    return value
