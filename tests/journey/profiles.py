"""An installation of either profile, real: every journey is walked in a village and in a centre."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import centre
from tests.journey.apart import Apart
from tests.journey.installation import Installation

PROFILES = ("village", "centre")


@contextmanager
def of_profile(profile: str, folder: Path) -> Iterator[Installation]:
    """A village, or a centre whose processes are apart, with a PostgreSQL and a NATS server of its own."""
    with ExitStack() as kept:
        if profile == "village":
            house = Installation(folder / "data")
        else:
            database = kept.enter_context(centre.postgres())
            servers = kept.enter_context(centre.nats(folder / "nats"))
            house = Apart(folder / "data", database, servers)
        try:
            yield house
        finally:
            house.stop()
