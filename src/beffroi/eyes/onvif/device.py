"""A camera spoken to over HTTP: where its services are, what its clock says, and who we are to it.

Every request goes to the host that was declared, whatever addresses the camera gives: behind a router it
often gives one that only it can reach, and a password's digest is sent to nobody else.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from beffroi.eyes.onvif import envelope
from beffroi.eyes.onvif.envelope import Credentials, Fault
from beffroi.eyes.onvif.errors import (
    BadAddress,
    CameraError,
    Misspoken,
    NotAble,
    NotLetIn,
    Refusal,
    Unreachable,
)
from beffroi.eyes.onvif.tree import LARGEST, Element
from beffroi.eyes.tls import trusted
from beffroi.foundation import clock

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_TYPE = "application/soap+xml; charset=utf-8"
_TIMEOUT_S = 5.0
_SERVICES_MOST = 40
#: A camera's clock tells whole seconds: this much is never known of it.
_HALF_A_SECOND = timedelta(milliseconds=500)


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """How far a camera's clock is ahead of ours (negative: behind), and how much of that is doubt."""

    ahead: timedelta
    doubt: timedelta

    @property
    def matters(self) -> bool:
        """Whether it is further off than can be mistaken."""
        return abs(self.ahead) > self.doubt


NO_OFFSET = ClockOffset(timedelta(0), timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class Met:
    """What was learnt of a camera, so that the next connection asks only what it came for."""

    services: dict[str, str]
    offset: ClockOffset
    digest: httpx.DigestAuth | None = field(default=None, repr=False)


def address_of(given: str) -> str:
    """The address of a camera's ONVIF service. Raises BadAddress."""
    text = given.strip()
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError as error:
        raise BadAddress(given=text[:80], why=str(error)) from None
    if url.scheme not in ("http", "https") or not url.hostname or port == 0:
        raise BadAddress(given=text[:80], why="it begins with http:// or https:// and names a host")
    if url.username or url.password:
        raise BadAddress(given=f"{url.scheme}://…", why="a password never stands in an address")
    if url.query or url.fragment or any(each <= " " for each in text):
        raise BadAddress(given=text[:80], why="it holds more than a host, a port and a path")
    return text if url.path not in ("", "/") else f"{text.rstrip('/')}/onvif/device_service"


class Device:
    """One camera (or recorder). Use it as `async with Device(address, credentials) as camera`."""

    def __init__(
        self,
        address: str,
        credentials: Credentials | None = None,
        *,
        timeout_s: float = _TIMEOUT_S,
        met: Met | None = None,
    ) -> None:
        self.address = address_of(address)
        self.offset = NO_OFFSET
        self._url = urlsplit(self.address)
        self._credentials = credentials
        self._timeout_s = timeout_s
        self._services: dict[str, str] | None = None
        self._digest: httpx.DigestAuth | None = None
        self._clock_known = False
        if met is not None:
            self._services, self.offset, self._digest = met.services, met.offset, met.digest
            self._clock_known = True
        self._http = httpx.AsyncClient(
            timeout=timeout_s,
            verify=trusted(self._url.scheme),
            trust_env=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "beffroi"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._http.aclose()

    async def met(self) -> Met:
        """What was learnt of it. Raises CameraError."""
        return Met(await self.services(), self.offset, self._digest)

    @property
    def where(self) -> str:
        """Host and port, for words."""
        return self._url.netloc

    @property
    def host(self) -> str:
        """The declared host, as it stands in an address."""
        name = self._url.hostname or ""
        return f"[{name}]" if ":" in name else name

    def own(self, given: str) -> str:
        """An address that the camera gave, on the declared host (its port only where the host is the same).

        Raises Misspoken for what is no address.
        """
        try:
            url = urlsplit(given.strip())
            same = url.hostname == self._url.hostname and url.scheme == self._url.scheme
            netloc = url.netloc.rpartition("@")[2] if same and url.port != 0 else self._url.netloc
        except ValueError:
            raise Misspoken(where=self.where, what="an address", why="it is none") from None
        path = url.path if url.path.startswith("/") else "/"
        return f"{self._url.scheme}://{netloc}{path}{f'?{url.query}' if url.query else ''}"

    async def service(self, *spaces: str, what: str) -> str:
        """The address of the first of these services that it has. Raises NotAble naming `what`."""
        known = await self.services()
        found = next((known[each] for each in spaces if each in known), None)
        if found is None:
            raise NotAble(where=self.where, what=what)
        return found

    async def services(self) -> dict[str, str]:
        """Its services' addresses by namespace (GetServices, else GetCapabilities), asked once."""
        if self._services is None:
            try:
                self._services = await self._told_services()
            except Refusal:
                self._services = await self._told_capabilities()
        return self._services

    async def _told_services(self) -> dict[str, str]:
        body = f'<GetServices xmlns="{DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
        answer = await self.call(self.address, f"{DEVICE}/GetServices", body)
        found = answer.all("Service")[:_SERVICES_MOST]
        return {each.said("Namespace"): self.own(each.said("XAddr")) for each in found if each.said("XAddr")}

    async def _told_capabilities(self) -> dict[str, str]:
        body = f'<GetCapabilities xmlns="{DEVICE}"><Category>All</Category></GetCapabilities>'
        answer = await self.call(self.address, f"{DEVICE}/GetCapabilities", body)
        within = [*answer.all("Capabilities"), *answer.all("Capabilities", "Extension")]
        found = [each for one in within for each in one.elements if each.said("XAddr")]
        names = {"Media": "media", "PTZ": "ptz", "Events": "events", "Search": "search", "Replay": "replay"}
        versions = {"ptz": "ver20"}
        return {
            f"http://www.onvif.org/{versions.get(short, 'ver10')}/{short}/wsdl": self.own(each.said("XAddr"))
            for each in found
            if (short := names.get(each.name))
        }

    async def look_at_clock(self) -> ClockOffset:
        """Ask what time the camera thinks it is (which needs no name), and sign by that from now on."""
        before = clock.current().monotonic()
        body = f'<GetSystemDateAndTime xmlns="{DEVICE}"/>'
        answer = await self._once(
            self.address, f"{DEVICE}/GetSystemDateAndTime", body, (), None, signed=False
        )
        took = timedelta(seconds=clock.current().monotonic() - before)
        told = answer.first("SystemDateAndTime", "UTCDateTime")
        if told is None:
            raise Misspoken(where=self.where, what="GetSystemDateAndTime", why="it tells no UTC")
        try:
            year, month, day = (int(told.said("Date", part)) for part in ("Year", "Month", "Day"))
            hour, minute, second = (int(told.said("Time", part)) for part in ("Hour", "Minute", "Second"))
            # A leap second is told as 60, which our calendar does not know.
            moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        except ValueError as error:
            raise Misspoken(where=self.where, what="GetSystemDateAndTime", why=str(error)) from None
        ahead = moment + _HALF_A_SECOND - (clock.now() - took / 2)
        self.offset, self._clock_known = ClockOffset(ahead, _HALF_A_SECOND + took / 2), True
        return self.offset

    async def call(
        self,
        address: str,
        action: str,
        body: str,
        *,
        references: tuple[Element, ...] = (),
        timeout_s: float | None = None,
    ) -> Element:
        """Ask the service at `address` for `action`; what stands in the body of its answer.

        Raises Unreachable, NotLetIn, Refusal, Misspoken.
        """
        if self._credentials is not None and not self._clock_known:
            await self._try_clock()
        try:
            return await self._once(address, action, body, references, timeout_s)
        except NotLetIn:
            # Its clock may have been set since; once more by what it says now, never a third time: a camera
            # locks out who knocks too often.
            known = self.offset
            if self._credentials is None or not await self._try_clock():
                raise
            if abs(self.offset.ahead - known.ahead) <= self.offset.doubt + known.doubt:
                raise
            return await self._once(address, action, body, references, timeout_s)

    async def _try_clock(self) -> bool:
        """Look at its clock; one that does not tell is taken to be right."""
        try:
            await self.look_at_clock()
        except (Misspoken, Refusal, NotLetIn):
            self._clock_known = True
            return False
        return True

    async def _once(
        self,
        address: str,
        action: str,
        body: str,
        references: tuple[Element, ...],
        timeout_s: float | None,
        *,
        signed: bool = True,
    ) -> Element:
        what = action.rpartition("/")[2]
        status, content = await self._posted(address, action, body, references, timeout_s, signed=signed)
        try:
            return envelope.answered(content)
        except Fault as fault:
            if {"NotAuthorized", "FailedAuthentication", "InvalidSecurity"} & set(fault.codes):
                raise NotLetIn(where=self.where) from None
            last = fault.codes[-1] if fault.codes else "Fault"
            raise Refusal(where=self.where, what=what, why=fault.why, fault=last) from None
        except ValueError as error:
            if status in (401, 403):
                raise NotLetIn(where=self.where) from None
            why = str(error) if status == 200 else f"HTTP {status}"
            raise Misspoken(where=self.where, what=what, why=why) from None

    async def _posted(
        self,
        address: str,
        action: str,
        body: str,
        references: tuple[Element, ...],
        timeout_s: float | None,
        *,
        signed: bool,
    ) -> tuple[int, bytes]:
        header = envelope.addressed(to=address, action=action, message=str(uuid4()), references=references)
        credentials = self._credentials if signed else None
        if credentials is not None and self._digest is None:
            header += envelope.security(credentials, clock.now() + self.offset.ahead, os.urandom(16))
        message = envelope.written(body, header=header)
        limit = timeout_s or self._timeout_s
        content_type = f'{_TYPE}; action="{action}"'
        status, content, challenge = await self._sent(address, message, content_type, limit)
        if (
            status == 401
            and credentials is not None
            and self._digest is None
            and challenge.startswith("digest")
        ):
            self._digest = httpx.DigestAuth(credentials.user, credentials.password)
            message = envelope.written(
                body,
                header=envelope.addressed(
                    to=address, action=action, message=str(uuid4()), references=references
                ),
            )
            status, content, _ = await self._sent(address, message, content_type, limit)
            if status == 401:
                self._digest = None  # the password is wrong either way: the next may try both anew
        return status, content

    async def _sent(
        self, address: str, message: bytes, content_type: str, limit_s: float
    ) -> tuple[int, bytes, str]:
        """Status, body and (in small letters) challenge of an answer. Raises Unreachable, Misspoken."""
        auth = self._digest or httpx.USE_CLIENT_DEFAULT
        headers = {"Content-Type": content_type}
        found = bytearray()
        try:
            async with (
                asyncio.timeout(limit_s),
                self._http.stream(
                    "POST", address, content=message, headers=headers, auth=auth, timeout=limit_s
                ) as answer,
            ):
                async for part in answer.aiter_raw():
                    found += part
                    if len(found) > LARGEST:
                        raise Misspoken(where=self.where, what="a question", why="the answer has no end")
        except (TimeoutError, httpx.TimeoutException):
            raise Unreachable(where=self.where, why=f"nothing within {limit_s:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise Unreachable(where=self.where, why=_in_words(error)) from None
        return answer.status_code, bytes(found), answer.headers.get("WWW-Authenticate", "").strip().lower()


def _in_words(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


__all__ = ["NO_OFFSET", "CameraError", "ClockOffset", "Credentials", "Device", "address_of"]
