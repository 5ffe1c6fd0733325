"""What a centre runs on, for tests: a PostgreSQL and NATS servers of their own, real, on loopback.

Both may be killed and started again on what they hold. The servers flush before they acknowledge.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tools.nats import Nats, answers, free_port, nats
from tools.postgres import NoPostgres, Postgres

__all__ = ["Nats", "answers", "free_port", "nats", "postgres"]


@contextmanager
def postgres(*, flushing: bool = True) -> Iterator[Postgres]:
    """A PostgreSQL; the test is skipped by name where it is not installed, and fails where it must be."""
    made = Postgres(flushing=flushing)
    try:
        made.make()
    except NoPostgres as error:
        if os.environ.get("BEFFROI_REQUIRE_SERVICES"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    try:
        yield made
    finally:
        made.remove()
