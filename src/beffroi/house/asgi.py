"""The web process: bare ASGI applications mounted beside Django, and what lives with them.

A Django view costs two thread hops a request; what must be fast (observations in, the
live stream out) is mounted beside it, by exact path.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

_django = get_asgi_application()

from beffroi.api import incoming, oncall_replies  # noqa: E402 - needs Django set up
from beffroi.api.observations import application as observations  # noqa: E402 - needs Django set up
from beffroi.desks.eyes import feed as images  # noqa: E402 - as above
from beffroi.desks.feed import application as feed  # noqa: E402 - as above
from beffroi.desks.field.feed import application as field_feed  # noqa: E402 - as above
from beffroi.during.intake.gate import Gate  # noqa: E402 - as above
from beffroi.eyes.returning import Keeper  # noqa: E402 - as above
from beffroi.house import metrics  # noqa: E402 - as above
from beffroi.people.headers import with_headers  # noqa: E402 - as above

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
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


def mounted(path: str) -> Application | None:
    """The bare application that answers `path`; None: Django does."""
    exact = MOUNTS.get(path)
    if exact is not None:
        return exact
    return next((found for prefix, found in SUBTREES.items() if path.startswith(prefix)), None)


def _settle() -> None:
    """Load every page's code, then tell the collector that what is loaded stays.

    A full collection otherwise walks through all of Django, holding every request up for its length
    (measured: 60 to 320 ms), which sources and consoles would feel.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


async def _lifespan(receive: Receive, send: Send) -> None:
    opened, keeper = Gate(), Keeper()
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await opened.open()
            keeper.start()
            _settle()
            await send({"type": "lifespan.startup.complete"})
        else:
            await keeper.stop()
            await opened.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand each request to the application that owns its path; Django answers the rest."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    bare = mounted(scope.get("path", ""))
    if bare is None:
        await _django(scope, receive, send)
    else:
        await bare(scope, receive, with_headers(send))
