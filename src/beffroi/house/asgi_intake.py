"""What the intake process answers: observations, the connectors' ways in, its own figures; nothing else."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beffroi.house.django_settings")

import django

django.setup()

from beffroi.api import incoming  # noqa: E402 - needs Django set up
from beffroi.api.observations import application as observations  # noqa: E402 - as above
from beffroi.api.requests import reply  # noqa: E402 - as above
from beffroi.during.intake.gate import Gate  # noqa: E402 - as above
from beffroi.house import metrics  # noqa: E402 - as above
from beffroi.house.lifespan import Receive, Scope, Send, lifespan  # noqa: E402 - as above
from beffroi.people.headers import with_headers  # noqa: E402 - as above

OBSERVATIONS = "/api/v1/observations"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand each request to the application that owns its path; there is nothing behind them."""
    if scope["type"] == "lifespan":
        await lifespan(receive, send, Gate())
        return
    path = scope.get("path", "")
    send = with_headers(send)
    if path == OBSERVATIONS:
        await observations(scope, receive, send)
    elif path.startswith(incoming.PREFIX):
        await incoming.application(scope, receive, send)
    elif path == metrics.PATH:
        await metrics.application(scope, receive, send)
    else:
        await reply(send, 404, {})
