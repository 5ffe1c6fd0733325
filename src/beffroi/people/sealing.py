"""Secrets of second factors, alarm panels and cameras, sealed by keys derived from the installation's own."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from beffroi.foundation.errors import BeffroiError


class SealBroken(BeffroiError):
    """A sealed secret cannot be opened: the installation's secret key is not the one it was."""

    code = "people.seal_broken"
    message = "The second factor on record cannot be read with this installation's secret key."
    advice = "Restore the secret key, or reset the member's second factor: beffroi people totp-reset."
    status = 500


#: What is sealed, each with a key of its own: what was sealed for one is never opened as the other.
SECOND_FACTOR = "second factor"
PANEL_KEY = "panel key"
CAMERA_LOGIN = "camera login"


def _fernet(purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"beffroi people {purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))


def seal(text: str, purpose: str = SECOND_FACTOR) -> str:
    """`text` sealed, as ASCII."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, purpose: str = SECOND_FACTOR) -> str:
    """The text that was sealed for that purpose. Raises SealBroken."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken() from None
