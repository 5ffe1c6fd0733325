"""The web process: bare ASGI applications mounted beside Django, and what lives with them.

A Django view costs two thread hops a request; what must be fast (observations in, the
live stream out) is mounted beside it, by exact path.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

_django = get_asgi_application()

from beffroi.api import incoming, oncall_replies  # noqa: E402 - needs Django set up
from beffroi.api.observations import application as observations  # noqa: E402 - needs Django set up
from beffroi.api.requests import reply  # noqa: E402 - as above
from beffroi.desks.eyes import feed as images  # noqa: E402 - as above
from beffroi.desks.feed import application as feed  # noqa: E402 - as above
from beffroi.desks.field.feed import application as field_feed  # noqa: E402 - as above
from beffroi.during.intake.gate import Gate  # noqa: E402 - as above
from beffroi.eyes.returning import Keeper  # noqa: E402 - as above
from beffroi.foundation import settings as configuration  # noqa: E402 - as above
from beffroi.foundation.errors import BeffroiError  # noqa: E402 - as above
from beffroi.house import metrics, warming  # noqa: E402 - as above
from beffroi.house.lifespan import Receive, Scope, Send, lifespan  # noqa: E402 - as above
from beffroi.house.presence import Presence  # noqa: E402 - as above
from beffroi.people.headers import with_headers  # noqa: E402 - as above

Application = Callable[[Scope, Receive, Send], Awaitable[None]]

#: Exact path → the bare application that answers it. Each keeps its own door.
MOUNTS: dict[str, Application] = {
    "/api/v1/observations": observations,
    "/veille/flux": feed,
    metrics.PATH: metrics.application,
    "/terrain/flux": field_feed,
    images.PATH: images.application,
}
#: The same for whole subtrees.
SUBTREES: dict[str, Application] = {
    incoming.PREFIX: incoming.application,
    oncall_replies.PREFIX: oncall_replies.application,
}


#: In a centre these are the intake process's: the pages never wait for a storm of messages.
INTAKE = ("/api/v1/observations", incoming.PREFIX)


class OtherProcess(BeffroiError):
    """An observation that came to the process of the pages."""

    code = "house.other_process"
    message = "Observations are taken by the intake process, on port {port} of its machine."
    advice = "Send to that address, or have the proxy hand /api/v1/observations and /api/v1/in/ to it."
    status = 421


async def elsewhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer that the intake process takes this."""
    error = OtherProcess(port=configuration.current().intake_port)
    await reply(send, error.status, {"error": error.as_dict()})


def mounted(path: str) -> Application | None:
    """The bare application that answers `path`; None: Django does."""
    if configuration.current().profile == "centre" and path.startswith(INTAKE):
        return elsewhere
    exact = MOUNTS.get(path)
    if exact is not None:
        return exact
    return next((found for prefix, found in SUBTREES.items() if path.startswith(prefix)), None)


def _pages() -> None:
    """Load every page's code; what the first call form needs follows beside."""
    _ = get_resolver().url_patterns
    warming.pages_in_background()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand each request to the application that owns its path; Django answers the rest."""
    if scope["type"] == "lifespan":
        first = Presence() if configuration.current().profile == "centre" else Gate()
        await lifespan(receive, send, first, Keeper(), load=_pages)
        return
    bare = mounted(scope.get("path", ""))
    if bare is None:
        await _django(scope, receive, send)
    else:
        await bare(scope, receive, with_headers(send))
