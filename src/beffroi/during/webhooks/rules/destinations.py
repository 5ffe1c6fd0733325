"""Where a notification may go: https to public addresses; private networks only where they are named.

A program's address must not make this machine speak to what only this machine can reach (SSRF).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LONGEST = 500
_NAT64 = ip_network("64:ff9b::/96")


def networks(text: str) -> list[Network]:
    """Networks separated by commas. Raises ValueError."""
    return [ip_network(each.strip()) for each in text.split(",") if each.strip()]


def url_fault(url: str) -> str:
    """Why an address cannot be one of a subscription ('' where it can): its form only."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not an address"
    plain = url.isascii() and url.isprintable() and " " not in url
    faults = (
        (len(url) > LONGEST or not plain, f"holds other than {LONGEST} plain characters"),
        (parts.scheme not in ("https", "http") or not parts.hostname, "is not https://…"),
        (
            parts.username is not None or parts.password is not None,
            "holds a name or a password: they would end in logs",
        ),
        (bool(parts.fragment), "holds a fragment"),
        (port == 0, "has no such port"),
    )
    return next((why for at_fault, why in faults if at_fault), "")


def _seen(address: Address) -> Address:
    """The address that is reached in the end, where IPv6 carries an IPv4 one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64:
            return ip_address(int(address) & 0xFFFFFFFF)
    return address


def may_reach(text: str, *, allowed: Iterable[Network], secure: bool) -> bool:
    """Whether an IP address may be spoken to. `secure`: over TLS; without it, an allowed loopback only."""
    try:
        address = _seen(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    named = any(address.version == each.version and address in each for each in allowed)
    if not secure:
        return named and address.is_loopback
    if named:
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved
