"""A source that posts to `/api/v1/in/NAME`, and the spool where it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from beffroi.api import incoming
from beffroi.during.intake import actions, reception
from beffroi.during.intake.facts import Observation
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.spool_sqlite import SqliteSpool


class Door:
    """A spool, a source of one connector and its token. `spool` may be shared with another door."""

    def __init__(
        self,
        folder: Path,
        connector: str,
        message: bytes = b"",
        *,
        devices: Mapping[str, Any] | None = None,
        spool: SqliteSpool | None = None,
    ) -> None:
        self.spool = spool or SqliteSpool(folder / "spool.sqlite3")
        self.connector, self.message = connector, message
        self.token = actions.declare_source(
            territory="redon", key=f"a-{connector}", connector=connector, devices=devices
        ).token

    def post(self, path: str = "", body: bytes | None = None, **headers: str) -> httpx.Response:
        """Post to `path` (this connector's own address where none is given), with the token or `headers`."""
        return self.send("POST", path or self.connector, self.message if body is None else body, headers)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request, of which all is written when it is answered."""
        given = headers or {"Authorization": f"Bearer {self.token}"}

        async def play() -> httpx.Response:
            reception._receptions[asyncio.get_running_loop()] = Reception(self.spool, group_ms=1)
            transport = httpx.ASGITransport(app=incoming.application)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                answer = await client.request(method, f"/api/v1/in/{path}", content=body, headers=given)
            await reception.close_this_loop()
            return answer

        return asyncio.run(play())

    def kept(self) -> list[Observation]:
        """All that is in the spool."""
        return [each for _, each in self.spool.read(0, 1_000)]
