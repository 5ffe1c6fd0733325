"""The API itself: its operations, its one way in, its errors."""

from __future__ import annotations

from ninja import NinjaAPI

from beffroi.api import events, incidents, problems, units
from beffroi.api.door import ProgramToken

api = NinjaAPI(
    title="Beffroi",
    version="1",
    auth=ProgramToken(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
problems.install(api)
api.add_router("", incidents.router)
api.add_router("", units.router)
api.add_router("", events.router)
