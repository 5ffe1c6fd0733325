"""The intake process of a centre: what sources connect to, apart from the pages.

HTTP (observations and the connectors' own ways in), alarm panels, the client of the broker. Several may
run; one of them at a time is the broker's client.
"""

from __future__ import annotations

import sys

from beffroi.foundation import settings as configuration
from beffroi.house.web import serve


def main() -> int:
    """Serve until told to stop (SIGTERM)."""
    settings = configuration.current()
    return serve(
        "intake", "beffroi.house.asgi_intake:application", settings.intake_host, settings.intake_port
    )


if __name__ == "__main__":
    sys.exit(main())
