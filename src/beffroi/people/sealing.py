"""Secrets of second factors, sealed with a key derived from the installation's own."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from beffroi.foundation.errors import BeffroiError


class SealBroken(BeffroiError):
    """A second factor's secret cannot be opened: the installation's secret key is not the one it was."""

    code = "people.seal_broken"
    message = "The second factor on record cannot be read with this installation's secret key."
    advice = "Restore the secret key, or reset the member's second factor: beffroi people totp-reset."
    status = 500


def _fernet() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"beffroi people second factor")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def seal(text: str) -> str:
    """`text` sealed, as ASCII."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises SealBroken."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken() from None
