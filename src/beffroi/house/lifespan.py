"""What the processes that serve HTTP do when they start and when they stop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from beffroi.during.intake import spool
from beffroi.foundation.errors import BeffroiError
from beffroi.house.memory import settle

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Opened(Protocol):
    """What is opened at start and closed at the end."""

    async def open(self) -> None:
        """Open it."""

    async def close(self) -> None:
        """Close it."""


async def lifespan(receive: Receive, send: Send, *opened: Opened, load: Callable[[], object] = int) -> None:
    """Open, load and settle; close in the other order. What hinders the start is said in one sentence."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            try:
                spool.share_steady()
                for each in opened:
                    await each.open()
            except (BeffroiError, OSError) as error:
                said = f"{error.sentence()} {error.advice}" if isinstance(error, BeffroiError) else str(error)
                await send({"type": "lifespan.startup.failed", "message": said})
                return
            load()
            settle()
            await send({"type": "lifespan.startup.complete"})
        else:
            for each in reversed(opened):
                await each.close()
            spool.close_shared()
            await send({"type": "lifespan.shutdown.complete"})
            return
