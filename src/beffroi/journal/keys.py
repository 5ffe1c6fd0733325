"""The signing keys: private halves as files of the server's account, public halves in the database.

The first key is trusted by its fingerprint, exchanged by another way; each later one is
signed by the one before, so that old checkpoints verify for ever.
"""

from __future__ import annotations

import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from beffroi.foundation import clock, settings
from beffroi.foundation.errors import BeffroiError
from beffroi.journal import actions, canonical, facts, models, notes


class KeyMissing(BeffroiError):
    """The database names a signing key whose file is not there."""

    code = "journal.key_missing"
    message = "The signing key {fingerprint} is not in {directory}."
    advice = "Put its file back from the backup, or, if it is lost, `beffroi journal rotate --lost`."
    status = 500


@dataclass(frozen=True, slots=True)
class Key:
    """The signing key in force."""

    fingerprint: str
    private: Ed25519PrivateKey

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        return self.private.sign(message)

    def sign_head(self, origin: str, size: int, root: bytes) -> str:
        """A head as a signed note."""
        return notes.sign(notes.Head(origin, size, root), self.private)


def directory() -> Path:
    """Where the private keys are (mode 0700, files 0600)."""
    return settings.current().data_path / "keys"


def current() -> Key:
    """The signing key in force; made, and told to the journal, where there is none yet.

    Raises KeyMissing when the database names a key whose file is gone.
    """
    row = _row()
    if row is None:
        with transaction.atomic():
            actions.lock(actions.INSTALLATION)
            row = _row() or _introduce()
    return _load(row.fingerprint)


def _row() -> models.SigningKey | None:
    return models.SigningKey.objects.filter(retired_at=None).first()


def _load(fingerprint: str) -> Key:
    file = directory() / f"{fingerprint[:16]}.pem"
    if not file.exists():
        raise KeyMissing(fingerprint=fingerprint, directory=directory())
    private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if (
        not isinstance(private, Ed25519PrivateKey)
        or notes.fingerprint(private.public_key().public_bytes_raw()) != fingerprint
    ):
        raise KeyMissing(fingerprint=fingerprint, directory=directory())
    return Key(fingerprint, private)


def _make() -> Key:
    private = Ed25519PrivateKey.generate()
    fingerprint = notes.fingerprint(private.public_key().public_bytes_raw())
    directory().mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory() / f"{fingerprint[:16]}.pem"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(
            private.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        out.flush()
        os.fsync(out.fileno())
    return Key(fingerprint, private)


def _keep(key: Key, *, follows: str = "", proof: str = "") -> models.SigningKey:
    now = clock.now()
    models.SigningKey.objects.filter(retired_at=None).update(retired_at=now)
    return models.SigningKey.objects.create(
        fingerprint=key.fingerprint,
        public_key=key.public_key,
        follows=follows,
        proof=proof,
        introduced_at=now,
    )


def _introduce() -> models.SigningKey:
    key = _make()
    row = _keep(key)
    fact = facts.KeyIntroduced(fingerprint=key.fingerprint, public_key=b64encode(key.public_key).decode())
    _tell(fact, actions.SYSTEM)
    return row


def _tell(fact: facts.Fact, actor: str) -> None:
    actions.append(journal=actions.INSTALLATION, fact=fact, subject=actions.INSTALLATION, actor=actor)


def statement(new: bytes, old_fingerprint: str) -> bytes:
    """What the old key signs to let the new one (32 bytes) follow."""
    return canonical.encode({"new": b64encode(new).decode(), "old": old_fingerprint})


def rotate(*, actor: str = actions.SYSTEM) -> Key:
    """Put a new key in force, signed by the old one, and sign every head with both."""
    with transaction.atomic():
        actions.sign_heads()
        old = current()
        new = _make()
        proof = b64encode(old.sign(statement(new.public_key, old.fingerprint))).decode()
        _keep(new, follows=old.fingerprint, proof=proof)
        public = b64encode(new.public_key).decode()
        fact = facts.KeyRotated(
            old=old.fingerprint, fingerprint=new.fingerprint, public_key=public, signature=proof
        )
        _tell(fact, actor)
        actions.sign_all_heads()
    return new


def replace_lost(*, actor: str = actions.SYSTEM) -> Key:
    """Put a new key in force when the old one is lost: nothing vouches for it but people."""
    with transaction.atomic():
        actions.lock(actions.INSTALLATION)
        row = _row()
        new = _make()
        _keep(new)
        public = b64encode(new.public_key).decode()
        old = row.fingerprint if row else ""
        _tell(facts.KeyReplaced(old=old, fingerprint=new.fingerprint, public_key=public), actor)
        actions.sign_all_heads()
    return new
