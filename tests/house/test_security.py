"""The strictness of the web side: headers, cookies, templates without inline code, no view without a door."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from beffroi.house import django_settings
from beffroi.people.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, with_headers

SOURCE = Path(__file__).resolve().parents[2] / "src" / "beffroi"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


def naked(request: object) -> HttpResponse:
    """A view on which nobody put a door."""
    return HttpResponse("secret")


urlpatterns = [path("nu/", naked)]


@pytest.mark.desk
@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/connexion/", "/compte/", "/nulle-part/", "/api/v1/nulle-part"])
def test_every_answer_carries_the_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    for name, value in SECURITY_HEADERS:
        assert answer.headers.get(name) == value, name


@pytest.mark.desk
@pytest.mark.django_db
def test_static_files_carry_them_too(client: Client) -> None:
    name = next(
        name for finder in finders.get_finders() for name, _ in finder.list([]) if name.endswith(".css")
    )
    answer = client.get(f"{settings.STATIC_URL}{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.unit
def test_bare_applications_carry_them_and_may_say_otherwise() -> None:
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"Referrer-Policy", b"no-referrer")]}
        )
        await send({"type": "http.response.body", "body": b"x"})

    async def keep(message: Any) -> None:
        sent.append(message)

    async_to_sync(application)({}, None, with_headers(keep))
    headers = [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]
    assert headers.count(("referrer-policy", "no-referrer")) == 1
    assert {name.lower() for name, _ in SECURITY_HEADERS} == {name for name, _ in headers}
    assert dict(headers)["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.unit
def test_policy_lets_no_inline_code_nor_other_host_in() -> None:
    directives = dict(each.split(" ", 1) for each in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.unit
@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_templates_hold_no_inline_script_style_or_other_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, tag
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\sstyle\s*=", text), "a style attribute is refused by the policy"
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text), "an event handler is refused by the policy"
    assert not re.search(
        r"""(?:src|href)\s*=\s*["'](?:https?:)?//(?!www\.openstreetmap\.org/copyright)""", text
    )


@pytest.mark.unit
@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_every_post_form_carries_its_token(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b.*?</form>", text, flags=re.S):
        if re.search(r"""method\s*=\s*["']?post""", form, flags=re.I):
            assert "csrf_token" in form, f"a form of {file.name} posts without its token"


@pytest.mark.desk
@pytest.mark.django_db
def test_post_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/connexion/", {"login": "a@b.example", "password": "x"})
    assert answer.status_code == 403


@pytest.mark.desk
@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_view_without_a_door_stays_shut() -> None:
    from django.core.handlers.base import BaseHandler

    handler = BaseHandler()
    with override_settings(
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "beffroi.people.middleware.Doors",
        ]
    ):
        handler.load_middleware()
        answer = handler.get_response(RequestFactory().get("/nu/", headers={"accept": "application/json"}))
    assert answer.status_code == 403
    assert b"secret" not in answer.content
    assert json.loads(answer.content)["code"] == "people.refused"


@pytest.mark.unit
def test_strict_settings_are_on() -> None:
    assert settings.DEBUG is False
    # What a town runs with; tests have the same with less work (house/settings_for_tests).
    assert django_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    work = Argon2PasswordHasher().params()
    assert (work.memory_cost, work.time_cost) >= (19_456, 2), "what OWASP asks for at least"
    lengths = [v["OPTIONS"]["min_length"] for v in settings.AUTH_PASSWORD_VALIDATORS if "Length" in v["NAME"]]
    assert min(lengths) >= 12
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.CSRF_COOKIE_SAMESITE == "Strict"
    assert "*" not in settings.ALLOWED_HOSTS
    assert settings.MIDDLEWARE[0] == "beffroi.people.middleware.SecurityHeaders"
    assert settings.MIDDLEWARE[-1] == "beffroi.people.middleware.Doors"


_ASK = """
import json
from beffroi.house import django_settings as s
print(json.dumps({k: getattr(s, k) for k in (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER", "ALLAUTH_TRUSTED_PROXY_COUNT")}))
"""


@pytest.mark.unit
@pytest.mark.parametrize(
    ("host", "proxies", "https"),
    [("127.0.0.1", 0, False), ("::1", 0, False), ("0.0.0.0", 0, True), ("127.0.0.1", 1, True)],
)
def test_anything_but_loopback_gets_secure_cookies_and_hsts(
    host: str, proxies: int, https: bool, tmp_path: Path
) -> None:
    environment = {**os.environ, "BEFFROI_HOST": host, "BEFFROI_TRUSTED_PROXIES": str(proxies)}
    environment["BEFFROI_DATA_DIR"] = str(tmp_path)
    asked = subprocess.run(
        [sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True, check=True
    )
    told = json.loads(asked.stdout)
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE"):
        assert told[name] is https
    assert told["SESSION_COOKIE_NAME"].startswith("__Host-") is https
    assert (told["SECURE_HSTS_SECONDS"] >= 31_536_000) is https
    believed = ["HTTP_X_FORWARDED_PROTO", "https"] if proxies else None
    assert told["SECURE_PROXY_SSL_HEADER"] == believed, "who is no proxy is not believed"
    assert told["ALLAUTH_TRUSTED_PROXY_COUNT"] == proxies


@pytest.mark.unit
@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_templates_parse(file: Path) -> None:
    get_template(file.as_posix().split("/templates/", 1)[1])
