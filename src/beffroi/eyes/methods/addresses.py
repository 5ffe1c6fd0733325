"""Addresses of streams: which are taken, the login kept apart, the span of a recorder filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit, urlunsplit

#: What each way may speak. Nothing that opens a file or another protocol of the decoder.
SCHEMES = {
    "live": ("http", "https"),
    "rtsp": ("rtsp", "rtsps"),
    "whep": ("http", "https"),
    "replay": ("rtsp", "rtsps", "http", "https"),
    "recorder": ("http", "https"),
    "onvif": ("http", "https"),
}
FROM, TO = "{from}", "{to}"
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Split:
    """An address without its login, and the login that stood in it ('' where none did)."""

    address: str
    login: str
    secret: str


def split(way: str, given: str) -> Split:
    """An address of this way, its login taken out. Raises ValueError: what is wrong, never the login."""
    try:
        url = urlsplit(given.strip())
        port = url.port
    except ValueError:
        raise ValueError("it is no address") from None
    if url.scheme not in SCHEMES[way]:
        raise ValueError(f"its scheme must be one of {', '.join(SCHEMES[way])}")
    if not url.hostname or len(given) > _LONGEST or any(ord(each) < 33 for each in given.strip()):
        raise ValueError("it names no host, is too long, or holds blanks")
    if (FROM in given) != (TO in given):
        raise ValueError("it takes both {from} and {to}, or neither")
    if way == "replay" and url.scheme.startswith("http") and FROM not in given:
        raise ValueError("only rtsp:// and rtsps:// are asked by the clock: it needs {from} and {to}")
    host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
    place = f"{host}:{port}" if port else host
    address = urlunsplit((url.scheme, place, url.path, url.query, ""))
    return Split(address, unquote(url.username or ""), unquote(url.password or ""))


def with_login(address: str, login: str, secret: str) -> str:
    """The address with its login, for the decoder's own use."""
    if not login:
        return address
    url = urlsplit(address)
    place = f"{quote(login, safe='')}:{quote(secret, safe='')}@{url.netloc}"
    return urlunsplit((url.scheme, place, url.path, url.query, ""))


def asked(address: str, start: datetime, end: datetime) -> tuple[str, str]:
    """A recorder's address for a span, and the `Range` that it is played with ('' where the address says it).

    Times in UTC, as `20260314T211500Z` in an address and `clock=…` in a range (RFC 2326, 12.29).
    """
    first, last = (each.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") for each in (start, end))
    if FROM in address:
        return address.replace(FROM, first).replace(TO, last), ""
    return address, f"clock={first}-{last}"
