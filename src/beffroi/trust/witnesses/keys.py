"""The key with which this installation counter-signs the heads of others: a file of the server's account."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from beffroi.journal import heads
from beffroi.journal import keys as journal_keys

_FILE = "witness.pem"


def name() -> str:
    """The name of this installation as a witness."""
    return f"beffroi/{heads.installation()}/witness"


def key() -> Ed25519PrivateKey:
    """The key, made where there is none yet. Raises OSError, ValueError."""
    file = journal_keys.directory() / _FILE
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        draft = file.with_suffix(f".{os.getpid()}.draft")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(pem)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)  # whoever was first stays
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(found, Ed25519PrivateKey):
        raise ValueError(f"{file} holds no Ed25519 key")
    return found
