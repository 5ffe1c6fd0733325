"""A session of WebRTC at the town's media server, by WHEP (draft-ietf-wish-whep): asked for, ended.

Only signalling passes here, and only here: the browser learns neither the address asked nor its login.
Whatever address the server gives a session, requests go to the declared host. Its answers are bounded.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from beffroi.eyes.methods import sdp
from beffroi.eyes.tls import trusted
from beffroi.eyes.whep_errors import MediaServerLost, MediaServerRefuses

_TIMEOUT_S = 3.0
_LONGEST = 500
_SDP = "application/sdp"
#: The server knows the session no more: what was to be ended has ended.
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Place:
    """A camera's WHEP address at the media server, and the login in clear: for the client alone."""

    address: str = field(repr=False)
    login: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """What the server answered: the description for the browser, and the session's own address."""

    answer: bytes
    session: str


async def begin(place: Place, offer: bytes) -> Begun:
    """Ask for a session. Raises MediaServerLost, MediaServerRefuses."""
    headers = {"Content-Type": _SDP, "Accept": _SDP}
    status, told, answer = await _asked(place, "POST", place.address, offer, headers)
    if status != 201:
        raise MediaServerRefuses(why=f"HTTP {status}")
    session = own(place.address, told.get("location", ""))
    if not session:
        raise MediaServerRefuses(why="it names no session")
    if why := sdp.bad_answer(answer):
        await end(Place(session, place.login, place.secret))
        raise MediaServerRefuses(why=why)
    return Begun(answer, session)


async def end(session: Place) -> None:
    """End a session; one that the server does not know any more has ended.

    Raises MediaServerLost, MediaServerRefuses.
    """
    status, _told, _body = await _asked(session, "DELETE", session.address, b"", {})
    if status not in _GONE and not 200 <= status < 300:
        raise MediaServerRefuses(why=f"HTTP {status}")


def own(declared: str, location: str) -> str:
    """The address of a session on the declared host, whatever host the server names; '' for what is none."""
    said = location.strip()
    if not said or any(each <= " " or each == "\x7f" for each in said):
        return ""
    try:
        url, place = urlsplit(urljoin(declared, said)), urlsplit(declared)
    except ValueError:
        return ""
    found = urlunsplit((place.scheme, place.netloc, url.path, url.query, ""))
    return found if url.path.startswith("/") and len(found) <= _LONGEST else ""


async def _asked(
    place: Place, method: str, address: str, content: bytes, headers: dict[str, str]
) -> tuple[int, httpx.Headers, bytes]:
    """Status, headers and body of an answer; the login is given only to a server that asks for it."""
    try:
        async with (
            asyncio.timeout(_TIMEOUT_S),
            httpx.AsyncClient(
                verify=trusted(urlsplit(address).scheme),
                trust_env=False,
                follow_redirects=False,
                timeout=_TIMEOUT_S,
                headers={"Accept-Encoding": "identity", "User-Agent": "beffroi"},
            ) as client,
        ):
            request = client.build_request(method, address, content=content, headers=headers)
            answered = await _sent(client, request)
            challenge = answered[1].get("www-authenticate", "").strip().lower()
            if answered[0] == 401 and place.login and challenge.startswith("basic"):
                answered = await _sent(client, request, httpx.BasicAuth(place.login, place.secret))
            return answered
    except (TimeoutError, httpx.TimeoutException):
        raise MediaServerLost(why=f"nothing within {_TIMEOUT_S:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise MediaServerLost(why=type(error).__name__) from None


async def _sent(
    client: httpx.AsyncClient, request: httpx.Request, login: httpx.Auth | None = None
) -> tuple[int, httpx.Headers, bytes]:
    found = bytearray()
    answer = await client.send(request, auth=login, stream=True)
    try:
        async for part in answer.aiter_raw():
            found += part
            if len(found) > sdp.LARGEST:
                raise MediaServerRefuses(why="the answer has no end")
    finally:
        await answer.aclose()
    return answer.status_code, answer.headers, bytes(found)
