"""The forms of sign-in: allauth's, with labels instead of placeholders."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as sign_in
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _


class _Labelled:
    """Takes placeholders away (they vanish as one types) and sets the labels of the house."""

    labels: dict[str, Any] = {}
    numeric = ("code",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined] - a form's
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = ""
            if name in self.numeric:
                field.widget.attrs["inputmode"] = "numeric"


class LoginForm(_Labelled, sign_in.LoginForm):  # type: ignore[misc] - allauth is not typed
    """E-mail and password."""

    labels = {"login": _("E-mail address"), "password": _("Password")}


class ReauthenticateForm(_Labelled, sign_in.ReauthenticateForm):  # type: ignore[misc]
    """The password again."""

    labels = {"password": _("Password")}


class ChangePasswordForm(_Labelled, sign_in.ChangePasswordForm):  # type: ignore[misc]
    """The password now, and the next one twice."""

    labels = {
        "oldpassword": _("Password now"),
        "password1": _("New password (at least 12 characters)"),
        "password2": _("New password again"),
    }


class ChoosePasswordForm(_Labelled, sign_in.ResetPasswordKeyForm):  # type: ignore[misc]
    """The first password, or a new one by invitation."""

    labels = {"password1": _("New password (at least 12 characters)"), "password2": _("New password again")}


class CodeForm(_Labelled, factors.AuthenticateForm):  # type: ignore[misc]
    """A one-time or recovery code at sign-in."""

    labels = {"code": _("Code")}


class CodeAgainForm(_Labelled, factors.ReauthenticateForm):  # type: ignore[misc]
    """A one-time or recovery code, again."""

    labels = {"code": _("Code")}


class ActivateForm(_Labelled, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator."""

    labels = {"code": _("Code shown by the authenticator")}
