"""The address under which people reach this installation, for links that are handed over."""

from __future__ import annotations

from beffroi.foundation.settings import Settings

_LOOPBACK = ("localhost", "::1")


def web_address(settings: Settings) -> str:
    """`https://name` or `http://127.0.0.1:port`, without a slash at the end.

    The first public name where one is set; the port is shown unless it is the scheme's own, or a proxy's.
    """
    proxied = settings.trusted_proxies > 0
    local = settings.host in _LOOPBACK or settings.host.startswith("127.")
    scheme, usual = ("http", 80) if local and not proxied else ("https", 443)
    names = [name.strip() for name in settings.public_names.split(",") if name.strip()]
    host = names[0] if names else settings.host
    shown = f"[{host}]" if ":" in host else host
    return (
        f"{scheme}://{shown}" if proxied or settings.port == usual else f"{scheme}://{shown}:{settings.port}"
    )
