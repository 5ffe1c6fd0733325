"""The web process: one uvicorn serving pages, the live stream and the intake of observations."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from beffroi.foundation import settings as configuration
from beffroi.house import logs
from beffroi.house.certificates import server_certificate
from beffroi.house.ports import is_loopback


def _tls(settings: configuration.Settings) -> dict[str, Path | str]:
    if is_loopback(settings.host):
        return {}
    if settings.certificate:
        return {"ssl_certfile": settings.certificate, "ssl_keyfile": settings.certificate_key}
    names = [name.strip() for name in settings.public_names.split(",") if name.strip()]
    if settings.host not in ("0.0.0.0", "::"):  # noqa: S104 - a comparison, nothing listens here
        names.append(settings.host)
    certificate, key = server_certificate(settings.data_path / "tls", names or ["localhost"])
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def main() -> int:
    """Serve until told to stop (SIGTERM)."""
    settings = configuration.current()
    logs.configure("web")
    config = uvicorn.Config(
        "beffroi.house.asgi:application",
        host=settings.host,
        port=settings.port,
        loop="auto",
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_graceful_shutdown=3,
        **_tls(settings),  # type: ignore[arg-type] - the two names uvicorn knows
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


if __name__ == "__main__":
    sys.exit(main())
