"""How sign-in behaves here: nobody signs up, every failure is written down, secrets are sealed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from beffroi.people import decisions, sealing, sign_in_records
from beffroi.people.models import Member

_THROTTLE_NOTED_S = 60


def display_name(user: Member) -> str:
    """How a member is named on screen."""
    return user.display_name


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] - allauth is not typed
    """Closed to sign-ups; failed and throttled sign-ins go to the journal."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited by an administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt; the first one refused in each minute is written down."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            address = str(credentials.get("email", ""))
            origin = sign_in_records.origin_of(request)
            if cache.add(f"people:throttled:{origin}", 1, _THROTTLE_NOTED_S):
                sign_in_records.record_failure(request, address, "throttled")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, a closed account or an unknown address."""
        sign_in_records.record_failure(request, str(credentials.get("email", "")), "password")

    def reauthenticate(self, user: Member, password: str) -> bool:
        """The member's own password again, counted like any sign-in."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first desk of the house's list that this member may open, else their account."""
        for action, name in settings.SIGN_IN_LANDINGS:
            if decisions.territories_for(request.user, action):
                try:
                    return reverse(name)
                except NoReverseMatch:
                    continue
        return reverse("account")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] - allauth is not typed
    """One-time-code secrets are sealed before they are stored, and shown so that phones read them."""

    def build_totp_svg(self, url: str) -> str:
        """The square that a phone reads: dark on white in both themes, or cameras miss it."""
        import qrcode  # here: the desks never need it
        from qrcode.image.svg import SvgPathFillImage

        drawn = qrcode.make(url, image_factory=SvgPathFillImage, border=4)
        return str(drawn.to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return sealing.unseal(encrypted_text)
