"""Headers that every answer carries, from Django or from a bare application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# Nothing of the device; the pages that ask where the phone is (field, report) say so themselves.
PERMISSIONS_POLICY = (
    "geolocation=(), camera=(), microphone=(), usb=(), serial=(), payment=(), "
    "display-capture=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=()"
)
WITH_POSITION = PERMISSIONS_POLICY.replace("geolocation=()", "geolocation=(self)")

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Permissions-Policy", PERMISSIONS_POLICY),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

ASGI_HEADERS: tuple[tuple[bytes, bytes], ...] = tuple(
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS
)


def asks_position(view: View) -> View:
    """A page that may ask where the phone is: the only ones that may. Put it right under the door."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Permissions-Policy"] = WITH_POSITION
        return response

    return answering


def with_headers(send: Send) -> Send:
    """A bare application's `send` that adds the security headers that it did not give itself."""

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            named = {bytes(name).lower() for name, _ in given}
            message = {**message, "headers": given + [each for each in ASGI_HEADERS if each[0] not in named]}
        await send(message)

    return sending
