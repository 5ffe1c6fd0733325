"""Django's settings, all derived from the typed configuration."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from beffroi.foundation import settings as configuration
from beffroi.house import process
from beffroi.house.security_settings import *  # noqa: F403 - settings are names
from beffroi.house.static_files import digest, immutable

_settings = configuration.current()
_data = _settings.data_path
_package = Path(__file__).resolve().parent.parent


def _secret_key() -> str:
    if _settings.secret_key:
        return _settings.secret_key
    file = _data / "secret_key"
    if not file.exists():
        _data.mkdir(parents=True, exist_ok=True)
        # Written apart and put in place whole: of processes that start together, all read the first one's.
        draft = _data / f"secret_key.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text()


def _postgres() -> dict[str, object]:
    url = urlsplit(_settings.database_url)
    options: dict[str, object] = {
        "application_name": process.shown(),
        "connect_timeout": 3,
        # Both ends find a dead machine in about 5 s: calls do not hang, and locks are let go of.
        "keepalives_idle": 2,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        "tcp_user_timeout": 5000,
        "options": "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
        " -c tcp_user_timeout=5000",
    }
    # Django answers each request in a thread of its own, which would connect anew each time, and a burst of
    # requests would take all that PostgreSQL has. The other processes have few threads, and locks on them.
    pooled = process.name == "web"
    if pooled:
        options["pool"] = {"min_size": 2, "max_size": 24, "timeout": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 0 if pooled else None,
        # A connection that was cut (PostgreSQL was restarted) is replaced before it is used.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _database() -> dict[str, object]:
    if _settings.database_url:
        return _postgres()
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _data / "beffroi.sqlite3",
        # FULL: what was done is on disk before anyone is told.
        # IMMEDIATE: writers queue instead of failing late.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
        },
        # A file, not memory: tests of concurrent writers need several connections.
        "TEST": {"NAME": str(Path(os.environ.get("TMPDIR", "/tmp")) / f"beffroi-test-{os.getpid()}.sqlite3")},  # noqa: S108 - tests only
    }


SECRET_KEY = _secret_key()
_loopback = _settings.host in ("127.0.0.1", "localhost", "::1")
_names = [name.strip() for name in _settings.public_names.split(",") if name.strip()]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *_names]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "beffroi.people",  # before allauth: its templates of sign-in come first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "beffroi.journal",
    "beffroi.people.orders",
    "beffroi.people.switches",
    "beffroi.people.conventions",
    "beffroi.people.parties",
    "beffroi.territory",
    "beffroi.eyes",
    "beffroi.before.signal",
    "beffroi.during.intake",
    "beffroi.during.fusion",
    "beffroi.during.incident",
    "beffroi.during.dispatch",
    "beffroi.during.acting",
    "beffroi.during.oncall",
    "beffroi.during.crisis",
    "beffroi.during.webhooks",
    "beffroi.after.evidence",
    "beffroi.trust.witnesses",
    "beffroi.trust.retention",
    "beffroi.trust.unusual",
    "beffroi.trust.registers",
    "beffroi.rehearsal",
    "beffroi.api",
    "beffroi.desks",
]
MIDDLEWARE = [
    "beffroi.people.middleware.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "beffroi.desks.middleware.Said",
    "beffroi.people.middleware.Doors",  # last: a view without a door is never reached
]
ROOT_URLCONF = "beffroi.house.urls"
ASGI_APPLICATION = "beffroi.house.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beffroi.desks.context.page",
            ]
        },
    }
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = _settings.language
LANGUAGES = [("fr", "Français"), ("en", "English")]
TIME_ZONE = _settings.time_zone
USE_TZ = True
USE_I18N = True

# The digest in the address lets browsers keep static files for ever (see house/static_files.py).
STATIC_URL = f"/static/{digest([_package / 'desks' / 'static'])}/"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_IMMUTABLE_FILE_TEST = immutable
