"""The processes that serve HTTP: of a village one, `web`; of a centre two, `web` (pages, live stream) and
`intake` (house/intake.py)."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from beffroi.foundation import settings as configuration
from beffroi.house import logs, process
from beffroi.house.certificates import server_certificate
from beffroi.house.ports import is_loopback


def _tls(settings: configuration.Settings, host: str) -> dict[str, Path | str]:
    if is_loopback(host):
        return {}
    if settings.certificate:
        return {"ssl_certfile": settings.certificate, "ssl_keyfile": settings.certificate_key}
    names = [name.strip() for name in settings.public_names.split(",") if name.strip()]
    # Both processes serve one certificate: it names every address that either listens on.
    for each in (settings.host, settings.intake_host if settings.profile == "centre" else settings.host):
        if each not in ("0.0.0.0", "::", *names) and not is_loopback(each):  # noqa: S104 - compared
            names.append(each)
    certificate, key = server_certificate(settings.data_path / "tls", names or ["localhost"])
    return {"ssl_certfile": certificate, "ssl_keyfile": key}


def serve(name: str, application: str, host: str, port: int) -> int:
    """Serve `application` (module:attribute) until told to stop (SIGTERM); the exit status."""
    settings = configuration.current()
    process.name = name
    logs.configure(name)
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        loop="auto",
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_graceful_shutdown=3,
        **_tls(settings, host),  # type: ignore[arg-type] - the two names uvicorn knows
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1


def main() -> int:
    """Serve the pages, and in a village what sources connect to, until told to stop (SIGTERM)."""
    settings = configuration.current()
    return serve("web", "beffroi.house.asgi:application", settings.host, settings.port)


if __name__ == "__main__":
    sys.exit(main())
