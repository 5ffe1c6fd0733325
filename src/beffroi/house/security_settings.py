"""The security settings of Django and of sign-in, derived from the typed configuration.

Everything here is strict by default; only plain HTTP on loopback is spared what needs HTTPS.
"""

from __future__ import annotations

from typing import Any

from beffroi.foundation import settings as configuration
from beffroi.house.ports import is_loopback

_settings = configuration.current()
_proxied = _settings.trusted_proxies > 0
_https = _proxied or not is_loopback(_settings.host)
_hours_s = 3600

DEBUG = False

# --- cookies: __Host- pins them to this very host and to HTTPS, where there is HTTPS ---
_prefix = "__Host-" if _https else ""
SESSION_COOKIE_NAME = f"{_prefix}beffroi_session"
SESSION_COOKIE_AGE = _settings.session_hours * _hours_s
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # Strict would sign people out whenever they follow a link from a mail
CSRF_COOKIE_NAME = f"{_prefix}beffroi_csrf"
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "beffroi.people.views.csrf_failure"
LANGUAGE_COOKIE_SECURE = _https
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- transport and headers (the rest is in beffroi.people.headers) ---
SECURE_HSTS_SECONDS = 365 * 24 * _hours_s if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the town's other services are not ours to bind
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _proxied else None
ALLAUTH_TRUSTED_PROXY_COUNT = _settings.trusted_proxies
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- counts of attempts must be the same for every process: a table, in both profiles ---
# (files have no atomic `add`, memory is each process's own)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "people_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}

# --- passwords ---
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{_validation}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {
        "NAME": f"{_validation}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "display_name")},
    },
    {"NAME": f"{_validation}.CommonPasswordValidator"},
    {"NAME": f"{_validation}.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 72 * _hours_s  # how long an invitation's link may be used

# --- sign-in: e-mail and password, then a one-time code; nobody signs up ---
AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "account_login"
#: After sign-in: the first of these that the member may open, as (action, URL name).
SIGN_IN_LANDINGS = (
    ("duty.view", "duty"),
    ("field.crew", "field"),
    ("signal.report", "report"),
    ("oncall.view", "oncall"),
    ("look.view", "looks"),
)
ACCOUNT_ADAPTER = "beffroi.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_USER_DISPLAY = "beffroi.people.adapter.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class, not a password
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": _settings.sign_in_attempts,
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password_from_key": "10/m/ip",
}
MFA_ADAPTER = "beffroi.people.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # one step of 30 s either way: phones' clocks drift
MFA_TOTP_ISSUER = "Beffroi"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by an administrator, not claimed by a stranger
MFA_PASSKEY_LOGIN_ENABLED = False
# Nothing here sends mail: invitations are links that an administrator hands over.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
_forms = "beffroi.people.forms"
ACCOUNT_FORMS = {
    "login": f"{_forms}.LoginForm",
    "reauthenticate": f"{_forms}.ReauthenticateForm",
    "change_password": f"{_forms}.ChangePasswordForm",
    "reset_password_from_key": f"{_forms}.ChoosePasswordForm",
}
MFA_FORMS = {
    "authenticate": f"{_forms}.CodeForm",
    "reauthenticate": f"{_forms}.CodeAgainForm",
    "activate_totp": f"{_forms}.ActivateForm",
}
