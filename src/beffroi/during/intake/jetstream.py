"""The line to the NATS servers: a client in a thread of its own, faults of a moment waited out, the others
told in words that say what to do.

A server that ends, a leader that is being chosen, a network that stalls: for such the same work is tried
again until `patience_s` is over. Only work that may be done twice is handed in (see spool_jetstream).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import nats.errors
import structlog
from nats.aio.client import Client
from nats.js.errors import APIError

from beffroi.during.intake.spool import SpoolFull, SpoolUnavailable

T = TypeVar("T")
_log = structlog.get_logger("beffroi.intake")
#: One try of one request, where there is the patience for it; a disk that many flush may take its time.
_TRY_S = 4.0
_limit: ContextVar[float] = ContextVar("limit", default=_TRY_S)
_AGAIN_S = 0.05
#: The machine behind a connection that says nothing is gone: asked every second, given up after two.
_PING_S, _PINGS = 1.0, 2
NO_SPACE = (10023, 10047, 10077)
_OFF = (10039, 10076)
_TOO_FEW = (10005, 10074)

# What the client says of each cut and each try is told once, by us.
logging.getLogger("nats").setLevel(logging.CRITICAL)


class NatsAway(SpoolUnavailable):
    """No server answers."""

    code = "intake.nats_away"
    message = "No NATS server answers at {where}: {why}."
    advice = "Start nats-server there, or correct `nats_url`; its log says why it does not start."


class NatsRefuses(SpoolUnavailable):
    """The server does not let us in."""

    code = "intake.nats_refuses"
    message = "The NATS server at {where} refuses the user or the password of `nats_url`."
    advice = "Write nats://user:password@host:port as the server's configuration has it."


class JetStreamOff(SpoolUnavailable):
    """The server keeps nothing."""

    code = "intake.jetstream_off"
    message = "The NATS server at {where} keeps no messages: JetStream is off there, or for this user."
    advice = (
        "Add a jetstream block (store_dir, sync_interval: always) to its configuration, then start it again."
    )


class TooFewServers(SpoolUnavailable):
    """Fewer servers than the copies asked for."""

    code = "intake.too_few_servers"
    message = "NATS cannot keep {wanted} copies of each observation at {where}: {why}."
    advice = "Start the other servers of the cluster, or lower `nats_replicas`."


def try_s() -> float:
    """How long (s) a request of the work under way may take."""
    return _limit.get()


def places(url: str) -> str:
    """The addresses in a `nats_url`, as may be shown: without user and password."""
    found = (urlsplit(each.strip()) for each in url.split(","))
    return ", ".join(f"{each.hostname}:{each.port or 4222}" for each in found)


class Line:
    """A connection to the servers of `url` (several, separated by commas)."""

    def __init__(self, url: str, *, name: str = "beffroi") -> None:
        self.url, self.where, self._name = url, places(url), name
        self.client = Client()
        self._last_fault = ""
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="jetstream", daemon=True)
        self._thread.start()

    def connect(self) -> None:
        """Connect, then stay connected for ever. Raises NatsAway, NatsRefuses."""
        asyncio.run_coroutine_threadsafe(self._connect(), self.loop).result()

    async def _connect(self) -> None:
        try:
            await self.client.connect(
                [each.strip() for each in self.url.split(",")],
                name=self._name,
                connect_timeout=2,
                reconnect_time_wait=0.1,
                max_reconnect_attempts=3,
                ping_interval=_PING_S,
                max_outstanding_pings=_PINGS,
                error_cb=self._heard,
                disconnected_cb=self._cut,
                reconnected_cb=self._mended,
            )
        except (nats.errors.Error, OSError, TimeoutError) as error:
            with contextlib.suppress(nats.errors.Error, OSError, TimeoutError):
                await self.client.close()
            why = str(error) or type(error).__name__
            if "authorization" in f"{self._last_fault} {why}".lower():
                raise NatsRefuses(where=self.where) from error
            refused = "nothing listens there" if "no servers" in why or "Connect call" in why else why
            raise NatsAway(where=self.where, why=refused) from error
        self.client.options["max_reconnect_attempts"] = -1

    async def _heard(self, fault: Exception) -> None:
        self._last_fault = str(fault)

    async def _cut(self) -> None:
        if not self.client.is_closed:
            _log.warning("nats is gone", where=self.where)

    async def _mended(self) -> None:
        _log.info("nats is back", server=str(self.client.connected_url and self.client.connected_url.netloc))

    async def ask(self, subject: str, body: object = None) -> dict[str, Any]:
        """A call to JetStream's own interface. Raises APIError, and the client's errors."""
        sent = b"" if body is None else msgspec.json.encode(body)
        answer = await self.client.request(f"$JS.API.{subject}", sent, timeout=try_s())
        told: dict[str, Any] = msgspec.json.decode(answer.data)
        if "error" in told:
            raise APIError.from_error(told["error"])
        return told

    def run(self, work: Callable[[], Coroutine[Any, Any, T]], patience_s: float) -> T:
        """Do `work` in the client's thread; again, until `patience_s` is over, where it fails for a moment.

        Raises SpoolUnavailable or one of its kinds.
        """
        end = time.monotonic() + patience_s
        # A server that is killed takes its answers with it: who has little patience does not wait for them.
        _limit.set(min(_TRY_S, patience_s))
        while True:
            try:
                return asyncio.run_coroutine_threadsafe(work(), self.loop).result()
            except APIError as error:
                self._unless_of_a_moment(error)
                fault: Exception = error
            except (nats.errors.Error, OSError, TimeoutError) as error:
                fault = error
            if time.monotonic() >= end:
                raise SpoolUnavailable(why=str(fault) or type(fault).__name__) from fault
            time.sleep(_AGAIN_S)

    def _unless_of_a_moment(self, error: APIError) -> None:
        if error.err_code in NO_SPACE:
            raise SpoolFull from error
        if error.err_code in _OFF:
            raise JetStreamOff(where=self.where) from error

    def close(self) -> None:
        """Close the connection and end the thread."""
        if not self.client.is_closed:
            with contextlib.suppress(TimeoutError, nats.errors.Error, OSError):
                asyncio.run_coroutine_threadsafe(self.client.close(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)


def make_stream(line: Line, stream: str, *, replicas: int, first: int, patience_s: float) -> dict[str, Any]:
    """The configuration of the stream, made where it is not there: its first position is then `first`.

    A stream of fewer copies than asked for gets the missing ones. Raises JetStreamOff, TooFewServers,
    SpoolUnavailable.
    """
    line.run(lambda: available(line), patience_s)
    wanted = {
        "name": stream,
        "subjects": [f"{stream}.>"],
        "retention": "limits",
        "storage": "file",
        "num_replicas": replicas,
        "allow_direct": True,
        "allow_atomic": True,
    }
    if first > 1:
        wanted["first_seq"] = first
    return line.run(lambda: _made(line, stream, wanted), patience_s)


async def available(line: Line) -> None:
    """Whether the servers keep messages at all. Raises JetStreamOff, and what passes in a moment."""
    try:
        await line.ask("INFO")
    except nats.errors.NoRespondersError:
        raise JetStreamOff(where=line.where) from None


async def _made(line: Line, stream: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        found = (await line.ask(f"STREAM.INFO.{stream}"))["config"]
    except APIError as error:
        if error.err_code != _NO_SUCH_STREAM:
            raise
        return await _changed(line, f"STREAM.CREATE.{stream}", wanted)
    if found["num_replicas"] < wanted["num_replicas"]:
        more = {**found, "num_replicas": wanted["num_replicas"]}
        return await _changed(line, f"STREAM.UPDATE.{stream}", more)
    return dict(found)


_NO_SUCH_STREAM = 10059


async def _changed(line: Line, subject: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict((await line.ask(subject, wanted))["config"])
    except APIError as error:
        if error.err_code in _TOO_FEW:
            many = wanted["num_replicas"]
            raise TooFewServers(where=line.where, wanted=many, why=error.description) from error
        raise
